"""Whatever a payer sends: as long as it balances, the books stay clean and nothing is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.ledger.enums import Account, EntryKind
from core.ledger.models import Entry, Posting
from denials.queries.books import ALL_CHECKS
from payments.models import Remittance
from payments.queries.books import run_checks
from payments.services.receiving import receive_file
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import receivables, sent_claim

D = Decimal
REASONS = [
    ("CO", "45"),
    ("CO", "253"),
    ("CO", "4"),
    ("CO", "97"),
    ("OA", "18"),
    ("OA", "23"),
    ("OA", "94"),
    ("PR", "1"),
    ("PR", "2"),
    ("PR", "3"),
    ("PR", "27"),
    ("PR", "96"),
    ("PI", "45"),
    ("CO", "ZZ"),
]
CHARGES = ("185.00", "45.00", "33.33")

cents = st.integers(-300_00, 300_00).map(lambda n: f"{D(n) / 100:.2f}")
cas = st.tuples(st.sampled_from(REASONS), cents).map(lambda x: (*x[0], x[1]))


@st.composite
def payments(draw):
    """A balanced answer to a claim of three lines, or to none of ours."""
    lines = [
        Svc(f"A000{index}", CHARGES[index], draw(st.lists(cas, max_size=3)))
        for index in draw(st.lists(st.sampled_from([0, 1, 2]), unique=True, max_size=3))
    ]
    charge = None if lines else "263.33"
    return Clp(
        draw(st.sampled_from(["OURS", "OURS", "OURS", "NOT-OURS"])),
        lines,
        cas=draw(st.lists(cas, max_size=2)),
        charge=charge,
        icn=draw(st.sampled_from(["ICN1", "ICN2"])),
    )


class PostingProperties(TestCase):
    """Each example runs in a transaction of its own."""

    def _claim(self):
        return sent_claim([(f"A000{i}", [], charge) for i, charge in enumerate(CHARGES)])

    def _take(self, claims, plb, claim, control=1):
        for row in claims:
            if row.number == "OURS":
                row.number = f"{claim.number}-1"
        era = Era(claims, plb, trace=f"EFT{control}")
        [outcome] = receive_file(
            name=f"{control}.835", content=era_file(era, control=control), by=None
        )
        return outcome

    def _violations(self):
        return [str(v) for result in run_checks(ALL_CHECKS) for v in result.violations]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(payments(), min_size=1, max_size=4),
        st.lists(
            st.tuples(st.sampled_from(["WO", "FB", "L6", "J1"]), st.just("R"), cents), max_size=2
        ),
    )
    def test_any_balanced_remittance_leaves_the_books_clean(self, claims, plb):
        claim = self._claim()
        outcome = self._take(claims, plb, claim)
        assert outcome.state == "posted"
        remittance = Remittance.objects.get()
        booked = Posting.objects.filter(account=Account.PAYER_PAID).aggregate(s=Sum("amount"))
        assert (booked["s"] or D(0)) == remittance.amount
        assert self._violations() == []

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(payments())
    def test_a_reversal_returns_every_balance_to_where_it_was(self, row):
        claim = self._claim()
        row.number = "OURS"
        self._take([row], [], claim)
        self._take([row.reversed()], [], claim, control=2)
        assert [(r.payer_balance, r.patient_balance) for r in receivables(claim)] == [
            (D(charge), D("0.00")) for charge in CHARGES
        ]
        entry = Entry.objects.filter(kind=EntryKind.REMITTANCE).first()
        if entry is not None:
            assert Entry.objects.get(kind=EntryKind.REVERSAL).reverses == entry
        assert self._violations() == []


pytestmark = pytest.mark.django_db
