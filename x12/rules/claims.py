"""837: charges add up, other payers' sums add up, and what one value makes another one need."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from x12.errors import Snip
from x12.exact import ZERO, add, subtract, total
from x12.model.claims import Claim, ClaimRow, LinePayment, OtherPayer, ServiceLine
from x12.model.party import Party
from x12.rules.base import Rules
from x12.rules.checks import Checks
from x12.rules.claim_codes import CodeSets, add_billing_parties, add_places, claim_parties
from x12.rules.parties import check_party, party_is_fine
from x12.rules.places import (
    first,
    qualified,
    segment_and_element,
    zero_adjustment,
)
from x12.rules.problems import Holds, Problem
from x12.rules.writing import check_writing


def _sum_problem(
    code: str,
    message: str,
    segment: int,
    element: str,
    stated: Decimal,
    computed: Decimal,
    holds: Holds | None = None,
) -> Problem:
    difference = subtract(stated, computed)
    if difference.is_nan():
        message = f"{element} cannot be checked: an amount that belongs to it is unreadable."
    else:
        message = f"{message} (difference {difference})."
    return Problem(
        code,
        Snip.BALANCE,
        message,
        segment=segment,
        segment_id=element[:3],
        element=element,
        value=str(stated),
        expected=str(computed),
        holds=holds,
    )


def _needed(
    code: str,
    message: str,
    segment: int,
    place: str,
    *,
    value: str = "",
    expected: str = "",
    ack: str = "I6",
    number: str = "",
    fatal: bool = True,
    holds: Holds | None = None,
) -> Problem:
    """Something that this case needs; ``place`` is the element, or the segment that is missing."""
    segment_id, element = segment_and_element(place)
    return Problem(
        code,
        Snip.SITUATION,
        message,
        segment=segment,
        segment_id=segment_id,
        element=element,
        value=value,
        expected=expected,
        ack=ack,
        element_number=number,
        fatal=fatal,
        holds=holds,
    )


class ClaimRules(Rules):
    """Rules of both 837 guides."""

    def __init__(self, checks: Checks, *, professional: bool) -> None:
        super().__init__(checks)
        self.professional = professional
        self.seen_billing = 0
        self.seen_subscriber = 0

    def claim(self, row: ClaimRow) -> Iterable[Problem]:
        """All levels that are asked for."""
        found: list[Problem] = []
        claim = row.claim
        if self.balance:
            self.add_sums(claim, found)
        if self.situation:
            self.add_situations(row, found)
        if self.codes:
            self.add_codes(row, found)
        if self.checks.payer_rules and Snip.PAYER in self.checks.levels:
            for rule in self.checks.payer_rules:
                found += rule(row)
        return found

    # -- SNIP 3 -----------------------------------------------------------------------------

    def add_sums(self, claim: Claim, found: list[Problem]) -> None:
        """CLM02 = sum of the lines (TR3 2300 CLM02); other payers (TR3 1.4.4)."""
        charged = ZERO
        for line in claim.lines:
            charged = add(charged, line.charge)
        if charged != claim.charge and claim.lines:
            found.append(
                _sum_problem(
                    "claim-total",
                    f"CLM02 says {claim.charge}, but the service lines add up to {charged}",
                    claim.position,
                    "CLM02",
                    claim.charge,
                    charged,
                )
            )
        for other in claim.other_payers:
            self.add_other_payer_sums(claim, other, found)

    def add_other_payer_sums(self, claim: Claim, other: OtherPayer, found: list[Problem]) -> None:
        """What another payer paid and adjusted must make up the charge, claim and lines."""
        payer_id = other.payer.id if other.payer else ""
        adjusted = total(a.amount for a in other.adjustments)
        for line in claim.lines:
            mine = [p for p in line.payments if p.payer_id == payer_id]
            adjusted = add(adjusted, total(a.amount for p in mine for a in p.adjustments))
            self.add_line_payment_sum(line, mine, found)
        paid = other.paid
        if paid is None:
            return
        told = add(paid, adjusted)
        if told != claim.charge:
            found.append(
                _sum_problem(
                    "other-payer-balance",
                    f"Other payer {payer_id}: paid {paid} (AMT*D) plus "
                    f"adjustments {adjusted} is {told}, but the claim is {claim.charge}",
                    other.position,
                    "AMT02",
                    paid,
                    subtract(claim.charge, adjusted),
                    qualified("AMT02", "D"),
                )
            )

    def add_line_payment_sum(
        self, line: ServiceLine, mine: list[LinePayment], found: list[Problem]
    ) -> None:
        """SV102 = SVD02 + CAS for a payer that did not bundle the line."""
        if not mine or any(p.bundled_line for p in mine):
            return
        paid = total(p.paid for p in mine)
        adjusted = total(a.amount for p in mine for a in p.adjustments)
        told = add(paid, adjusted)
        if told != line.charge:
            found.append(
                _sum_problem(
                    "line-payment-balance",
                    f"Line {line.number}: payer {mine[0].payer_id} paid "
                    f"{paid} (SVD02) plus adjustments {adjusted} is {told}, but the "
                    f"charge is {line.charge}",
                    mine[0].position,
                    "SVD02",
                    paid,
                    subtract(line.charge, adjusted),
                )
            )

    # -- SNIP 4 -----------------------------------------------------------------------------

    def add_situations(self, row: ClaimRow, found: list[Problem]) -> None:
        """What one value makes another one need."""
        claim = row.claim
        if claim.frequency in ("7", "8") and not claim.ref("F8"):
            found.append(
                _needed(
                    "original-reference",
                    f"Frequency {claim.frequency} (CLM05-3) needs the "
                    "payer's claim control number in REF*F8.",
                    claim.position,
                    "REF",
                    expected="REF*F8",
                )
            )
        diagnoses = len(claim.diagnoses)
        for number, line in enumerate(claim.lines, 1):
            if line.number != number:
                found.append(
                    _needed(
                        "line-number",
                        f"LX01 is {line.number}, but this is line {number} of the claim.",
                        line.position,
                        "LX01",
                        value=str(line.number),
                        expected=str(number),
                        ack="7",
                        number="554",
                    )
                )
            found += [
                _needed(
                    "pointer",
                    f"Line {number}: diagnosis pointer {pointer} points to nothing, "
                    f"the claim has {diagnoses} diagnoses.",
                    line.position,
                    f"SV107-{at}",
                    value=str(pointer),
                    expected=f"1 to {diagnoses}",
                    ack="7",
                    number="1328",
                    fatal=self.checks.strict,
                    holds=first(f"SV107-{at}"),
                )
                for at, pointer in enumerate(line.pointers, 1)
                if not 0 < pointer <= diagnoses
            ]
        if claim.related_causes:
            self.add_accident(claim, found)
        if claim.other_payers:
            self.add_other_payers(row, found)
        self.add_levels(row, found)

    def add_accident(self, claim: Claim, found: list[Problem]) -> None:
        """An accident needs its date, a car accident its state."""
        causes = claim.related_causes
        dated = any(d.qualifier == "439" for d in claim.dates)
        if self.professional and not dated and ("AA" in causes or "OA" in causes):
            found.append(
                _needed(
                    "accident-date",
                    "An accident (CLM11) needs its date in DTP*439.",
                    claim.position,
                    "DTP",
                    expected="DTP*439",
                )
            )
        if "AA" in causes and not claim.accident_state and not claim.accident_country:
            found.append(
                _needed(
                    "accident-state",
                    "A car accident (CLM11-1 = AA) needs its state in CLM11-4.",
                    claim.position,
                    "CLM11-4",
                    expected="a state",
                    ack="I9",
                    number="156",
                )
            )

    def add_other_payers(self, row: ClaimRow, found: list[Problem]) -> None:
        """One payer in each place, no zero adjustments, each line adjudication of a payer told."""
        claim = row.claim
        taken = {row.subscriber.responsibility}
        for other in claim.other_payers:
            if other.responsibility in taken and other.responsibility not in ("", "U"):
                found.append(
                    _needed(
                        "responsibility-twice",
                        f"SBR01 is {other.responsibility} a second "
                        "time: each payer of a claim has a place of its own (P, S, T, ...).",
                        other.position,
                        "SBR01",
                        value=other.responsibility,
                        ack="7",
                        number="1138",
                    )
                )
            taken.add(other.responsibility)
        found += [
            _needed(
                "zero-adjustment",
                "A claim adjustment (CAS) of zero must not be sent.",
                other.position,
                "CAS03",
                value="0",
                ack="I12",
                number="782",
                holds=zero_adjustment,
            )
            for other in claim.other_payers
            if any(a.amount == 0 for a in other.adjustments)
        ]
        self.add_line_payments(claim, found)

    @staticmethod
    def add_line_payments(claim: Claim, found: list[Problem]) -> None:
        """Each line's payments are of another payer of the claim, without zero adjustments."""
        payers = {o.payer.id for o in claim.other_payers if o.payer}
        for line in claim.lines:
            for payment in line.payments:
                if payment.payer_id not in payers:
                    found.append(
                        _needed(
                            "unknown-payer",
                            f"Line {line.number}: SVD01 {payment.payer_id} is "
                            "none of the other payers of the claim (2330B NM109).",
                            payment.position,
                            "SVD01",
                            value=payment.payer_id,
                            expected=" ".join(sorted(payers)),
                            ack="I12",
                            number="67",
                        )
                    )
                if any(a.amount == 0 for a in payment.adjustments):
                    found.append(
                        _needed(
                            "zero-adjustment",
                            f"Line {line.number}: an adjustment (CAS) of zero must not be sent.",
                            payment.position,
                            "CAS03",
                            value="0",
                            ack="I12",
                            number="782",
                            holds=zero_adjustment,
                        )
                    )

    def add_levels(self, row: ClaimRow, found: list[Problem]) -> None:
        """Who is the patient, and in which order the payers stand."""
        member = row.subscriber
        if member.relationship == "18" and row.patient is not None:
            found.append(
                _needed(
                    "patient-level",
                    "SBR02 says that the subscriber is the patient, but a "
                    "patient level (HL 23) follows.",
                    member.position,
                    "SBR02",
                    value="18",
                    expected="",
                    ack="I13",
                    number="1069",
                    holds=first("SBR02"),
                )
            )
        if member.relationship != "18" and row.patient is None:
            found.append(
                _needed(
                    "patient-level",
                    "The subscriber is not the patient (SBR02 is not 18), but "
                    "the claim has no patient level (HL 23).",
                    member.position,
                    "SBR02",
                    value=member.relationship,
                    expected="18",
                    ack="I9",
                    number="1069",
                    holds=first("SBR02"),
                )
            )
        if (
            member.relationship == "18"
            and row.patient is None
            and member.subscriber is not None
            and self.professional
        ):
            self.add_patient_data(member.subscriber, found)
        self.add_payer_order(row, found)

    @staticmethod
    def add_payer_order(row: ClaimRow, found: list[Problem]) -> None:
        """What a claim needs that does not go to the first payer."""
        member = row.subscriber
        secondary = member.responsibility not in ("P", "U")
        if secondary and member.filing_indicator in ("MA", "MB") and not member.insurance_type:
            found.append(
                _needed(
                    "medicare-secondary",
                    "Medicare is not the first payer: SBR05 must say "
                    "why (12, 13, 14, 15, 16, 41, 42, 43 or 47).",
                    member.position,
                    "SBR05",
                    ack="I9",
                    number="1336",
                    holds=first("SBR05"),
                )
            )
        if secondary and not row.claim.other_payers:
            found.append(
                _needed(
                    "other-payer",
                    f"SBR01 is {member.responsibility}: the payers before this "
                    "one must be told in loop 2320.",
                    row.claim.position,
                    "SBR",
                    expected="loop 2320",
                )
            )

    @staticmethod
    def add_patient_data(subscriber: Party, found: list[Problem]) -> None:
        """A subscriber who is the patient needs an address and a birth date."""
        if subscriber.kind == "1" and not subscriber.address1:
            found.append(
                _needed(
                    "patient-address",
                    "The subscriber is the patient and needs an address (N3, N4).",
                    subscriber.position,
                    "N3",
                    expected="N3",
                    fatal=False,
                )
            )
        if subscriber.kind == "1" and subscriber.birth_date is None:
            found.append(
                _needed(
                    "patient-birth-date",
                    "The subscriber is the patient and needs a birth date (DMG).",
                    subscriber.position,
                    "DMG",
                    expected="DMG",
                    fatal=False,
                )
            )

    # -- SNIP 5 -----------------------------------------------------------------------------

    def add_codes(self, row: ClaimRow, found: list[Problem]) -> None:
        """Check digits and built-in lists; code sets when the caller gives them."""
        claim = row.claim
        checks = self.checks
        strict = checks.strict
        if row.billing.position != self.seen_billing:
            self.seen_billing = row.billing.position
            add_billing_parties(row, found, strict=strict)
        if row.subscriber.position != self.seen_subscriber:
            self.seen_subscriber = row.subscriber.position
            subscriber = row.subscriber.subscriber
            if subscriber is not None and not party_is_fine(subscriber):
                found += check_party(subscriber, strict=strict)
        for party in claim_parties(claim):
            if not party_is_fine(party):
                found += check_party(party, strict=strict)
        if self.professional:
            add_places(claim, checks, found)
        found += check_writing(claim, strict=strict)
        if checks.icd10 or checks.hcpcs or checks.modifier or checks.revenue or checks.taxonomy:
            found += CodeSets(row, checks, professional=self.professional).problems()
