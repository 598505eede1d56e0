"""The playbook: what a denial means, who works it, and how it is resolved.

Data in `denials/data/playbook.toml`, in our own words; the most exact entry wins.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from core.access.enums import Role
from denials.enums import Resolution, RootCause
from payments.enums import Disposition
from payments.rules.reasons import disposition, reason

FILE = Path(__file__).resolve().parent.parent / "data" / "playbook.toml"

#: Benefits that the payer puts on the patient: a denial by its kind, and nothing to work.
_PATIENT_SHARE = frozenset({"1", "2", "3", "66", "122", "142", "178", "187", "241", "247", "248"})


@dataclass(frozen=True, slots=True)
class PlaybookEntry:
    """One row of the playbook. Empty conditions match everything."""

    carc: str
    title: str
    meaning: str
    steps: tuple[str, ...]
    owner: Role
    cause: RootCause
    route: Resolution
    recovery_probability: Decimal
    group: str = ""
    rarcs: tuple[str, ...] = ()
    payer_kinds: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    def fits(self, group: str, carc: str, rarcs: Sequence[str], payer_kind: str) -> bool:
        """Whether every condition holds."""
        return (
            self.carc in ("", carc)
            and self.group in ("", group)
            and (not self.rarcs or bool(set(self.rarcs) & set(rarcs)))
            and (not self.payer_kinds or payer_kind in self.payer_kinds)
        )

    @property
    def exactness(self) -> int:
        """CARC before payer before remark before group."""
        return (
            8 * bool(self.carc)
            + 4 * bool(self.payer_kinds)
            + 2 * bool(self.rarcs)
            + bool(self.group)
        )


def sends_replacement(route: str, *, accepts: bool) -> bool:
    """Whether the resolution is a replacement (frequency code 7) of the payer's own claim.

    Nothing is to be replaced where the payer processed nothing (a new claim), and where it is
    another plan that has to get the claim: it never had it.
    """
    return accepts and route not in (Resolution.NEW_CLAIM, Resolution.BILL_OTHER_PAYER)


@functools.cache
def entries() -> tuple[PlaybookEntry, ...]:
    """Every entry of the file, the most exact first (in file order among equals)."""
    with FILE.open("rb") as file:
        rows = tomllib.load(file)["entry"]
    found = [
        PlaybookEntry(
            carc=row["carc"],
            title=row["title"],
            meaning=row["meaning"],
            steps=tuple(row["steps"]),
            owner=Role(row["owner"]),
            cause=RootCause(row["cause"]),
            route=Resolution(row["route"]),
            recovery_probability=Decimal(str(row["recovery_probability"])),
            group=row.get("group", ""),
            rarcs=tuple(row.get("rarcs", ())),
            payer_kinds=tuple(row.get("payer_kinds", ())),
            hints=tuple(row.get("hints", ())),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda entry: -entry.exactness))


def find_entry(
    group: str, carc: str, rarcs: Sequence[str] = (), payer_kind: str = ""
) -> PlaybookEntry:
    """The most exact entry for this denial; there is always one."""
    fitting = [entry for entry in entries() if entry.fits(group, carc, rarcs, payer_kind)]
    best = fitting[0]
    # MA130 (nothing was processed: send a new claim) outranks what other remarks say.
    of_ma130 = (one for one in fitting if "MA130" in one.rarcs and one.carc == best.carc)
    return next(of_ma130, best)


def is_denial(group: str, carc: str, amount: Decimal) -> bool:
    """Whether an adjustment is a refusal to pay.

    Not denials: contractual and legal reductions (CO-45, CO-253, …), the patient's cost
    share (PR-1, 2, 3, …), the effect of an earlier payer (OA-23), and negative amounts
    (a reversal, a bundle's counterweight).
    """
    if amount <= 0:
        return False
    if group == "PR":
        return carc not in _PATIENT_SHARE and reason(carc).provider_side is Disposition.DENIED
    return disposition(group, carc) is Disposition.DENIED


def is_patients(group: str, carc: str) -> bool:
    """Whether posting already moved it to the patient: a denial that is closed at once."""
    return disposition(group, carc) is Disposition.PATIENT


def resolution_path(entry: PlaybookEntry, *, accepts_frequency_7: bool) -> Resolution:
    """The entry's route with this payer: without frequency code 7 a correction is a new claim."""
    if entry.route is Resolution.CORRECTED_CLAIM and not accepts_frequency_7:
        return Resolution.NEW_CLAIM
    return entry.route
