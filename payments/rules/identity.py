"""Who pays: what makes two remittances with one trace number the same or different."""

from __future__ import annotations

import re

from x12 import Remittance835


def payer_identifier(remittance: Remittance835) -> str:
    """TRN03; without it the payer's own number of loop 1000A (N104, else REF*2U).

    TRN03 is required (005010X221A1, TRN), yet some payers leave it out; the two other
    places name the same organisation. Empty when the file names nobody.
    """
    if remittance.payer_id:
        return remittance.payer_id
    if remittance.payer is None:
        return ""
    return remittance.payer.id or remittance.payer.ref("2U")


def payer_numbers(remittance: Remittance835) -> list[str]:
    """Every number by which the file names its payer, the surest first: TRN03, N104, REF*2U."""
    party = remittance.payer
    numbers = [remittance.payer_id, *((party.id, party.ref("2U")) if party else ())]
    return [number for number in numbers if number]


def payer_key(identifier: str, name: str, *, is_known: bool) -> str:
    """The payer's side of a remittance's natural key.

    A payer of our own table is its own number there. Of others the name counts as well: some
    clearinghouses and banks put their own number in TRN03 for all the payers whose cheques
    they print, so that one number with one trace number can be two payers' payments.
    """
    if is_known:
        return identifier
    plain = re.sub(r"[^A-Z0-9]+", " ", name.upper()).strip()
    return f"{identifier}|{plain}"[:100]
