"""The front desk's and the providers' day: schedule, arrivals, eligibility, notes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.utils import timezone

from core.access.enums import Role
from encounters.enums import AppointmentState, EncounterStatus
from encounters.models import Appointment, Coverage, Encounter, Patient
from encounters.rules.details import Arrival, NewAppointment
from encounters.services import (
    check_in_many,
    mark_no_show,
    schedule_appointments,
    verify_eligibility,
    write_and_sign,
    write_note,
)
from simulator.demo.chance import share, weighted
from simulator.demo.clinic import Clinic
from simulator.demo.people import age_on
from simulator.demo.visits import ALL, BY_REASON, Visit
from simulator.sandbox.members import Scenario, scenario_of

CHECKED = 0.15
"""Share of visits whose insurance is asked about; the careful ones find what is wrong."""
ASKED_AHEAD = 0.9
"""Share of the last day's patients whose insurance was asked about the evening before."""
_SKIPPED = frozenset({Scenario.ENDED, Scenario.NOT_BEGUN, Scenario.NOT_FOUND, Scenario.ELSEWHERE})


def moment(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """A time of day at the clinic."""
    naive = dt.datetime.combine(day, dt.time(hour, minute))
    return timezone.make_aware(naive, timezone.get_default_timezone())


class Schedule:
    """Who comes when: everybody in turn, with something that suits their age and insurance."""

    def __init__(self, clinic: Clinic, seed: int, per_day: int) -> None:
        self._clinic, self._seed, self._per_day = clinic, seed, per_day
        kinds = dict(
            Coverage.objects.filter(priority=1, superseded_at=None).values_list(
                "patient_id", "payer__kind"
            )
        )
        patients = list(Patient.objects.order_by("pk"))
        self._kinds = {patient.pk: kinds.get(patient.pk, "commercial") for patient in patients}
        self._patients = sorted(patients, key=lambda one: share(seed, "order", one.mrn))

    def put(self, day: dt.date, number: int) -> int:
        """Put the `number`-th day on the schedule; a day that has its visits is left alone."""
        begins = moment(day, 0)
        ends = begins + dt.timedelta(days=1)
        if Appointment.objects.filter(starts_at__gte=begins, starts_at__lt=ends).exists():
            return 0
        wanted = self._per_day + max(1, self._per_day // 25)  # some will not come
        entries = []
        for slot in range(wanted):
            patient = self._patients[(number * wanted + slot) % len(self._patients)]
            visit = self._visit(patient, day)
            provider = self._clinic.providers[slot % len(self._clinic.providers)]
            minute = 8 * 60 + (slot * 9 * 60 // wanted) // 10 * 10
            entries.append(
                NewAppointment(
                    patient.pk,
                    provider.pk,
                    self._clinic.facility.pk,
                    moment(day, minute // 60, minute % 60),
                    visit.reason,
                    visit.minutes,
                )
            )
        schedule_appointments(entries=entries, by=self._clinic.users[Role.FRONT_DESK])
        return len(entries)

    def _visit(self, patient: Patient, day: dt.date) -> Visit:
        age = age_on(patient.birth_date, day)
        kind = self._kinds[patient.pk]
        suiting = [
            (visit, visit.weight)
            for visit in ALL
            if visit.suits(age=age, sex=patient.sex, kind=kind)
        ]
        return weighted(suiting, self._seed, "visit", patient.mrn, day)


def expected(day: dt.date) -> list[Appointment]:
    """Who is on the day's schedule and did not come yet."""
    begins = moment(day, 0)
    return list(
        Appointment.objects.filter(
            state=AppointmentState.SCHEDULED,
            starts_at__gte=begins,
            starts_at__lt=begins + dt.timedelta(days=1),
        )
        .select_related("patient")
        .order_by("starts_at", "pk")
    )


def arrived(day: dt.date) -> int:
    """How many of the day's patients are checked in."""
    return Encounter.objects.filter(service_date=day, appointment__isnull=False).count()


def receive(clinic: Clinic, appointments: Sequence[Appointment], seed: int) -> list[Encounter]:
    """Check these patients in, with their authorization where somebody thought of it."""
    if not appointments:
        return []
    payers = dict(
        Coverage.objects.filter(
            patient__in=[one.patient_id for one in appointments], priority=1, superseded_at=None
        ).values_list("patient_id", "payer__claim_payer_id")
    )
    arrivals = []
    for one in appointments:
        needs = payers.get(one.patient_id, "") in BY_REASON[one.reason].authorized
        remembered = share(seed, "authorization", one.patient.mrn, one.starts_at) < 0.7
        number = f"PA{one.pk:07d}" if needs and remembered else ""
        arrivals.append(Arrival(one.pk, prior_authorization=number))
    return check_in_many(arrivals=arrivals, by=clinic.users[Role.FRONT_DESK])


def missed(clinic: Clinic, appointments: Sequence[Appointment]) -> None:
    """Mark these patients as not come."""
    for one in appointments:
        mark_no_show(appointment_id=one.pk, by=clinic.users[Role.FRONT_DESK])


def ask_payers(clinic: Clinic, encounters: Sequence[Encounter], seed: int) -> int:
    """Real questions to the payers about some of the visits. Returns how many."""
    asked = 0
    for encounter in encounters:
        coverage = encounter.primary_coverage
        if coverage is None:
            continue
        wrong = scenario_of(coverage.subscriber_number)
        wanted = 0.06 if wrong in _SKIPPED else 0.8 if wrong else CHECKED
        if share(seed, "ask", encounter.number) < wanted:
            verify_eligibility(
                coverage_id=coverage.pk,
                service_date=encounter.service_date,
                by=clinic.users[Role.FRONT_DESK],
                facility_id=encounter.facility_id,
            )
            asked += 1
    return asked


def ask_ahead(clinic: Clinic, appointments: Sequence[Appointment], day: dt.date, seed: int) -> int:
    """Ask about nearly everybody who is expected tomorrow. Returns how many were asked about."""
    coverages = dict(
        Coverage.objects.filter(
            patient__in=[one.patient_id for one in appointments], priority=1, superseded_at=None
        ).values_list("patient_id", "pk")
    )
    asked = 0
    for one in appointments:
        coverage = coverages.get(one.patient_id)
        if coverage is not None and share(seed, "ahead", one.patient.mrn) < ASKED_AHEAD:
            verify_eligibility(
                coverage_id=coverage,
                service_date=day,
                by=clinic.users[Role.FRONT_DESK],
                facility_id=one.facility_id,
            )
            asked += 1
    return asked


def to_document(day: dt.date) -> list[Encounter]:
    """Visits of the day without a signed note."""
    return list(
        Encounter.objects.filter(
            service_date=day, status=EncounterStatus.CHECKED_IN, appointment__isnull=False
        )
        .select_related("provider")
        .order_by("pk")
    )


def document(encounters: Sequence[Encounter], seed: int) -> None:
    """The providers write and sign their notes; three of four pick the codes as well."""
    notes = [
        BY_REASON[one.reason].note(one.pk, with_codes=share(seed, "codes", one.number) < 0.75)
        for one in encounters
    ]
    if notes:
        write_and_sign(notes=notes)


def leave_unsigned(clinic: Clinic, encounters: Sequence[Encounter]) -> list[Encounter]:
    """What the demo's provider did not finish: some drafts, some not begun. Returns the others."""
    provider = clinic.providers[0]
    by_provider: dict[int, list[Encounter]] = defaultdict(list)
    for encounter in encounters:
        by_provider[encounter.provider_id].append(encounter)
    own = by_provider[provider.pk][:4]
    for encounter in own[: len(own) // 2]:
        note = BY_REASON[encounter.reason].note(encounter.pk, with_codes=True)
        write_note(
            encounter_id=encounter.pk,
            by=clinic.users[Role.PROVIDER],
            sections=note.sections,
            diagnoses=note.diagnoses,
            services=note.services,
        )
    left = {encounter.pk for encounter in own}
    return [encounter for encounter in encounters if encounter.pk not in left]
