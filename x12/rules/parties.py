"""SNIP 5 checks that need no code set of the caller: NPI check digits, states, ZIP codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from x12.errors import Snip
from x12.model.party import Party
from x12.rules.checks import npi_is_valid
from x12.rules.codesets import STATES
from x12.rules.places import valued
from x12.rules.problems import Problem
from x12.scalars import Remembered

NPI: Final[Remembered[bool]] = Remembered(npi_is_valid)


def check_party(party: Party, *, strict: bool, segment_id: str = "NM1") -> Iterator[Problem]:
    """An NPI must have its check digit, an address a state that exists."""
    if party.id_qualifier == "XX" and not NPI[party.id]:
        element = "NM109" if segment_id == "NM1" else "N104"
        yield Problem(
            "npi",
            Snip.CODE_SET,
            f"{element}: {party.id[:20]} is not a valid NPI (ten digits with a check digit).",
            segment=party.position,
            segment_id=segment_id,
            element=element,
            value=party.id,
            expected="a valid NPI",
            ack="I12",
            element_number="67",
            fatal=strict,
        )
    if party.state and party.state not in STATES and party.country in ("", "US", "CA"):
        yield Problem(
            "state",
            Snip.CODE_SET,
            f"N402: {party.state[:10]} is not a state.",
            segment=party.position,
            segment_id="N4",
            element="N402",
            value=party.state,
            expected="a state code",
            ack="7",
            element_number="156",
            fatal=strict,
            holds=valued("N402", 2, party.state),
        )


def party_is_fine(party: Party | None) -> bool:
    """The quick look that most parties pass."""
    return party is None or (
        (party.id_qualifier != "XX" or NPI[party.id]) and (not party.state or party.state in STATES)
    )
