"""The pages of remittances, the unposted queue and the ledger."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.access.enums import Role
from core.audit.models import AuditEvent
from core.ledger.models import Entry
from payments.enums import PaymentState
from payments.models import Remittance, RemittanceClaim
from payments.services.receiving import receive_file
from tests.factories import UserFactory
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import receivables, recorded, sent_claim, sent_claims

pytestmark = pytest.mark.django_db

D = Decimal


@pytest.fixture
def as_role(client):
    def sign_in(role):
        user = UserFactory(role=role)
        client.force_login(user)
        return user

    return sign_in


def posted(claims=1, trace="EFT0001", extra=()):
    rows = [
        Clp(
            f"{claim.number}-1",
            [
                Svc("99213", "185.00", [("CO", "45", "70.00"), ("PR", "3", "25.00")]),
                Svc("87880", "45.00", [("CO", "4", "45.00")], remarks=["N822"]),
            ],
        )
        for claim in sent_claims([[("99213", [], "185.00"), ("87880", [], "45.00")]] * claims)
    ]
    receive_file(name="e.835", content=era_file(Era([*rows, *extra], trace=trace)), by=None)
    return Remittance.objects.get(trace_number=trace)


LOST = Clp("LOST", [Svc("99213", "70.00")])

GET_PAGES = {
    "payments:list": ("biller", "manager"),
    "payments:detail": ("biller", "manager"),
    "payments:file": ("biller", "manager"),
    "payments:upload": ("biller",),
    "payments:unposted": ("biller", "manager"),
    "payments:unposted_detail": ("biller", "manager"),
    "payments:credits": ("biller", "manager"),
    "payments:receivable": ("biller", "manager"),
    "payments:entry": ("biller", "manager"),
}
POST_PAGES = {
    "payments:post": ("biller",),
    "payments:unposted_next": ("biller",),
    "payments:unposted_match": ("biller",),
    "payments:send_back": ("biller",),
    "payments:unposted_note": ("biller",),
}


def address(name):
    remittance = Remittance.objects.first() or posted(extra=[LOST])
    lost = RemittanceClaim.objects.get(patient_control_number="LOST")
    ids = {
        "payments:detail": remittance.pk,
        "payments:file": remittance.pk,
        "payments:post": remittance.pk,
        "payments:unposted_detail": lost.pk,
        "payments:unposted_match": lost.pk,
        "payments:send_back": lost.pk,
        "payments:unposted_note": lost.pk,
        "payments:receivable": Entry.objects.first().postings.first().receivable_id,
        "payments:entry": lost.entry_id,
    }
    return reverse(name, args=[ids[name]] if name in ids else [])


@pytest.mark.parametrize("role", Role.values)
def test_pages_open_for_those_who_may_and_for_nobody_else(client, as_role, role):
    as_role(role)
    for name, roles in GET_PAGES.items():
        expected = 200 if role in roles else 403
        assert client.get(address(name)).status_code == expected, (name, role)
    before = Entry.objects.count(), RemittanceClaim.objects.filter(state="unposted").count()
    for name, roles in POST_PAGES.items():
        answer = client.post(address(name))
        assert (answer.status_code == 403) is (role not in roles), (name, role)
        assert client.get(address(name)).status_code in (405, 200, 403)
    assert (
        Entry.objects.count(),
        RemittanceClaim.objects.filter(state="unposted").count(),
    ) == before


def test_pages_send_strangers_to_sign_in(client):
    for name in (*GET_PAGES, *POST_PAGES):
        answer = client.get(address(name))
        assert answer.status_code in (302, 405)


def test_remittance_list_shows_and_finds(client, as_role):
    as_role("biller")
    remittance = posted(extra=[LOST])
    page = client.get(reverse("payments:list"), {"q": "EFT0001", "state": "posted"})
    assert remittance.trace_number in page.content.decode()
    assert "1 unposted" in page.content.decode()
    for query in ({"q": "LOST"}, {"q": "quist"}, {"payer": "other"}, {"sort": "amount"}):
        assert "EFT0001" in client.get(reverse("payments:list"), query).content.decode(), query
    for query in ({"q": "NOTHING"}, {"state": "held"}, {"payer": "9999"}):
        page = client.get(reverse("payments:list"), query).content.decode()
        assert "No remittances here" in page, query


def test_remittance_list_costs_the_same_for_one_and_many(
    client, as_role, django_assert_num_queries
):
    as_role("biller")
    posted()
    client.get(reverse("payments:list"))
    with django_assert_num_queries(8):
        client.get(reverse("payments:list"))
    for index in range(3):
        receive_file(
            name=f"{index}.835",
            by=None,
            content=era_file(Era([LOST], trace=f"X{index}"), control=index + 5),
        )
    with django_assert_num_queries(8):
        client.get(reverse("payments:list"))


def test_remittance_detail_proves_its_sums_and_explains_each_reason(client, as_role):
    user = as_role("biller")
    remittance = posted()
    text = client.get(reverse("payments:detail", args=[remittance.pk])).content.decode()
    for words in (
        "Balances to the cent",
        "Charge above what the contract allows",
        "Copay",
        "A modifier is missing or does not go with the procedure",
        "The procedure modifier is missing",
        "$90.00",
    ):
        assert words in text, words
    assert AuditEvent.objects.filter(actor=user, subject_id=remittance.pk).exists()


def test_remittance_detail_costs_the_same_for_one_and_many(
    client, as_role, django_assert_num_queries
):
    as_role("biller")
    one, many = posted(1, "ONE"), posted(12, "MANY")
    client.get(reverse("payments:detail", args=[one.pk]))
    with django_assert_num_queries(15):
        client.get(reverse("payments:detail", args=[one.pk]))
    with django_assert_num_queries(15):
        client.get(reverse("payments:detail", args=[many.pk]))


def test_claim_payment_leads_to_its_place_in_the_remittance(client, as_role):
    as_role("biller")
    remittance = posted()
    payment = remittance.claims.get()
    answer = client.get(reverse("payments:payment", args=[payment.pk]))
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?page=1&open={payment.pk}#claim-{payment.pk}")


def test_held_remittance_names_the_difference_and_what_to_do(client, as_role):
    as_role("biller")
    bad = Clp("X1", [Svc("99213", "100.00", paid="90.00")], paid="90.00")
    receive_file(name="bad.835", content=era_file(Era([bad])), by=None)
    text = client.get(reverse("payments:detail", args=[Remittance.objects.get().pk]))
    assert "Held whole" in text.content.decode()
    assert "-10.00" in text.content.decode()
    assert "corrected file" in text.content.decode()


def upload(client, content, name="era.835"):
    file = SimpleUploadedFile(name, content, content_type="text/plain")
    return client.post(reverse("payments:upload"), {"file": file})


def test_upload_posts_a_file_and_says_so_again(client, as_role):
    as_role("biller")
    claim = sent_claim([("99213", [], "185.00")])
    content = era_file(Era([Clp(f"{claim.number}-1", [Svc("99213", "185.00")])]))
    answer = upload(client, content)
    assert answer.status_code == 200
    assert "Posted" in answer.content.decode()
    assert receivables(claim)[0].balance == 0
    before = Entry.objects.count()
    assert "Already posted" in upload(client, content).content.decode()
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x00\x01\x02 not x12", "Nothing was changed"),
        (era_file(Era([LOST]))[:-40], "segment"),
        (b"", "empty"),
    ],
)
def test_upload_refuses_with_the_reason_and_changes_nothing(client, as_role, content, words):
    as_role("biller")
    answer = upload(client, content)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert Remittance.objects.count() == 0


def test_upload_without_a_file_asks_for_it(client, as_role):
    as_role("biller")
    answer = client.post(reverse("payments:upload"), {})
    assert answer.status_code == 400
    assert "Choose the 835 file first" in answer.content.decode()


def test_post_ready_posts_once(client, as_role):
    as_role("biller")
    [remittance] = recorded(era_file(Era([LOST])))
    for _ in range(2):
        answer = client.post(reverse("payments:post", args=[remittance.pk]))
        assert answer.status_code == 302
    assert Entry.objects.count() == 1


def test_unposted_payment_is_matched_in_the_browser(client, as_role):
    as_role("biller")
    claim = sent_claim([("99213", [], "70.00")])
    receive_file(name="e.835", content=era_file(Era([LOST])), by=None)
    payment = RemittanceClaim.objects.get()
    page = reverse("payments:unposted_detail", args=[payment.pk])
    found = client.get(page, {"q": claim.number}, headers={"HX-Target": "candidates"})
    assert claim.number in found.content.decode()
    assert "<html" not in found.content.decode()
    match = reverse("payments:unposted_match", args=[payment.pk])
    answer = client.post(match, {"claim": claim.pk})
    assert answer.status_code == 302
    payment.refresh_from_db()
    assert payment.state == PaymentState.RESOLVED
    assert f"Posted to claim {claim.number}" in client.get(page).content.decode()
    assert client.post(match, {"claim": claim.pk}).status_code == 409
    assert client.post(match, {"claim": "x"}).status_code == 400


def test_unposted_next_hands_each_person_another_payment(client):
    other = Clp("LOST2", [Svc("99213", "60.00")])
    receive_file(name="e.835", content=era_file(Era([LOST, other])), by=None)
    seen = set()
    for _ in range(2):
        client.force_login(UserFactory(role="biller"))
        seen.add(client.post(reverse("payments:unposted_next"))["Location"])
    assert len(seen) == 2


def test_unposted_next_skips_the_payment_that_is_left(client, as_role):
    other = Clp("LOST2", [Svc("99213", "60.00")])
    receive_file(name="e.835", content=era_file(Era([LOST, other])), by=None)
    as_role("biller")
    first = client.post(reverse("payments:unposted_next"))["Location"]
    assert 'name="after"' in client.get(first).content.decode()
    item = RemittanceClaim.objects.get(pk=first.strip("/").split("/")[-1]).work_item_id
    assert client.post(reverse("payments:unposted_next"), {"after": item})["Location"] != first


def test_unposted_note_stands_on_the_page(client, as_role):
    user = as_role("biller")
    receive_file(name="e.835", content=era_file(Era([LOST])), by=None)
    payment = RemittanceClaim.objects.get()
    note = reverse("payments:unposted_note", args=[payment.pk])
    assert client.post(note, {"text": ""}).status_code == 400
    client.post(note, {"text": "Called the payer, reference 4711"})
    page = client.get(reverse("payments:unposted_detail", args=[payment.pk])).content.decode()
    assert "reference 4711" in page
    assert user.display_name in page


def test_send_back_needs_its_reason(client, as_role):
    as_role("biller")
    receive_file(name="e.835", content=era_file(Era([LOST])), by=None)
    payment = RemittanceClaim.objects.get()
    back = reverse("payments:send_back", args=[payment.pk])
    assert client.post(back, {"reason": ""}).status_code == 400
    assert client.post(back, {"reason": "Another clinic's"}).status_code == 302
    payment.refresh_from_db()
    assert payment.state == PaymentState.RESOLVED


def test_receivable_tells_every_entry_with_its_balance(client, as_role):
    as_role("biller")
    remittance = posted()
    line = remittance.claims.get().lines.first()
    receivable_id = line.claim_line.charge_line.receivable_id
    text = client.get(reverse("payments:receivable", args=[receivable_id])).content.decode()
    for words in ("EFT0001", "$185.00", "−$90.00", "−$70.00", "$25.00"):
        assert words in text, words


def test_file_is_the_835_as_it_came(client, as_role):
    as_role("biller")
    content = era_file(Era([LOST]))
    receive_file(name="e.835", content=content, by=None)
    answer = client.get(reverse("payments:file", args=[Remittance.objects.get().pk]))
    assert answer.content == content
