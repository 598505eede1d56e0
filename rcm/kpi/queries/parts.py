"""The rows behind every KPI. A number is the count or the sum of exactly these rows.

Each part is a queryset and, for sums, its annotation ``figure``; the pages list the same rows
that the value was made of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, ExtractDay, Least, TruncDate
from django.utils import timezone

from claims.models import Acknowledgement, Claim, Submission
from coding.models import ChargeLine, CodingVersion
from core import clock
from core.ledger.enums import Account
from core.ledger.models import Posting, Receivable
from core.money import ZERO, cents
from denials.enums import DenialState
from denials.models import Denial
from encounters.enums import BEFORE_BILLED
from encounters.models import Encounter
from rcm.kpi.rules.periods import Period

MONEY: Final[DecimalField[Any, Any]] = DecimalField(max_digits=14, decimal_places=2)
AGED_DAYS: Final = 90
_RECEIVED = (Account.PAYER_PAID, Account.PATIENT_PAID, Account.UNAPPLIED)


@dataclass(frozen=True, slots=True)
class KpiPart:
    """Numerator or denominator: rows of one kind, counted, or summed by ``figure``."""

    kind: str
    rows: QuerySet[Any]
    is_sum: bool = False

    def value(self) -> Decimal:
        """How many rows, or the sum of their figures. One query."""
        rows = self.rows.order_by()
        if self.is_sum:
            found = rows.aggregate(value=Sum("figure"))["value"]
            return Decimal(found) if found is not None else ZERO
        return Decimal(rows.count())


@dataclass(frozen=True, slots=True)
class KpiParts:
    """A KPI's two sets of rows, and those of the denominator that are not decided yet."""

    numerator: KpiPart
    denominator: KpiPart
    waiting: KpiPart | None = None


def _moments(period: Period) -> tuple[dt.datetime, dt.datetime]:
    """First moment of the period and of the day after it, at the clinic."""
    zone = timezone.get_current_timezone()
    after = period.last + dt.timedelta(days=1)
    return (
        dt.datetime.combine(period.first, dt.time.min, tzinfo=zone),
        dt.datetime.combine(after, dt.time.min, tzinfo=zone),
    )


def _within(period: Period, column: str) -> dict[str, Any]:
    first, after = _moments(period)
    return {f"{column}__gte": first, f"{column}__lt": after}


def clean_claims(period: Period) -> KpiParts:
    """Clean at the first scrub, of claims first scrubbed in the period."""
    scrubbed = Claim.objects.filter(**_within(period, "first_scrubbed_at"))
    return KpiParts(KpiPart("claim", scrubbed.filter(was_clean=True)), KpiPart("claim", scrubbed))


_REJECTED = Exists(
    Acknowledgement.objects.filter(submission__claim_id=OuterRef("pk"), accepted=False)
)
_DENIED_AT_FIRST = Exists(Denial.objects.filter(claim_id=OuterRef("pk"), is_initial=True))


def first_pass(period: Period) -> KpiParts:
    """Answered on submission 1 without rejection or denial, of claims first sent."""
    sent = Claim.objects.filter(**_within(period, "first_sent_at"))
    answered_first = Submission.objects.filter(
        claim_id=OuterRef("pk"), number=1, is_current=True, adjudicated_at__isnull=False
    )
    resolved = sent.filter(
        Exists(answered_first), ~_REJECTED, ~Exists(Denial.objects.filter(claim_id=OuterRef("pk")))
    )
    waiting = sent.filter(~_REJECTED, first_adjudicated_at=None)
    return KpiParts(KpiPart("claim", resolved), KpiPart("claim", sent), KpiPart("claim", waiting))


def _first_remitted(period: Period) -> QuerySet[Claim]:
    return Claim.objects.filter(**_within(period, "first_adjudicated_at"))


def initial_denials(period: Period) -> KpiParts:
    """Denied on the first remittance, of claims first remitted."""
    remitted = _first_remitted(period)
    return KpiParts(KpiPart("claim", remitted.filter(_DENIED_AT_FIRST)), KpiPart("claim", remitted))


def initial_denial_dollars(period: Period) -> KpiParts:
    """Dollars denied on the first remittance, of the charges of those claims."""
    denied = Denial.objects.filter(
        is_initial=True, **_within(period, "claim__first_adjudicated_at")
    ).annotate(figure=F("amount"))
    charged = _first_remitted(period).annotate(figure=F("total_charge"))
    return KpiParts(KpiPart("denial", denied, is_sum=True), KpiPart("claim", charged, is_sum=True))


def rejections(period: Period) -> KpiParts:
    """Refused by TA1, 999 or 277CA, of claims first sent: never a denial."""
    sent = Claim.objects.filter(**_within(period, "first_sent_at"))
    return KpiParts(KpiPart("claim", sent.filter(_REJECTED)), KpiPart("claim", sent))


def net_collection(period: Period) -> KpiParts:
    """Money applied to services of the period, of charges less contractual (US dollars)."""
    on_services = Posting.objects.filter(
        receivable__service_date__range=(period.first, period.last)
    )
    owed = Posting.objects.filter(
        account__in=[Account.CHARGES, Account.CONTRACTUAL],
        receivable__service_date__range=(period.first, period.last),
    ).annotate(figure=ExpressionWrapper(-F("amount"), MONEY))
    paid = on_services.filter(account__in=_RECEIVED).annotate(figure=F("amount"))
    return KpiParts(KpiPart("posting", paid, is_sum=True), KpiPart("posting", owed, is_sum=True))


def _charge_lines() -> QuerySet[ChargeLine]:
    """The services as they are coded now: a superseded version is not charged twice."""
    return ChargeLine.objects.filter(version__state=CodingVersion.State.COMPLETE)


