"""SNIP 5 checks of codes that may exist, but are written as no payer reads them."""

from __future__ import annotations

from collections.abc import Iterator

from x12.errors import Snip
from x12.model.claims import Claim
from x12.rules.places import health_code
from x12.rules.problems import Problem


def ndc_is_written_well(ndc: str) -> bool:
    """Eleven digits: 5-4-2, filled up with zeros, without hyphens."""
    return len(ndc) == 11 and ndc.isascii() and ndc.isdigit()


def check_writing(claim: Claim, *, strict: bool) -> Iterator[Problem]:
    """HI codes go without their point, an NDC has eleven digits."""
    for code in claim.codes:
        if "." in code.code:
            yield Problem(
                "decimal-point",
                Snip.CODE_SET,
                f"HI01-2: the point of {code.code[:20]} must not be sent.",
                segment=claim.position,
                segment_id="HI",
                element="HI01-2",
                value=code.code,
                expected=code.code.replace(".", ""),
                ack="6",
                element_number="1271",
                fatal=strict,
                holds=health_code(code.qualifier, code.code),
            )
    for line in claim.lines:
        drug = line.drug
        if drug is not None and drug.qualifier == "N4" and not ndc_is_written_well(drug.ndc):
            yield Problem(
                "ndc",
                Snip.CODE_SET,
                f"LIN03: {drug.ndc[:20]} is no NDC of eleven digits (5-4-2, without hyphens).",
                segment=drug.position,
                segment_id="LIN",
                element="LIN03",
                value=drug.ndc,
                expected="eleven digits",
                ack="I12",
                element_number="234",
                fatal=strict,
            )
