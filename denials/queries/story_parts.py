"""What the story of a claim is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from claims.models import Claim, Submission
from coding.models import ChargeLine, CodingVersion
from core.money import total
from core.ui.timeline import TimelineEvent
from denials.enums import DenialState
from denials.models import Correction, Denial
from denials.queries.diffs import CodeLine
from denials.rules.playbook import PlaybookEntry
from payments.queries.ledger import StoryRow
from payments.queries.remittances import ClaimRow


@dataclass(frozen=True, slots=True)
class LineBalance:
    """A service of the claim with where its dollars went."""

    line: ChargeLine
    paid: Decimal
    contractual: Decimal
    written_off: Decimal
    payer_balance: Decimal
    patient_balance: Decimal


@dataclass(frozen=True, slots=True)
class CorrectionStory:
    """The code change that answered a denial, and what it brought."""

    correction: Correction
    before: list[CodeLine]
    after: list[CodeLine]
    denials: list[Denial]
    brought: Decimal | None
    patient: Decimal


@dataclass(slots=True)
class ClaimStory:
    """Everything the story page shows."""

    claim: Claim
    version: CodingVersion | None
    submissions: list[Submission]
    lines: list[LineBalance]
    events: list[TimelineEvent]
    denials: list[Denial]
    corrections: list[CorrectionStory]
    payments: list[ClaimRow]
    ledger: list[StoryRow]
    playbook: dict[int, PlaybookEntry] = field(default_factory=dict)

    @property
    def charged(self) -> Decimal:
        """The charges in the books."""
        return total(row.charge for row in self.ledger)

    @property
    def paid_by_payer(self) -> Decimal:
        """What the payer paid in all, reversals taken off."""
        return -total(row.paid for row in self.ledger if row.payment is not None)

    @property
    def paid_by_patient(self) -> Decimal:
        """What the patient paid."""
        return -total(row.paid for row in self.ledger if row.payment is None)

    @property
    def contractual(self) -> Decimal:
        """What contract and law took off."""
        return -total(row.contractual for row in self.ledger)

    @property
    def written_off(self) -> Decimal:
        """What was given up."""
        return -total(row.written_off for row in self.ledger)

    @property
    def payer_balance(self) -> Decimal:
        """What the payer still owes."""
        return total(line.payer_balance for line in self.lines)

    @property
    def patient_balance(self) -> Decimal:
        """What the patient owes."""
        return total(line.patient_balance for line in self.lines)

    @property
    def open_denials(self) -> list[Denial]:
        """The denials that somebody has to work."""
        return [denial for denial in self.denials if denial.state == DenialState.OPEN]
