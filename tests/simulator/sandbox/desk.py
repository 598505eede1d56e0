"""A practice's desk in front of the sandbox: send claims, read what comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import x12
from simulator.sandbox.clearinghouse import Clearinghouse, Pace
from tests.simulator.sandbox.building import NOW, file_of


@dataclass
class Mail:
    """Everything that came back so far, as bytes and typed."""

    files: dict[str, bytes] = field(default_factory=dict)

    def documents(self, ending: str) -> list[x12.Document]:
        return [x12.read(data, name=n) for n, data in self.files.items() if n.endswith(ending)]

    @property
    def codes(self) -> dict[str, list[str]]:
        """CLM01 → statuses of the 277CA as `A7:164:IL`."""
        found: dict[str, list[str]] = {}
        for document in self.documents(".277ca"):
            for transaction in document.find("277CA"):
                assert isinstance(transaction.content, x12.ClaimAcknowledgement277CA)
                for row in transaction.content.rows():
                    found[row.claim.trace.number] = [
                        ":".join(part for part in code[:3] if part)
                        for status in row.claim.statuses
                        for code in status.codes
                    ]
        return found

    @property
    def numbers(self) -> dict[str, str]:
        """CLM01 → the payer's number of the claim (REF*1K)."""
        return {
            row.claim.trace.number: row.claim.ref("1K")
            for document in self.documents(".277ca")
            for transaction in document.find("277CA")
            if isinstance(transaction.content, x12.ClaimAcknowledgement277CA)
            for row in transaction.content.rows()
        }

    @property
    def remittances(self) -> list[x12.Remittance835]:
        return [
            transaction.remittance
            for document in self.documents(".835")
            for transaction in document.find("835")
        ]

    @property
    def payments(self) -> dict[str, list[x12.ClaimPayment]]:
        """CLM01 → its claims in the 835s, in order."""
        found: dict[str, list[x12.ClaimPayment]] = {}
        for remittance in self.remittances:
            for claim in remittance.claims:
                found.setdefault(claim.patient_control_number, []).append(claim)
        return found

    def paid(self, account: str) -> Decimal:
        return sum((claim.paid for claim in self.payments.get(account, [])), Decimal(0))


class Desk:
    """Sends and receives; its clock stands until it is moved."""

    def __init__(
        self, state: Path | None = None, *, pace: Pace = Pace.INSTANT, seed: int = 1
    ) -> None:
        self.now = NOW
        self.house = Clearinghouse(state, now=lambda: self.now, pace=pace, seed=seed)
        self.sent = 0

    def send(self, *rows: x12.ClaimRow) -> Mail:
        """One 837P with these claims; what waits in the mailbox afterwards."""
        return self.send_many(rows)

    def send_many(self, rows: Sequence[x12.ClaimRow]) -> Mail:
        self.sent += 1
        data = file_of(rows, control=100 + self.sent, reference=f"B{self.sent:06d}")
        self.house.submit(f"claims-{self.sent}.837", data)
        return self.fetch()

    def fetch(self) -> Mail:
        """Take everything out of the mailbox; every file is well-formed and balances."""
        mail = Mail()
        while files := self.house.fetch():
            for name, content in files:
                self.house.confirm(name)
                mail.files[name] = content
                check(name, content)
        return mail

    def pass_days(self, days: int) -> Mail:
        """What arrives until then, day by day."""
        mail = Mail()
        for _ in range(days):
            self.now += dt.timedelta(days=1)
            mail.files.update(self.fetch().files)
        return mail


def check(name: str, content: bytes) -> None:
    """Nothing the sandbox sends has an error, and every remittance balances three times."""
    document = x12.read(content, name=name)
    assert document.interchanges, name
    # An unusual segment terminator is worth a word, and was the sender's own choice.
    assert [str(e) for e in document.errors if e.element != "ISA16"] == [], name
    for transaction in document.find("835"):
        assert x12.balance_835(transaction.remittance) == [], name
