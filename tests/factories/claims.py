"""Coded visits and claims, without the coder's work: rows only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from claims.models import Claim
from claims.services import build_claims, queue_claims, scrub_claims
from coding.enums import CodeSystem
from coding.models import ChargeLine, Code, CodingVersion, Diagnosis
from core import clock
from core.access.enums import Role
from core.access.models import User
from encounters.enums import EncounterStatus
from encounters.models import Coverage, Encounter
from tests.factories.access import UserFactory
from tests.factories.encounters import (
    CoverageFactory,
    EligibilityCheckFactory,
    EncounterFactory,
    FacilityFactory,
    PayerFactory,
    PayerPolicyFactory,
    ProviderFactory,
)

CODES = [
    (CodeSystem.ICD10CM, "J02.9", "Acute pharyngitis, unspecified", {}),
    (CodeSystem.ICD10CM, "R05.9", "Cough, unspecified", {}),
    (CodeSystem.CPT, "99213", "Office visit, established patient", {}),
    (CodeSystem.CPT, "99214", "Office visit, established patient, longer", {}),
    (CodeSystem.CPT, "87880", "Rapid strep test", {"qw": "required"}),
    (CodeSystem.CPT, "70551", "MRI of the head", {}),
    (CodeSystem.MODIFIER, "QW", "CLIA-waived test", {}),
    (CodeSystem.MODIFIER, "25", "Separate visit", {}),
    (CodeSystem.MODIFIER, "76", "Repeated by the same physician", {}),
    (CodeSystem.PLACE_OF_SERVICE, "11", "Office", {}),
]

Line = tuple[str, tuple[str, ...], str]
SORE_THROAT: tuple[Line, ...] = (("99213", (), "125.00"), ("87880", ("QW",), "30.00"))


def few_codes() -> None:
    """The codes that these visits use, valid since 2020; beside the carried ones, when a test
    before this one loaded them for the whole run."""
    known = set(
        Code.objects.filter(code__in=[code for _, code, _, _ in CODES]).values_list(
            "system", "code"
        )
    )
    Code.objects.bulk_create(
        [
            Code(
                system=system,
                code=code,
                description=words,
                attributes=attributes,
                valid_from=date(2020, 1, 1),
            )
            for system, code, words, attributes in CODES
            if (system, code) not in known
        ]
    )


def biller(**values: Any) -> User:
    """A user with the role Biller."""
    user: Any = UserFactory(role=Role.BILLER, **values)
    return cast(User, user)


def insured(
    *, verified: bool = True, policy: dict[str, Any] | None = None, **values: Any
) -> Coverage:
    """A coverage whose payer has a policy, with an active eligibility answer."""
    coverage: Any = CoverageFactory(**values)
    if not coverage.payer.policies.exists():
        PayerPolicyFactory(payer=coverage.payer, **(policy or {}))
    if verified:
        EligibilityCheckFactory(coverage=coverage)
    return cast(Coverage, coverage)


def coded(
    coverage: Coverage | None = None,
    *,
    lines: Sequence[Line] = SORE_THROAT,
    diagnoses: Sequence[str] = ("J02.9",),
    days_ago: int = 2,
    **values: Any,
) -> Encounter:
    """A visit that is coded and waits for its claim."""
    few_codes()
    day = values.pop("service_date", clock.today() - timedelta(days=days_ago))
    if coverage is None and "primary_coverage" not in values:
        coverage = insured()
    if coverage is not None:
        values.setdefault("primary_coverage", coverage)
        values.setdefault("patient", coverage.patient)
    encounter: Any = EncounterFactory(
        service_date=day, status=EncounterStatus.CODED, place_of_service="11", **values
    )
    code(encounter, lines=lines, diagnoses=diagnoses)
    return cast(Encounter, encounter)


def code(
    encounter: Encounter,
    *,
    lines: Sequence[Line] = SORE_THROAT,
    diagnoses: Sequence[str] = ("J02.9",),
) -> CodingVersion:
    """A complete coding of the visit; the one before is superseded."""
    before = encounter.coding_versions.order_by("-number").first()
    encounter.coding_versions.filter(state=CodingVersion.State.COMPLETE).update(
        state=CodingVersion.State.SUPERSEDED
    )
    version = CodingVersion.objects.create(
        encounter=encounter,
        number=before.number + 1 if before else 1,
        state=CodingVersion.State.COMPLETE,
        coder=UserFactory(role=Role.CODER),
        completed_at=clock.now(),
    )
    Diagnosis.objects.bulk_create(
        [
            Diagnosis(version=version, position=position, code=each, description=each)
            for position, each in enumerate(diagnoses, start=1)
        ]
    )
    ChargeLine.objects.bulk_create(
        [
            ChargeLine(
                version=version,
                position=position,
                code=each,
                description=each,
                modifiers=list(modifiers),
                charge=Decimal(charge),
                pointers=[1],
                place_of_service="11",
                service_date=encounter.service_date,
            )
            for position, (each, modifiers, charge) in enumerate(lines, start=1)
        ]
    )
    return version


def built(encounter: Encounter | None = None, **values: Any) -> Claim:
    """The claim of a coded visit, scrubbed."""
    encounter = encounter or coded(**values)
    result = build_claims(encounter_ids=[encounter.pk], by=None)
    scrub_claims(result.claim_ids)
    return Claim.objects.get(pk=result.claim_ids[0])


def queued(encounter: Encounter | None = None, **values: Any) -> Claim:
    """The claim of a coded visit, ready and queued."""
    claim = built(encounter, **values)
    queue_claims([claim.pk], by=None)
    claim.refresh_from_db()
    return claim


def many_coded(count: int, *, days_ago: int = 2) -> list[Encounter]:
    """That many coded visits of as many patients with few queries each, for speed tests."""
    payers = [PayerFactory() for _ in range(3)]
    for payer in payers:
        PayerPolicyFactory(payer=payer)
    facility, provider = FacilityFactory(), ProviderFactory()
    found = []
    for index in range(count):
        coverage: Any = CoverageFactory(payer=payers[index % 3])
        found.append(coded(coverage, days_ago=days_ago, facility=facility, provider=provider))
    return found
