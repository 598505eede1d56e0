"""The 270 of one coverage (005010X279A1)."""

from __future__ import annotations

from datetime import date, datetime

import x12
from core.errors import Refused
from encounters.models import Coverage, Facility

SERVICE_TYPE = "30"
"""EQ01, health benefit plan coverage. One only: payers answer several with less, or not at all."""


def build_inquiry(
    coverage: Coverage,
    facility: Facility,
    *,
    service_date: date,
    trace_number: str,
    control_number: int,
    created: datetime,
) -> bytes:
    """The interchange that asks whether the patient is covered on ``service_date``.

    Sends member number, names and birth date and nothing else: more fields cause more mismatches.
    ``created`` has no time zone. Refused when a value cannot be written in X12.
    """
    partner = coverage.payer.partner
    content = x12.Eligibility270(
        reference=trace_number,
        created=created.date(),
        time=f"{created:%H%M}",
        sources=[_source(coverage, facility, service_date, trace_number)],
    )
    envelope = x12.Envelope(
        partner.submitter_id, partner.receiver_id, control_number, created, usage=partner.usage
    )
    try:
        return x12.write_interchange(envelope, [x12.Outgoing("0001", content)])
    except x12.WriteError as error:
        raise Refused(
            f"The question cannot be written as X12: {error} Correct the patient or the coverage "
            "and ask again.",
            code="not_writable",
        ) from error


def _source(
    coverage: Coverage, facility: Facility, service_date: date, trace_number: str
) -> x12.SourceLevel:
    receiver = x12.ReceiverLevel(
        x12.Party("1P", "2", facility.name, id_qualifier="XX", id=facility.npi),
        members=[_member(coverage, facility, service_date, trace_number)],
    )
    return x12.SourceLevel(
        x12.Party(
            "PR",
            "2",
            coverage.payer.name,
            id_qualifier="PI",
            id=coverage.payer.eligibility_payer_id,
        ),
        receivers=[receiver],
    )


def _member(
    coverage: Coverage, facility: Facility, service_date: date, trace_number: str
) -> x12.MemberLevel:
    patient = coverage.patient
    # TRN03: 1 and our tax ID say who gave the number.
    traces = [x12.Trace("1", trace_number, f"1{facility.tax_id}")]
    inquiries = [x12.Inquiry((SERVICE_TYPE,))]
    dates = [x12.Dated("291", service_date)]
    if not coverage.is_dependent:
        party = x12.Party(
            "IL",
            "1",
            patient.last_name,
            patient.first_name,
            id_qualifier="MI",
            id=coverage.subscriber_number,
            birth_date=patient.birth_date,
        )
        return x12.MemberLevel(party, traces=traces, inquiries=inquiries, dates=dates)
    subscriber = x12.Party(
        "IL",
        "1",
        coverage.subscriber_last_name,
        coverage.subscriber_first_name,
        id_qualifier="MI",
        id=coverage.subscriber_number,
        birth_date=coverage.subscriber_birth_date,
    )
    person = x12.Party(
        "03", "1", patient.last_name, patient.first_name, birth_date=patient.birth_date
    )
    dependent = x12.MemberLevel(person, traces=traces, inquiries=inquiries, dates=dates)
    return x12.MemberLevel(subscriber, dependents=[dependent])
