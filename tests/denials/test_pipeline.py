"""The worked example by services: sent without QW, denied, corrected, paid. The payer is the
sandbox: what it answers, nobody here wrote."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from claims.enums import ClaimState
from claims.services import process_acknowledgements, submit_claims
from coding.services.assessing import LineInput
from core.access.enums import Role
from core.clearinghouse.services import receive_files
from core.ledger.enums import EntryKind
from core.ledger.models import Entry
from core.money import total
from denials.enums import DenialState
from denials.models import Correction, Denial
from denials.queries.books import ALL_CHECKS
from denials.queries.story import claim_story
from denials.services import correct_denial
from encounters.enums import EncounterStatus
from encounters.models import Encounter
from encounters.rules.details import CoverageDetails
from encounters.services import change_coverage
from payments.enums import PaymentState
from payments.models import RemittanceClaim
from payments.queries.books import run_checks
from payments.services.receiving import process_remittance_files
from simulator.sandbox.gateway import connected, memory_sandbox
from tests.factories import PayerFactory, PayerPolicyFactory, UserFactory
from tests.factories.claims import coded, insured, queued
from tests.factories.pipeline import NO_QW, charged

pytestmark = pytest.mark.django_db

D = Decimal


@pytest.fixture
def sandbox():
    with connected(memory_sandbox()) as clearinghouse:
        yield clearinghouse


def turn():
    """Everything out, everything in."""
    submit_claims()
    receive_files()
    process_acknowledgements()
    process_remittance_files()


def sent(lines, *, payer_id, tax_id, member, policy=None, **values):
    """A claim of these lines in the payer's hands, its receivables open."""
    payer = PayerFactory(claim_payer_id=payer_id, remittance_payer_id=f"1{tax_id}", **values)
    coverage = insured(payer=payer, subscriber_number=member, policy=policy)
    return queued(charged(coded(coverage, lines=lines)))


def violations():
    return [str(v) for result in run_checks(ALL_CHECKS) for v in result.violations]


WITH_QW = [LineInput("99213"), LineInput("87880", ("QW",))]
BEACON = {"payer_id": "BEACN", "tax_id": "900000003", "member": "BHP12345600"}
MEDICARE = {
    "payer_id": "SMED1",
    "tax_id": "900000001",
    "member": "1EG4TE5MK00",
    "kind": "medicare",
    "filing_indicator": "MB",
    "policy": {"accepts_frequency_7": False},
}


@pytest.mark.parametrize(
    ("payer", "frequency"), [(BEACON, "7"), (MEDICARE, "1")], ids=["commercial", "medicare"]
)
def test_a_strep_test_without_qw_is_denied_corrected_and_paid(sandbox, codes, payer, frequency):
    claim = sent(NO_QW, **payer)
    turn()
    claim.refresh_from_db()
    assert claim.state == ClaimState.DENIED, claim.submissions.get().acknowledgements.all()
    denial = Denial.objects.get(claim=claim)
    assert denial.line.claim_line.code == "87880"
    assert denial.amount == D("45.00")
    assert violations() == []

    biller = UserFactory(role=Role.BILLER)
    correct_denial(
        denial_id=denial.pk, by=biller, diagnoses=["J02.9"], lines=WITH_QW, reason="QW was missing"
    )
    corrected = claim.submissions.get(is_current=True)
    assert corrected.frequency == frequency
    billed_again = ["99213", "87880"] if frequency == "7" else ["87880"]
    assert [line.code for line in corrected.lines.order_by("position")] == billed_again
    turn()
    denial.refresh_from_db()
    claim.refresh_from_db()
    story = claim_story(claim.pk)
    said = [event.title for event in story.events]
    assert denial.state == DenialState.RECOVERED, said
    assert denial.recovered > 0
    correction = Correction.objects.get()
    assert correction.brought == denial.recovered
    assert not RemittanceClaim.objects.filter(state=PaymentState.UNPOSTED).exists()
    assert story.payer_balance == 0, said
    assert claim.state == ClaimState.CLOSED
    paid = total(row.payment.paid for row in story.payments)
    assert story.paid_by_payer == paid
    assert story.charged == paid + story.contractual + story.patient_balance
    if frequency == "7":
        assert Entry.objects.filter(kind=EntryKind.REVERSAL).count() == 1
    assert list(Denial.objects.filter(claim=claim)) == [denial]  # nothing came back as a duplicate
    assert violations() == []
    expected = EncounterStatus.CLOSED if story.patient_balance == 0 else EncounterStatus.BILLED
    assert Encounter.objects.get(pk=claim.encounter_id).status == expected


def test_a_claim_that_went_to_the_wrong_payer_goes_to_the_other_one_as_a_new_claim(sandbox, codes):
    claim = sent((("99213", (), "185.00"),), **{**BEACON, "member": "BHP12345683"})
    turn()
    denial = Denial.objects.get(claim=claim)
    assert (denial.carc, denial.route) == ("109", "bill_other_payer")

    biller = UserFactory(role=Role.BILLER)
    medicaid = PayerFactory(claim_payer_id="SMCD1", remittance_payer_id="1900000002")
    PayerPolicyFactory(payer=medicaid)
    details = replace(
        CoverageDetails.of(claim.coverage), payer_id=medicaid.pk, subscriber_number="123456700"
    )
    change_coverage(coverage_id=claim.coverage_id, details=details, by=biller)
    correct_denial(
        denial_id=denial.pk,
        by=biller,
        diagnoses=["J02.9"],
        lines=[LineInput("99213")],
        reason="Medicaid is responsible",
    )
    corrected = claim.submissions.get(is_current=True)
    claim.refresh_from_db()
    assert (corrected.frequency, corrected.original_reference) == ("1", "")
    assert claim.payer == medicaid
    turn()
    denial.refresh_from_db()
    assert denial.state == DenialState.RECOVERED
    assert violations() == []


def test_a_member_denial_goes_back_as_a_new_claim_also_to_the_same_payer(sandbox, codes):
    """Nothing is on file for a member who had no coverage, so nothing can be replaced."""
    claim = sent((("99213", (), "185.00"),), **{**BEACON, "member": "BHP12345680"})
    turn()
    denial = Denial.objects.get(claim=claim)
    assert denial.carc == "27"
    correct_denial(
        denial_id=denial.pk,
        by=UserFactory(role=Role.BILLER),
        diagnoses=["J02.9"],
        lines=[LineInput("99213")],
        reason="The plan was extended",
    )
    assert claim.submissions.get(is_current=True).frequency == "1"
