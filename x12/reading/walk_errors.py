"""What the walk says when a segment is not what the guide expects."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from typing import Any, Final

from x12.errors import Snip, X12Error
from x12.guides.schema import Loop
from x12.model.document import Document
from x12.model.values import Unrecognised
from x12.reading.diagnose import Defect, Separators, diagnose, other_separator
from x12.reading.plan import Move, Pick, Place, Plan
from x12.reading.transactions import TransactionReader
from x12.rules.checks import Checks
from x12.rules.problems import Problem

MOST_ERRORS: Final = 20_000
"""Errors kept per transaction (fatal and told counted apart), so that garbage cannot fill the
memory, and what is told cannot crowd out what is fatal."""

SEARCHED: Final = 400
"""Segments that are looked through for the one that a rule means."""

REMEMBERED: Final = 2000
"""Segments before the block that is read now: more than a claim with all above it has."""

_HARMLESS: Final = frozenset(
    {"not-used", "too-many-elements", "too-many-components", "segment-order", "invalid-character"}
)
"""What is told, but no reason to refuse a file from a payer."""

_TOLD_PAIRS: Final = frozenset(
    {("BPR", "pair-incomplete"), ("BPR", "condition"), ("EB", "pair-incomplete")}
)
"""The payer's bank details and a benefit's quantity without the element that belongs to them: the
money and the coverage stand all the same."""

OF_A_NAME: Final = frozenset({"N2", "N3", "N4", "PER", "REF", "DMG", "PRV", "DTP", "INS", "AAA"})


class Frame:
    """An open loop."""

    __slots__ = ("child", "counts", "first", "hl", "obj", "order", "place", "seen")

    def __init__(self, place: Place, obj: Any, first: int) -> None:
        self.place = place
        self.obj = obj
        self.first = first
        self.seen = 0 if place.parent is None else 1
        self.order = 0
        self.counts: dict[int, int] | None = None
        self.hl = ""
        self.child = 0


def _first_segment(frame: Frame) -> int:
    return frame.first


class Block:
    """Segments that were read in one go, by their numbers in the file."""

    __slots__ = ("_counted", "first", "pieces")

    def __init__(self, first: int, pieces: list[str]) -> None:
        self.first = first
        self.pieces = pieces
        self._counted: list[str] | None = None

    def segment(self, number: int) -> str | None:
        """Its text; ``None`` when it is not in this block."""
        if self._counted is None:  # empty segments have no number
            self._counted = [piece for piece in self.pieces if piece.strip()]
        at = number - self.first
        return self._counted[at] if 0 <= at < len(self._counted) else None


class WalkErrors(TransactionReader):
    """The state that errors need: the open loops and the claim that is read."""

    def __init__(self, name: str, checks: Checks, *, streaming: bool) -> None:
        super().__init__(Document(name))
        self.checks = checks
        self.streaming = streaming
        self.stack: list[Frame] = []
        self.plan: Plan | None = None
        self.separators = Separators(":", "^")
        self.claim_errors: list[X12Error] = []
        self.in_claim = ""
        self.lost = ""
        self.handled = False
        """Whether the current segment was read although its qualifier is not known."""
        self.hl_count = 0
        self.dirty = False
        self.kept = {False: 0, True: 0}
        self.opened: list[Frame] = []
        """Loops opened since the last claim was complete, and those still open, in file order."""
        self.recent: deque[Block] = deque()
        """What was read last: rules speak of segments that have passed already."""

    def report(self, problem: Problem) -> None:
        """Give a problem its full position and keep it."""
        transaction = self.transaction
        assert transaction is not None
        if problem.level not in self.checks.levels:
            return
        if problem.holds is not None:
            self.settle(problem)
        segment = problem.segment or self.number
        vital = self.plan.guide.vital if self.plan else None
        if vital is not None and problem.level is Snip.GUIDE:
            problem.fatal &= (
                problem.segment_id in vital
                and problem.code not in _HARMLESS
                and (problem.segment_id, problem.code) not in _TOLD_PAIRS
            )
        error = X12Error(
            problem.code,
            problem.level,
            problem.message,
            self.document.name,
            self.interchange.control_number if self.interchange else "",
            self.group.control_number if self.group else "",
            transaction.control_number,
            transaction.kind,
            segment,
            segment - transaction.first_segment + 1,
            problem.segment_id,
            problem.element,
            problem.loop or self.loop_at(problem.segment),
            problem.value,
            problem.expected,
            problem.claim or self.in_claim,
            problem.ack,
            problem.repetition,
            problem.element_number,
            problem.fatal,
        )
        if self.streaming and self.in_claim:
            if len(self.claim_errors) < MOST_ERRORS:
                self.claim_errors.append(error)
        elif self.kept[problem.fatal] < MOST_ERRORS:
            self.kept[problem.fatal] += 1
            transaction.errors.append(error)

    def remember(self, block: Block) -> None:
        """Keep a block until the ones after it, without the one that is read now, are enough."""
        recent = self.recent
        recent.append(block)
        while sum(len(b.pieces) for b in list(recent)[1:-1]) >= REMEMBERED:
            recent.popleft()

    def settle(self, problem: Problem) -> None:
        """Find the segment that a rule means, and the loop that it lies in."""
        assert problem.holds is not None
        problem.loop = problem.loop or self.loop_at(problem.segment)
        separator = self.delimiters.element
        last = min(self.number, problem.segment + SEARCHED)
        for block in self.recent:
            for number in range(max(problem.segment, block.first), last + 1):
                text = block.segment(number)
                if text is None:
                    break
                elements = text.split(separator)
                if elements[0] != problem.segment_id:
                    continue
                element = problem.holds(elements, self.separators.component)
                if element:
                    problem.message = problem.message.replace(problem.element, element, 1)
                    problem.segment, problem.element = number, element
                    return

    def loop_at(self, segment: int) -> str:
        """The path of the loop in which a segment lies; 0 is the one that is read now."""
        at = bisect_right(self.opened, segment, key=_first_segment) if segment else 0
        if at:
            return self.opened[at - 1].place.path
        return self.stack[-1].place.path if self.stack else ""

    def diagnose(self, frame: Frame, m: Move, e: list[str], raw: str) -> None:
        """Something is wrong with this segment: say what."""
        if self.plan is not None:
            self.plan.flag.clear()
        defects = diagnose(m.use, e, self.separators)
        if self.dirty:
            defects += self.odd_characters(e)
        for defect in defects:
            self.tell(defect, e[0], frame.place.path)

    def tell(self, defect: Defect, segment_id: str, path: str) -> None:
        """Report a defect of an element of the current segment."""
        element = f"{segment_id}{defect.element:02}"
        if defect.component:
            element += f"-{defect.component}"
        self.report(
            Problem(
                defect.code,
                Snip.GUIDE,
                defect.message,
                segment_id=segment_id,
                element=element,
                value=defect.value,
                expected=defect.expected,
                ack=defect.ack,
                loop=path,
                repetition=defect.repetition,
                element_number=defect.number,
                fatal=defect.fatal,
            )
        )

    def read_late(self, m: Move, e: list[str], raw: str) -> None:
        """A segment of a loop further out that should have come before the loops that are open.

        They stay open: what follows is theirs.  The CAS behind a claim date that stands among the
        service lines is the line's and not the claim's.
        """
        assert self.plan is not None
        frame = self.stack[-1 - m.up]
        if frame.seen & m.bit and m.max:
            self.count(frame, m, e)
        frame.seen |= m.bit
        self.out_of_order(frame, m, e)
        m.reader(len(e), self.plan.readers)(e, frame.obj, self.number)
        if self.plan.flag or self.dirty:
            self.diagnose(frame, m, e, raw)

    def read_unknown_qualifier(self, pick: Pick, e: list[str], code: str) -> None:
        """A REF, DTP, AMT, ... of a kind that the guide does not have here is read all the same."""
        assert self.plan is not None
        assert pick.other is not None
        use, frame = pick.other.use, self.stack[-1 - pick.other.up]
        path = frame.place.path
        pick.other.reader(len(e), self.plan.readers)(e, frame.obj, self.number)
        self.handled = True
        wrong = bool(self.plan.flag)
        self.plan.flag.clear()
        if not wrong:
            return
        # Loops further out know more of them, but there the segment would stand too late.
        known = sorted(q for q, move in pick.by.items() if move.up == pick.other.up)
        element, number = f"{use.id}{pick.position:02}", use.elements[pick.position - 1].number
        hint = ""
        if use.id == "HI":
            element, number = "HI01-1", use.elements[0].parts[0].number
            hint = other_separator(use.elements[0], code, self.separators.component)
        self.report(
            Problem(
                "invalid-code",
                Snip.GUIDE,
                f"{element} is '{code[:20]}', which is not one of those known in loop "
                f"{path}: {', '.join(known)}.{hint}",
                segment_id=use.id,
                element=element,
                value=code,
                expected=" ".join(known),
                ack="7",
                loop=path,
                element_number=number,
            )
        )
        for defect in diagnose(use, e, self.separators):
            if defect.element != pick.position:
                self.tell(defect, e[0], path)

    def missing(self, frame: Frame) -> None:
        """Required segments or loops that did not come."""
        for index, child in enumerate(frame.place.bits):
            bit = 1 << index
            if not frame.place.required & bit or frame.seen & bit:
                continue
            loop = isinstance(child, Loop)
            use = child.opener if isinstance(child, Loop) else child
            path = frame.place.path
            what = (
                f"Loop {child.id} ({child.title}, segment {use.id})"
                if loop
                else (f"Segment {use.id} ({child.title})")
            )
            self.report(
                Problem(
                    "loop-missing" if loop else "segment-missing",
                    Snip.GUIDE,
                    f"{what} is required in loop {path} but missing.",
                    segment=frame.first,
                    segment_id=use.id,
                    loop=frame.place.children[index].path if loop else path,
                    expected=f"{use.id}*{'/'.join(use.first_qualifiers[:6])}"
                    if use.qualifiers
                    else use.id,
                    ack="3",
                )
            )

    def count(self, frame: Frame, m: Move, e: list[str]) -> None:
        """A segment or loop that came before: is it allowed that often?"""
        if m.max == 1:
            times = 2
        else:
            counts = frame.counts
            if counts is None:
                counts = frame.counts = {}
            times = counts[m.bit] = counts.get(m.bit, 1) + 1
            if times <= m.max:
                return
        loop = m.opens is not None
        name = f"Loop {m.opens.loop.id}" if m.opens else f"Segment {e[0]}"
        self.report(
            Problem(
                "loop-too-often" if loop else "segment-too-often",
                Snip.GUIDE,
                f"{name} ({m.use.title}) may come {m.max} time{'s' if m.max > 1 else ''} in loop "
                f"{frame.place.path}, this is number {times}.",
                segment_id=e[0],
                loop=m.opens.path if m.opens else frame.place.path,
                expected=f"at most {m.max}",
                ack="4" if loop else "5",
            )
        )

    def out_of_order(self, frame: Frame, m: Move, e: list[str]) -> None:
        """A segment that should have come earlier in its loop."""
        self.report(
            Problem(
                "segment-order",
                Snip.GUIDE,
                f"Segment {e[0]} ({m.use.title}) stands too late in loop {frame.place.path}.",
                segment_id=e[0],
                loop=frame.place.path,
                expected="the order of the guide",
                ack="7",
            )
        )

    def unknown(self, e: list[str], raw: str) -> None:
        """A segment that the guide does not have here: kept, and reported once."""
        assert self.plan is not None
        frame = self.stack[-1]
        holder = getattr(frame.obj, "unrecognised", None)
        if holder is not None and len(holder) < MOST_ERRORS:
            holder.append(Unrecognised(self.number, tuple(e), self.separators.component))
        name = e[0]
        if self.lost and (self.lost != "name" or name in OF_A_NAME):
            return
        known = name in self.plan.known
        named = name.isalnum() and 2 <= len(name) <= 3
        if name in ("NM1", "N1"):
            self.lost = "name"
        elif name in self.plan.openers:
            self.lost = "loop"
        if name == "HL":
            self.lost = "level"
        if known:
            why, ack = f"is not expected in loop {frame.place.path}", "2"
        else:
            why, ack = f"is not part of the {self.plan.guide.kind} guide", "6" if named else "1"
        qualifier = e[1] if len(e) > 1 and name in ("NM1", "N1", "REF", "DTP", "AMT") else ""
        self.report(
            Problem(
                "segment-unexpected" if known else "segment-unknown",
                Snip.GUIDE,
                f"Segment {name[:20]}{'*' + qualifier[:20] if qualifier else ''} {why}.",
                segment_id=name[:20],
                value=raw[:80],
                ack=ack,
                loop=frame.place.path,
            )
        )

    def odd_characters(self, e: list[str]) -> list[Any]:
        """Elements with characters outside of the basic and extended sets."""
        return self.odd(e)

    def open_hl(self, frame: Frame, e: list[str]) -> None:
        """HL: numbers run from 1 without gaps, the parent is the level above."""
        self.hl_count += 1
        number = e[1] if len(e) > 1 else ""
        frame.hl = number
        frame.child = 1 if len(e) > 4 and e[4] == "1" else (0 if len(e) > 4 else -1)
        if number != str(self.hl_count):
            self.report(
                Problem(
                    "hl-number",
                    Snip.INTEGRITY,
                    f"HL01 is {number[:20]}, but this is HL number {self.hl_count} of the "
                    "transaction.",
                    segment_id="HL",
                    element="HL01",
                    value=number,
                    expected=str(self.hl_count),
                    ack="7",
                    element_number="628",
                )
            )
        parent = next((f for f in reversed(self.stack[:-1]) if f.place.hl), None)
        given = e[2] if len(e) > 2 else ""
        expected = parent.hl if parent else ""
        if given != expected:
            self.report(
                Problem(
                    "hl-parent",
                    Snip.INTEGRITY,
                    f"HL02 is '{given[:20]}', but the level above is "
                    f"{'HL ' + expected if expected else 'none'}.",
                    segment_id="HL",
                    element="HL02",
                    value=given,
                    expected=expected,
                    ack="7",
                    element_number="734",
                )
            )
        if parent is not None and parent.child == 0:
            parent.child = -2
            self.report(
                Problem(
                    "hl-child",
                    Snip.INTEGRITY,
                    f"HL {parent.hl} says that it has no level below it (HL04 = 0), but this "
                    "one follows.",
                    segment_id="HL",
                    element="HL04",
                    segment=parent.first,
                    value="0",
                    expected="1",
                    ack="7",
                    element_number="736",
                )
            )
        elif parent is not None and parent.child == 1:
            parent.child = 2

    def close_hl(self, frame: Frame) -> None:
        """HL04 promised a level below that did not come."""
        if frame.child == 1:
            self.report(
                Problem(
                    "hl-child",
                    Snip.INTEGRITY,
                    f"HL {frame.hl} announces a level below it (HL04 = 1), but none follows.",
                    segment=frame.first,
                    segment_id="HL",
                    element="HL04",
                    value="1",
                    expected="0",
                    loop=frame.place.path,
                    ack="7",
                    element_number="736",
                )
            )
