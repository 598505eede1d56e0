"""Loading the facts that the scrub rules check, with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Prefetch, Subquery
from django.utils import timezone

from claims import rules
from claims.enums import ClaimState
from claims.models import Claim, ClaimLine, Submission
from claims.scrub.facts import (
    ClaimFacts,
    CoverageFact,
    EarlierService,
    FacilityFact,
    LineFact,
    PayerFact,
    PersonFact,
    PolicyFact,
    ProviderFact,
)
from coding.models import ChargeLine, CodingVersion, Diagnosis
from coding.queries.book import load_book
from coding.queries.visit import age_on
from coding.rules.book import CodeBook
from coding.rules.facts import CodedLine, CodedVisit
from core import clock
from encounters.models import (
    Coverage,
    EligibilityBenefit,
    EligibilityCheck,
    Facility,
    Patient,
    PayerPolicy,
)


@dataclass(slots=True)
class ScrubCase:
    """A current submission, its claim, and the facts that claim and coding rules check."""

    claim: Claim
    submission: Submission
    facts: ClaimFacts
    visit: CodedVisit


def current_submissions(claim_ids: Collection[int]) -> list[Submission]:
    """The current submission of each claim with its lines and diagnoses, ordered by claim."""
    lines = Prefetch("lines", ClaimLine.objects.order_by("position"))
    diagnoses = Prefetch("coding_version__diagnoses", Diagnosis.objects.order_by("position"))
    return list(
        Submission.objects.filter(claim_id__in=claim_ids, is_current=True)
        .select_related(
            "claim__payer",
            "claim__facility",
            "claim__encounter__patient",
            "claim__encounter__provider",
            "claim__encounter__primary_coverage",
            "coverage",
            "coding_version",
        )
        .prefetch_related(lines, diagnoses)
        .order_by("claim_id")
    )


def newest_codings(encounter_ids: Collection[int]) -> dict[int, CodingVersion]:
    """The complete coding of each encounter, with its lines."""
    versions = CodingVersion.objects.filter(
        encounter_id__in=encounter_ids, state=CodingVersion.State.COMPLETE
    ).prefetch_related(Prefetch("lines", ChargeLine.objects.order_by("position")))
    return {version.encounter_id: version for version in versions}


def scrub_cases(submissions: Sequence[Submission]) -> tuple[list[ScrubCase], CodeBook]:
    """Everything the rules need for these submissions, and the code book of their codes."""
    policies = _policies({one.claim.payer_id for one in submissions})
    checks = _latest_checks({one.coverage_id for one in submissions})
    earlier = _earlier_services(submissions)
    book = load_book(
        diagnoses={d.code for one in submissions for d in one.coding_version.diagnoses.all()},
        procedures={line.code for one in submissions for line in one.lines.all()},
        payers={one.claim.payer_id for one in submissions},
    )
    today = clock.today()
    cases = []
    for submission in submissions:
        claim = submission.claim
        policy = rules.effective_on(policies[claim.payer_id], claim.service_date)
        facts = _facts(submission, today, policy, checks, earlier[claim.pk], book)
        cases.append(ScrubCase(claim, submission, facts, _visit(submission, facts, book)))
    return cases, book


def _policies(payer_ids: set[int]) -> dict[int, list[PayerPolicy]]:
    found: dict[int, list[PayerPolicy]] = {payer: [] for payer in payer_ids}
    for policy in PayerPolicy.objects.filter(payer_id__in=payer_ids):
        found[policy.payer_id].append(policy)
    return found


def _latest_checks(coverage_ids: set[int]) -> dict[int, tuple[str, bool]]:
    """State of each coverage's latest check, and whether it asks for an authorization."""
    latest = EligibilityCheck.objects.filter(coverage=OuterRef("coverage")).order_by(
        "-requested_at", "-id"
    )
    rows = EligibilityCheck.objects.filter(
        coverage_id__in=coverage_ids, pk=Subquery(latest.values("pk")[:1])
    ).values_list("pk", "coverage_id", "state")
    checks = {pk: (coverage_id, state) for pk, coverage_id, state in rows}
    asking = set(
        EligibilityBenefit.objects.filter(
            check_row_id__in=checks, authorization_required="Y"
        ).values_list("check_row_id", flat=True)
    )
    return {coverage: (state, pk in asking) for pk, (coverage, state) in checks.items()}


