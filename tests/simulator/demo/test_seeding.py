"""A small demo clinic by the real pipeline: the mix, the books, the repeat, the interruption."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from claims.enums import ClaimState
from claims.models import CallLog, Claim, ClaimTask, Submission
from coding.models import CodingVersion
from core import clock
from core.access.demo import demo_logins
from core.access.enums import Role
from core.audit.models import AuditEvent
from core.clearinghouse.enums import TransmissionState
from core.clearinghouse.models import Transmission
from denials.enums import DenialState
from denials.models import Correction, Denial
from denials.queries.books import ALL_CHECKS
from encounters.enums import AppointmentState, EncounterStatus
from encounters.models import Appointment, ClinicalNote, EligibilityCheck, Encounter
from payments.models import Remittance
from payments.queries.books import run_checks
from simulator.demo import seeding
from simulator.demo.counting import counts
from simulator.demo.seeding import seed_demo
from tests.factories import PatientFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("codes")]


@pytest.fixture(autouse=True)
def _own_payers(settings, tmp_path):
    settings.VAR = tmp_path


def violations():
    return [str(v) for result in run_checks(ALL_CHECKS) for v in result.violations]


def test_demo_has_every_kind_of_work_and_clean_books():
    seed_demo(days=56, per_day=6, seed=1)
    today = clock.today()
    yesterday = Encounter.objects.filter(service_date=today - seeding.dt.timedelta(days=1))
    assert Encounter.objects.filter(service_date__lt=today).count() == 336
    assert yesterday.filter(status=EncounterStatus.DOCUMENTED).exists()
    assert yesterday.filter(status=EncounterStatus.CHECKED_IN, provider__user__username="provider")
    assert ClinicalNote.objects.filter(signed_at__isnull=False).count() >= 330
    expected = Appointment.objects.filter(state=AppointmentState.SCHEDULED, starts_at__date=today)
    assert expected.exists()
    assert EligibilityCheck.objects.exclude(answer=None).count() > 20

    states = set(Claim.objects.values_list("state", flat=True))
    assert {ClaimState.CLOSED, ClaimState.ACCEPTED_BY_PAYER, ClaimState.READY} <= states
    assert Submission.objects.filter(frequency="7").exists()
    assert Denial.objects.filter(state=DenialState.RECOVERED, recovered__gt=0).exists()
    assert Denial.objects.filter(state=DenialState.OPEN).exists()
    assert Correction.objects.filter(brought__gt=0).exists()
    assert CodingVersion.objects.filter(number__gt=1).exists()
    assert ClaimTask.objects.filter(kind="follow_up", closed_at=None).exists()
    assert Remittance.objects.filter(state="posted").count() > 20
    assert counts()["open work: unposted"] > 0
    assert not Transmission.objects.filter(
        state__in=[TransmissionState.FAILED, TransmissionState.REFUSED]
    )
    assert {login.role for login in demo_logins()} == {str(role.label) for role in Role}
    assert violations() == []


def test_demo_is_the_same_for_the_same_seed_and_changes_nothing_the_second_time():
    first = seed_demo(days=3, per_day=4, seed=7)
    before, events = counts(), AuditEvent.objects.count()
    again = seed_demo(days=9, per_day=9, seed=8)
    assert (first.was_there, first.days_lived) == (False, 4)
    assert (again.was_there, again.days_lived) == (True, 0)
    assert counts() == before
    assert AuditEvent.objects.count() == events


def test_demo_goes_on_where_it_was_interrupted(monkeypatch):
    real = seeding.front_desk.document
    calls = []

    def dies(encounters, seed):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(encounters, seed)

    monkeypatch.setattr(seeding.front_desk, "document", dies)
    with pytest.raises(KeyboardInterrupt):
        seed_demo(days=4, per_day=5, seed=1)
    result = seed_demo(days=4, per_day=5, seed=1)
    assert result.days_lived == 4
    assert Encounter.objects.filter(service_date__lt=clock.today()).count() == 20
    assert Appointment.objects.filter(state=AppointmentState.NO_SHOW).count() == 4
    assert Claim.objects.values("encounter").distinct().count() == Claim.objects.count()
    assert violations() == []


def test_demo_is_refused_beside_other_patients():
    PatientFactory()
    with pytest.raises(CommandError, match="empty database"):
        call_command("seed_demo", days=1, encounters_per_day=1)
    assert not AuditEvent.objects.filter(action=seeding.BEGUN).exists()


def test_command_prints_one_object_of_counts():
    out = StringIO()
    call_command("seed_demo", days=2, encounters_per_day=3, json=True, stdout=out)
    said = json.loads(out.getvalue())
    assert said["was_there"] is False
    assert said["counts"]["encounters"] >= 6
    assert CallLog.objects.count() == 0
