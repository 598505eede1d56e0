"""Visits on their way to the sandbox payers, with their charges in the books."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coding.models import ChargeLine
from core import clock
from core.ledger.enums import Responsibility
from core.ledger.services import NewReceivable, open_receivables
from encounters.models import Encounter
from tests.factories.claims import Line, coded, insured
from tests.factories.encounters import PayerFactory, PayerPolicyFactory

NO_QW: tuple[Line, ...] = (("99213", (), "185.00"), ("87880", (), "45.00"))
"""The sandbox denies its second line."""
WITH_QW: tuple[Line, ...] = (("99213", (), "185.00"), ("87880", ("QW",), "45.00"))
"""The sandbox pays it."""

PAID, REJECTED, SILENT = "00", "99", "88"
"""How a member's number ends, and what becomes of the claim (`docs/sandbox.md`)."""


def charged(encounter: Encounter) -> Encounter:
    """The visit, with a receivable for each of its lines."""
    rows = list(ChargeLine.objects.filter(version__encounter=encounter).order_by("position"))
    receivables = open_receivables(
        [
            NewReceivable(
                service_date=row.service_date,
                charge=row.charge,
                responsibility=Responsibility.PAYER_1,
            )
            for row in rows
        ],
        occurred_on=clock.today(),
        by=None,
    )
    for row, receivable in zip(rows, receivables, strict=True):
        row.receivable = receivable
        row.save()
    return encounter


def visits_of_beacon(what: Sequence[tuple[Sequence[Line], str]]) -> list[Encounter]:
    """A coded and charged visit for each (lines, ending of the member's number)."""
    payer: Any = PayerFactory(
        name="Beacon Health Plan", claim_payer_id="BEACN", remittance_payer_id="1900000003"
    )
    PayerPolicyFactory(payer=payer)
    return [
        charged(
            coded(
                insured(payer=payer, subscriber_number=f"BHP{serial:06}{ending}"),
                lines=lines,
            )
        )
        for serial, (lines, ending) in enumerate(what, start=1)
    ]
