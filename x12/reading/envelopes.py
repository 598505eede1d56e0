"""ISA/IEA, GS/GE and TA1: reading the envelopes, and what can be wrong with them (SNIP 1)."""

from __future__ import annotations

from typing import Any, Final

from x12.errors import Snip, X12Error
from x12.model.acknowledgements import TA1
from x12.model.document import Delimiters, Document, Group, Interchange, Transaction
from x12.reading.headers import bare_interchange, has_short_dates, read_group, read_interchange
from x12.reading.tokens import Head, Junk
from x12.scalars import is_time, to_short_day

ENVELOPE: Final = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"})

_ISA_LENGTHS: Final = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_ISA_NOTES: Final = (
    "010",
    "011",
    "012",
    "013",
    "005",
    "006",
    "007",
    "008",
    "014",
    "015",
    "026",
    "017",
    "018",
    "019",
    "020",
    "027",
)
"""TA105 for each element of the ISA."""
_ID_QUALIFIERS: Final = frozenset({"01", "14", "20", "27", "28", "29", "30", "33", "ZZ"})


def _is_number(text: str, longest: int) -> bool:
    """Digits 0 to 9 only: ``str.isdigit`` also says yes to a superscript, ``int`` then fails."""
    return len(text) <= longest and text.isascii() and text.isdigit()


