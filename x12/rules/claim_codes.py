"""837, SNIP 5: identifiers, places of service and code sets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from x12.errors import Snip
from x12.model.claims import Claim, ClaimRow, ServiceLine
from x12.model.party import Party
from x12.rules.checks import Checks, Lookup
from x12.rules.codesets import PLACES_OF_SERVICE
from x12.rules.parties import check_party, party_is_fine
from x12.rules.places import first, health_code, segment_and_element, valued
from x12.rules.problems import Holds, Problem

_DIAGNOSES = ("ABK", "ABF", "ABJ", "APR", "ABN")


def add_billing_parties(row: ClaimRow, found: list[Problem], *, strict: bool) -> None:
    """Billing provider and pay-to address, told once however many subscribers follow."""
    for party in (row.billing.provider, row.billing.pay_to):
        if party is not None and not party_is_fine(party):
            found += check_party(party, strict=strict)
    provider = row.billing.provider
    if provider is None or not (provider.city or provider.postal_code):
        return  # without an N4 there is more to tell than its ZIP code, and it is told
    if provider.country in ("", "US") and len(provider.postal_code) != 9:
        found.append(
            Problem(
                "zip-plus-4",
                Snip.SITUATION,
                "The billing provider's ZIP code (N403) needs nine digits.",
                segment=provider.position,
                segment_id="N4",
                element="N403",
                value=provider.postal_code,
                expected="nine digits",
                ack="I12",
                element_number="116",
                fatal=strict,
                holds=valued("N403", 3, provider.postal_code),
            )
        )


def add_places(claim: Claim, checks: Checks, found: list[Problem]) -> None:
    """Place of service codes."""
    lookup = checks.place_of_service
    for place, segment, element in [
        (claim.facility_code, claim.position, "CLM05-1"),
        *[(n.place_of_service, n.position, "SV105") for n in claim.lines if n.place_of_service],
    ]:
        known = lookup(place, None) if lookup else place in PLACES_OF_SERVICE
        if place and not known:
            found.append(
                Problem(
                    "place-of-service",
                    Snip.CODE_SET,
                    f"{element}: {place[:10]} is not a place of service.",
                    segment=segment,
                    segment_id=element[:3],
                    element=element,
                    value=place,
                    ack="7",
                    element_number="1331",
                    fatal=checks.strict or lookup is not None,
                    holds=None if element[:3] == "CLM" else first(element),
                )
            )


class CodeSets:
    """Membership of a claim's codes, on the date of service, in the sets that the caller gives."""

    def __init__(self, row: ClaimRow, checks: Checks, *, professional: bool) -> None:
        self.row = row
        self.checks = checks
        self.place = "SV101" if professional else "SV202"
        claim = row.claim
        self.day = next((n.service_date for n in claim.lines if n.service_date), None) or next(
            (d.start for d in claim.dates if d.qualifier == "434"), None
        )
        self.found: list[Problem] = []

    def problems(self) -> list[Problem]:
        """The codes that are not valid, in the order of the file's values."""
        claim, checks = self.row.claim, self.checks
        for code in claim.codes:
            if code.qualifier in _DIAGNOSES:
                holds = health_code(code.qualifier, code.code)
                at = (claim.position, "HI01-2", "1271", holds)
                self.ask(checks.icd10, code.code, self.day, "ICD-10-CM diagnosis", at)
        for line in claim.lines:
            self.line(line)
        self.taxonomy(self.row.billing.taxonomy, self.row.billing.position)
        for party in claim_parties(claim):
            self.taxonomy(party.taxonomy, party.position)
        return self.found

    def line(self, line: ServiceLine) -> None:
        """Procedure, modifiers and revenue code."""
        when, place = line.service_date or self.day, self.place
        if line.procedure is not None and line.procedure.qualifier == "HC":
            at = (line.position, f"{place}-2", "234", first(f"{place}-2"))
            self.ask(self.checks.hcpcs, line.procedure.code, when, "procedure", at)
            for number, modifier in enumerate(line.procedure.modifiers, 3):
                at = (line.position, f"{place}-{number}", "1339", first(f"{place}-{number}"))
                self.ask(self.checks.modifier, modifier, when, "modifier", at)
        at = (line.position, "SV201", "234", first("SV201"))
        self.ask(self.checks.revenue, line.revenue_code, when, "revenue code", at)

    def taxonomy(self, code: str, position: int) -> None:
        """The specialty of a provider; it does not depend on a date."""
        at = (position, "PRV03", "127", valued("PRV03", 3, code))
        self.ask(self.checks.taxonomy, code, None, "taxonomy code", at)

    def ask(
        self,
        lookup: Lookup | None,
        code: str,
        when: dt.date | None,
        what: str,
        at: tuple[int, str, str, Holds],
    ) -> None:
        """Keep a problem when the lookup does not know the code; ``at`` is where it would lie:
        first segment, element, data element number and what finds the segment."""
        if lookup is None or not code or lookup(code, when):
            return
        segment, element, number, holds = at
        on = f" on {when.isoformat()}" if when else ""
        self.found.append(
            Problem(
                "code-set",
                Snip.CODE_SET,
                f"{element}: {code[:20]} is not a valid {what}{on}.",
                segment=segment,
                segment_id=segment_and_element(element)[0],
                element=element,
                value=code,
                ack="7",
                element_number=number,
                holds=holds,
            )
        )


def claim_parties(claim: Claim) -> Iterator[Party]:
    """Everybody whom the claim or one of its lines names, payers and persons apart."""
    for party in (
        claim.rendering,
        claim.facility,
        claim.supervising,
        claim.attending,
        claim.operating,
        claim.other_operating,
    ):
        if party is not None:
            yield party
    if claim.referring:
        yield from claim.referring
    for line in claim.lines:
        for provider in (
            line.rendering,
            line.facility,
            line.supervising,
            line.ordering,
            line.operating,
            line.purchased_provider,
        ):
            if provider is not None:
                yield provider
