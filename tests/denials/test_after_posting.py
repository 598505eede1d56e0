"""No posted refusal is without its case: posting opens its denials or posts nothing."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from core.access.enums import Role
from core.clearinghouse.services import store_inbound
from core.ledger.models import Entry
from denials.enums import DenialState
from denials.models import Denial
from denials.queries.books import ALL_CHECKS
from denials.services import opening, resolving
from payments.enums import Disposition, PaymentState, RemittanceState
from payments.models import Adjustment, Remittance, RemittanceClaim
from payments.queries.books import run_checks
from payments.services.posting import match_by_hand, post_remittance
from payments.services.receiving import receive_file
from rcm.pipeline import run_inbound_cycle
from tests.factories import TradingPartnerFactory, UserFactory
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import recorded, sent_claim
from tests.killing import killed

pytestmark = pytest.mark.django_db

LINES = [
    Svc("99213", "185.00", [("CO", "45", "85.00")]),
    Svc("87880", "45.00", [("CO", "4", "45.00")], remarks=["N822"]),
]


@pytest.fixture
def client(client):
    """The browser of a biller."""
    client.force_login(UserFactory(role=Role.BILLER))
    return client


def violations():
    return [str(v) for result in run_checks(ALL_CHECKS) for v in result.violations]


def without_case():
    """Refusals of payments that stand on a claim, and that nobody can work."""
    return Adjustment.objects.filter(
        disposition=Disposition.DENIED,
        denial=None,
        remittance_claim__claim__isnull=False,
        remittance_claim__state__in=[PaymentState.POSTED, PaymentState.RESOLVED],
    )


def denies(claim, trace="EFT1", number=None):
    return era_file(Era([Clp(number or f"{claim.number}-1", LINES)], trace=trace))


def by_page(client, content):
    file = SimpleUploadedFile("era.835", content)
    assert client.post(reverse("payments:upload"), {"file": file}).status_code == 200


def by_zip_on_the_page(client, content):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("1.835", content)
    by_page(client, archive.getvalue())


def by_command(client, content, path):
    path.write_bytes(content)
    call_command("post_remittance", str(path))


def by_mailbox(client, content):
    TradingPartnerFactory()
    store_inbound(name="era.835", content=content)
    result = run_inbound_cycle()
    assert (result.remittances.files, result.denials_opened) == (1, 1)


def by_page_of_a_recorded_remittance(client, content):
    [remittance] = recorded(content)
    client.post(reverse("payments:post", args=[remittance.pk]))


@pytest.mark.parametrize(
    "post",
    [by_page, by_zip_on_the_page, by_mailbox, by_page_of_a_recorded_remittance],
)
def test_posting_a_file_opens_its_denials(post, client):
    claim = sent_claim()
    post(client, denies(claim))
    assert_open(claim, client)


def test_posting_by_command_opens_its_denials(client, tmp_path):
    claim = sent_claim()
    by_command(client, denies(claim), tmp_path / "era.835")
    assert_open(claim, client)


def test_posting_by_hand_opens_its_denials(client):
    claim = sent_claim()
    by_page(client, denies(claim, number="LOST-1"))
    assert not Denial.objects.exists()
    payment = RemittanceClaim.objects.get(state=PaymentState.UNPOSTED)
    client.post(reverse("payments:unposted_match", args=[payment.pk]), {"claim": claim.pk})
    assert_open(claim, client)


def test_posting_a_set_aside_duplicate_by_hand_opens_a_case_of_its_own(client):
    claim = sent_claim()
    by_page(client, denies(claim))
    by_page(client, denies(claim, trace="EFT2"))
    assert Denial.objects.get().is_initial
    payment = RemittanceClaim.objects.get(state=PaymentState.UNPOSTED)
    match_by_hand(payment_id=payment.pk, claim_id=claim.pk, by=UserFactory(role=Role.BILLER))
    assert list(Denial.objects.order_by("pk").values_list("is_initial", flat=True)) == [True, False]
    assert not without_case().exists()
    assert violations() == []


def assert_open(claim, client):
    """The case is there, and the story leads to it."""
    denial = Denial.objects.get(claim=claim)
    assert denial.state == DenialState.OPEN
    assert not without_case().exists()
    assert violations() == []
    story = client.get(reverse("claims:detail", args=[claim.pk])).content.decode()
    assert "CO-4" in story
    assert reverse("denials:detail", args=[denial.pk]) in story


def fail(*_):
    raise ZeroDivisionError


@pytest.mark.parametrize("broken", [(opening, "_open"), (resolving, "_resolve")])
def test_posting_whose_denials_cannot_be_opened_posts_nothing(broken, monkeypatch):
    claim = sent_claim()
    [remittance] = recorded(denies(claim))
    before = Entry.objects.count()
    monkeypatch.setattr(*broken, fail)
    with pytest.raises(ZeroDivisionError):
        post_remittance(remittance_id=remittance.pk, by=None)
    assert Entry.objects.count() == before
    assert not Denial.objects.exists()
    remittance.refresh_from_db()
    assert remittance.state == RemittanceState.READY
    monkeypatch.undo()
    post_remittance(remittance_id=remittance.pk, by=None)
    assert Denial.objects.count() == 1
    assert violations() == []


def test_matching_by_hand_whose_denials_cannot_be_opened_matches_nothing(monkeypatch):
    claim = sent_claim()
    receive_file(name="era.835", content=denies(claim, number="LOST-1"), by=None)
    payment = RemittanceClaim.objects.get()
    before = Entry.objects.count()
    monkeypatch.setattr(opening, "_open", fail)
    with pytest.raises(ZeroDivisionError):
        match_by_hand(payment_id=payment.pk, claim_id=claim.pk, by=UserFactory(role=Role.BILLER))
    payment.refresh_from_db()
    assert (payment.state, payment.claim) == (PaymentState.UNPOSTED, None)
    assert Entry.objects.count() == before
    assert not Denial.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after", [False, True])
def test_a_worker_killed_while_it_opens_denials_has_posted_nothing(after, tmp_path):
    claim = sent_claim()
    [remittance] = recorded(denies(claim))
    before = Entry.objects.count()
    killed(
        "payments.services.posting.post_remittance",
        at="denials.services.opening._open",
        after=after,
        sandbox=tmp_path,
        remittance_id=remittance.pk,
        by=None,
    )
    assert Entry.objects.count() == before
    assert not Denial.objects.exists()
    assert Remittance.objects.get().state == RemittanceState.READY