class EnvelopeReader:
    """Keeps the open interchange, group and transaction, and checks how they fit together."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.number = 0
        self.delimiters = Delimiters()
        self.interchange: Interchange | None = None
        self.group: Group | None = None
        self.transaction: Transaction | None = None
        self.bare = False
        self.seen_interchanges: set[str] = set()
        self.seen_groups: set[str] = set()
        self.seen_transactions: set[str] = set()
        self.transactions_in_group = 0
        self.groups_in_interchange = 0

    # -- errors -----------------------------------------------------------------------------

    def error(
        self,
        code: str,
        message: str,
        *,
        element: str = "",
        value: str = "",
        expected: str = "",
        ack: str = "",
        fatal: bool = True,
        segment: int = 0,
        number: str = "",
        level: Snip = Snip.INTEGRITY,
    ) -> X12Error:
        """An error with the position that is known here."""
        segment = segment or self.number
        transaction = self.transaction
        return X12Error(
            code,
            level,
            message,
            self.document.name,
            self.interchange.control_number if self.interchange else "",
            self.group.control_number if self.group else "",
            transaction.control_number if transaction else "",
            transaction.kind if transaction else "",
            segment,
            segment - transaction.first_segment + 1 if transaction else 0,
            element[:3].rstrip("0"),
            element,
            "",
            value[:80],
            expected,
            "",
            ack,
            0,
            number,
            fatal,
        )

    def file_error(self, code: str, message: str, *, fatal: bool = True, value: str = "") -> None:
        """Something outside of every interchange."""
        if len(self.document.file_errors) < 200:
            self.document.file_errors.append(self.error(code, message, fatal=fatal, value=value))

    def _keep(self, error: X12Error) -> None:
        holder: Any = self.transaction or self.group or self.interchange
        errors = holder.errors if holder is not None else self.document.file_errors
        if len(errors) < 2000:
            errors.append(error)

    def junk_error(self, junk: Junk) -> None:
        """Bytes between interchanges, or a header that cannot be read."""
        shown = junk.text.strip()[:40]
        if junk.reason == "isa-malformed":
            message = "The interchange header (ISA) cannot be read: it must have 16 elements and "
            message += "declare its separators."
            fatal = True
        else:
            message = f"This is not X12: '{shown}'."
            fatal = not self.document.interchanges
            if not fatal:
                message = (
                    f"Something that is not X12 stands between or after interchanges: '{shown}'."
                )
        self.file_error(junk.reason, message, fatal=fatal, value=shown)

    def segment_cut(self, by: str) -> None:
        """What was read last has no terminator; the missing trailers are told beside it."""
        what = "The file ends" if by == "file" else "Another interchange begins"
        self.file_error("segment-unterminated", f"{what} inside a segment.", fatal=False)

    def too_long(self) -> None:
        """A segment that was not looked at: whatever it belongs to is incomplete without it."""
        self._keep(
            self.error(
                "segment-too-long",
                "A segment of more than a million characters was set aside, not read.",
                expected="a segment that ends",
                ack="8",
            )
        )

    # -- interchange ------------------------------------------------------------------------

    def begin_interchange(self, interchange: Interchange, head: Head | None) -> None:
        """ISA, with the checks of its elements."""
        self.interchange = interchange
        self.document.interchanges.append(interchange)
        self.seen_groups = set()
        self.groups_in_interchange = 0
        self.bare = head is None
        if head is None:
            self.file_error(
                "no-envelope",
                "The file has no interchange header (ISA); it was read as a part of one.",
                fatal=False,
            )
            return
        for index, length in enumerate(_ISA_LENGTHS, 1):
            value = head.elements[index]
            if len(value) != length:
                self._keep(
                    self.error(
                        "isa-length",
                        f"ISA{index:02} must be exactly {length} characters long, but "
                        f"'{value[:20]}' has {len(value)}.",
                        element=f"ISA{index:02}",
                        value=value,
                        expected=f"{length} characters",
                        ack=_ISA_NOTES[index - 1],
                    )
                )
        self._check_header(interchange, head.elements)
        if interchange.control_number in self.seen_interchanges:
            self._keep(
                self.error(
                    "interchange-duplicate",
                    f"Interchange {interchange.control_number} comes twice in this file.",
                    element="ISA13",
                    value=interchange.control_number,
                    ack="025",
                )
            )
        self.seen_interchanges.add(interchange.control_number)

    def _check_header(self, interchange: Interchange, e: list[str]) -> None:
        def wrong(index: int, why: str, *, fatal: bool = True) -> None:
            self._keep(
                self.error(
                    "isa-value",
                    f"ISA{index:02} {why}, but is '{e[index][:20]}'.",
                    element=f"ISA{index:02}",
                    value=e[index],
                    ack=_ISA_NOTES[index - 1],
                    fatal=fatal,
                )
            )

        if e[1] not in ("00", "03"):
            wrong(1, "must be 00 or 03", fatal=False)
        if e[3] not in ("00", "01"):
            wrong(3, "must be 00 or 01", fatal=False)
        for index in (5, 7):
            if e[index] not in _ID_QUALIFIERS:
                wrong(index, f"must be one of {', '.join(sorted(_ID_QUALIFIERS))}")
        if interchange.date is None:
            wrong(9, "must be a date that exists, written YYMMDD")
        if not is_time(interchange.time):
            wrong(10, "must be a time, written HHMM")
        delimiters = interchange.delimiters
        if delimiters.segment not in "~\r\n":
            self._keep(
                self.error(
                    "isa-separators",
                    f"The segments end with {delimiters.segment!r}; it was read so, "
                    "but most partners expect '~'.",
                    element="ISA16",
                    value=delimiters.segment,
                    expected="~",
                    fatal=False,
                )
            )
        if e[12] == "00501" and (len(e[11]) != 1 or e[11].isalnum()):
            wrong(11, "must be the repetition separator, not a letter or a digit", fatal=False)
        if not (e[13].isascii() and e[13].isdigit()):
            wrong(13, "must be a number")
        if e[14] not in ("0", "1"):
            wrong(14, "must be 0 or 1")
        if e[15] not in ("P", "T"):
            wrong(15, "must be P (production) or T (test)")

    def finish_interchange(self) -> None:
        """An interchange without IEA."""
        self._close_group()
        if self.interchange is not None and not self.interchange.closed:
            self.interchange.last_segment = self.number
            self._keep(
                self.error(
                    "interchange-trailer",
                    f"Interchange {self.interchange.control_number} has no trailer (IEA).",
                    expected="IEA",
                    ack="023",
                )
            )
        self.interchange = None

    def finish(self) -> None:
        """The end of the file."""
        self.finish_interchange()
        if not self.document.interchanges and not self.document.file_errors:
            self.file_error("empty", "The file is empty.")

    # -- segments ---------------------------------------------------------------------------

    def envelope_segment(self, e: list[str], raw: str) -> None:
        """Any of ISA (without IEA before), GS, GE, IEA, TA1, and a stray SE."""
        name = e[0]
        if name == "GS":
            self._begin_group(e)
        elif name == "GE":
            self._end_group(e)
        elif name == "IEA":
            self._end_interchange(e)
        elif name == "TA1":
            self._read_ta1(e)
        elif name == "SE":
            self._keep(
                self.error(
                    "trailer-alone",
                    "A transaction trailer (SE) without its header.",
                    element="SE01",
                )
            )
        else:
            self._nested(e)

    def _nested(self, e: list[str]) -> None:
        self.finish_interchange()
        e = (e + [""] * 17)[:17]
        head = Head(e, self.delimiters, "", well_formed=False)
        self.begin_interchange(read_interchange(head, self.number), head)

    def _begin_group(self, e: list[str]) -> None:
        self._close_group()
        group = read_group(e, self.number)
        self.groups_in_interchange += 1
        self.seen_transactions = set()
        self.transactions_in_group = 0
        if self.interchange is None:
            self.begin_interchange(
                bare_interchange(Head([], self.delimiters, "", well_formed=False)), None
            )
        assert self.interchange is not None
        self.group = group
        old = has_short_dates(group.version)
        agencies = ("X",) if group.version.startswith("005010X") else ("X", "T")
        self.interchange.groups.append(group)
        for index, (what, sound) in enumerate(
            (
                ("GS01 must be two letters", len(group.functional_id) == 2),
                ("GS02 must name the sender", 2 <= len(group.sender) <= 15),
                ("GS03 must name the receiver", 2 <= len(group.receiver) <= 15),
                (
                    f"GS04 must be a date, written {'YYMMDD' if old else 'CCYYMMDD'}",
                    group.date is not None,
                ),
                ("GS05 must be a time, written HHMM", is_time(group.time)),
                ("GS06 must be a number of 1 to 9 digits", _is_number(group.control_number, 9)),
                (f"GS07 must be {' or '.join(agencies)}", len(e) > 7 and e[7] in agencies),
                ("GS08 must name the guide", bool(group.version)),
            ),
            1,
        ):
            if not sound:
                self._keep(
                    self.error(
                        "gs-value",
                        f"{what}, but is '{e[index][:20] if len(e) > index else ''}'.",
                        element=f"GS{index:02}",
                        value=e[index] if len(e) > index else "",
                        ack="6",
                        fatal=index != 5,
                    )
                )
        if group.control_number in self.seen_groups:
            self._keep(
                self.error(
                    "group-duplicate",
                    f"Group control number {group.control_number} comes twice in this interchange.",
                    element="GS06",
                    value=group.control_number,
                    ack="19",
                )
            )
        self.seen_groups.add(group.control_number)

    def _close_group(self) -> None:
        group = self.group
        if group is not None and not group.closed and not (self.bare and not group.control_number):
            self._keep(
                self.error(
                    "group-trailer",
                    f"Group {group.control_number} has no trailer (GE).",
                    expected="GE",
                    ack="3",
                )
            )
        self.group = None

    def _end_group(self, e: list[str]) -> None:
        group = self.group
        if group is None:
            self._keep(
                self.error(
                    "trailer-alone", "A group trailer (GE) without its header.", element="GE01"
                )
            )
            return
        group.closed = True
        group.last_segment = self.number
        e = e + [""] * 2
        group.stated_transactions = e[1]
        if e[1] != str(self.transactions_in_group):
            self._keep(
                self.error(
                    "group-count",
                    f"GE01 says {e[1][:20] or 'nothing'}, but the group has "
                    f"{self.transactions_in_group} transaction sets.",
                    element="GE01",
                    value=e[1],
                    expected=str(self.transactions_in_group),
                    ack="5",
                    number="97",
                )
            )
        if e[2] != group.control_number:
            self._keep(
                self.error(
                    "group-control",
                    f"GE02 is {e[2][:20]}, but the group began as {group.control_number} (GS06).",
                    element="GE02",
                    value=e[2],
                    expected=group.control_number,
                    ack="4",
                    number="28",
                )
            )
        self.group = None

    def _end_interchange(self, e: list[str]) -> None:
        self._close_group()
        interchange = self.interchange
        if interchange is None or interchange.closed:
            self._keep(
                self.error(
                    "trailer-alone",
                    "An interchange trailer (IEA) without its header.",
                    element="IEA01",
                )
            )
            return
        interchange.closed = True
        interchange.last_segment = self.number
        e = e + [""] * 2
        if not _is_number(e[1], 5) or int(e[1]) != self.groups_in_interchange:
            self._keep(
                self.error(
                    "interchange-count",
                    f"IEA01 says {e[1][:20] or 'nothing'}, but the interchange "
                    f"has {self.groups_in_interchange} groups.",
                    element="IEA01",
                    value=e[1],
                    expected=str(self.groups_in_interchange),
                    ack="021",
                    fatal=not (not interchange.groups and interchange.ta1s),
                )
            )
        if e[2] != interchange.control_number:
            self._keep(
                self.error(
                    "interchange-control",
                    f"IEA02 is {e[2][:20]}, but the interchange began as "
                    f"{interchange.control_number} (ISA13).",
                    element="IEA02",
                    value=e[2],
                    expected=interchange.control_number,
                    ack="001",
                )
            )

    def _read_ta1(self, e: list[str]) -> None:
        e = e + [""] * 6
        ta1 = TA1(e[1], to_short_day(e[2]), e[3], e[4], e[5], self.number)
        if self.interchange is not None:
            self.interchange.ta1s.append(ta1)
        sound = (
            ("TA101", len(e[1]) == 9 and _is_number(e[1], 9), "a control number of nine digits"),
            ("TA102", ta1.date is not None, "a date, written YYMMDD"),
            ("TA103", is_time(e[3]), "a time, written HHMM"),
            ("TA104", e[4] in ("A", "E", "R"), "A, E or R"),
            (
                "TA105",
                len(e[5]) == 3 and _is_number(e[5], 3) and e[5] <= "031",
                "a note code from 000 to 031",
            ),
        )
        for element, fine, what in sound:
            if not fine:
                value = e[int(element[-1])]
                self._keep(
                    self.error(
                        "ta1-value",
                        f"{element} must be {what}, but is '{value[:20]}'.",
                        element=element,
                        value=value,
                        expected=what,
                    )
                )
