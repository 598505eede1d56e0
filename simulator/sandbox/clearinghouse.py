"""The front door: files in, files out, questions answered."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import x12
from core.gateway_types import GatewayRefused, InboundFile
from core.money import total
from simulator.sandbox import acknowledging, answering, members, remitting, tables
from simulator.sandbox.acknowledging import Screened
from simulator.sandbox.adjudication import adjudicate, duplicate_key
from simulator.sandbox.intake import bill_from
from simulator.sandbox.members import Scenario
from simulator.sandbox.model import Address, AdjudicationResult, Bill, Payer
from simulator.sandbox.screening import Rejection, screen
from simulator.sandbox.store import Store, Waiting

TIME_ZONE = ZoneInfo("America/New_York")
SLOW_DAYS = 50
AT_ONCE = 50
_SYNTAX = x12.SYNTAX_ONLY
"""Situational rules are asked claim by claim (`screening`): one bad claim stops no other."""

_TAKEN = frozenset({"837P", "270"})
_UNPRINTABLE = x12.Delimiters("\x1d", "\x1f", "\x1c", "\x1e")


class Pace(StrEnum):
    """How the payers work."""

    INSTANT = "instant"
    """Paid with the answer, nothing left to chance: for demos at the desk and for tests."""
    CALENDAR = "calendar"
    """Paid after each payer's days; a few claims late, a few never, now and then a surprise."""


