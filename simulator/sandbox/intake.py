"""From a typed 837P claim to the bill that the payers' rules look at."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from core.money import ZERO
from simulator.sandbox.model import Bill, BillLine, Person
from x12 import Claim, ClaimRow, Party, ServiceLine


def bill_from(row: ClaimRow) -> Bill:
    """Read one claim. Values that cannot be used become empty; screening names them."""
    claim = row.claim
    subscriber = row.subscriber.subscriber
    patient = row.patient.patient if row.patient else subscriber
    provider = row.billing.provider
    diagnoses = tuple(code.code.replace(".", "").upper() for code in claim.diagnoses)
    rendering = claim.rendering or next((x.rendering for x in claim.lines if x.rendering), None)
    lines = tuple(_line(line, claim, diagnoses) for line in claim.lines)
    return Bill(
        payer_id=row.subscriber.payer.id if row.subscriber.payer else "",
        account=claim.patient_control_number,
        charge=claim.charge,
        place=claim.facility_code,
        frequency=claim.frequency,
        original=claim.ref("F8"),
        subscriber=_person(subscriber),
        patient=_person(patient),
        patient_is_subscriber=row.patient is None,
        birth_date=patient.birth_date if patient else None,
        sequence=row.subscriber.responsibility,
        filing=row.subscriber.filing_indicator,
        billing_npi=provider.npi if provider else "",
        billing_name=provider.name if provider else "",
        billing_tax_id=(provider.ref("EI") or provider.ref("SY")) if provider else "",
        billing_taxonomy=row.billing.taxonomy,
        billing_zip=provider.postal_code if provider else "",
        rendering=_person(rendering),
        rendering_taxonomy=rendering.taxonomy if rendering else "",
        referral=claim.ref("9F"),
        referring_npi=next((party.npi for party in claim.referring), ""),
        authorization=claim.ref("G1"),
        clia=claim.ref("X4"),
        diagnoses=diagnoses,
        lines=lines,
        has_other_payer=any(
            other.paid is not None or other.adjustments for other in claim.other_payers
        )
        or any(line.payments for line in claim.lines),
    )


def _person(party: Party | None) -> Person:
    if party is None:
        return Person()
    return Person(party.name, party.first, party.middle, party.id)


def _line(line: ServiceLine, claim: Claim, diagnoses: tuple[str, ...]) -> BillLine:
    procedure = line.procedure
    stated = next((date for date in line.dates if date.qualifier == "472"), None)
    rendering = line.rendering or claim.rendering
    references = {ref.qualifier: ref.value for ref in line.references}
    return BillLine(
        number=line.number,
        reference=line.control_number,
        code=procedure.code if procedure else "",
        modifiers=tuple(m for m in (procedure.modifiers if procedure else ()) if m),
        charge=line.charge,
        units=line.quantity if line.quantity is not None else Decimal(1),
        date=(stated.start if stated else None) or dt.date.min,
        end=stated.end if stated else None,
        place=line.place_of_service or claim.facility_code,
        pointers=line.pointers,
        diagnoses=tuple(diagnoses[p - 1] for p in line.pointers if 0 < p <= len(diagnoses)),
        rendering=rendering.npi if rendering else "",
        authorization=references.get("G1", "") or claim.ref("G1"),
        clia=references.get("X4", "") or claim.ref("X4"),
        other_paid=sum((payment.paid for payment in line.payments), ZERO),
        other_adjustments=tuple(
            (cut.group, cut.reason, cut.amount)
            for payment in line.payments
            for cut in payment.adjustments
        ),
    )
