"""The administrator's pages, and where `/` leads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from core import clock
from core.access.enums import Role
from core.access.models import User
from core.access.permissions import FIRST_PAGE
from core.audit.models import AuditEvent
from core.audit.services import record, record_view, seal_events
from core.clearinghouse.enums import TransmissionState
from core.work.enums import Queue
from core.work.models import WorkItem
from encounters.models import EligibilityCheck
from payments.models import RemittanceClaim
from rcm.runtime import health
from tests.factories import TransmissionFactory, UserFactory
from tests.markup import squeezed

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client):
    user = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def text_of(client, name, *args, **query):
    answer = client.get(reverse(f"administration:{name}", args=args), query)
    assert answer.status_code == 200
    return squeezed(answer.content)


@pytest.mark.parametrize("role", Role)
def test_root_leads_to_the_first_page_of_the_role(client, role):
    client.force_login(UserFactory(role=role))
    answer = client.get(reverse("home"))
    assert (answer.status_code, answer["Location"]) == (302, reverse(FIRST_PAGE[role]))


def test_root_asks_a_stranger_to_sign_in(client):
    assert client.get("/")["Location"].startswith(reverse("login"))


def test_sign_in_ends_on_the_first_page(client):
    UserFactory(username="maria", password="a-quiet-river-17", role=Role.ADMINISTRATOR)
    answer = client.post(
        reverse("login"), {"username": "maria", "password": "a-quiet-river-17"}, follow=True
    )
    assert answer.request["PATH_INFO"] == reverse("administration:home")


def test_command_makes_a_first_administrator(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-quiet-river-17")
    options = {"interactive": False, "username": "root", "email": "root@clinic.example"}
    call_command("createsuperuser", role="administrator", **options)
    assert User.objects.get(username="root").role == Role.ADMINISTRATOR
    with pytest.raises(CommandError, match="boss"):
        call_command("createsuperuser", role="boss", **{**options, "username": "other"})


def test_overview_counts_what_is_there(client, me):
    UserFactory(is_active=False)
    TransmissionFactory(state=TransmissionState.REFUSED)
    text = text_of(client, "home")
    assert "1 open, 1 closed" in text
    assert "Files refused: 1" in text


def test_users_are_found_by_name_role_and_state(client, me):
    UserFactory(username="zoe", last_name="Quist", role=Role.CODER)
    UserFactory(username="old", last_name="Gone", role=Role.CODER, is_active=False)
    assert "zoe" in text_of(client, "users", q="quist")
    assert "zoe" not in text_of(client, "users", state="closed", role="coder")
    assert "old" in text_of(client, "users", state="closed", role="coder")
    assert "Nobody here" in text_of(client, "users", q="nobody like this")


def test_user_is_added_changed_and_closed_through_the_pages(client, me):
    data = {
        "username": "anna",
        "first_name": "Anna",
        "last_name": "Berg",
        "role": "coder",
        "password": "a-quiet-river-17",
    }
    assert client.post(reverse("administration:add_user"), data).status_code == 302
    person = User.objects.get(username="anna")
    again = client.post(reverse("administration:add_user"), data)
    assert again.status_code == 422
    assert "has this user name already" in again.content.decode()
    page = reverse("administration:user", args=[person.pk])
    client.post(page, {"first_name": "Anna", "last_name": "Lund", "role": "biller"})
    client.post(reverse("administration:close_user", args=[person.pk]), {"reason": "Left"})
    person.refresh_from_db()
    assert (person.last_name, person.role, person.is_active) == ("Lund", "biller", False)
    client.post(reverse("administration:open_user", args=[person.pk]))
    weak = client.post(
        reverse("administration:set_password", args=[person.pk]), {"password": "12345678"}
    )
    assert weak.status_code == 422
    assert "too common" in weak.content.decode()
    person.refresh_from_db()
    assert person.is_active
    assert person.check_password("a-quiet-river-17")


def test_own_sign_in_is_not_closed_and_the_page_says_why(client, me):
    answer = client.post(reverse("administration:close_user", args=[me.pk]), follow=True)
    assert "your own sign-in" in answer.content.decode()
    me.refresh_from_db()
    assert me.is_active


def test_audit_record_is_found_by_each_filter(client, me):
    other = UserFactory()
    record(actor=me, action="claim.queued", subject=other, patient_id=41)
    with clock.at(clock.now() - timedelta(days=3)):
        record(actor=other, action="coverage.changed", subject=me, patient_id=42)
    today = clock.today()
    for query, found in [
        ({"actor": me.pk}, "claim.queued"),
        ({"action": "coverage."}, "coverage.changed"),
        ({"subject": f"access.user {other.pk}"}, "claim.queued"),
        ({"patient": 42}, "coverage.changed"),
        ({"since": today}, "claim.queued"),
        ({"until": today - timedelta(days=2)}, "coverage.changed"),
    ]:
        [event] = client.get(reverse("administration:audit"), query).context["page"]
        assert event.action == found, query
    assert "No events here" in text_of(client, "audit", patient=9)
    wrong = text_of(client, "audit", patient="x", subject="access.user one")
    assert "This part of the filter is left out" in wrong


def test_audit_record_speaks_in_words_and_links_each_subject(client, me):
    record(actor=me, action="eligibility.checked", subject=me)
    text = text_of(client, "audit")
    assert "Eligibility checked" in text
    assert f"User {me.pk}" in text
    assert f"subject=access.user+{me.pk}" in text or f"subject=access.user%20{me.pk}" in text


def test_audit_record_names_the_model_that_was_looked_at(client, me):
    for subject in (RemittanceClaim(pk=4), EligibilityCheck(pk=5)):
        record_view(me, subject)
    text = text_of(client, "audit")
    assert "Claim payment viewed" in text
    assert "Eligibility check viewed" in text
    assert "remittanceclaim.viewed" in text


def test_audit_record_shows_joined_words_and_leaves_empty_detail_out(client, me):
    detail = {
        "lines": ["99214-25", "96127"],
        "warnings": [],
        "diagnoses": ["F32.A"],
        "base_version": None,
        "count": 0,
    }
    record(actor=me, action="encounter.coded", subject=me, detail=detail)
    text = text_of(client, "audit")
    assert "count 0 · lines 99214-25, 96127 · diagnoses F32.A" in text
    assert "warnings" not in text


def test_audit_record_is_paged_at_a_fixed_cost(client, me, django_assert_num_queries):
    for _ in range(3):
        record(actor=me, action="claim.queued")
    client.get(reverse("administration:audit"))
    with django_assert_num_queries(9):
        client.get(reverse("administration:audit"))
    for _ in range(60):
        record(actor=me, action="claim.queued")
    with django_assert_num_queries(9):
        page = client.get(reverse("administration:audit")).context["page"]
    assert (len(page), page.paginator.num_pages) == (50, 2)


def test_audit_page_says_how_far_it_is_sealed_and_unbroken(client, me):
    record(actor=me, action="claim.queued")
    seal_events()
    assert "Not checked yet" in text_of(client, "audit")
    client.post(reverse("administration:check_audit"))
    text = text_of(client, "audit")
    assert "Sealed up to 1, unbroken up to 1" in text
    assert AuditEvent.objects.filter(action="audit.chain_checked", actor=me).count() == 1


def test_operations_show_worker_sweeps_and_queues(client, me):
    WorkItem.objects.create(queue=Queue.CODING)
    TransmissionFactory(state=TransmissionState.PENDING)
    health.record_heartbeat()
    answer = client.get(reverse("administration:operations"))
    assert {row.name: row.count for row in answer.context["waiting"]}["Send files"] == 1
    assert {row.label: row.open for row in answer.context["queues"]}["Coding"] == 1
    assert "No worker is at work" not in answer.content.decode()
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert "No worker is at work" in text_of(client, "operations")


@pytest.mark.parametrize(("name", "most"), [("home", 12), ("users", 7), ("operations", 11)])
def test_pages_cost_few_queries(client, me, name, most, django_assert_max_num_queries):
    client.get(reverse(f"administration:{name}"))
    with django_assert_max_num_queries(most):
        client.get(reverse(f"administration:{name}"))


def test_search_of_patients_is_not_offered_to_who_may_not_see_them(client, me):
    assert 'id="global-search"' not in text_of(client, "home")
    client.force_login(UserFactory(role=Role.CODER))
    assert 'id="global-search"' in client.get(reverse("coding:home")).content.decode()
