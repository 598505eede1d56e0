"""What each KPI says: its name, its formula in words, and what it must not be taken for.

The numbers are made in `rcm.kpi.queries.parts`; `docs/kpi.md` explains each one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Unit(StrEnum):
    PERCENT = "percent"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Definition:
    """One KPI. `per_day`: the denominator is a daily average, so the ratio is in days.

    `waiting` names the rows of the denominator of which nobody can know yet whether they count.
    """

    key: str
    name: str
    numerator: str
    denominator: str
    unit: Unit
    note: str
    per_day: bool = False
    money: bool = False
    waiting: str = ""

    def value(self, numerator: Decimal, denominator: Decimal, days: int) -> Decimal | None:
        """The KPI in its unit, to one decimal; None while its denominator is nothing."""
        if denominator <= 0:
            return None
        ratio = numerator / denominator
        if self.unit is Unit.PERCENT:
            ratio *= 100
        elif self.per_day:
            ratio *= days
        return ratio.quantize(Decimal("0.1"))


DEFINITIONS: Final = (
    Definition(
        "clean-claim-rate",
        "Clean claim rate",
        "Claims that passed all edits untouched",
        "Claims that entered the scrubber",
        Unit.PERCENT,
        "Counted at the first scrub. It is not 100 minus the denial rate.",
    ),
    Definition(
        "first-pass-resolution",
        "First-pass resolution",
        "Resolved on the first submission",
        "Claims first sent",
        Unit.PERCENT,
        "No rejection, no denial, no second submission. Claims without an answer count as not"
        " resolved, so the newest weeks still rise.",
        waiting="Without an answer",
    ),
    Definition(
        "initial-denial-rate",
        "Initial denial rate",
        "Claims denied on their first remittance",
        "Claims first remitted",
        Unit.PERCENT,
        "A recovered denial stays in; a rejection is never in.",
    ),
    Definition(
        "initial-denial-rate-dollars",
        "Initial denial rate by charges",
        "Dollars denied on the first remittance",
        "Charges of claims first remitted",
        Unit.PERCENT,
        "The same claims as the initial denial rate, weighed by money.",
        money=True,
    ),
    Definition(
        "rejection-rate",
        "Rejection rate",
        "Claims rejected by a 999 or 277CA",
        "Claims first sent",
        Unit.PERCENT,
        "Rejected claims were never judged: they are no denials.",
    ),
    Definition(
        "net-collection-rate",
        "Net collection rate",
        "Payments on these services",
        "Charges less contractual adjustments",
        Unit.PERCENT,
        "By date of service; services that are not answered yet weigh it down.",
        money=True,
    ),
    Definition(
        "net-days-in-ar",
        "Net days in A/R",
        "Net A/R, today",
        "Net patient service revenue",
        Unit.DAYS,
        "Open balances at most at what the contract allows, over the average day's net"
        " revenue. It is not the mean age of open balances.",
        per_day=True,
        money=True,
    ),
    Definition(
        "ar-over-90",
        "A/R over 90 days",
        "Billed A/R of services over 90 days ago, today",
        "Billed A/R, today",
        Unit.PERCENT,
        "Counted from the date of service.",
        money=True,
    ),
    Definition(
        "dnfb-days",
        "DNFB days",
        "Gross dollars of visits not finally billed, today",
        "Gross revenue",
        Unit.DAYS,
        "Insured visits of which no claim has left; a visit without codes counts with the average"
        " charge of a visit.",
        per_day=True,
        money=True,
    ),
    Definition(
        "charge-lag",
        "Charge lag",
        "Days from visit to charge entry",
        "Visits first coded",
        Unit.DAYS,
        "The mean over the visits whose first coding was completed.",
    ),
    Definition(
        "overturn-rate",
        "Overturn rate",
        "Denials paid after all",
        "Denials worked to an end",
        Unit.PERCENT,
        "What the payer itself put on the patient was not worked, and is not counted.",
    ),
    Definition(
        "denial-write-offs",
        "Denial write-offs",
        "Dollars written off as denials",
        "Net patient service revenue",
        Unit.PERCENT,
        "What denials cost in the end.",
        money=True,
    ),
    Definition(
        "point-of-service-cash",
        "Point-of-service cash",
        "Patient payments on the day of service",
        "All patient payments",
        Unit.PERCENT,
        "Money that the patient left at the desk, of all that patients paid.",
        money=True,
    ),
)

BY_KEY: Final = {one.key: one for one in DEFINITIONS}
WEEKLY: Final = (
    "initial-denial-rate",
    "clean-claim-rate",
    "rejection-rate",
    "first-pass-resolution",
    "overturn-rate",
)
"""What the weekly dashboard shows: what happens in a week, and not balances of today."""