def _earlier_services(submissions: Sequence[Submission]) -> dict[int, tuple[EarlierService, ...]]:
    """By claim: services of the same patient and day on other claims that were sent."""
    patients = {one.claim.encounter.patient_id for one in submissions}
    days = {one.claim.service_date for one in submissions}
    on_file = (
        ClaimLine.objects.filter(
            submission__is_current=True,
            submission__claim__encounter__patient_id__in=patients,
            service_date__in=days,
        )
        .exclude(submission__claim__state__in=[*rules.NEVER_SENT, ClaimState.REJECTED])
        .values_list(
            "submission__claim_id",
            "submission__claim__number",
            "submission__claim__encounter__patient_id",
            "submission__claim__payer_id",
            "code",
            "modifiers",
            "service_date",
        )
    )
    by_visit: dict[tuple[int, int, date], list[tuple[int, EarlierService]]] = defaultdict(list)
    for claim_id, number, patient, payer, code, modifiers, day in on_file:
        by_visit[patient, payer, day].append(
            (claim_id, EarlierService(number, code, tuple(modifiers), day))
        )
    return {
        one.claim_id: tuple(
            service
            for claim_id, service in by_visit[
                one.claim.encounter.patient_id, one.claim.payer_id, one.claim.service_date
            ]
            if claim_id != one.claim_id
        )
        for one in submissions
    }


def _facts(
    submission: Submission,
    today: date,
    policy: PayerPolicy | None,
    checks: dict[int, tuple[str, bool]],
    earlier: tuple[EarlierService, ...],
    book: CodeBook,
) -> ClaimFacts:
    claim, encounter = submission.claim, submission.claim.encounter
    provider = encounter.provider
    answered = claim.first_adjudicated_at if submission.number > 1 else None
    return ClaimFacts(
        number=submission.control_number,
        today=today,
        service_date=claim.service_date,
        filing_deadline=claim.filing_deadline,
        frequency=submission.frequency,
        original_reference=submission.original_reference,
        total_charge=submission.total_charge,
        patient=_person(encounter.patient),
        coverage=_coverage(submission.coverage, checks),
        payer=PayerFact(
            claim.payer.name,
            claim.payer.kind,
            claim.payer.claim_payer_id,
            claim.payer.filing_indicator,
            claim.payer.is_active,
            _policy(policy),
        ),
        provider=ProviderFact(
            provider.last_name, provider.first_name, provider.npi, provider.taxonomy
        ),
        facility=_facility(claim.facility),
        diagnoses=tuple(one.code for one in submission.coding_version.diagnoses.all()),
        lines=tuple(_line(line, book) for line in submission.lines.all()),
        prior_authorization=encounter.prior_authorization,
        referral_number=encounter.referral_number,
        referring_npi=encounter.referring_npi,
        referring_last_name=encounter.referring_last_name,
        answered_on=timezone.localtime(answered).date() if answered else None,
        earlier=earlier,
    )


def _person(patient: Patient) -> PersonFact:
    return PersonFact(
        patient.last_name,
        patient.first_name,
        patient.birth_date,
        patient.sex,
        patient.address,
        patient.city,
        patient.state,
        patient.zip_code,
    )


def _facility(facility: Facility) -> FacilityFact:
    return FacilityFact(
        facility.name,
        facility.npi,
        facility.taxonomy,
        facility.tax_id,
        facility.address,
        facility.city,
        facility.state,
        facility.zip_code,
        facility.clia_number,
    )


def _coverage(coverage: Coverage, checks: dict[int, tuple[str, bool]]) -> CoverageFact:
    state, asks = checks.get(coverage.pk, ("", False))
    return CoverageFact(
        coverage.subscriber_number,
        coverage.group_number,
        coverage.relationship,
        coverage.subscriber_last_name,
        coverage.subscriber_first_name,
        coverage.subscriber_birth_date,
        coverage.effective_from,
        coverage.effective_to,
        state,
        asks,
    )


def _policy(policy: PayerPolicy | None) -> PolicyFact | None:
    if policy is None:
        return None
    return PolicyFact(
        policy.timely_filing_days,
        policy.corrected_claim_days,
        policy.accepts_frequency_7,
        policy.wants_taxonomy,
        frozenset(policy.authorization_codes),
    )


def _line(line: ClaimLine, book: CodeBook) -> LineFact:
    waived = book.flag(line.code, "qw") == "required" or "QW" in line.modifiers
    return LineFact(
        line.position,
        line.code,
        tuple(line.modifiers),
        line.units,
        line.charge,
        tuple(line.pointers),
        line.service_date,
        line.place_of_service,
        waived,
    )


def _visit(submission: Submission, facts: ClaimFacts, book: CodeBook) -> CodedVisit:
    """The claim as the coding edits see it. The patient's past was looked at by the coder."""
    claim = submission.claim
    return CodedVisit(
        service_date=facts.service_date,
        place_of_service=claim.encounter.place_of_service,
        diagnoses=facts.diagnoses,
        lines=tuple(
            CodedLine(line.code, line.modifiers, line.units, line.pointers, line.charge)
            for line in facts.lines
        ),
        payer=book.payer_terms(claim.payer_id, facts.service_date),
        locality=claim.facility.medicare_locality,
        clia_number=claim.facility.clia_number,
        patient_age=age_on(claim.encounter.patient.birth_date, facts.service_date),
    )
