import json

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from core.audit.models import AuditEvent
from core.audit.services import (
    EventData,
    broken_seals,
    record,
    record_many,
    record_view,
    seal_events,
)
from tests.factories import PatientFactory, UserFactory

pytestmark = pytest.mark.django_db


def some(count=3):
    record_many([EventData(None, "test.happened", detail={"n": n}) for n in range(count)])


def test_record_says_who_what_and_about_whom():
    user, patient = UserFactory(), PatientFactory()
    record(
        actor=user,
        action="patient.changed",
        subject=patient,
        patient_id=patient.pk,
        reason="x" * 300,
    )
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.subject_type) == (
        user,
        "patient.changed",
        "encounters.patient",
    )
    assert (event.subject_id, event.patient_id, len(event.reason)) == (patient.pk, patient.pk, 255)


def test_view_is_an_event_too():
    user, patient = UserFactory(), PatientFactory()
    record_view(user, patient, patient_id=patient.pk)
    assert AuditEvent.objects.get().action == "patient.viewed"


def test_many_events_are_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        some(50)


def test_event_is_gone_when_its_transaction_is():
    with transaction.atomic():
        some()
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


def test_sealing_makes_a_chain_that_holds():
    some()
    assert seal_events(limit=2) == 2
    assert seal_events() == 1
    assert seal_events() == 0
    assert list(AuditEvent.objects.order_by("pk").values_list("seq", flat=True)) == [1, 2, 3]
    assert broken_seals() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(action="test.other"),
        lambda rows: rows.update(actor=None, detail={"n": 9}),
        lambda rows: rows.delete(),
    ],
)
@pytest.mark.parametrize("sealed", [True, False])
def test_database_keeps_events_as_they_are(change, sealed):
    some()
    if sealed:
        seal_events()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change(AuditEvent.objects.all())


def test_event_is_sealed_only_once():
    some(1)
    seal_events()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEvent.objects.update(seq=7)


def test_somebody_who_goes_round_the_guard_is_seen():
    some(4)
    seal_events()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER audit_event_is_final")
        cursor.execute("UPDATE audit_auditevent SET detail = '{\"n\": 7}' WHERE seq = 2")
        cursor.execute("DELETE FROM audit_auditevent WHERE seq = 4")
    assert broken_seals() == ["Event 2 of the audit chain was changed."]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE seq = 1")
    assert "Event 1 of the audit chain is missing." in broken_seals()


def test_verify_audit_finds_a_chain_whose_end_was_cut_off(capsys):
    some(3)
    seal_events()
    call_command("verify_audit", "--json")
    first = json.loads(capsys.readouterr().out)
    assert (first["checked"], first["unsealed"], first["violations"]) == (3, 0, 0)
    some(1)
    call_command("verify_audit", "--json", f"--last={first['last']}")
    assert json.loads(capsys.readouterr().out)["unsealed"] == 1
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER audit_event_is_final")
        cursor.execute("DELETE FROM audit_auditevent WHERE seq = 3")
    assert broken_seals() == []  # what is left is whole by itself
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", f"--last={first['last']}")
    assert ended.value.code == 1
    assert "its end is lost" in capsys.readouterr().out
