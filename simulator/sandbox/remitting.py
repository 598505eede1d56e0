"""835s that balance: what each claim was paid, what was reversed, what the provider owes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import x12
from core.money import ZERO, cents, total
from simulator.sandbox.model import AdjudicationResult, LineResult, Payer, Person

INTEREST_AFTER_DAYS = 30
INTEREST_PERCENT = Decimal("4.625")
"""A year's interest in per cent on clean claims that are paid late (as Medicare's)."""


class Paid(NamedTuple):
    """One claim of a remittance: the decision, and the earlier one that it reverses."""

    result: AdjudicationResult
    taken_back: AdjudicationResult | None
    is_void: bool
    """Frequency 8: only the reversal is shown."""


class ProviderLevel(NamedTuple):
    """PLB: the adjustments, and what a later remittance has to settle: (reason, reference, $)."""

    adjustments: list[x12.ProviderAdjustment]
    carried: list[tuple[str, str, Decimal]]
    amount: Decimal
    """BPR02."""


def provider_level(
    payer: Payer,
    npi: str,
    day: dt.date,
    trace: str,
    claims: Sequence[Paid],
    owed: Sequence[tuple[str, str, Decimal]],
) -> ProviderLevel:
    """What is settled beside the claims. `owed` is kept from earlier remittances."""
    year_end = dt.date(day.year, 12, 31)
    found: list[x12.ProviderAdjustment] = []
    carried: list[tuple[str, str, Decimal]] = []

    def add(reason: str, reference: str, amount: Decimal) -> None:
        found.append(x12.ProviderAdjustment(npi, year_end, reason, reference, amount))

    for reason, reference, amount in owed:
        add(reason, reference, amount)
    for claim in claims:
        interest = _interest(claim.result, day) if not claim.is_void else ZERO
        if interest:
            add("L6", claim.result.number, -interest)
        overpaid = _overpaid(claim)
        if overpaid and payer.takeback == "later" and claim.taken_back is not None:
            # Shown now, taken from the next payment: the provider hears of it first.
            add("WO", claim.taken_back.number, -overpaid)
            carried.append(("WO", claim.taken_back.number, overpaid))
    amount = _claims_total(claims) - total(adjustment.amount for adjustment in found)
    if amount < ZERO:
        add("FB", trace, amount)
        carried.append(("FB", trace, -amount))
        amount = ZERO
    return ProviderLevel(found, carried, amount)


def _claims_total(claims: Sequence[Paid]) -> Decimal:
    sums = ZERO
    for claim in claims:
        if claim.taken_back is not None:
            sums -= claim.taken_back.paid
        if not claim.is_void:
            sums += claim.result.paid
    return sums


def _overpaid(claim: Paid) -> Decimal:
    if claim.taken_back is None:
        return ZERO
    now = ZERO if claim.is_void else claim.result.paid
    return max(ZERO, claim.taken_back.paid - now)


def _interest(result: AdjudicationResult, day: dt.date) -> Decimal:
    late = (day - result.received).days - INTEREST_AFTER_DAYS
    if late <= 0 or result.original:
        return ZERO
    return cents(result.paid * INTEREST_PERCENT * late / 36500)


def remittance(
    payer: Payer, day: dt.date, trace: str, claims: Sequence[Paid], level: ProviderLevel
) -> x12.Remittance835:
    """One payment of one payer to one payee."""
    first = claims[0].result
    pays = level.amount > ZERO
    bank = ("01", "999988880", "DA", f"7{payer.tax_id}") if pays else None
    found = x12.Remittance835(
        handling="I" if pays else "H",
        amount=level.amount,
        credit_debit="C",
        method="ACH" if pays else "NON",
        payment_date=day,
        trace_number=trace,
        payer_id=f"1{payer.tax_id}",
        payment_format="CCP" if pays else "",
        sender_bank=bank,
        originator_id=f"1{payer.tax_id}" if pays else "",
        receiver_bank=("01", "999977770", "DA", "5550001234") if pays else None,
        dates=[x12.Dated("405", day)],
        payer=_payer(payer),
        payee=x12.Party(
            "PE",
            name=first.payee_name,
            id_qualifier="XX",
            id=first.payee_npi,
            references=[x12.Reference("TJ", first.payee_tax_id)],
        ),
        provider_adjustments=level.adjustments,
    )
    for claim in claims:
        if claim.taken_back is not None:
            found.add(_claim(payer, claim.taken_back.reversed()))
        if not claim.is_void:
            found.add(_claim(payer, claim.result))
    return found


def _payer(payer: Payer) -> x12.Party:
    return x12.Party(
        "PR",
        name=payer.name,
        address1=payer.address,
        city=payer.city,
        state=payer.state,
        postal_code=payer.postal_code,
        references=[x12.Reference("2U", payer.id)],
        contacts=[
            x12.Contact("CX", "PROVIDER SERVICES", (("TE", payer.phone),)),
            x12.Contact("BL", "EDI SUPPORT", (("TE", payer.phone),)),
        ],
    )


def _claim(payer: Payer, result: AdjudicationResult) -> x12.ClaimPayment:
    reversal = result.status == "22"
    owes = result.patient_owes
    return x12.ClaimPayment(
        patient_control_number=result.account,
        status=result.status,
        charge=result.charge,
        paid=result.paid,
        patient_responsibility=owes if owes > ZERO else None,
        filing_indicator=payer.remittance_type,
        payer_control_number=result.number,
        facility_code=result.place,
        frequency=result.frequency,
        patient=_person("QC", result.patient, "MI", result.subscriber.id),
        subscriber=None
        if result.patient_is_subscriber
        else _person("IL", result.subscriber, "MI", result.subscriber.id),
        rendering=_person("82", result.rendering, "XX", result.rendering.id)
        if result.rendering.id and result.rendering.id != result.payee_npi
        else None,
        outpatient=x12.Outpatient(remarks=result.remarks)
        if result.remarks and not reversal
        else None,
        references=[x12.Reference("F8", result.original)] if result.original else [],
        dates=[x12.Dated("050", result.received)],
        lines=[_line(line, reversal) for line in result.lines],
    )


def _person(entity: str, person: Person, qualifier: str, number: str) -> x12.Party:
    return x12.Party(
        entity,
        "1",
        person.last,
        person.first,
        person.middle,
        id_qualifier=qualifier if number else "",
        id=number,
    )


def _line(line: LineResult, reversal: bool) -> x12.ServicePayment:
    submitted = x12.Procedure("HC", line.code, line.modifiers)
    changed = line.paid_modifiers is not None
    paid_for = submitted
    if changed:
        paid_for = x12.Procedure("HC", line.paid_code, line.paid_modifiers or ())
    dates = [x12.Dated("472", line.date)]
    if line.end is not None and line.end != line.date:
        dates = [x12.Dated("150", line.date), x12.Dated("151", line.end)]
    return x12.ServicePayment(
        procedure=paid_for,
        charge=line.charge,
        paid=line.paid,
        units=line.units,
        original=submitted if changed else None,
        original_units=line.units if changed else None,
        dates=dates,
        adjustments=[x12.Adjustment(c.group, c.reason, c.amount) for c in line.cuts],
        references=[x12.Reference("6R", line.reference)] if line.reference else [],
        amounts=[x12.Amount("B6", line.allowed)] if line.allowed > ZERO and not reversal else [],
        remarks=[] if reversal else [x12.Remark("HE", code) for code in line.remarks],
    )
