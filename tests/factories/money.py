"""A visit that was coded, billed and sent: what remittances answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import count
from typing import Any

from claims.enums import ClaimState, Frequency, SubmissionEnd
from claims.models import Claim, ClaimLine, Submission
from coding.models import ChargeLine, CodingVersion, Diagnosis
from core import clock
from core.access.enums import Role
from core.access.models import User
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import store_inbound
from core.ledger.enums import Responsibility
from core.ledger.services import NewReceivable, open_receivables
from encounters.enums import EncounterStatus
from encounters.models import Encounter
from payments.models import Remittance
from payments.services.receiving.reading import read_file
from payments.services.receiving.recording import record_remittances
from tests.any_state import in_any_state, put
from tests.factories import (
    EncounterFactory,
    TradingPartnerFactory,
    TransmissionFactory,
    UserFactory,
)

_numbers = count(1)

Line = tuple[str, Sequence[str], str]


def coder() -> User:
    """One coder for all of a test."""
    return User.objects.filter(role=Role.CODER).first() or UserFactory(role=Role.CODER)


def sent_claim(
    lines: Sequence[Line] = (("99213", [], "185.00"), ("87880", [], "45.00")),
    *,
    encounter: Encounter | None = None,
    payer_claim_number: str = "",
    **of_encounter: Any,
) -> Claim:
    """A claim in the hands of the payer, with its receivables open."""
    [claim] = sent_claims(
        [lines],
        encounters=[encounter] if encounter else None,
        payer_claim_number=payer_claim_number,
        **of_encounter,
    )
    return claim


def sent_claims(
    of_claims: Sequence[Sequence[Line]],
    *,
    encounters: Sequence[Encounter] | None = None,
    payer_claim_number: str = "",
    **of_encounter: Any,
) -> list[Claim]:
    """Many claims in few queries."""
    day = of_encounter.pop("service_date", clock.today() - dt.timedelta(days=20))
    visits = list(encounters or ())
    while len(visits) < len(of_claims):
        visits.append(
            EncounterFactory(status=EncounterStatus.BILLED, service_date=day, **of_encounter)
        )
    by = coder()
    versions = CodingVersion.objects.bulk_create(
        CodingVersion(
            encounter=visit,
            number=1,
            state=CodingVersion.State.COMPLETE,
            coder=by,
            completed_at=clock.now(),
        )
        for visit in visits
    )
    Diagnosis.objects.bulk_create(
        Diagnosis(version=version, position=1, code="J02.9", description="Sore throat")
        for version in versions
    )
    charge_lines = _charge_lines(versions, of_claims, by)
    transmission = TransmissionFactory()
    claims = _claims(visits, of_claims, payer_claim_number)
    submissions = _submissions(claims, versions, transmission)
    by_version: dict[int, list[ChargeLine]] = {}
    for line in charge_lines:
        by_version.setdefault(line.version_id, []).append(line)
    ClaimLine.objects.bulk_create(
        ClaimLine(
            submission=submission,
            charge_line=line,
            position=line.position,
            control_number=f"{submission.control_number}-{line.position}",
            code=line.code,
            modifiers=line.modifiers,
            units=line.units,
            charge=line.charge,
            pointers=line.pointers,
            service_date=line.service_date,
            place_of_service=line.place_of_service,
        )
        for submission, version in zip(submissions, versions, strict=True)
        for line in by_version[version.pk]
    )
    return claims


def _charge_lines(
    versions: Sequence[CodingVersion], of_claims: Sequence[Sequence[Line]], by: User
) -> list[ChargeLine]:
    rows = [
        ChargeLine(
            version=version,
            position=position,
            code=code,
            description=f"Service {code}",
            modifiers=list(modifiers),
            charge=Decimal(charge),
            pointers=[1],
            place_of_service="11",
            service_date=version.encounter.service_date,
            expected_allowed=Decimal(charge),
        )
        for version, lines in zip(versions, of_claims, strict=True)
        for position, (code, modifiers, charge) in enumerate(lines, start=1)
    ]
    receivables = open_receivables(
        [
            NewReceivable(
                service_date=row.service_date,
                charge=row.charge,
                responsibility=Responsibility.PAYER_1,
            )
            for row in rows
        ],
        occurred_on=clock.today(),
        by=by,
    )
    for row, receivable in zip(rows, receivables, strict=True):
        row.receivable = receivable
    return ChargeLine.objects.bulk_create(rows)


def _claims(
    visits: Sequence[Encounter], of_claims: Sequence[Sequence[Line]], payer_claim_number: str
) -> list[Claim]:
    rows = []
    for visit, lines in zip(visits, of_claims, strict=True):
        coverage = visit.primary_coverage
        assert coverage is not None
        rows.append(
            Claim(
                number=f"T{next(_numbers):08d}",
                encounter=visit,
                payer=coverage.payer,
                coverage=coverage,
                facility=visit.facility,
                service_date=visit.service_date,
                state=ClaimState.ACCEPTED_BY_PAYER,
                total_charge=sum(Decimal(charge) for _, _, charge in lines),
                filing_deadline=visit.service_date + dt.timedelta(days=180),
                first_sent_at=clock.now(),
                payer_claim_number=payer_claim_number,
            )
        )
    with in_any_state():
        return Claim.objects.bulk_create(rows)


def _submissions(
    claims: Sequence[Claim], versions: Sequence[CodingVersion], transmission: Transmission
) -> list[Submission]:
    return Submission.objects.bulk_create(
        Submission(
            claim=claim,
            number=1,
            control_number=f"{claim.number}-1",
            frequency=Frequency.ORIGINAL,
            coding_version=version,
            coverage=claim.coverage,
            total_charge=claim.total_charge,
            transmission=transmission,
            queued_at=clock.now(),
            sent_at=clock.now(),
        )
        for claim, version in zip(claims, versions, strict=True)
    )


def corrected_meanwhile(claim: Claim) -> Submission:
    """What a biller's correction leaves: a new submission, queued, in no file yet."""
    before = claim.submissions.get(is_current=True)
    lines = list(before.lines.order_by("position"))
    before.is_current, before.end = False, SubmissionEnd.REPLACED
    before.save()
    after = Submission.objects.create(
        claim=claim,
        number=before.number + 1,
        coverage=before.coverage,
        control_number=f"{claim.number}-{before.number + 1}",
        total_charge=before.total_charge,
        coding_version=before.coding_version,
    )
    for line in lines:
        line.pk, line.submission = None, after
        line.control_number = f"{after.control_number}-{line.position}"
        line.save()
    put(Claim.objects.filter(pk=claim.pk), state=ClaimState.QUEUED)
    return after


def receivables(claim: Claim) -> list[Any]:
    """The receivables of the claim's first submission, in line order, fresh from the database."""
    lines = ClaimLine.objects.filter(submission__claim=claim, submission__number=1)
    return [
        line.charge_line.receivable
        for line in lines.select_related("charge_line__receivable").order_by("position")
    ]


def recorded(content: bytes) -> list[Remittance]:
    """An 835 file as a worker leaves it that dies between recording and posting."""
    file, _ = store_inbound(name="recorded.835", content=content, partner=TradingPartnerFactory())
    found = read_file(content, name=file.name)
    return record_remittances(transmission_id=file.pk, found=found)
