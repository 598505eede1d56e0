"""One pass over the segments of a file: envelopes, loops, objects and errors.

The inner loop of :meth:`Walk.claims` is what ten thousand claims spend their time in; everything
that is not the usual case leaves it through a method.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from x12.errors import Snip, X12Error
from x12.model.document import Delimiters, Interchange, Transaction
from x12.reading.diagnose import Separators
from x12.reading.envelopes import ENVELOPE
from x12.reading.headers import bare_interchange, read_interchange
from x12.reading.plan import Move, Pick, Place, plan_for
from x12.reading.rows import row_of
from x12.reading.tokens import Body, End, Head, Junk, Token
from x12.reading.walk_errors import OF_A_NAME, Block, Frame, WalkErrors
from x12.rules import rules_for
from x12.rules.checks import Checks
from x12.rules.problems import Problem


class CompleteClaim:
    """A claim that is complete: what streaming yields."""

    __slots__ = ("errors", "interchange", "row", "transaction")

    def __init__(
        self, interchange: Interchange, transaction: Transaction, row: Any, errors: list[X12Error]
    ) -> None:
        self.interchange = interchange
        self.transaction = transaction
        self.row = row
        self.errors = errors


class Walk(WalkErrors):
    """The state of reading one file."""

    def __init__(self, name: str, checks: Checks, *, streaming: bool, keep_raw: bool) -> None:
        super().__init__(name, checks, streaming=streaming)
        self.keep_raw = keep_raw
        self.moves: dict[str, Move | Pick] = {}
        self.rules = rules_for("", checks)
        self.beyond = 1
        """How far the segment that is read now lies behind the loop that it ends."""

    def claims(self, tokens: Iterable[Token]) -> Iterator[CompleteClaim]:
        """Walk the file; yields each claim when it is complete."""
        for token in tokens:
            if isinstance(token, Body):
                self.dirty = not token.clean
                self.remember(Block(self.number + 1, token.pieces))
                yield from self.body(token.pieces)
                if self.keep_raw:
                    self.document.pieces += token.raw
            elif isinstance(token, Head):
                yield from self.leave_transaction(beyond=0)
                self.head(token)
            elif isinstance(token, Junk):
                self.junk(token)
            elif isinstance(token, End):
                if token.cut:
                    self.segment_cut(token.cut)
                    continue
                yield from self.leave_transaction(beyond=0)
        self.finish()

    def body(self, pieces: list[str]) -> Iterator[CompleteClaim]:
        """The inner loop."""
        sep = self.delimiters.element
        number = self.number
        moves = self.moves
        stack = self.stack
        opened = self.opened
        frame = stack[-1] if stack else None
        flag = self.plan.flag if self.plan else []
        dirty = self.dirty
        streaming = self.streaming
        m: Any
        for raw in pieces:
            number += 1
            e = raw.split(sep)
            m = moves.get(e[0])
            if m.__class__ is Pick:
                m = m.by.get(e[m.position]) if len(e) > m.position else None
            if m is None or self.lost or frame is None:
                self.number = number
                m = self.find(e)
                if m is None:
                    ended = yield from self.special(e, raw)
                    number = self.number
                    if ended:
                        moves = self.moves
                        frame = stack[-1] if stack else None
                        flag = self.plan.flag if self.plan else []
                    continue
                assert frame is not None
            up = m.up
            if up:
                self.number = number
                if m.opens is None and m.order < stack[-1 - up].order:
                    self.read_late(m, e, raw)
                    continue
                while up:
                    up -= 1
                    closed = stack.pop()
                    if closed.place.required & ~closed.seen:
                        self.missing(closed)
                    if closed.place.hl:
                        self.close_hl(closed)
                    if closed.place.loop.claim:
                        found = self.claim_done(closed)
                        if found is not None:
                            yield found
                frame = stack[-1]
                moves = frame.place.moves
            bit = m.bit
            if frame.seen & bit:
                if m.max:
                    self.number = number
                    self.count(frame, m, e)
            else:
                frame.seen |= bit
            order = m.order
            if order < frame.order:
                self.number = number
                self.out_of_order(frame, m, e)
            else:
                frame.order = order
            read = m.readers.get(len(e))
            if read is None:
                assert self.plan is not None
                read = m.reader(len(e), self.plan.readers)
            place = m.opens
            if place is None:
                read(e, frame.obj, number)
            else:
                if streaming and place.yields and place.loop.many:
                    getattr(frame.obj, place.loop.into).clear()  # what was yielded is not kept
                frame = Frame(place, read(e, frame.obj, number), number)
                stack.append(frame)
                opened.append(frame)
                moves = place.moves
                if place.hl:
                    self.number = number
                    self.open_hl(frame, e)
                if place.loop.claim:
                    self.in_claim = e[1] if len(e) > 1 else ""
            if flag or dirty:
                self.number = number
                self.diagnose(frame, m, e, raw)
        self.number = number
        self.moves = moves

    # -- the usual case ends here -----------------------------------------------------------

    def find(self, e: list[str]) -> Move | None:
        """The move of a segment that is not decided by one look-up."""
        if not self.stack:
            return None
        m = self.stack[-1].place.moves.get(e[0])
        if isinstance(m, Pick):
            code = e[m.position] if len(e) > m.position else ""
            if e[0] == "HI":
                code = code.split(self.separators.component)[0]
            pick, m = m, m.by.get(code)
            if m is None and pick.other is not None:
                if pick.other.use.qualifiers and not self.lost:
                    self.read_unknown_qualifier(pick, e, code)
                    return None
                m = pick.other
        if self.lost:
            if m is None or (m.opens is None and (self.lost != "name" or e[0] in OF_A_NAME)):
                return None
            self.lost = ""
        return m

    def implied(self, e: list[str]) -> tuple[int, list[Place]] | None:
        """What :meth:`imply` finds, unless a whole level is lost."""
        if self.plan is None or e[0] not in self.plan.openers or self.lost == "level":
            return None
        found = self.imply(e)
        if found is not None:
            self.lost = ""
        return found

    def imply(self, e: list[str]) -> tuple[int, list[Place]] | None:
        """The loops that a segment lies in when their own first segments are missing.

        A CLP without its LX, a CLM without its HL: what is missing is reported once, and what is
        there is read.  Returns how many open loops stay, and what is to be opened in them.
        """
        assert self.plan is not None
        open_places = [frame.place for frame in self.stack]
        for place in self.plan.opened_by.get(e[0], ()):
            above = place.parent
            chain: list[Place] = []
            while above is not None and above not in open_places:
                chain.append(above)
                above = above.parent
            if chain and above is not None and all(p.loop.make for p in chain):
                return open_places.index(above) + 1, chain[::-1]
        return None

    def open_implied(self, place: Place) -> None:
        """One loop whose first segment is missing."""
        assert self.plan is not None
        parent = self.stack[-1]
        index = next(i for i, p in parent.place.children.items() if p is place)
        parent.seen |= 1 << index
        parent.order = max(parent.order, parent.place.orders[index])
        use = place.loop.opener
        move = Move(use, 0, place, 1 << index, 0, 0, place.readers[0], place.loop)
        obj = move.reader(1, self.plan.readers)([use.id], parent.obj, self.number)
        self.plan.flag.clear()
        self.stack.append(Frame(place, obj, self.number))
        self.opened.append(self.stack[-1])
        self.report(
            Problem(
                "segment-missing",
                Snip.GUIDE,
                f"Segment {use.id} ({use.title}) of loop {place.path} is missing before this "
                "segment.",
                segment_id=use.id,
                loop=place.path,
                expected=use.id,
                ack="3",
            )
        )

    def special(self, e: list[str], raw: str) -> Any:
        """Envelope segments, and what the guide does not know here. True: the place changed."""
        name = e[0]
        if self.handled:
            self.handled = False
            return False
        if name in ENVELOPE:
            if name == "ST":
                yield from self.leave_transaction(beyond=1)
                self.begin_transaction(e)
            elif name == "SE" and self.transaction is not None:
                yield from self.close_loops()
                self.end_transaction(e)
            else:
                yield from self.leave_transaction(beyond=1)
                self.envelope_segment(e, raw)
            return True
        if not raw.strip():
            self.empty_segment()
            return False
        if self.transaction is None:
            self.stray(e)
        elif self.plan is None:
            pass
        else:
            implied = self.implied(e)
            if implied is not None:
                yield from self.body_again(raw, *implied)
                return True
            self.unknown(e, raw)
        return False

    def body_again(self, raw: str, keep: int, places: list[Place]) -> Iterator[CompleteClaim]:
        """Read this segment once more, with the loops around it opened."""
        yield from self.close_down_to(keep)
        for place in places:
            self.open_implied(place)
        self.number -= 1
        self.moves = self.stack[-1].place.moves
        yield from self.body([raw])

    def begin_transaction(self, e: list[str]) -> None:
        """ST."""
        transaction, guide = self.open_transaction(e)
        self.claim_errors = []
        self.in_claim = ""
        self.lost = ""
        self.hl_count = 0
        self.kept = {False: 0, True: 0}
        if guide is None:
            self.plan = None
            return
        self.plan = plan_for(guide, self.separators)
        self.rules = rules_for(guide.kind, self.checks)
        content = guide.blank()
        transaction.content = content
        self.stack.append(Frame(self.plan.root, content, self.number))
        self.opened[:] = self.stack
        self.moves = self.plan.root.moves

    def close_loops(self) -> Iterator[CompleteClaim]:
        """End all open loops, and check the transaction as a whole."""
        yield from self.close_down_to(0)
        self.moves = {}
        self.plan = None

    def close_down_to(self, depth: int) -> Iterator[CompleteClaim]:
        """End open loops until this many are left."""
        while len(self.stack) > depth:
            closed = self.stack.pop()
            if closed.place.required & ~closed.seen:
                self.missing(closed)
            if closed.place.hl:
                self.close_hl(closed)
            if closed.place.loop.claim:
                found = self.claim_done(closed)
                if found is not None:
                    yield found
            if not self.stack:
                for problem in self.rules.transaction(closed.obj):
                    self.report(problem)

    def leave_transaction(self, *, beyond: int) -> Iterator[CompleteClaim]:
        """A transaction that has no SE; ``beyond`` is 1 when the segment after it is read already,
        0 when the file or interchange ended."""
        if self.transaction is not None:
            self.number -= beyond
            self.beyond = 0
            yield from self.close_loops()
            self.beyond = 1
            self.no_trailer()
            self.number += beyond

    def claim_done(self, closed: Frame) -> CompleteClaim | None:
        """A claim is complete: check it as a whole."""
        unit = closed.obj
        if hasattr(unit, "last_position"):
            unit.last_position = self.number - self.beyond
        objects: list[Any] = []
        for frame in self.stack:
            if not objects or frame.obj is not objects[-1]:
                objects.append(frame.obj)
        objects.append(unit)
        row = row_of(objects)
        if row is None:
            self.opened[:] = self.stack
            return None
        for problem in self.rules.claim(row):
            if not problem.segment:
                problem.loop = problem.loop or closed.place.path
            self.report(problem)
        self.opened[:] = self.stack
        self.in_claim = ""
        errors, self.claim_errors = self.claim_errors, []
        if not self.streaming:
            return None
        assert self.interchange is not None
        assert self.transaction is not None
        return CompleteClaim(self.interchange, self.transaction, row, errors)

    def head(self, token: Head) -> None:
        """ISA."""
        if self.keep_raw:
            self.document.pieces.append(token.raw)
        self.finish_interchange()
        self.delimiters: Delimiters = token.delimiters
        self.separators = Separators(
            token.delimiters.component, token.delimiters.repetition or "\0"
        )
        if token.elements:
            self.number += 1
            self.begin_interchange(read_interchange(token, self.number), token)
        else:
            self.begin_interchange(bare_interchange(token), None)

    def junk(self, token: Junk) -> None:
        """Bytes that belong nowhere."""
        if self.keep_raw:
            self.document.pieces.append(token.text)
        if token.reason == "segment-too-long":
            self.number += 1
            self.too_long()
        elif token.reason:
            self.junk_error(token)