class Clearinghouse:
    """The simulator. `state` is a folder that keeps everything, or None for memory only."""

    def __init__(
        self,
        state: Path | None = None,
        *,
        now: Callable[[], dt.datetime],
        seed: int = 1,
        pace: Pace = Pace.INSTANT,
    ) -> None:
        self._store = Store(state / "sandbox.sqlite3" if state else ":memory:")
        self._now = now
        self._seed = seed
        self.pace = pace

    def close(self) -> None:
        """Release the state folder."""
        self._store.close()

    def forget(self) -> None:
        """Forget everything: for a demo on an empty database, whose names and numbers start again.

        Safe while another process serves the same state.
        """
        self._store.forget()

    # --- files

    def submit(self, name: str, content: bytes) -> bool:
        """Take a file and answer it. True when it was new.

        The same bytes again, under this name or another, change nothing. Other bytes under a
        known name are refused, and so is what is no X12 at all.
        """
        digest = hashlib.sha256(content).hexdigest()
        with self._store.transaction():
            known = self._store.digest_of(name)
            if known == digest or (known is None and self._store.knows(digest)):
                return False
            if known is not None:
                raise GatewayRefused(f"A file named {name} came before with other content.")
            document = x12.read(content, name=name, checks=_SYNTAX)
            if not document.interchanges:
                raise GatewayRefused(f"{name} is not an X12 file.")
            foreign = {t.kind for t in document.transactions} - _TAKEN
            if foreign:
                kinds = ", ".join(sorted(foreign))
                raise GatewayRefused(f"This clearinghouse takes 837P and 270, not {kinds}.")
            now = self._local()
            self._store.add_incoming(name, digest, now, content)
            try:
                self._answer(name, document, now)
            except x12.WriteError as error:
                raise GatewayRefused(
                    f"{name} is so broken that it cannot even be acknowledged: {error}"
                ) from error
        return True

    def waiting(self, limit: int = AT_ONCE) -> list[tuple[str, int]]:
        """Name and size of the files in the mailbox, oldest first. Pays what is due first."""
        self.pay()
        return self._store.waiting_files(limit)

    def file(self, name: str) -> bytes | None:
        """A file of the mailbox; it stays there until it is confirmed."""
        return self._store.outgoing(name)

    def confirm(self, name: str) -> bool:
        """The other side has stored the file. False when no file has this name."""
        return self._store.confirm(name, self._local())

    def fetch(self, limit: int = AT_ONCE) -> list[InboundFile]:
        """The files in the mailbox with their bytes."""
        found = []
        for name, _ in self.waiting(limit):
            content = self.file(name)
            if content is not None:
                found.append(InboundFile(name, content))
        return found

    # --- real time

    def inquire(self, content: bytes) -> tuple[bytes, float]:
        """The 271 to a 270, and how many seconds the payer takes for it."""
        document = x12.read(content, checks=_SYNTAX)
        if not document.interchanges:
            raise GatewayRefused("This is not an X12 file.")
        address = _address(document.interchanges[0])
        now = self._local()
        asked = next(document.find("270"), None)
        if asked is None or not asked.ok or not isinstance(asked.content, x12.Eligibility270):
            return self._acknowledge(document, address, now), 0.0
        answered = answering.answer(asked.content, self._store, now)
        data = self._write(address, now, [answered])
        return data, answering.seconds_to_answer(asked.content)

    # --- claims

    def pay(self) -> int:
        """Write the remittances of every payment day that has come; how many."""
        now = self._local()
        with self._store.transaction():
            groups: dict[tuple[dt.date, str, str], list[Waiting]] = {}
            for claim in self._store.due(now.date()):
                groups.setdefault((claim.pay_on, claim.payer, claim.payee), []).append(claim)
            for (day, payer, payee), claims in sorted(groups.items()):
                self._remit(tables.payers()[payer], payee, day, claims, now)
        return len(groups)

    def _local(self) -> dt.datetime:
        return self._now().astimezone(TIME_ZONE)

    def _answer(self, name: str, document: x12.Document, now: dt.datetime) -> None:
        address = _address(document.interchanges[0])
        for position, answer in enumerate(x12.acknowledge(document)):
            stem = name if position == 0 else f"{name}.{position + 1}"
            refused = answer.ta1.status == "R"
            asked = answer.interchange.acknowledgement_requested
            if refused or asked or not answer.groups:
                self._post(f"{stem}.ta1", self._write(address, now, [], [answer.ta1]), now)
            if answer.groups and not refused:
                self._post(f"{stem}.999", self._write(address, now, list(answer.groups)), now)
            if not refused:
                self._process(stem, answer, address, now)

    def _process(
        self,
        stem: str,
        answer: x12.InterchangeAcknowledgement,
        address: Address,
        now: dt.datetime,
    ) -> None:
        """Give every accepted transaction to the part that answers its kind."""
        accepted = {
            (group.group_control_number, transaction.control_number)
            for group in answer.groups
            for transaction in group.transactions
            if transaction.accepted
        }
        answers: list[x12.Content] = []
        for group in answer.interchange.groups:
            for transaction in group.transactions:
                if (group.control_number, transaction.control_number) not in accepted:
                    continue
                content = transaction.content
                if isinstance(content, x12.Claims837P):
                    answers.append(self._claims(content, address, now))
                elif isinstance(content, x12.Eligibility270):
                    answers.append(answering.answer(content, self._store, now))
        for position, content in enumerate(answers):
            kind = "271" if isinstance(content, x12.Eligibility271) else "277ca"
            suffix = f"{kind}" if position == 0 else f"{kind}-{position + 1}"
            self._post(f"{stem}.{suffix}", self._write(address, now, [content]), now)

    def _claims(
        self, batch: x12.Claims837P, address: Address, now: dt.datetime
    ) -> x12.ClaimAcknowledgement277CA:
        today = now.date()
        screened: list[Screened] = []
        for row in batch.rows():
            bill = bill_from(row)
            if not bill.lines:
                continue  # no service line: the 999 said so
            rejections = screen(bill, today, self._store.state_of)
            if not rejections and self._store.has_account(bill.payer_id, bill.account):
                rejections = [Rejection("A3", "78", "", "CLAIM IS IN PROCESS OR DONE ALREADY")]
            number = "" if rejections else self._adjudicate(bill, today)
            screened.append(Screened(bill, number, rejections))
            self._store.set_mailbox(bill.billing_npi, address)
        control = self._store.next("control")
        return acknowledging.claim_acknowledgement(batch, screened, address, control, now)

    def _adjudicate(self, bill: Bill, today: dt.date) -> str:
        payer = tables.payers()[bill.payer_id]
        luck = self._luck(bill)
        number = f"{today:%y%j}{payer.id[:2]}{self._store.next('claim'):07d}"
        result = adjudicate(
            bill, payer, number=number, received=today, memory=self._store, luck=luck
        )
        if bill.frequency in {"7", "8"}:
            self._store.replace(bill.original)
        pay_on = self._pay_on(payer, bill, today, luck)
        self._store.add_claim(result, "waiting" if pay_on else "silent", pay_on)
        if bill.frequency != "8":
            self._remember(bill, payer, result)
        return number

    def _luck(self, bill: Bill) -> int | None:
        """The claim's random numbers: from its content alone, so that each run has the same."""
        if self.pace is Pace.INSTANT:
            return None
        lines = [f"{x.code}{x.modifiers}{x.charge}{x.date}" for x in bill.lines]
        return members.number(str(self._seed), bill.payer_id, bill.account, bill.member, *lines)

    def _pay_on(self, payer: Payer, bill: Bill, today: dt.date, luck: int | None) -> dt.date | None:
        """The day of the remittance, a working day; None when there never is one."""
        scenario = members.scenario_of(bill.member)
        if scenario is Scenario.NO_ANSWER:
            return None
        if scenario is Scenario.SLOW:
            return _working_day(today + dt.timedelta(days=SLOW_DAYS))
        if luck is None:
            return today
        dice = luck // 997 % 1000
        if dice < 25:
            return None
        shortest, longest = payer.payment_days
        days = shortest + luck // 7919 % (longest - shortest + 1)
        if dice < 45:
            days += 20 + dice
        return _working_day(today + dt.timedelta(days=days))

    def _remember(self, bill: Bill, payer: Payer, result: AdjudicationResult) -> None:
        """What later claims are compared with: services that count, and the deductible."""
        rows = []
        for line in result.lines:
            if line.denied and not _stays(payer, line.cuts[0].reason):
                continue
            rate = tables.rates().get(line.code)
            days = rate.global_days if rate and not line.denied else 0
            until = line.date + dt.timedelta(days=days) if days else dt.date.min
            rows.append(
                (
                    bill.payer_id,
                    bill.member,
                    bill.billing_npi,
                    line.date.isoformat(),
                    duplicate_key(line.code, line.modifiers),
                    result.number,
                    until.isoformat(),
                )
            )
        self._store.add_services(rows)
        taken = total(c.amount for x in result.lines for c in x.cuts if c[:2] == ("PR", "1"))
        if taken:
            self._store.add_deductible(
                bill.payer_id, bill.member, bill.first_day.year, result.number, taken
            )

    def _remit(
        self, payer: Payer, payee: str, day: dt.date, claims: Sequence[Waiting], now: dt.datetime
    ) -> None:
        serial = self._store.next(f"trace {payer.id}")
        trace = f"{payer.id}{day:%y%m%d}{serial:05d}"
        paid = [
            remitting.Paid(
                result=claim.result,
                taken_back=self._store.result_of(claim.original) if claim.original else None,
                is_void=claim.result.frequency == "8",
            )
            for claim in claims
        ]
        owed = [(c.reason, c.reference, c.amount) for c in self._store.settle(payer.id, payee)]
        level = remitting.provider_level(payer, payee, day, trace, paid, owed)
        for reason, reference, amount in level.carried:
            self._store.carry(payer.id, payee, reason, reference, amount)
        content = remitting.remittance(payer, day, trace, paid, level)
        address = self._store.mailbox(payee)
        self._post(
            f"{payer.id}_{day:%Y%m%d}_{serial:05d}.835", self._write(address, now, [content]), now
        )
        self._store.mark_paid([claim.number for claim in claims], trace)

    # --- bytes

    def _acknowledge(self, document: x12.Document, address: Address, now: dt.datetime) -> bytes:
        """What a question that cannot be read gets instead of an answer: TA1 or 999."""
        answer = x12.acknowledge(document)[0]
        try:
            if answer.ta1.status == "R" or not answer.groups:
                return self._write(address, now, [], [answer.ta1])
            return self._write(address, now, list(answer.groups))
        except x12.WriteError as error:
            raise GatewayRefused(f"It cannot even be acknowledged: {error}") from error

    def _write(
        self,
        address: Address,
        now: dt.datetime,
        contents: Sequence[x12.Content],
        ta1s: Sequence[x12.TA1] = (),
    ) -> bytes:
        with self._store.transaction():
            control = self._store.next("control")
        envelope = acknowledging.envelope(address, control, now)
        outgoing = [
            x12.Outgoing(f"{position:04d}", content)
            for position, content in enumerate(contents, start=1)
        ]
        try:
            return x12.write_interchange(envelope, outgoing, ta1s=ta1s)
        except x12.WriteError:
            # A name from an older file holds what the newest file separates with.
            return x12.write_interchange(
                replace(envelope, delimiters=_UNPRINTABLE), outgoing, ta1s=ta1s
            )

    def _post(self, name: str, content: bytes, now: dt.datetime) -> None:
        self._store.add_outgoing(name, content, now)


def _address(interchange: x12.Interchange) -> Address:
    return Address(
        interchange.sender,
        interchange.receiver,
        interchange.usage,
        interchange.delimiters._replace(newline=""),
    )


def _working_day(day: dt.date) -> dt.date:
    """Payers pay from Monday to Friday."""
    return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


_MEMBER_REASONS = frozenset({"22", "24", "26", "27", "31", "109", "119", "140", "243", "257"})


def _stays(payer: Payer, reason: str) -> bool:
    """Whether a denied service is on file, so that sending it again as new is a duplicate.

    A payer that takes corrections (frequency 7) wants those; one that does not wants new claims.
    Nothing is on file for somebody who was not the payer's to cover.
    """
    return payer.accepts_replacement and reason not in _MEMBER_REASONS
