"""What the clearinghouse and the payers' front ends refuse before adjudication (277CA).

A rejected claim was never adjudicated: it is corrected and sent again as an original.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from core.money import ZERO, total
from simulator.sandbox import members, tables
from simulator.sandbox.members import Scenario
from simulator.sandbox.model import Bill, Payer
from x12 import npi_is_valid


class Rejection(NamedTuple):
    """STC01 of a refused claim: category, claim status code, entity; and where, in words."""

    category: str
    """A3 unprocessable, A6 missing, A7 invalid, A8 in relation to another field."""
    code: str
    entity: str
    message: str


Known = Callable[[str, str], str]
"""(payer, number in F8) → state of that claim: waiting, silent, paid, replaced, or ""."""

_CLIA = re.compile(r"\d{2}D\d{7}")
_CODE = re.compile(r"\d{4}[0-9A-Z]|[A-VX-Z]\d{4}")


def screen(bill: Bill, today: dt.date, original: Known) -> list[Rejection]:
    """Everything that keeps this claim from being adjudicated; empty when it goes on."""
    payer = tables.payers().get(bill.payer_id)
    if payer is None:
        return [Rejection("A7", "153", "PR", "PAYER ID IS NOT KNOWN HERE")]
    found = [*_provider(bill, payer), *_member(bill, payer, today), *_claim(bill, payer, original)]
    for index in range(len(bill.lines)):
        found += _line(bill, index, today)
    return found


def _provider(bill: Bill, payer: Payer) -> Iterator[Rejection]:
    if not npi_is_valid(bill.billing_npi):
        yield Rejection("A7", "562", "85", "BILLING PROVIDER NPI IS NOT VALID")
    elif bill.billing_npi.startswith("2"):
        # Type 2 numbers begin with 1 in this sandbox: one with 2 was never enrolled.
        yield Rejection("A8", "496", "85", "BILLING NPI IS NOT LINKED TO THE SUBMITTER")
    if bill.rendering.id and not npi_is_valid(bill.rendering.id):
        yield Rejection("A7", "562", "82", "RENDERING PROVIDER NPI IS NOT VALID")
    if not re.fullmatch(r"\d{9}", bill.billing_zip) or bill.billing_zip.endswith("0000"):
        yield Rejection("A7", "500", "85", "BILLING PROVIDER ZIP NEEDS NINE DIGITS")
    if not re.fullmatch(r"\d{9}", bill.billing_tax_id):
        yield Rejection("A6", "128", "85", "BILLING PROVIDER TAX ID IS MISSING")
    if payer.wants_taxonomy and not bill.billing_taxonomy:
        yield Rejection("A6", "145", "85", "BILLING PROVIDER TAXONOMY IS MISSING")
    if bill.referral and not bill.referring_npi:
        yield Rejection("A6", "562", "DN", "REFERRAL WITHOUT A REFERRING PROVIDER")


def _member(bill: Bill, payer: Payer, today: dt.date) -> Iterator[Rejection]:
    scenario = members.scenario_of(bill.member)
    if not members.is_well_formed(payer, bill.member):
        yield Rejection("A7", "164", "IL", "MEMBER ID HAS NOT THE FORM OF THIS PAYER")
    elif scenario is Scenario.NOT_FOUND:
        yield Rejection("A3", "33", "IL", "SUBSCRIBER NOT FOUND")
    elif scenario is Scenario.BIRTH_DATE:
        yield Rejection("A7", "158", "QC", "BIRTH DATE DOES NOT MATCH")
    if bill.birth_date is None or bill.birth_date > today:
        yield Rejection("A7", "158", "QC", "BIRTH DATE IS MISSING OR IN THE FUTURE")


def _claim(bill: Bill, payer: Payer, original: Known) -> Iterator[Rejection]:
    if total(line.charge for line in bill.lines) != bill.charge:
        yield Rejection("A7", "400", "", "CLAIM CHARGE IS NOT THE SUM OF ITS LINES")
    if bill.sequence != "P" and not bill.has_other_payer:
        yield Rejection("A6", "286", "", "DECISION OF THE PRIMARY PAYER IS MISSING")
    if bill.frequency in {"7", "8"}:
        yield from _replacement(bill, payer, original)
    elif bill.frequency != "1":
        yield Rejection("A7", "535", "", "FREQUENCY CODE IS NOT ACCEPTED")
    # Every service day decides for itself: a code can end between two lines of a claim.
    for position, code in enumerate(bill.diagnoses):
        if not diagnosis_is_valid(code, bill.first_day):
            number = "254" if position == 0 else "255"
            yield Rejection("A7", number, "", f"DIAGNOSIS {position + 1} IS NOT VALID ON THE DATE")


def _replacement(bill: Bill, payer: Payer, original: Known) -> Iterator[Rejection]:
    if not payer.accepts_replacement:
        yield Rejection("A7", "535", "", "FREQUENCY 7 AND 8 ARE NOT ACCEPTED: SEND A NEW CLAIM")
    elif not bill.original:
        yield Rejection("A6", "464", "PR", "PAYER CLAIM CONTROL NUMBER IS MISSING")
    else:
        state = original(payer.id, bill.original)
        if state == "":
            yield Rejection("A7", "464", "PR", "ORIGINAL CLAIM NOT FOUND")
        elif state in {"waiting", "silent"}:
            yield Rejection("A3", "464", "PR", "ORIGINAL CLAIM IS STILL IN PROCESS")
        elif state == "replaced":
            yield Rejection("A3", "464", "PR", "ORIGINAL CLAIM WAS ALREADY REPLACED")


def _line(bill: Bill, index: int, today: dt.date) -> Iterator[Rejection]:
    line = bill.lines[index]
    where = f"LINE {line.number}"
    if line.date == dt.date.min or line.date > today or (line.end and line.end < line.date):
        yield Rejection("A7", "187", "", f"{where}: DATE OF SERVICE IS NOT VALID")
    if not _CODE.fullmatch(line.code):
        yield Rejection("A7", "507", "", f"{where}: PROCEDURE CODE IS NOT VALID")
    if any(not re.fullmatch(r"[0-9A-Z]{2}", m) or m == "00" for m in line.modifiers):
        yield Rejection("A7", "453", "", f"{where}: MODIFIER IS NOT VALID")
    if not line.pointers or any(not 0 < p <= len(bill.diagnoses) for p in line.pointers):
        yield Rejection("A7", "477", "", f"{where}: DIAGNOSIS POINTER IS NOT VALID")
    if line.charge < ZERO or line.units <= Decimal(0):
        yield Rejection("A7", "400", "", f"{where}: CHARGE OR UNITS ARE NOT VALID")
    if "QW" in line.modifiers:
        if not line.clia:
            yield Rejection("A6", "142", "85", f"{where}: CLIA NUMBER IS MISSING")
        elif not _CLIA.fullmatch(line.clia):
            yield Rejection("A7", "142", "85", f"{where}: CLIA NUMBER IS NOT VALID")


@cache
def diagnosis_is_valid(code: str, on: dt.date) -> bool:
    """Whether the ICD-10-CM code (no dot) is billable on this day."""
    period = tables.diagnoses().get(code)
    if period is None:
        return False
    day = f"{on:%Y%m%d}"
    first, last = period
    return (first <= day or day < "20241001") and (not last or day <= last)
