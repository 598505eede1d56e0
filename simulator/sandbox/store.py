"""The simulator's memory: one SQLite file, or none at all (`":memory:"`).

Everything that one incoming file causes is written in one transaction: after a crash the file was
either never seen or is answered completely. Money is stored as text of exact decimals.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from core.money import ZERO, total
from simulator.sandbox.model import Address, AdjudicationResult, from_json, to_json
from x12 import Delimiters

_SCHEMA = """
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS incoming (
    name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, received_at TEXT NOT NULL, content BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS incoming_sha ON incoming (sha256);
CREATE TABLE IF NOT EXISTS outgoing (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, content BLOB NOT NULL,
    made_at TEXT NOT NULL, confirmed_at TEXT);
CREATE INDEX IF NOT EXISTS outgoing_open ON outgoing (id) WHERE confirmed_at IS NULL;
CREATE TABLE IF NOT EXISTS claim (
    number TEXT PRIMARY KEY, payer TEXT NOT NULL, account TEXT NOT NULL, state TEXT NOT NULL,
    payee TEXT NOT NULL, pay_on TEXT, original TEXT NOT NULL, result TEXT NOT NULL,
    remittance TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS claim_account ON claim (payer, account);
CREATE INDEX IF NOT EXISTS claim_due ON claim (pay_on) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS service (
    payer TEXT NOT NULL, member TEXT NOT NULL, npi TEXT NOT NULL, day TEXT NOT NULL,
    key TEXT NOT NULL, claim TEXT NOT NULL, global_until TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS service_member ON service (payer, member, day);
CREATE INDEX IF NOT EXISTS service_claim ON service (claim);
CREATE TABLE IF NOT EXISTS deductible (
    payer TEXT NOT NULL, member TEXT NOT NULL, year INTEGER NOT NULL, claim TEXT NOT NULL,
    amount TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS deductible_member ON deductible (payer, member, year);
CREATE TABLE IF NOT EXISTS mailbox (
    payee TEXT PRIMARY KEY, sender TEXT NOT NULL, receiver TEXT NOT NULL, usage TEXT NOT NULL,
    delimiters TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS carried (
    id INTEGER PRIMARY KEY, payer TEXT NOT NULL, payee TEXT NOT NULL, reason TEXT NOT NULL,
    reference TEXT NOT NULL, amount TEXT NOT NULL, settled INTEGER NOT NULL DEFAULT 0);
"""


class Waiting(NamedTuple):
    """An adjudicated claim that is due, with the payer and payee whose remittance it joins."""

    payer: str
    payee: str
    pay_on: dt.date
    number: str
    original: str
    result: AdjudicationResult


class Carried(NamedTuple):
    """Money that a later remittance has to settle (PLB)."""

    id: int
    reason: str
    """WO recovered later, FB negative balance carried forward."""
    reference: str
    amount: Decimal


class Store:
    """One connection, one lock: whoever holds a transaction is alone."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        if isinstance(path, Path):
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(
            str(path), timeout=60, isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        with self._lock:
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the database file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, alone among threads and among processes."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def forget(self) -> None:
        """Empty every table."""
        with self.transaction():
            for (name,) in self._all("SELECT name FROM sqlite_master WHERE type = 'table'"):
                self._do(f"DELETE FROM {name}")  # noqa: S608 - our own table names

    def _one(self, sql: str, *values: Any) -> Any:
        with self._lock:
            return self._db.execute(sql, values).fetchone()

    def _all(self, sql: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def _do(self, sql: str, *values: Any) -> None:
        with self._lock:
            self._db.execute(sql, values)

    def next(self, name: str) -> int:
        """The next number of a counter, from 1."""
        row = self._one(
            "INSERT INTO counter VALUES (?, 1) ON CONFLICT (name) DO UPDATE "
            "SET value = value + 1 RETURNING value",
            name,
        )
        return int(row[0])

    # --- files

    def digest_of(self, name: str) -> str | None:
        """The hash of the file that came under this name."""
        row = self._one("SELECT sha256 FROM incoming WHERE name = ?", name)
        return str(row[0]) if row else None

    def knows(self, digest: str) -> bool:
        """Whether these bytes came before, under any name."""
        return self._one("SELECT 1 FROM incoming WHERE sha256 = ?", digest) is not None

    def add_incoming(self, name: str, digest: str, at: dt.datetime, content: bytes) -> None:
        """Remember a file that came."""
        self._do("INSERT INTO incoming VALUES (?, ?, ?, ?)", name, digest, at.isoformat(), content)

    def add_outgoing(self, name: str, content: bytes, at: dt.datetime) -> None:
        """Put a file into the mailbox."""
        self._do(
            "INSERT INTO outgoing (name, content, made_at) VALUES (?, ?, ?)",
            name,
            content,
            at.isoformat(),
        )

    def waiting_files(self, limit: int) -> list[tuple[str, int]]:
        """Name and size of what waits in the mailbox, oldest first."""
        return self._all(
            "SELECT name, length(content) FROM outgoing WHERE confirmed_at IS NULL "
            "ORDER BY id LIMIT ?",
            limit,
        )

    def outgoing(self, name: str) -> bytes | None:
        """A file of the mailbox, confirmed or not."""
        row = self._one("SELECT content FROM outgoing WHERE name = ?", name)
        return bytes(row[0]) if row else None

    def confirm(self, name: str, at: dt.datetime) -> bool:
        """Take a file out of the mailbox; False when there never was one of this name."""
        self._do(
            "UPDATE outgoing SET confirmed_at = coalesce(confirmed_at, ?) WHERE name = ?",
            at.isoformat(),
            name,
        )
        return self._one("SELECT 1 FROM outgoing WHERE name = ?", name) is not None

    # --- claims

    def has_account(self, payer: str, account: str) -> bool:
        """Whether a claim under this CLM01 is in process or done."""
        return (
            self._one("SELECT 1 FROM claim WHERE payer = ? AND account = ?", payer, account)
            is not None
        )

    def state_of(self, payer: str, number: str) -> str:
        """State of the payer's claim of this number: waiting, paid, replaced, silent, or ""."""
        row = self._one("SELECT state FROM claim WHERE payer = ? AND number = ?", payer, number)
        return str(row[0]) if row else ""

    def add_claim(self, result: AdjudicationResult, state: str, pay_on: dt.date | None) -> None:
        """Remember a decision; it is paid on its day."""
        self._do(
            "INSERT INTO claim (number, payer, account, state, payee, pay_on, original, result) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            result.number,
            result.payer_id,
            result.account,
            state,
            result.payee_npi,
            pay_on.isoformat() if pay_on else None,
            result.original,
            json.dumps(to_json(result), separators=(",", ":")),
        )

    def result_of(self, number: str) -> AdjudicationResult:
        """The decision about a claim."""
        return from_json(
            json.loads(self._one("SELECT result FROM claim WHERE number = ?", number)[0])
        )

    def replace(self, number: str) -> None:
        """A corrected claim or a void takes this one's place; its services are forgotten."""
        self._do("UPDATE claim SET state = 'replaced' WHERE number = ?", number)
        self._do("DELETE FROM service WHERE claim = ?", number)
        self._do("DELETE FROM deductible WHERE claim = ?", number)

    def due(self, today: dt.date) -> list[Waiting]:
        """Claims whose day of payment has come, grouped as their remittances are."""
        rows = self._all(
            "SELECT payer, payee, pay_on, number, original, result FROM claim "
            "WHERE state = 'waiting' AND pay_on <= ? ORDER BY pay_on, payer, payee, rowid",
            today.isoformat(),
        )
        return [
            Waiting(
                payer,
                payee,
                dt.date.fromisoformat(day),
                number,
                original,
                from_json(json.loads(text)),
            )
            for payer, payee, day, number, original, text in rows
        ]

    def mark_paid(self, numbers: list[str], remittance: str) -> None:
        """Record that these claims were paid on this remittance."""
        with self._lock:
            self._db.executemany(
                "UPDATE claim SET state = 'paid', remittance = ? WHERE number = ?",
                [(remittance, number) for number in numbers],
            )

    # --- what adjudication asks (Memory)

    def add_services(self, rows: list[tuple[str, str, str, str, str, str, str]]) -> None:
        """(payer, member, npi, day, key, claim, last day of its global period)."""
        with self._lock:
            self._db.executemany("INSERT INTO service VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def is_duplicate(
        self, payer: str, member: str, npi: str, day: dt.date, key: str, ignore: str
    ) -> bool:
        """See `adjudication.Memory`."""
        return (
            self._one(
                "SELECT 1 FROM service WHERE payer = ? AND member = ? AND day = ? AND npi = ? "
                "AND key = ? AND claim <> ?",
                payer,
                member,
                day.isoformat(),
                npi,
                key,
                ignore,
            )
            is not None
        )

    def in_global_period(
        self, payer: str, member: str, npi: str, day: dt.date, ignore: str
    ) -> bool:
        """See `adjudication.Memory`."""
        return (
            self._one(
                "SELECT 1 FROM service WHERE payer = ? AND member = ? AND day < ? AND npi = ? "
                "AND global_until >= ? AND claim <> ?",
                payer,
                member,
                day.isoformat(),
                npi,
                day.isoformat(),
                ignore,
            )
            is not None
        )

    def add_deductible(
        self, payer: str, member: str, year: int, claim: str, amount: Decimal
    ) -> None:
        """A claim took this much of the year's deductible."""
        self._do(
            "INSERT INTO deductible VALUES (?, ?, ?, ?, ?)", payer, member, year, claim, str(amount)
        )

    def deductible_used(self, payer: str, member: str, year: int) -> Decimal:
        """See `adjudication.Memory`."""
        rows = self._all(
            "SELECT amount FROM deductible WHERE payer = ? AND member = ? AND year = ?",
            payer,
            member,
            year,
        )
        return total(Decimal(row[0]) for row in rows) if rows else ZERO

    # --- whose mailbox a payee's remittances go to

    def set_mailbox(self, payee: str, address: Address) -> None:
        """Where the answers to this payee's claims go, as its last file said."""
        self._do(
            "INSERT OR REPLACE INTO mailbox VALUES (?, ?, ?, ?, ?)",
            payee,
            *address[:3],
            json.dumps(address.delimiters),
        )

    def mailbox(self, payee: str) -> Address:
        """Where the last claims of this payee came from."""
        row = self._one("SELECT * FROM mailbox WHERE payee = ?", payee)
        return Address(row[1], row[2], row[3], Delimiters(*json.loads(row[4])))

    # --- what a later remittance settles

    def carry(self, payer: str, payee: str, reason: str, reference: str, amount: Decimal) -> None:
        """Keep an amount for the next remittance of this payer to this payee."""
        self._do(
            "INSERT INTO carried (payer, payee, reason, reference, amount) VALUES (?, ?, ?, ?, ?)",
            payer,
            payee,
            reason,
            reference,
            str(amount),
        )

    def settle(self, payer: str, payee: str) -> list[Carried]:
        """Hand out what is kept for this payee; it counts as settled."""
        rows = self._all(
            "UPDATE carried SET settled = 1 WHERE payer = ? AND payee = ? AND settled = 0 "
            "RETURNING id, reason, reference, amount",
            payer,
            payee,
        )
        return sorted(Carried(i, r, ref, Decimal(amount)) for i, r, ref, amount in rows)
