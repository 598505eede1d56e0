"""The payers' member roster, written into the member ID itself.

The last two characters decide what is wrong with a member, if anything: 00 to 79 are ordinary
members in good standing. So a claim, an eligibility inquiry and a test agree without a database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from decimal import Decimal
from enum import StrEnum
from functools import cache

from core.money import ZERO, percent
from simulator.sandbox.model import Payer


class Scenario(StrEnum):
    """What the last two characters of a member ID mean. See `docs/sandbox.md`."""

    ENDED = "80"
    NOT_BEGUN = "81"
    OTHER_PAYER_FIRST = "82"
    ELSEWHERE = "83"
    """Medicare: enrolled in a Medicare Advantage plan; others: not our member any more."""
    DEDUCTIBLE_OPEN = "84"
    REFERRAL = "85"
    BIRTH_DATE = "86"
    NAME = "87"
    NO_ANSWER = "88"
    """The claim is accepted and never adjudicated."""
    SLOW = "89"
    """Adjudicated after 50 days, with interest."""
    GRACE_PERIOD = "90"
    BENEFIT_USED_UP = "91"
    UNKNOWN_LATE = "96"
    """Found by the clearinghouse, not by the adjudication system (CLP02 = 4)."""
    HANGS = "97"
    """The eligibility system needs longer than anybody waits."""
    DOWN = "98"
    """The eligibility system is down (AAA 42)."""
    NOT_FOUND = "99"


_SCENARIOS = {one.value: one for one in Scenario}


def scenario_of(member_id: str) -> Scenario | None:
    """The scenario that the member ID asks for; None for a member in good standing."""
    return _SCENARIOS.get(member_id[-2:])


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def is_well_formed(payer: Payer, member_id: str) -> bool:
    """Whether the payer could have issued this number."""
    return _pattern(payer.member_pattern).fullmatch(member_id) is not None


def member_id(payer: Payer, serial: int, scenario: Scenario | None = None) -> str:
    """A number that the payer could have issued, another one for each serial below 8,000,000.

    For whoever invents patients (the demo): in good standing unless a `scenario` is asked for.
    """
    group, place = divmod(serial, 80)
    ending = scenario.value if scenario else f"{place:02d}"
    stem = group * 80 + place if scenario else group
    match payer.id:
        case "SMED1":
            letters = "ACDEFGHJKMNPQRTUVWXY"
            digits: list[int] = []
            for base in (9, 20, 10, 10, 20, 10, 10, 20, 20):
                stem, digit = divmod(stem, base)
                digits.append(digit)
            a, b, c, d, e, f, g, h, i = digits
            return f"{a + 1}{letters[b]}{c}{d}{letters[e]}{f}{g}{letters[h]}{letters[i]}{ending}"
        case "SMCD1":
            return f"30{stem:08d}{ending}"
        case "BEACN":
            return f"BHP{stem:07d}{ending}"
    return f"UM{stem:08d}{ending}"


def plan_period(member_id: str, on: dt.date) -> tuple[dt.date, dt.date | None]:
    """First and last day of the member's plan, as seen on a date of service."""
    this_month = on.replace(day=1)
    match scenario_of(member_id):
        case Scenario.ENDED:
            return dt.date(on.year - 2, 1, 1), this_month - dt.timedelta(days=1)
        case Scenario.NOT_BEGUN:
            return (this_month + dt.timedelta(days=32)).replace(day=1), None
    return dt.date(on.year - 1 - number(member_id) % 4, 1, 1), None


def deductible_at_start(payer: Payer, member_id: str) -> Decimal:
    """What of the year's deductible was open before the first claim that we saw.

    Half of the members have met it elsewhere, a quarter have a quarter of it left.
    """
    if scenario_of(member_id) is Scenario.DEDUCTIBLE_OPEN:
        return payer.deductible
    share = (0, 0, 25, 60)[number(member_id) % 4]
    return percent(payer.deductible, share) if share else ZERO


def number(*texts: str) -> int:
    """A number that depends on the texts alone, the same in every process."""
    return int.from_bytes(hashlib.sha256("|".join(texts).encode()).digest()[:6], "big")
