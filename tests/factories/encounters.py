"""Patients, payers, coverage, providers, visits and notes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory
from factory.helpers import lazy_attribute, post_generation

import x12
from core import clock
from core.access.enums import Role
from encounters.enums import (
    AppointmentState,
    EligibilityState,
    EncounterStatus,
    PayerKind,
)
from encounters.models import (
    Appointment,
    ClinicalNote,
    Coverage,
    DocumentedDiagnosis,
    DocumentedService,
    EligibilityBenefit,
    EligibilityCheck,
    Encounter,
    Facility,
    Patient,
    Payer,
    PayerPolicy,
    Provider,
)
from tests.any_state import AnyStateFactory
from tests.factories.access import UserFactory
from tests.factories.clearinghouse import TradingPartnerFactory


def npi(number: int) -> str:
    """A valid NPI: nine digits made from ``number`` and the check digit."""
    stem = f"1{number % 100_000_000:08d}"
    return next(f"{stem}{digit}" for digit in range(10) if x12.npi_is_valid(f"{stem}{digit}"))


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A time of day at the clinic."""
    naive = datetime(day.year, day.month, day.day, hour, minute)
    return timezone.make_aware(naive, timezone.get_default_timezone())


class FacilityFactory(DjangoModelFactory):
    """The clinic: the same row again and again."""

    class Meta:
        model = Facility
        django_get_or_create = ("name",)

    name = "Firstpass Family Clinic"
    npi = "1234567893"
    taxonomy = "261QP2300X"
    tax_id = "371234567"
    address = "22 Clinic Way"
    city = "Springfield"
    state = "IL"
    zip_code = "627010001"
    phone = "2175550100"
    clia_number = "14D1234567"
    place_of_service = "11"
    medicare_locality = "0610299"


class ProviderFactory(DjangoModelFactory):
    """A provider with a sign-in of the role Provider."""

    class Meta:
        model = Provider

    user = SubFactory(UserFactory, role=Role.PROVIDER)
    npi = Sequence(lambda n: npi(24_000_000 + n))
    last_name = Sequence(lambda n: f"Okafor{'abcdefghij'[n % 10]}")
    first_name = "Grace"
    credentials = "MD"
    taxonomy = "207Q00000X"
    specialty = "Family medicine"


class PayerFactory(DjangoModelFactory):
    """A commercial payer; ``PayerFactory(kind=PayerKind.MEDICARE, filing_indicator="MB")``."""

    class Meta:
        model = Payer

    name = Sequence(lambda n: f"Payer {n}")
    kind = PayerKind.COMMERCIAL
    partner = SubFactory(TradingPartnerFactory)
    claim_payer_id = Sequence(lambda n: f"P{n:04d}")
    eligibility_payer_id = SelfAttribute("claim_payer_id")
    remittance_payer_id = Sequence(lambda n: f"1{900_000_000 + n:09d}")
    filing_indicator = "CI"
    phone = "8005550100"


class PayerPolicyFactory(DjangoModelFactory):
    """How that payer wants it, since 2020."""

    class Meta:
        model = PayerPolicy

    payer = SubFactory(PayerFactory)
    effective_from = date(2020, 1, 1)
    timely_filing_days = 180
    accepts_frequency_7 = True
    corrected_claim_days = 180
    appeal_days = 120


class PatientFactory(DjangoModelFactory):
    """An adult patient."""

    class Meta:
        model = Patient

    mrn = Sequence(lambda n: f"T{n:07d}")
    last_name = Sequence(lambda n: f"Quist{'abcdefghijklmnopqrstuvwxyz'[n % 26]}")
    first_name = "Ada"
    birth_date = date(1980, 2, 1)
    sex = "F"
    address = "5 Main St"
    city = "Springfield"
    state = "IL"
    zip_code = "62704"
    phone = Sequence(lambda n: f"217{5_550_000 + n % 10_000:07d}")


class CoverageFactory(DjangoModelFactory):
    """The patient's own primary insurance, in force since 2020."""

    class Meta:
        model = Coverage

    patient = SubFactory(PatientFactory)
    payer = SubFactory(PayerFactory)
    priority = 1
    plan_name = "PPO 500"
    subscriber_number = Sequence(lambda n: f"W{n:07d}00")
    group_number = "BHP4400"
    effective_from = date(2020, 1, 1)


class AppointmentFactory(AnyStateFactory):
    """A visit today at nine."""

    class Meta:
        model = Appointment

    patient = SubFactory(PatientFactory)
    provider = SubFactory(ProviderFactory)
    facility = SubFactory(FacilityFactory)
    starts_at = LazyFunction(lambda: moment(clock.today()))
    minutes = 20
    reason = "Sore throat"
    state = AppointmentState.SCHEDULED


