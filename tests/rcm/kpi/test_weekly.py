"""The weekly denial dashboard: its numbers, its links, who may see it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from core import clock
from core.access.enums import Role
from denials.models import Denial
from payments.services.receiving import receive_file
from rcm.kpi.queries.weekly import latest_week, weekly_report
from rcm.kpi.rules.periods import Week
from tests.factories import ProviderFactory, UserFactory
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import sent_claims

pytestmark = pytest.mark.django_db

D = Decimal
THIS = Week(dt.date(2026, 11, 9))
VISIT = Svc("99213", "185.00", [("CO", "45", "70.00")])


def noon(week, day=2):
    return dt.datetime.combine(week.first + dt.timedelta(days=day), dt.time(18), tzinfo=dt.UTC)


def deny(week, reasons, trace, **of_visit):
    """Claims of a visit and a test, the test refused for these reasons in this week."""
    with clock.at(noon(week)):
        claims = sent_claims(
            [[("99213", [], "185.00"), ("87880", [], "45.00")]] * len(reasons), **of_visit
        )
        rows = [
            Clp(
                f"{claim.number}-1",
                [VISIT, Svc("87880", "45.00", [reason] if reason else [])],
                icn=f"I{claim.pk}",
            )
            for claim, reason in zip(claims, reasons, strict=True)
        ]
        receive_file(name=f"{trace}.835", content=era_file(Era(rows, trace=trace)), by=None)
    return claims


CO4, CO97, CO27, CO16 = (("CO", carc, "45.00") for carc in ("4", "97", "27", "16"))


@pytest.fixture
def weeks(db):
    """Last week one denial; this week six of four reasons, and a claim that was paid."""
    deny(THIS.back(1), [CO4], "EFT1")
    return deny(THIS, [CO4, CO4, CO4, CO97, CO97, CO27, None], "EFT2")


@pytest.fixture
def manager(client):
    user = UserFactory(role=Role.MANAGER)
    client.force_login(user)
    return user


def test_report_counts_the_weeks_denials_five_ways(weeks):
    report = weekly_report(THIS)
    assert (report.total.cases, report.total.dollars) == (6, D("270.00"))
    assert [(one.code, one.share.cases, one.share.dollars) for one in report.reasons] == [
        ("CO-4", 3, D("135.00")),
        ("CO-97", 2, D("90.00")),
        ("CO-27", 1, D("45.00")),
    ]
    for shares in (report.payers, report.providers, report.causes):
        assert sum(share.cases for share in shares) == 6
        assert sum(share.dollars for share in shares) == D("270.00")
    assert [share.cases for _, share in report.trend] == [0, 0, 0, 0, 0, 0, 1, 6]
    assert report.before.dollars == D("45.00")


def test_report_keeps_a_recovered_denial(weeks):
    before = weekly_report(THIS).total
    Denial.objects.filter(denied_on__gte=THIS.first, carc="4").update(
        state="recovered", closed_at=clock.now(), recovered=D("20.00")
    )
    after = weekly_report(THIS).total
    assert (after.cases, after.dollars) == (before.cases, before.dollars)
    assert after.recovered == D("60.00")


def test_reasons_are_told_in_our_own_words(weeks):
    for one in weekly_report(THIS).reasons:
        assert one.title
        assert one.meaning
        assert one.first_step


def test_week_without_denials_is_zero_and_not_an_error(weeks):
    report = weekly_report(THIS.back(-2))
    assert report.total.cases == 0
    assert report.reasons == []
    assert len(report.trend) == 8


def test_newest_complete_week_with_denials_is_shown_first(weeks):
    with clock.at(noon(THIS.back(-1), 0)):
        assert latest_week() == THIS
    with clock.at(noon(THIS, 4)):
        assert latest_week() == THIS.back(1)


def test_running_week_is_shown_while_no_other_has_denials():
    deny(THIS, [CO4], "EFT1")
    with clock.at(noon(THIS, 4)):
        assert latest_week() == THIS


def test_every_figure_links_to_exactly_the_cases_it_counts(client, manager, weeks):
    with clock.at(noon(THIS, 4)):
        report = weekly_report(THIS)
        page = unescape(client.get(reverse("manager:home"), {"week": THIS.key}).content.decode())
        shares = [report.total, *report.payers, *report.providers, *report.causes]
        shares += [one.share for one in report.reasons] + [one for _, one in report.trend]
        for share in shares:
            listed = client.get(share.href)
            assert listed.context["page"].paginator.count == share.cases, share.href
            assert listed.context["sums"].denied == share.dollars
        for share in shares[:-8]:
            assert f'href="{share.href}"' in page


def test_running_week_is_named_and_not_held_against_a_whole_one(client, manager, weeks):
    with clock.at(noon(THIS, 4)):
        text = client.get(reverse("manager:home"), {"week": THIS.key}).content.decode()
    assert "the week still runs" in text
    assert "6 cases so far" in text
    assert 'class="delta"' not in text
    with clock.at(noon(THIS.back(-1), 1)):
        text = client.get(reverse("manager:home"), {"week": THIS.key}).content.decode()
    assert "the week still runs" not in text
    assert "$225" in text


def test_dashboard_says_what_will_appear_when_there_is_nothing(client, manager):
    text = client.get(reverse("manager:home")).content.decode()
    assert "No denials in these eight weeks" in text
    assert "refuses to pay" in text


@pytest.mark.parametrize("week", ["", "2026-W99", "nonsense", "2999-W01", "0000-W00", "2026-W4'6"])
def test_unreadable_week_shows_the_newest(client, manager, weeks, week):
    answer = client.get(reverse("manager:home"), {"week": week})
    assert answer.status_code == 200
    assert answer.context["week"] == THIS


def test_dashboard_needs_a_constant_number_of_queries(
    client, manager, weeks, django_assert_num_queries
):
    url = reverse("manager:home")
    client.get(url, {"week": THIS.key})
    with django_assert_num_queries(HOME_QUERIES):
        client.get(url, {"week": THIS.key})
    deny(THIS, [CO16] * 5, "EFT3", provider=ProviderFactory())
    with django_assert_num_queries(HOME_QUERIES):
        client.get(url, {"week": THIS.key})


HOME_QUERIES = 20


@pytest.mark.parametrize("role", Role)
def test_only_managers_see_the_dashboard(client, role):
    client.force_login(UserFactory(role=role))
    expected = 200 if role == Role.MANAGER else 403
    assert client.get(reverse("manager:home")).status_code == expected


def test_dashboard_asks_for_sign_in(client):
    assert client.get(reverse("manager:home")).status_code == 302
