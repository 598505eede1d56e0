"""Which segment may follow which: the moves between the loops of a guide, worked out once.

Standing in a loop, a segment's name (and, where uses share a name, its qualifier) decides in one
look-up what it is: another segment of this loop, the first of a loop below, or one of a loop above.
Segments of one name that stand next to each other in the guide may come in any order.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Final

from x12.guides.schema import Guide, Loop, SegmentUse
from x12.reading.diagnose import Separators
from x12.reading.segments import Reader, SegmentReaders


@dataclass(slots=True, eq=False, repr=False)
class Move:
    """What a segment does at a place."""

    use: SegmentUse
    up: int
    """How many loops end before it."""
    opens: Place | None
    bit: int
    """Its bit among the children of the loop that it belongs to."""
    order: int
    """Its place among them; a smaller one than the last is out of order."""
    max: int
    readers: dict[int, Reader]
    """By number of parts; shared between all moves to the same use."""
    loop: Loop | None

    def reader(self, size: int, readers: SegmentReaders) -> Reader:
        """Make (once) the reader for a segment of ``size`` parts, its name among them.

        One function serves every segment that is longer than the guide knows.
        """
        key = min(size, len(self.use.elements) + 2)
        if key not in self.readers:
            self.readers[key] = readers.reader(self.use, key - 1, self.loop)
        return self.readers[key]


@dataclass(slots=True, eq=False, repr=False)
class Pick:
    """Several uses of one segment name, told apart by the element at ``position``."""

    position: int
    by: dict[str, Move] = field(default_factory=dict)
    other: Move | None = None
    """For a qualifier that no use knows: the nearest use, which then reports it."""


@dataclass(slots=True, eq=False, repr=False)
class Place:
    """A loop in its place in the tree, with all moves out of it."""

    loop: Loop
    parent: Place | None
    path: str
    moves: dict[str, Move | Pick] = field(default_factory=dict)
    required: int = 0
    bits: list[SegmentUse | Loop] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    children: dict[int, Place] = field(default_factory=dict)
    readers: list[dict[int, Reader]] = field(default_factory=list)
    hl: bool = False
    depth: int = 0
    yields: bool = False
    """Whether claims, persons or statuses are yielded from here or below."""


def _key(child: SegmentUse | Loop) -> tuple[str, bool]:
    return (child.opener.id, True) if isinstance(child, Loop) else (child.id, False)


def _place(loop: Loop, parent: Place | None) -> Place:
    path = loop.id if parent is None or parent.parent is None else f"{parent.path}/{loop.id}"
    place = Place(loop, parent, path, depth=0 if parent is None else parent.depth + 1)
    place.hl = loop.opener.id == "HL"
    order = 0
    last: tuple[str, bool] | None = None
    for index, child in enumerate(loop.children):
        if _key(child) != last:
            order += 1
        last = _key(child)
        place.bits.append(child)
        place.orders.append(order)
        place.readers.append({})
        if child.usage == "R" and not (index == 0 and parent is not None):
            place.required |= 1 << index
        if isinstance(child, Loop):
            place.children[index] = _place(child, place)
    place.yields = loop.claim or any(child.yields for child in place.children.values())
    return place


def _moves(place: Place) -> None:
    level: Place | None = place
    up = 0
    while level is not None:
        for index, child in enumerate(level.bits):
            opens = level.children.get(index)
            if opens is None and index == 0 and level.parent is not None:
                continue
            use = child.opener if isinstance(child, Loop) else child
            assert isinstance(use, SegmentUse)
            readers = opens.readers[0] if opens else level.readers[index]
            move = Move(
                use,
                up,
                opens,
                1 << index,
                level.orders[index],
                child.max,
                readers,
                child if isinstance(child, Loop) else None,
            )
            _offer(place.moves, move, loops=opens is not None)
        level = level.parent
        up += 1
    for child_place in place.children.values():
        _moves(child_place)


def _offer(moves: dict[str, Move | Pick], move: Move, *, loops: bool) -> None:
    use = move.use
    if not use.qualifier:
        moves.setdefault(use.id, move)
        return
    pick = moves.get(use.id)
    if pick is None:
        pick = moves[use.id] = Pick(use.qualifier)
    assert isinstance(pick, Pick)
    for code in use.qualifiers:
        pick.by.setdefault(code, move)
    if pick.other is None and not loops:
        pick.other = move


@dataclass(slots=True, eq=False, repr=False)
class Plan:
    """A guide made ready for one pair of separators."""

    guide: Guide
    root: Place
    readers: SegmentReaders
    known: frozenset[str]
    """Names of all segments of the guide."""
    openers: frozenset[str]
    opened_by: dict[str, list[Place]]
    """Places of claims by the name of the segment that opens them, the outermost first."""

    @property
    def flag(self) -> list[int]:
        """Holds something when the segment that was read last breaks the guide."""
        return self.readers.flag


def _opened_by(place: Place, found: dict[str, list[Place]]) -> dict[str, list[Place]]:
    level = [place]
    while level:
        level = [child for above in level for child in above.children.values()]
        for child in level:
            if child.loop.claim and child.loop.opener.id != "HL":
                found.setdefault(child.loop.opener.id, []).append(child)
    return found


def _names(loop: Loop) -> set[str]:
    found: set[str] = set()
    for child in loop.children:
        found |= _names(child) if isinstance(child, Loop) else {child.id}
    return found


def _openers(loop: Loop) -> set[str]:
    found: set[str] = set()
    for child in loop.children:
        if isinstance(child, Loop):
            found |= _openers(child) | {child.opener.id}
    return found


class _Plans(threading.local):
    """Plans made by this thread: a plan's ``flag`` must not be seen by another."""

    def __init__(self) -> None:
        self.made: dict[tuple[str, Separators], Plan] = {}


_PLANS: Final = _Plans()


def plan_for(guide: Guide, separators: Separators) -> Plan:
    """The plan of this guide; kept, since files come with few separators."""
    key = (guide.kind, separators)
    plan = _PLANS.made.get(key)
    if plan is None:
        root = _place(guide.root, None)
        _moves(root)
        if len(_PLANS.made) >= 64:
            _PLANS.made.clear()
        plan = _PLANS.made[key] = Plan(
            guide,
            root,
            SegmentReaders(separators),
            frozenset(_names(guide.root)),
            frozenset(_openers(guide.root)),
            _opened_by(root, {}),
        )
    return plan
