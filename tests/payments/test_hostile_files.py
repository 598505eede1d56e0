"""835 files as no guide allows them: the money comes in, or the file is refused with the reason."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest
from django.db.models import Sum

from core.access.enums import Role
from core.clearinghouse.models import Transmission
from core.errors import Refused
from core.ledger.enums import Account
from core.ledger.models import Posting
from denials.models import Denial
from denials.queries.books import ALL_CHECKS
from payments.models import Adjustment, Remittance, RemittanceClaim, RemittanceLine
from payments.queries.books import run_checks
from payments.services.receiving import receive_file
from tests.factories import UserFactory
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import receivables, sent_claim

pytestmark = pytest.mark.django_db

D = Decimal


def violations():
    return [str(v) for result in run_checks(ALL_CHECKS) for v in result.violations]


def booked(account):
    return Posting.objects.filter(account=account).aggregate(s=Sum("amount"))["s"] or D(0)


def paid_claim(**kwargs):
    claim = sent_claim()
    lines = [
        Svc("99213", "185.00", [("CO", "45", "85.00")]),
        Svc("87880", "45.00", [("CO", "45", "5.00")]),
    ]
    return era_file(Era([Clp(f"{claim.number}-1", lines)], **kwargs))


def take(content):
    return receive_file(name="era.835", content=content, by=None)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (b"*100.00**1~", b"*100.00**12345678~", "units"),
        (b"*100.00**1~", b"*100.00**many~", "units"),
        (b"CAS*CO*45*85.00", b"CAS*CO*45*85.00*12345678901234567", "CAS quantity"),
        (b"CAS*CO*45*85.00", b"CAS*CO*45*85.00*few", "CAS quantity"),
        (b"CAS*CO*45*85.00", b"CAS*CO*45*85.00~\nAMT*B6*123456789012345", "AMT*B6"),
        (b"CAS*CO*45*85.00", b"CAS*CO*45*85.00~\nAMT*B6*1.234", "AMT*B6"),
        (b"CAS*CO*45*85.00", b"CAS*CO*45*85.00~\nAMT*B6*much", "AMT*B6"),
    ],
)
def test_a_number_that_moves_no_money_is_left_out_and_named(before, after, words):
    content = paid_claim()
    assert before in content
    [outcome] = take(content.replace(before, after, 1))
    assert outcome.state == "posted"
    assert any(words in warning for warning in outcome.remittance.warnings)
    assert booked(Account.PAYER_PAID) == D("140.00")
    line = RemittanceLine.objects.get(position=1)
    assert None in (line.units, line.allowed)
    assert set(Adjustment.objects.values_list("quantity", flat=True)) == {None}
    assert violations() == []


@pytest.mark.parametrize(
    ("name", "stored"), [(b"PE\xd1A", "PEÑA"), ("PEÑA".encode(), "PEÑA"), (b"PE\0A", "PE A")]
)
def test_a_name_that_is_no_ascii_keeps_no_payment_from_its_claim(name, stored):
    [outcome] = take(paid_claim().replace(b"QUIST", name))
    assert outcome.state == "posted"
    assert RemittanceClaim.objects.get().patient_name == f"{stored}, ADA"
    assert name in bytes(Transmission.objects.get(name="era.835").content)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (b"TRN*1*EFT0001", b"TRN*1*" + b"9" * 51, "TRN02"),
        (b"*1*230.00*140.00", b"*220*230.00*140.00", "CLP02"),
        (b"CAS*CO*45*85.00", b"CAS*COX*45*85.00", "CAS group"),
        (b"CAS*CO*45*85.00", b"CAS*CO*450001*85.00", "CAS reason"),
    ],
)
def test_a_code_that_would_be_another_one_when_cut_refuses_the_file(before, after, words):
    content = paid_claim()
    assert before in content
    with pytest.raises(Refused, match=words.replace("*", r"\*")):
        take(content.replace(before, after, 1))
    assert not Remittance.objects.exists()


def test_a_group_that_5010_does_not_have_gives_nothing_up_and_is_looked_at():
    take(paid_claim().replace(b"CAS*CO*45*85.00", b"CAS*CR*45*85.00"))
    assert booked(Account.CONTRACTUAL) == D("5.00")
    denial = Denial.objects.get()
    assert (denial.group, denial.carc, denial.amount) == ("CR", "45", D("85.00"))
    assert violations() == []


@pytest.mark.parametrize("charge", ["230.00", "170.00"])
def test_lines_that_do_not_sum_to_their_claim_are_posted_to_the_cent(charge):
    claim = sent_claim()
    row = Clp(f"{claim.number}-1", [Svc("99213", "185.00", [("CO", "45", "85.00")])], charge=charge)
    [outcome] = take(era_file(Era([row])))
    assert outcome.state == "posted"
    visit, strep = receivables(claim)
    left = D(charge) - D("185.00")
    assert (visit.payer_balance, strep.payer_balance) == (D(0), D("45.00") - left)
    assert booked(Account.PAYER_PAID) == D("100.00") + left
    assert violations() == []


def test_the_same_claim_paid_twice_in_one_file_and_again_in_another_counts_once():
    claim = sent_claim()
    row = Clp(f"{claim.number}-1", [Svc("99213", "185.00"), Svc("87880", "45.00")])
    take(era_file(Era([row, row])))
    take(era_file(Era([row], trace="EFT2")))
    assert booked(Account.PAYER_PAID) == D("690.00")
    assert booked(Account.UNAPPLIED) == D("-460.00")
    assert [r.payer_balance for r in receivables(claim)] == [D("0.00"), D("0.00")]
    assert violations() == []


def test_a_zip_of_which_one_payment_is_refused_changes_nothing():
    first, second = paid_claim(trace="EFT1"), paid_claim(trace="EFT2")
    take(second.replace(b"20261102", b"20261101"))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("1.835", first)
        file.writestr("2.835", second)
    with pytest.raises(Refused, match="EFT2"):
        receive_file(name="all.zip", content=archive.getvalue(), by=UserFactory(role=Role.BILLER))
    assert list(Remittance.objects.values_list("trace_number", flat=True)) == ["EFT2"]
    assert Transmission.objects.filter(name__startswith="all.zip").count() == 0
    assert booked(Account.PAYER_PAID) == D("140.00")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "x.835: The file is empty."),
        (b"\0" * 1_000_000, "x.835: This is not an X12 file: it holds only zeros or blanks."),
        (b" \r\n", "x.835: This is not an X12 file: it holds only zeros or blanks."),
        (b"hello", "x.835: This is not X12"),
    ],
)
def test_a_file_without_x12_is_called_what_it_is(content, words):
    with pytest.raises(Refused) as refused:
        receive_file(name="x.835", content=content, by=UserFactory(role=Role.BILLER))
    assert refused.value.message.startswith(words)
