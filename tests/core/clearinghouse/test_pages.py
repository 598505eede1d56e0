"""The pages of files: who sees what, found and filtered, tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from core import clock
from core.access.enums import Role
from core.audit.models import AuditEvent
from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.gateway import GatewayDown
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import send_pending, store_inbound
from tests.core.clearinghouse.fakes import FakeGateway
from tests.factories.access import UserFactory
from tests.factories.clearinghouse import TradingPartnerFactory, TransmissionFactory
from tests.simulator.sandbox.building import claim, file_of, line, row

pytestmark = pytest.mark.django_db

CLAIMS = file_of([row("BEACN", claim("C1-1", line("99213"), line("87880", "QW")))])
LIST = "/transmissions/"


@pytest.fixture
def sign_in(client):
    def sign_in(role: Role):
        user = UserFactory(role=role)
        client.force_login(user)
        return user

    return sign_in


@pytest.fixture
def biller(sign_in):
    return sign_in(Role.BILLER)


def a_file(**values: Any) -> Any:
    values.setdefault("content", CLAIMS + str(Transmission.objects.count()).encode())
    return TransmissionFactory(**values)


def test_list_shows_newest_first_with_a_fixed_number_of_queries(
    client, biller, django_assert_num_queries
):
    rows = [a_file() for _ in range(5)]
    client.get(LIST)
    with django_assert_num_queries(6):
        response = client.get(LIST)
    assert [row.pk for row in response.context["page"]] == [row.pk for row in rows][::-1]
    for _ in range(20):
        a_file()
    with django_assert_num_queries(6):
        client.get(LIST)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["ack", "claims", "era", "waiting"]),
        ("kind=835", ["era"]),
        ("state=pending", ["waiting"]),
        ("direction=inbound", ["ack", "era"]),
        ("q=AIM", ["claims"]),
        ("q=000000042", ["claims"]),
        ("kind=835&state=pending", []),
        ("kind=nonsense", ["ack", "claims", "era", "waiting"]),
    ],
)
def test_list_is_filtered(client, biller, query, found):
    a_file(name="claims", control_number="000000042")
    a_file(name="waiting", state=TransmissionState.PENDING)
    a_file(name="ack", kind="999", direction=Direction.INBOUND, state="processed")
    a_file(name="era", kind="835", direction=Direction.INBOUND, state="received")
    page = client.get(f"{LIST}?{query}").context["page"]
    assert sorted(row.name for row in page) == found


def test_list_counts_what_is_in_trouble(client, biller):
    for state in ("pending", "refused", "refused", "failed", "received", "processed"):
        a_file(state=state)
    assert client.get(LIST).context["trouble"] == {
        "waiting": 1,
        "refused": 2,
        "failed": 1,
        "unread": 1,
    }


def test_empty_list_says_what_will_appear(client, biller):
    assert b"appear here as they are sent and received" in client.get(LIST).content


def test_detail_needs_few_queries_however_long_the_file_is(
    client, biller, django_assert_max_num_queries
):
    rows = [row("BEACN", claim(f"C{n}", line("99213"))) for n in range(60)]
    sent = a_file(content=file_of(rows))
    with django_assert_max_num_queries(10):
        client.get(reverse("clearinghouse:detail", args=[sent.pk]))


def test_detail_shows_each_segment_on_a_line_with_its_number(client, biller):
    row = a_file(content=CLAIMS)
    response = client.get(reverse("clearinghouse:detail", args=[row.pk]))
    segments = response.context["segments"]
    assert [s.number for s in segments] == list(range(1, CLAIMS.count(b"~") + 1))
    assert (segments[0].name, segments[-1].name) == ("ISA", "IEA")
    assert "".join(s.name + s.rest for s in segments).encode() == CLAIMS


def test_detail_marks_the_segments_that_a_page_before_wants(client, biller):
    row = a_file(content=CLAIMS)
    url = reverse("clearinghouse:detail", args=[row.pk])
    response = client.get(f"{url}?segments=20-22")
    assert response.context["first"] == 15
    assert response.content.count(b" marked") == 3
    for odd in ("x-y", "-", "5-", "99999999999999999999999", "-3"):
        assert client.get(f"{url}?segments={odd}").status_code == 200


def test_long_file_is_paged(client, biller):
    rows = [row("BEACN", claim(f"C{n}", line("99213"))) for n in range(80)]
    sent = a_file(content=file_of(rows))
    url = reverse("clearinghouse:detail", args=[sent.pk])
    first = client.get(url).context
    assert (first["first"], first["last"], first["previous"], first["next"]) == (1, 500, None, 501)
    second = client.get(f"{url}?from=501").context
    assert (second["first"], second["previous"]) == (501, 1)
    assert second["segments"][0].number == 501


def test_detail_shows_tries_and_answers(client, biller):
    TradingPartnerFactory()
    row = a_file(state=TransmissionState.PENDING, name="a.837")

    def down(name: str, content: bytes) -> None:
        raise GatewayDown("nobody there")

    send_pending(gateway=FakeGateway(down))
    store_inbound(name="a.999", content=b"ISA broken", in_reply_to=row)
    response = client.get(reverse("clearinghouse:detail", args=[row.pk]))
    assert b"nobody there" in response.content
    assert b"a.999" in response.content
    assert b"Next try" in response.content


def test_file_that_is_no_x12_is_shown_as_such(client, biller):
    TradingPartnerFactory()
    row, _ = store_inbound(name="letter", content=b"\x00\xff not x12")
    response = client.get(reverse("clearinghouse:detail", args=[row.pk]))
    assert b"These bytes are no X12" in response.content


def test_download_is_byte_for_byte(client, biller):
    row = a_file(content=CLAIMS, name='a/b "c".837')
    response = client.get(reverse("clearinghouse:file", args=[row.pk]))
    assert response.content == CLAIMS
    assert response["Content-Disposition"] == 'attachment; filename="a_b__c_.837"'


@pytest.mark.parametrize(
    ("role", "kind", "may_read"),
    [
        (Role.BILLER, FileKind.CLAIMS, True),
        (Role.BILLER, FileKind.REMITTANCE, True),
        (Role.CODER, FileKind.CLAIMS, True),
        (Role.CODER, FileKind.REMITTANCE, False),
        (Role.CODER, FileKind.ELIGIBILITY_ANSWER, False),
        (Role.MANAGER, FileKind.REMITTANCE, True),
        (Role.ADMINISTRATOR, FileKind.CLAIMS, False),
        (Role.ADMINISTRATOR, FileKind.UNKNOWN, False),
    ],
)
def test_content_is_for_those_who_work_with_it(client, sign_in, role, kind, may_read):
    sign_in(role)
    row = a_file(kind=kind, content=CLAIMS)
    page = client.get(reverse("clearinghouse:detail", args=[row.pk]))
    assert page.status_code == 200
    assert (b"RIVERA" in page.content) is may_read
    download = client.get(reverse("clearinghouse:file", args=[row.pk]))
    assert download.status_code == (200 if may_read else 403)


def test_reading_a_file_is_recorded_and_seeing_its_envelope_is_not(client, sign_in):
    user = sign_in(Role.BILLER)
    row = a_file(content=CLAIMS)
    client.get(LIST)
    client.get(reverse("clearinghouse:detail", args=[row.pk]))
    client.get(reverse("clearinghouse:file", args=[row.pk]))
    events = AuditEvent.objects.values_list("actor", "action", "subject_type", "subject_id")
    seen = (user.pk, "transmission.viewed", "clearinghouse.transmission", row.pk)
    assert list(events) == [seen, seen]
    administrator = sign_in(Role.ADMINISTRATOR)
    client.get(reverse("clearinghouse:detail", args=[row.pk]))
    assert not AuditEvent.objects.filter(actor=administrator).exists()


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.PROVIDER])
def test_files_are_not_for_the_front_of_the_house(client, sign_in, role):
    sign_in(role)
    row = a_file()
    for name in ("detail", "file"):
        assert client.get(reverse(f"clearinghouse:{name}", args=[row.pk])).status_code == 403
    assert client.get(LIST).status_code == 403


def test_waiting_file_is_sent_at_once_when_somebody_says_so(client, biller):
    row = a_file(state=TransmissionState.PENDING, next_attempt_at=clock.now() + timedelta(hours=1))
    assert send_pending(gateway=FakeGateway()).sent == []
    response = client.post(reverse("clearinghouse:retry", args=[row.pk]), follow=True)
    assert "sent again now" in str(next(iter(response.context["messages"])))
    assert send_pending(gateway=FakeGateway()).sent == [row.pk]


def test_refused_file_goes_back_to_waiting_with_its_bytes(client, biller):
    row = a_file(state=TransmissionState.REFUSED, reason="no", content=CLAIMS)
    client.post(reverse("clearinghouse:retry", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.reason, bytes(row.content)) == ("pending", "", CLAIMS)
    event = AuditEvent.objects.get(action="transmission.retried")
    assert event.detail == {"from": "refused", "to": "pending"}


def test_delivered_file_is_not_sent_again(client, biller):
    row = a_file(state=TransmissionState.REFUSED, sent_at=clock.now())
    response = client.post(reverse("clearinghouse:retry", args=[row.pk]), follow=True)
    assert "was delivered" in str(next(iter(response.context["messages"])))
    row.refresh_from_db()
    assert row.state == TransmissionState.REFUSED


def test_failed_file_is_read_again_only_when_it_can_be_read(client, biller):
    TradingPartnerFactory()
    broken, _ = store_inbound(name="broken", content=CLAIMS[:200])
    whole = a_file(direction=Direction.INBOUND, state=TransmissionState.FAILED, content=CLAIMS)
    for file in (broken, whole):
        client.post(reverse("clearinghouse:retry", args=[file.pk]))
        file.refresh_from_db()
    assert (broken.state, whole.state) == (TransmissionState.FAILED, TransmissionState.RECEIVED)


@pytest.mark.parametrize("role", [Role.CODER, Role.MANAGER, Role.FRONT_DESK, Role.PROVIDER])
def test_trying_again_is_for_billers_and_administrators(client, sign_in, role):
    sign_in(role)
    row = a_file(state=TransmissionState.REFUSED, reason="no")
    assert client.post(reverse("clearinghouse:retry", args=[row.pk])).status_code == 403
    row.refresh_from_db()
    assert (row.state, row.reason) == (TransmissionState.REFUSED, "no")
