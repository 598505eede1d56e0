"""Who may sign in, and as what."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse

from core.access.enums import Role
from core.access.models import User
from core.audit.models import AuditEvent
from core.audit.services import seal_events
from core.errors import Refused
from core.work.enums import Queue
from core.work.models import WorkItem
from core.work.services import take
from rcm.administration import services
from tests.factories import ProviderFactory, UserFactory

pytestmark = pytest.mark.django_db

GOOD = "a-quiet-river-17"


@pytest.fixture
def admin():
    return UserFactory(role=Role.ADMINISTRATOR)


def add(by, **changes):
    values = {
        "username": "anna",
        "first_name": "Anna",
        "last_name": "Berg",
        "role": Role.CODER,
        "password": GOOD,
    }
    return services.add_user(**{**values, **changes}, by=by)


def change(person, by, **changes):
    values = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "role": Role(person.role),
    }
    return services.change_user(user_id=person.pk, **{**values, **changes}, by=by)


def signs_in(client, password):
    client.logout()
    client.post(reverse("login"), {"username": "anna", "password": password})
    return "_auth_user_id" in client.session


def actions(person):
    rows = AuditEvent.objects.filter(subject_type="access.user", subject_id=person.pk)
    return list(rows.order_by("pk").values_list("action", "actor", "detail"))


def test_added_user_signs_in_with_role_and_stands_in_the_record(admin, client):
    person = add(admin)
    assert signs_in(client, GOOD)
    assert person.role == Role.CODER
    assert not person.is_superuser
    assert actions(person) == [("user.added", admin.pk, {"role": "coder"})]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "ANNA"}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": "bo", "password": "12345678"}, "password"),
        ({"username": "bo", "password": "short"}, "password"),
    ],
)
def test_add_user_refuses_at_the_field_and_adds_nobody(admin, changes, field):
    add(admin)
    before = User.objects.count(), AuditEvent.objects.count()
    with pytest.raises(Refused) as refusal:
        add(admin, **changes)
    assert list(refusal.value.context["fields"]) == [field]
    assert (User.objects.count(), AuditEvent.objects.count()) == before


def test_changed_role_is_recorded_with_both_and_gives_work_back(admin):
    person = add(admin)
    item = WorkItem.objects.create(queue=Queue.CODING)
    take(item.pk, person)
    change(person, admin, role=Role.BILLER)
    item.refresh_from_db()
    assert item.assigned_to is None
    assert actions(person)[-1] == ("user.role_changed", admin.pk, {"from": "coder", "to": "biller"})


def test_changed_name_names_fields_and_not_values(admin):
    person = add(admin)
    change(person, admin, last_name="Lund")
    person.refresh_from_db()
    assert person.last_name == "Lund"
    assert actions(person)[-1] == ("user.changed", admin.pk, {"fields": ["last_name"]})


def test_unchanged_user_leaves_no_event(admin):
    person = add(admin)
    before = AuditEvent.objects.count()
    change(person, admin)
    assert AuditEvent.objects.count() == before


def test_role_of_a_provider_stays(admin):
    provider = ProviderFactory()
    provider.user = UserFactory(role=Role.PROVIDER)
    provider.save()
    with pytest.raises(Refused, match="Take it off the provider"):
        change(provider.user, admin, role=Role.CODER)


def test_nobody_closes_or_changes_their_own_sign_in(admin):
    UserFactory(role=Role.ADMINISTRATOR)
    with pytest.raises(Refused, match="your own"):
        services.deactivate_user(user_id=admin.pk, by=admin)
    with pytest.raises(Refused, match="your own"):
        change(admin, admin, role=Role.CODER)


def test_last_administrator_stays(admin):
    other = UserFactory(role=Role.ADMINISTRATOR)
    services.deactivate_user(user_id=other.pk, by=admin)
    with pytest.raises(Refused, match="last administrator"):
        services.deactivate_user(user_id=admin.pk, by=other)
    with pytest.raises(Refused, match="last administrator"):
        change(admin, other, role=Role.CODER)
    admin.refresh_from_db()
    assert admin.is_active
    assert admin.role == Role.ADMINISTRATOR


def test_closed_sign_in_ends_at_once_gives_work_back_and_opens_again(admin, client):
    person = add(admin)
    item = WorkItem.objects.create(queue=Queue.CODING)
    take(item.pk, person)
    assert signs_in(client, GOOD)
    assert client.get("/coding/").status_code == 200
    for _ in range(2):
        services.deactivate_user(user_id=person.pk, by=admin, reason="Left")
    assert client.get("/coding/").status_code == 302
    assert not signs_in(client, GOOD)
    item.refresh_from_db()
    assert item.assigned_to is None
    for _ in range(2):
        services.reactivate_user(user_id=person.pk, by=admin)
    assert signs_in(client, GOOD)
    assert [row[0] for row in actions(person)] == [
        "user.added",
        "user.deactivated",
        "user.reactivated",
    ]
    assert AuditEvent.objects.get(action="user.deactivated").reason == "Left"


def test_new_password_ends_sessions_of_the_old_one(admin, client):
    person = add(admin)
    assert signs_in(client, GOOD)
    services.set_password(user_id=person.pk, password="another-river-18", by=admin)
    assert client.get("/coding/").status_code == 302
    assert signs_in(client, "another-river-18")
    assert GOOD not in str(actions(person))


def test_check_of_the_chain_finds_what_was_changed_past_the_product(admin):
    add(admin)
    seal_events()
    assert services.check_chain(by=admin) == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_auditevent SET reason = 'forged' WHERE seq = 1")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert services.check_chain(by=admin) == ["Event 1 of the audit chain was changed."]
    event = AuditEvent.objects.filter(action="audit.chain_checked").latest("pk")
    assert event.detail["problems"] == 1