def _net_revenue(period: Period) -> KpiPart:
    rows = _charge_lines().filter(service_date__range=(period.first, period.last))
    net = Least(F("charge"), Coalesce("expected_allowed", "charge"))
    return KpiPart("line", rows.annotate(figure=net), is_sum=True)


_BALANCE = ExpressionWrapper(
    F("receivable__payer_balance") + F("receivable__patient_balance"), MONEY
)


_WITH_BALANCE = Receivable.objects.filter(~Q(payer_balance=0) | ~Q(patient_balance=0))
"""What an index holds: the few services for which somebody still owes."""


def _open_lines() -> QuerySet[ChargeLine]:
    return (
        _charge_lines()
        .filter(receivable__in=_WITH_BALANCE)
        .annotate(balance=_BALANCE)
        .exclude(balance=0)
    )


def days_in_ar(period: Period) -> KpiParts:
    """Open balances, each at most what the contract allows, over the period's net revenue."""
    net = _open_lines().annotate(figure=Least("balance", Coalesce("expected_allowed", "balance")))
    return KpiParts(KpiPart("line", net, is_sum=True), _net_revenue(period))


def aged(period: Period) -> KpiParts:
    """Billed balances of services over `AGED_DAYS` days ago, of all billed balances; today's."""
    billed = (
        _open_lines()
        .filter(version__encounter__billed_at__isnull=False)
        .annotate(figure=F("balance"))
    )
    before = clock.today() - dt.timedelta(days=AGED_DAYS)
    return KpiParts(
        KpiPart("line", billed.filter(service_date__lt=before), is_sum=True),
        KpiPart("line", billed, is_sum=True),
    )


def unbilled(period: Period) -> KpiParts:
    """Charges of insured visits of which no claim has left, over the period's gross charges."""
    gross = _charge_lines().filter(service_date__range=(period.first, period.last))
    found = gross.aggregate(
        dollars=Sum("charge"), visits=Count("version__encounter_id", distinct=True)
    )
    usual = cents(found["dollars"] / found["visits"]) if found["visits"] else ZERO
    charges = (
        _charge_lines()
        .filter(version__encounter_id=OuterRef("pk"))
        .order_by()
        .values("version__encounter_id")
        .annotate(sum=Sum("charge"))
        .values("sum")
    )
    left = Claim.objects.filter(encounter_id=OuterRef("pk"), first_sent_at__isnull=False)
    waiting = Encounter.objects.filter(
        ~Exists(left), primary_coverage__isnull=False, status__in=BEFORE_BILLED
    ).annotate(figure=Coalesce(Subquery(charges, output_field=MONEY), Value(usual, MONEY)))
    return KpiParts(
        KpiPart("visit", waiting, is_sum=True),
        KpiPart("line", gross.annotate(figure=F("charge")), is_sum=True),
    )


def charge_lag(period: Period) -> KpiParts:
    """Days from visit to first completed coding, over the visits coded in the period.

    Drafts have no time of completion. A correction is not the first completed version.
    """
    completed_before = CodingVersion.objects.filter(
        encounter_id=OuterRef("encounter_id"),
        number__lt=OuterRef("number"),
        completed_at__isnull=False,
    )
    first = CodingVersion.objects.filter(
        ~Exists(completed_before), **_within(period, "completed_at")
    )
    days = ExtractDay(TruncDate("completed_at") - F("encounter__service_date"))
    return KpiParts(
        KpiPart("coding", first.annotate(figure=days), is_sum=True), KpiPart("coding", first)
    )


def overturned(period: Period) -> KpiParts:
    """Paid after all, of denials that people worked to an end in the period."""
    ended = Denial.objects.filter(**_within(period, "closed_at")).exclude(
        group="PR", state=DenialState.MOVED_TO_PATIENT
    )
    return KpiParts(
        KpiPart("denial", ended.filter(state=DenialState.RECOVERED)), KpiPart("denial", ended)
    )


def written_off(period: Period) -> KpiParts:
    """Dollars given up on denials in the period, of its net revenue."""
    dollars = (
        Posting.objects.filter(account=Account.WRITE_OFF, entry_id=OuterRef("close_entry_id"))
        .order_by()
        .values("entry_id")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    lost = Denial.objects.filter(
        state=DenialState.WRITTEN_OFF, **_within(period, "closed_at")
    ).annotate(figure=Coalesce(Subquery(dollars, output_field=MONEY), Value(ZERO, MONEY)))
    return KpiParts(KpiPart("denial", lost, is_sum=True), _net_revenue(period))


def point_of_service_collections(period: Period) -> KpiParts:
    """Paid by patients on the day of service, of all that patients paid in the period."""
    paid = Posting.objects.filter(
        account=Account.PATIENT_PAID, entry__occurred_on__range=(period.first, period.last)
    ).annotate(figure=F("amount"))
    at_desk = paid.filter(entry__occurred_on=F("receivable__service_date"))
    return KpiParts(KpiPart("posting", at_desk, is_sum=True), KpiPart("posting", paid, is_sum=True))


PARTS: Final[dict[str, Callable[[Period], KpiParts]]] = {
    "clean-claim-rate": clean_claims,
    "first-pass-resolution": first_pass,
    "initial-denial-rate": initial_denials,
    "initial-denial-rate-dollars": initial_denial_dollars,
    "rejection-rate": rejections,
    "net-collection-rate": net_collection,
    "net-days-in-ar": days_in_ar,
    "ar-over-90": aged,
    "dnfb-days": unbilled,
    "charge-lag": charge_lag,
    "overturn-rate": overturned,
    "denial-write-offs": written_off,
    "point-of-service-cash": point_of_service_collections,
}