class EncounterFactory(AnyStateFactory):
    """A visit of today with its coverage. ``EncounterFactory(primary_coverage=None)`` is self-pay.

    Times that a status asks for are filled in: ``EncounterFactory(status=EncounterStatus.CODED)``.
    """

    class Meta:
        model = Encounter

    class Params:
        payer = SubFactory(PayerFactory)

    number = Sequence(lambda n: f"T{n:08d}")
    patient = SubFactory(PatientFactory)
    provider = SubFactory(ProviderFactory)
    facility = SubFactory(FacilityFactory)
    service_date = LazyFunction(clock.today)
    place_of_service = SelfAttribute("facility.place_of_service")
    reason = "Sore throat"
    status = EncounterStatus.CHECKED_IN
    primary_coverage = SubFactory(
        CoverageFactory,
        patient=SelfAttribute("..patient"),
        payer=SelfAttribute("..payer"),
    )

    @lazy_attribute
    def documented_at(self) -> datetime | None:
        return _time_of(self, EncounterStatus.DOCUMENTED)

    @lazy_attribute
    def coded_at(self) -> datetime | None:
        return _time_of(self, EncounterStatus.CODED)

    @lazy_attribute
    def billed_at(self) -> datetime | None:
        return _time_of(self, EncounterStatus.BILLED)

    @lazy_attribute
    def closed_at(self) -> datetime | None:
        return _time_of(self, EncounterStatus.CLOSED)


def _time_of(encounter: Any, status: EncounterStatus) -> datetime | None:
    """A day after the visit for each step, when the visit has come that far."""
    order = EncounterStatus.values
    if order.index(encounter.status) < order.index(status):
        return None
    return moment(encounter.service_date, 17) + timedelta(hours=order.index(status))


class NoteFactory(DjangoModelFactory):
    """A complete draft: sore throat, pharyngitis, a rapid strep test."""

    class Meta:
        model = ClinicalNote
        skip_postgeneration_save = True

    encounter = SubFactory(EncounterFactory)
    author = SelfAttribute("encounter.provider")
    subjective = "Sore throat for three days, no cough."
    objective = "Pharynx red, tonsils enlarged, no exudate. Rapid strep test negative."
    assessment = "Acute pharyngitis."
    plan = "Fluids, acetaminophen, return if worse."

    @post_generation
    def parts(self: ClinicalNote, create: bool, extracted: Any, **kwargs: Any) -> None:
        """``parts=False`` leaves diagnoses and services out, ``parts__codes=False`` their codes."""
        if not create or extracted is False:
            return
        coded = kwargs.get("codes", True)
        DocumentedDiagnosis.objects.create(
            note=self, position=1, text="Acute pharyngitis", code="J02.9" if coded else ""
        )
        DocumentedService.objects.create(
            note=self,
            position=1,
            text="Office visit, established patient, low complexity",
            code="99213" if coded else "",
            is_separate=True,
        )
        DocumentedService.objects.create(
            note=self, position=2, text="Rapid strep test", code="87880" if coded else ""
        )


class SignedNoteFactory(NoteFactory):
    """The same, signed by its author; the visit counts as documented."""

    class Meta:
        model = ClinicalNote
        skip_postgeneration_save = True

    encounter = SubFactory(EncounterFactory, status=EncounterStatus.DOCUMENTED)

    @post_generation
    def signature(self: ClinicalNote, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            self.signed_at, self.signed_by = clock.now(), self.author.user
            self.save()


class EligibilityCheckFactory(AnyStateFactory):
    """An active answer of just now."""

    class Meta:
        model = EligibilityCheck

    coverage = SubFactory(CoverageFactory)
    service_date = LazyFunction(clock.today)
    trace_number = Sequence(lambda n: f"TT{n:09d}")
    state = EligibilityState.ACTIVE
    requested_at = LazyFunction(clock.now)
    answered_at = LazyAttribute(
        lambda o: None if o.state == EligibilityState.PENDING else o.requested_at
    )
    message = "The plan is active on the day of the visit."
    plan_name = "PPO 500"
    answered_group_number = "BHP4400"


class EligibilityBenefitFactory(DjangoModelFactory):
    """A copay of $30 for an office visit, in network."""

    class Meta:
        model = EligibilityBenefit

    check_row = SubFactory(EligibilityCheckFactory)
    position = Sequence(lambda n: n % 30_000 + 1)
    code = "B"
    coverage_level = "IND"
    service_types = "98"
    period = "27"
    amount = Decimal("30.00")
    in_network = "Y"
