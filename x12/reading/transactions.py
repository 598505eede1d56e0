"""ST/SE: which guide a transaction set is read by, and what can be wrong with its envelope."""

from __future__ import annotations

from x12.errors import Snip
from x12.guides.schema import Guide
from x12.model.document import Group, Transaction
from x12.reading.diagnose import Defect
from x12.reading.envelopes import EnvelopeReader
from x12.reading.headers import bare_interchange
from x12.reading.tokens import Head


def guide_for(transaction: str, version: str, group_version: str) -> Guide | None:
    """The guide of ST01 and ST03 (or GS08), or ``None`` when it is not supported."""
    from x12.guides import GUIDES

    candidates = [g for g in GUIDES if g.transaction == transaction]
    for wanted in (version, group_version):
        for guide in candidates:
            if wanted in guide.versions:
                return guide
        for guide in candidates:
            if wanted and wanted[:10] == guide.version[:10]:
                return guide
    if version or (group_version.startswith("00") and group_version[:6] != "005010"):
        return None
    return candidates[0] if len(candidates) == 1 else None


class TransactionReader(EnvelopeReader):
    """Opens and closes transaction sets."""

    def open_transaction(self, e: list[str]) -> tuple[Transaction, Guide | None]:
        """ST."""
        e = e + [""] * 4
        if self.interchange is None or (self.interchange.closed and not self.bare):
            self.begin_interchange(
                bare_interchange(Head([], self.delimiters, "", well_formed=False)), None
            )
        if self.group is None:
            self._group_missing()
        assert self.group is not None
        guide = guide_for(e[1], e[3], self.group.version)
        kind = guide.kind if guide else e[1][:20]
        transaction = Transaction(
            kind,
            e[2],
            e[3] or self.group.version,
            self.number,
            self.number,
            supported=guide is not None,
        )
        self.group.transactions.append(transaction)
        self.transaction = transaction
        self.transactions_in_group += 1
        self._check_transaction(e, guide)
        return transaction, guide

    def _group_missing(self) -> None:
        group = Group("", "", "", None, "", "", "", first_segment=self.number)
        assert self.interchange is not None
        if not self.bare:
            self._keep(self.error("group-header", "A transaction set outside of a group (GS)."))
        self.interchange.groups.append(group)
        self.group = group
        group.closed = True
        self.seen_transactions = set()
        self.transactions_in_group = 0

    def _check_transaction(self, e: list[str], guide: Guide | None) -> None:
        group, transaction = self.group, self.transaction
        assert group is not None
        assert transaction is not None
        number = transaction.control_number
        if not 4 <= len(number) <= 9:
            self._keep(
                self.error(
                    "transaction-control",
                    f"ST02 must be a control number of 4 to 9 characters, but is '{number[:20]}'.",
                    element="ST02",
                    value=number,
                    ack="7",
                    number="329",
                )
            )
        if number in self.seen_transactions:
            self._keep(
                self.error(
                    "transaction-duplicate",
                    f"Transaction control number {number} comes twice in this group.",
                    element="ST02",
                    value=number,
                    ack="23",
                    number="329",
                )
            )
        self.seen_transactions.add(number)
        if guide is None:
            version = transaction.version
            self._keep(
                self.error(
                    "not-supported",
                    f"Transaction set {e[1][:10]} version {version or 'unknown'} is "
                    "not supported; it was kept as it came.",
                    element="ST01",
                    value=e[1],
                    ack="1",
                    fatal=False,
                    number="143",
                )
            )
            return
        if self.transactions_in_group == 1:
            self._check_group(group, guide)
        self._check_version(e, group, guide)

    def _check_version(self, e: list[str], group: Group, guide: Guide) -> None:
        """ST03 against the guide and GS08."""
        if guide.third_element and not e[3]:
            self._keep(
                self.error(
                    "element-missing",
                    f"ST03 is required; for {guide.kind} it is {guide.version}.",
                    element="ST03",
                    expected=guide.version,
                    ack="1",
                    number="1705",
                    level=Snip.GUIDE,
                )
            )
        elif e[3] and e[3] != group.version and group.version in guide.versions:
            self._keep(
                self.error(
                    "version",
                    f"ST03 is {e[3][:20]}, but GS08 says {group.version}; they must be the same.",
                    element="ST03",
                    value=e[3],
                    expected=group.version,
                    ack="2",
                    fatal=False,
                    number="1705",
                )
            )

    def _check_group(self, group: Group, guide: Guide) -> None:
        """What the group says of its transactions, and its interchange of it, told once."""
        interchange = self.interchange
        assert interchange is not None
        if interchange.version not in ("00501", "") and len(interchange.groups) == 1:
            interchange.errors.append(
                self.error(
                    "isa-value",
                    f"ISA12 must be 00501, but is '{interchange.version[:20]}'.",
                    element="ISA12",
                    value=interchange.version,
                    expected="00501",
                    ack="017",
                    segment=interchange.first_segment,
                    fatal=False,
                )
            )
        if group.version and group.version not in guide.versions:
            group.errors.append(
                self.error(
                    "version",
                    f"GS08 is {group.version[:20]}; it was read as {guide.version}.",
                    element="GS08",
                    value=group.version,
                    expected=guide.version,
                    ack="2",
                    segment=group.first_segment,
                    fatal=False,
                    number="480",
                )
            )
        if group.functional_id and group.functional_id != guide.functional_id:
            group.errors.append(
                self.error(
                    "functional-id",
                    f"GS01 is {group.functional_id[:10]}, but a group of "
                    f"{guide.kind} is {guide.functional_id}.",
                    element="GS01",
                    value=group.functional_id,
                    expected=guide.functional_id,
                    ack="1",
                    segment=group.first_segment,
                    number="479",
                )
            )

    def end_transaction(self, e: list[str]) -> None:
        """SE."""
        transaction = self.transaction
        assert transaction is not None
        e = e + [""] * 2
        transaction.last_segment = self.number
        count = self.number - transaction.first_segment + 1
        stated = e[1]
        if not (stated.isascii() and stated.isdigit() and int(stated[:12]) == count):
            self._keep(
                self.error(
                    "segment-count",
                    f"SE01 says {stated[:20] or 'nothing'}, but the transaction set "
                    f"has {count} segments.",
                    element="SE01",
                    value=stated,
                    expected=str(count),
                    ack="4",
                    number="96",
                )
            )
        if e[2] != transaction.control_number:
            self._keep(
                self.error(
                    "transaction-control",
                    f"SE02 is {e[2][:20]}, but the transaction set began as "
                    f"{transaction.control_number[:20]} (ST02).",
                    element="SE02",
                    value=e[2],
                    expected=transaction.control_number,
                    ack="3",
                    number="329",
                )
            )
        self.transaction = None

    def no_trailer(self) -> None:
        """A transaction set that ends without SE."""
        transaction = self.transaction
        assert transaction is not None
        transaction.last_segment = self.number
        self._keep(
            self.error(
                "transaction-trailer",
                f"Transaction set {transaction.control_number[:20]} has no "
                "trailer (SE); it is incomplete.",
                expected="SE",
                ack="2",
            )
        )
        self.transaction = None

    def stray(self, e: list[str]) -> None:
        """A segment outside of every transaction set."""
        self._keep(
            self.error(
                "segment-stray",
                f"Segment {e[0][:20]} stands outside of a transaction set.",
                value=e[0][:20],
                ack="2",
            )
        )

    def empty_segment(self) -> None:
        """Two terminators in a row."""
        self.number -= 1
        self._keep(
            self.error("segment-empty", "An empty segment (two terminators in a row).", fatal=False)
        )

    def odd(self, e: list[str]) -> list[Defect]:
        """Elements with characters outside of the X12 character sets."""
        found: list[Defect] = []
        for index, value in enumerate(e):
            if not value or (value.isascii() and value.isprintable()):
                continue
            odd = sorted(
                {c for c in value if not (c.isascii() and c.isprintable())}
                - set("".join(self.delimiters))
            )
            if odd:
                shown = ", ".join(f"U+{ord(c):04X}" for c in odd[:3])
                found.append(
                    Defect(
                        "invalid-character",
                        "6",
                        index,
                        0,
                        0,
                        "",
                        value,
                        "printable ASCII",
                        f"{e[0][:3]}{index:02} holds a character that X12 does not allow "
                        f"({shown}).",
                    )
                )
        return found
