"""Who: every NM1 and N1 loop, with the segments that may describe a party."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from x12.model.values import Contact, Dated, Reference, Rejection, Unrecognised


@dataclass(slots=True)
class Party:
    """A person or an organisation in its role: NM1/N1 with N3, N4, DMG, PRV, REF, PER.

    Loops 1000A/B, 2010xx, 2310x, 2330x, 2420x of the 837; 1000A/B and the NM1 segments of the 835;
    the 2100 loops of 270, 271, 276, 277 and 277CA.
    """

    entity: str
    """NM101/N101: 85 billing, 82 rendering, IL subscriber, QC patient, PR payer, PE payee, ..."""
    kind: str = "2"
    """NM102: 1 a person, 2 an organisation. Not sent in N1."""
    name: str = ""
    """NM103/N102: last name of a person, or the organisation's name."""
    first: str = ""
    middle: str = ""
    prefix: str = ""
    suffix: str = ""
    id_qualifier: str = ""
    """NM108/N103: XX NPI, MI member ID, PI payer ID, 46 ETIN, FI tax ID, XV plan ID, ..."""
    id: str = ""
    address1: str = ""
    address2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    subdivision: str = ""
    birth_date: dt.date | None = None
    gender: str = ""
    """DMG03: F, M or U."""
    provider_role: str = ""
    """PRV01: BI billing, PE performing, RF referring, ..."""
    taxonomy: str = ""
    """PRV03 of this loop (the billing provider's stands on its level, loop 2000A)."""
    taxonomy_qualifier: str = ""
    """PRV02, when it is not PXC."""
    references: list[Reference] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    delivery: tuple[str, ...] = ()
    """RDM of the 835's payee, element by element as sent."""
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)
    """Number of the NM1/N1 segment in its file, counted from 1; 0 when made by hand."""

    @property
    def npi(self) -> str:
        """The National Provider Identifier, or an empty text."""
        return self.id if self.id_qualifier == "XX" else ""

    def ref(self, qualifier: str) -> str:
        """Value of the first reference with this qualifier, or an empty text (``EI`` tax ID)."""
        return next((r.value for r in self.references if r.qualifier == qualifier), "")
