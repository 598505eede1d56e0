"""Rules about diagnoses and service lines: form, limits, sums, duplicates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from claims.scrub.facts import ClaimFacts, LineFact
from claims.scrub.registry import Hit, rule
from core.findings import Severity
from core.money import total

MOST_LINES = 50
MOST_DIAGNOSES = 12
REPEATS = frozenset({"76", "77", "91", "59", "XE", "XS", "XP", "XU", "RT", "LT"})
"""Modifiers that say: it was done again, or somewhere else."""

_DIAGNOSIS = re.compile(r"[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?")
_PROCEDURE = re.compile(r"\d{4}[0-9A-Z]|[A-VX-Z]\d{4}")
_ASK_CODER = "Ask the coder to correct the coding of the visit."


@rule("diagnosis-none", "There is a diagnosis", where="2300 HI*ABK")
def _none(claim: ClaimFacts) -> Iterator[Hit]:
    if not claim.diagnoses:
        yield Hit("diagnoses", "The claim has no diagnosis.", _ASK_CODER)


@rule("diagnosis-limit", "At most 12 different diagnoses", where="2300 HI")
def _diagnosis_limit(claim: ClaimFacts) -> Iterator[Hit]:
    if len(claim.diagnoses) > MOST_DIAGNOSES:
        yield Hit(
            "diagnoses",
            f"{len(claim.diagnoses)} diagnoses: a professional claim carries {MOST_DIAGNOSES}.",
            _ASK_CODER,
        )
    for code, times in Counter(claim.diagnoses).items():
        if times > 1:
            yield Hit("diagnoses", f"{code} is on the claim {times} times.", _ASK_CODER)


@rule("diagnosis-form", "Each diagnosis has the form of an ICD-10-CM code", where="2300 HI")
def _diagnosis_form(claim: ClaimFacts) -> Iterator[Hit]:
    for position, code in enumerate(claim.diagnoses, start=1):
        if not _DIAGNOSIS.fullmatch(code):
            yield Hit(f"diagnoses[{position}]", f"{code} cannot be an ICD-10-CM code.", _ASK_CODER)


@rule("line-none", "There is a service", where="2400 LX")
def _no_line(claim: ClaimFacts) -> Iterator[Hit]:
    if not claim.lines:
        yield Hit("lines", "The claim has no service line.", _ASK_CODER)


@rule("line-limit", "At most 50 lines on a claim", where="2400 LX")
def _line_limit(claim: ClaimFacts) -> Iterator[Hit]:
    if len(claim.lines) > MOST_LINES:
        yield Hit(
            "lines",
            f"{len(claim.lines)} lines: a professional claim carries {MOST_LINES}.",
            "Rebuild the claim: the visit is split over several claims.",
        )


@rule("procedure-form", "Each service has the form of a CPT or HCPCS code", where="2400 SV101-2")
def _procedure_form(claim: ClaimFacts) -> Iterator[Hit]:
    for line in claim.lines:
        if not _PROCEDURE.fullmatch(line.code):
            yield Hit(
                f"lines[{line.position}].code",
                f"{line.code} cannot be a CPT or HCPCS code.",
                _ASK_CODER,
            )


@rule(
    "pointer-invalid", "One to four pointers, each to a diagnosis of the claim", where="2400 SV107"
)
def _pointers(claim: ClaimFacts) -> Iterator[Hit]:
    for line in claim.lines:
        path = f"lines[{line.position}].pointers"
        if not 1 <= len(line.pointers) <= 4:
            yield Hit(
                path,
                f"{line.code} points to {len(line.pointers)} diagnoses; one to four are allowed.",
                _ASK_CODER,
            )
        for pointer in line.pointers:
            if not 1 <= pointer <= len(claim.diagnoses):
                yield Hit(
                    path,
                    f"{line.code} points to diagnosis {pointer}, which is not there.",
                    _ASK_CODER,
                )


@rule("modifier-form", "At most four modifiers of two characters", where="2400 SV101-3")
def _modifiers(claim: ClaimFacts) -> Iterator[Hit]:
    for line in claim.lines:
        bad = [m for m in line.modifiers if not re.fullmatch(r"[0-9A-Z]{2}", m) or m == "00"]
        if bad or len(line.modifiers) > 4:
            yield Hit(
                f"lines[{line.position}].modifiers",
                f"The modifiers of {line.code} cannot be sent"
                f"{': ' + ', '.join(bad) if bad else ': more than four'}.",
                _ASK_CODER,
            )


@rule("charge-not-positive", "Each line has a charge and units", where="2400 SV102, SV104")
def _charge(claim: ClaimFacts) -> Iterator[Hit]:
    for line in claim.lines:
        if line.charge <= 0 or line.units < 1:
            yield Hit(
                f"lines[{line.position}].charge",
                f"{line.code} has no charge or no units.",
                "Ask the coder to complete it; the fee schedule may lack the code.",
            )


@rule("charge-sum", "The claim's charge is the sum of its lines", where="2300 CLM02")
def _sum(claim: ClaimFacts) -> Iterator[Hit]:
    lines = total(line.charge for line in claim.lines)
    if lines != claim.total_charge:
        yield Hit(
            "total_charge",
            f"The lines sum to ${lines}, the claim says ${claim.total_charge}.",
            "Scrub it again: the total is taken from the coding. Report it if it stays.",
        )


@rule("place-of-service", "Each line has a place of service", where="2300 CLM05-1, 2400 SV105")
def _place(claim: ClaimFacts) -> Iterator[Hit]:
    for line in claim.lines:
        if not re.fullmatch(r"\d{2}", line.place_of_service):
            yield Hit(
                f"lines[{line.position}].place_of_service",
                f"{line.code} has no valid place of service.",
                _ASK_CODER,
            )


def _twins(one: LineFact, other: LineFact) -> bool:
    return (
        one.code == other.code
        and one.service_date == other.service_date
        and set(one.modifiers) == set(other.modifiers)
    )


@rule(
    "line-twice",
    "No line is repeated without a modifier that says why",
    where="2400",
    severity=Severity.WARNING,
)
def _twice(claim: ClaimFacts) -> Iterator[Hit]:
    for index, line in enumerate(claim.lines):
        first = next((one for one in claim.lines[:index] if _twins(one, line)), None)
        if first is not None and not set(line.modifiers) & REPEATS:
            yield Hit(
                f"lines[{line.position}]",
                f"{line.code} is on the claim twice for the same day: payers deny the second "
                "as a duplicate.",
                "Use units on one line, or 76, 77, 59, RT or LT when it was distinct.",
                line.charge,
            )


@rule("duplicate-service", "The payer does not already have this service", where="2400")
def _duplicate(claim: ClaimFacts) -> Iterator[Hit]:
    for line in claim.lines:
        if set(line.modifiers) & REPEATS:
            continue
        earlier = next(
            (
                one
                for one in claim.earlier
                if one.code == line.code
                and one.service_date == line.service_date
                and set(one.modifiers) == set(line.modifiers)
            ),
            None,
        )
        if earlier is not None:
            yield Hit(
                f"lines[{line.position}]",
                f"{line.code} of this patient and day was already sent: {earlier.claim_number}.",
                "If it is the same service, do not send it again: follow up the earlier claim. If "
                "it was distinct, the coder adds 76, 77 or 59.",
                line.charge,
            )
