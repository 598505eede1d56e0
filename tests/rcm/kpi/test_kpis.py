"""Each KPI: its formula on real rows, its rows, its documentation."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from claims.models import Acknowledgement, Claim, Submission
from coding.models import CodingVersion
from coding.services.coding import assign_codes, code_encounter
from coding.services.revising import revise_coding
from core import clock
from core.access.enums import Role
from core.ledger.enums import Account, EntryKind, Responsibility
from core.ledger.services import NewEntry, NewPosting, post
from denials.models import Denial
from denials.services import write_off_denial
from encounters.models import Encounter
from rcm.kpi.queries.kpis import measure, measure_all
from rcm.kpi.queries.parts import PARTS
from rcm.kpi.rules.definitions import BY_KEY, DEFINITIONS, WEEKLY
from tests.factories import EncounterFactory, UserFactory
from tests.factories.clearinghouse import TransmissionFactory
from tests.factories.coding import SORE_THROAT, coder, visit_to_code
from tests.factories.money import receivables, sent_claim
from tests.rcm.kpi.test_weekly import CO4, CO97, THIS, deny, noon

D = Decimal
PR96 = ("PR", "96", "45.00")
DOC = Path(__file__).resolve().parents[3] / "docs" / "kpi.md"


@pytest.fixture
def four(db):
    """Four claims of $230 answered this week: one denied for CO-4, one for CO-97, two paid."""
    return deny(THIS, [CO4, CO97, None, None], "EFT1")


def at_week_end(key, span=1):
    with clock.at(noon(THIS, 6)):
        found = measure(key, THIS, span)
    return found.numerator, found.denominator, found.value


def test_definitions_have_parts_and_the_week_shows_known_ones():
    assert set(PARTS) == set(BY_KEY)
    assert set(WEEKLY) <= set(BY_KEY)
    assert len(BY_KEY) == len(DEFINITIONS)


@pytest.mark.parametrize("one", DEFINITIONS, ids=lambda one: one.key)
def test_every_kpi_is_documented(one):
    text = DOC.read_text(encoding="utf-8")
    heading = f"\n## {one.name}\n"
    assert heading in text
    section = text.split(heading)[1].split("\n## ")[0]
    for words in (one.key, one.numerator, one.denominator, "Source:", "Not:"):
        assert words in section, words


def test_every_kpi_is_measured_here_on_rows_counted_by_hand():
    measured = re.findall(
        r'at_week_end\("([a-z0-9-]+)"', Path(__file__).read_text(encoding="utf-8")
    )
    assert set(measured) == set(BY_KEY)


@pytest.mark.django_db
def test_initial_denial_rate_counts_claims_and_weighs_dollars(four):
    assert at_week_end("initial-denial-rate") == (2, 4, D("50.0"))
    assert at_week_end("initial-denial-rate-dollars") == (D("90.00"), D("920.00"), D("9.8"))


@pytest.mark.django_db
def test_recovered_denial_stays_in_the_denial_rate(four):
    Denial.objects.update(state="recovered", closed_at=noon(THIS, 5), recovered=D("20.00"))
    assert at_week_end("initial-denial-rate") == (2, 4, D("50.0"))
    assert at_week_end("overturn-rate") == (2, 2, D("100.0"))


@pytest.mark.django_db
def test_rejection_is_no_denial_and_spoils_first_pass(four):
    submission = Submission.objects.get(claim=four[3])
    Acknowledgement.objects.create(
        submission=submission,
        transmission=TransmissionFactory(),
        kind="277ca",
        accepted=False,
        message="No",
    )
    assert at_week_end("rejection-rate") == (1, 4, D("25.0"))
    assert at_week_end("initial-denial-rate")[0] == 2
    assert at_week_end("first-pass-resolution") == (1, 4, D("25.0"))


@pytest.mark.django_db
def test_claim_without_an_answer_is_not_resolved(four):
    assert at_week_end("first-pass-resolution") == (2, 4, D("50.0"))
    with clock.at(noon(THIS)):
        sent_claim()
    assert at_week_end("first-pass-resolution") == (2, 5, D("40.0"))


@pytest.mark.django_db
def test_claims_without_an_answer_are_counted_and_listed(client, four):
    with clock.at(noon(THIS)):
        claim = sent_claim()
    client.force_login(UserFactory(role=Role.MANAGER))
    with clock.at(noon(THIS, 6)):
        found = measure("first-pass-resolution", THIS)
        assert found.note == "2 of 5, 1 without an answer"
        answer = client.get(found.waiting_href)
        assert [row.label for row in answer.context["rows"]] == [claim.number]
        assert "Without an answer" in answer.content.decode()
        # A figure that is decided at once has no such rows.
        assert measure("clean-claim-rate", THIS).waiting is None
        decided = client.get(reverse("manager:kpi", args=["clean-claim-rate"]), {"part": "waiting"})
        assert decided.context["chosen"] == "numerator"


@pytest.mark.django_db
def test_daily_average_says_over_how_many_days(four):
    with clock.at(noon(THIS, 6)):
        words = measure("net-days-in-ar", THIS, 8).denominator_words
    assert words == "Net patient service revenue of 56 days, taken per day"


@pytest.mark.django_db
def test_clean_claim_rate_is_of_the_first_scrub(four):
    for claim, clean in zip(four, (True, True, True, False), strict=True):
        Claim.objects.filter(pk=claim.pk).update(was_clean=clean, first_scrubbed_at=noon(THIS))
    assert at_week_end("clean-claim-rate") == (3, 4, D("75.0"))


@pytest.mark.django_db
def test_net_collection_is_payments_over_what_may_be_collected(four):
    # Four visits pay 185 − 70; two tests pay 45; the charges are 4 × 230, contractual 4 × 70.
    assert at_week_end("net-collection-rate", 8) == (D("550.00"), D("640.00"), D("85.9"))


@pytest.mark.django_db
def test_receivables_are_what_is_still_open(four):
    # Two refused tests of $45 stay open; net revenue 4 × 230 over the 56 days.
    numerator, denominator, value = at_week_end("net-days-in-ar", 8)
    assert (numerator, denominator) == (D("90.00"), D("920.00"))
    assert value == (D("90") * 56 / 920).quantize(D("0.1"))


@pytest.mark.django_db
def test_aged_receivables_are_counted_from_the_service(four):
    Encounter.objects.update(billed_at=noon(THIS))
    assert at_week_end("ar-over-90") == (0, D("90.00"), D("0.0"))
    with clock.at(noon(THIS) + dt.timedelta(days=91)):
        assert measure("ar-over-90", THIS).numerator == D("90.00")


@pytest.mark.django_db
def test_unbilled_visit_without_codes_counts_with_the_usual_charge(four):
    EncounterFactory(service_date=THIS.first)
    numerator, denominator, value = at_week_end("dnfb-days", 8)
    assert (numerator, denominator, value) == (D("230.00"), D("920.00"), D("14.0"))


@pytest.mark.django_db
def test_charge_lag_is_the_mean_of_days_from_visit_to_codes(four):
    first = CodingVersion.objects.select_related("encounter").first()
    CodingVersion.objects.exclude(pk=first.pk).update(completed_at=noon(THIS.back(9)))
    CodingVersion.objects.filter(pk=first.pk).update(completed_at=noon(THIS))
    days = (noon(THIS).date() - first.encounter.service_date).days
    assert at_week_end("charge-lag") == (days, 1, D(days).quantize(D("0.1")))


@pytest.mark.usefixtures("codes")
def test_charge_lag_is_from_the_visit_to_the_first_completed_version():
    by = coder()
    codes: dict[str, Any] = {"coder": by, "diagnoses": ["J02.9"], "lines": SORE_THROAT}
    with clock.at(noon(THIS)):
        codes["encounter_id"] = visit_to_code(service_date=THIS.first).pk
        assign_codes(**codes)
    with clock.at(noon(THIS, 1)):
        assign_codes(**codes)
        assert measure("charge-lag", THIS).denominator == 0  # drafts are not complete
    with clock.at(noon(THIS, 4)):
        code_encounter(**codes)
    assert at_week_end("charge-lag") == (4, 1, D("4.0"))
    with clock.at(noon(THIS, 5)):
        revise_coding(**codes, reason="Wrong level")
    assert at_week_end("charge-lag") == (4, 1, D("4.0"))  # a correction is not the first coding


@pytest.mark.django_db
def test_write_offs_are_the_dollars_given_up(four):
    with clock.at(noon(THIS, 4)):
        denial = Denial.objects.get(carc="97")
        write_off_denial(denial_id=denial.pk, by=UserFactory(role=Role.MANAGER), reason="Bundled")
    assert at_week_end("denial-write-offs", 8) == (D("45.00"), D("920.00"), D("4.9"))
    assert at_week_end("overturn-rate") == (0, 1, D("0.0"))


@pytest.mark.django_db
def test_what_the_payer_put_on_the_patient_was_not_worked_and_does_not_count_as_lost():
    deny(THIS, [CO97, PR96], "EFT1")
    [moved, worked] = Denial.objects.order_by("-group")
    assert (moved.group, moved.state) == ("PR", "moved_to_patient")
    with clock.at(noon(THIS, 4)):
        write_off_denial(denial_id=worked.pk, by=UserFactory(role=Role.MANAGER), reason="Bundled")
    assert at_week_end("overturn-rate") == (0, 1, D("0.0"))


@pytest.mark.django_db
def test_desk_cash_is_what_patients_paid_on_the_day(four):
    receivable = receivables(four[0])[0]
    days = (receivable.service_date, THIS.first)
    for day, amount in zip(days, (D("30"), D("10")), strict=True):
        sides = [
            NewPosting(Account.PATIENT_PAID, amount, receivable.pk),
            NewPosting(Account.RECEIVABLE, -amount, receivable.pk, Responsibility.PATIENT),
        ]
        post([NewEntry(EntryKind.PATIENT_PAYMENT, day, sides)], by=None)
    assert at_week_end("point-of-service-cash", 8) == (D("30.00"), D("40.00"), D("75.0"))


@pytest.mark.django_db
def test_kpi_without_a_denominator_is_a_dash_and_not_zero():
    for one in measure_all(THIS, 8):
        assert one.value is None
        assert one.shown == "—"


@pytest.mark.django_db
@pytest.mark.parametrize("key", list(BY_KEY))
def test_rows_of_a_kpi_are_what_it_counts(client, four, key):
    client.force_login(UserFactory(role=Role.MANAGER))
    with clock.at(noon(THIS, 6)):
        found = measure(key, THIS, 8)
        for href, value in (
            (found.numerator_href, found.numerator),
            (found.denominator_href, found.denominator),
        ):
            answer = client.get(href)
            assert answer.status_code == 200
            rows = answer.context["rows"]
            listed = sum(row.figure for row in rows) if answer.context["is_sum"] else len(rows)
            assert listed == value
            for row in rows[:1]:
                assert client.get(row.href).status_code == 200


@pytest.mark.django_db
def test_kpi_page_shows_all_in_a_constant_number_of_queries(
    client, four, django_assert_num_queries
):
    client.force_login(UserFactory(role=Role.MANAGER))
    url = reverse("manager:kpis")
    with clock.at(noon(THIS, 6)):
        text = client.get(url, {"week": THIS.key}).content.decode()
        with django_assert_num_queries(KPI_QUERIES):
            client.get(url, {"week": THIS.key})
        deny(THIS, [CO4] * 3, "EFT9")
        with django_assert_num_queries(KPI_QUERIES):
            client.get(url, {"week": THIS.key})
    for one in DEFINITIONS:
        assert one.name in text


KPI_QUERIES = 31


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_only_managers_see_the_kpis(client, role):
    client.force_login(UserFactory(role=role))
    expected = 200 if role == Role.MANAGER else 403
    assert client.get(reverse("manager:kpis")).status_code == expected
    assert client.get(reverse("manager:kpi", args=["dnfb-days"])).status_code == expected


@pytest.mark.django_db
def test_unknown_kpi_is_not_found(client):
    client.force_login(UserFactory(role=Role.MANAGER))
    assert client.get("/manager/kpis/happiness/").status_code == 404
