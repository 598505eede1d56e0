"""The half of a segment's reader that puts the values where they belong.

A store gets the values by position (1 is the first element; elements that were not sent have the
value for absence), the elements as they came, the loop's object and the segment's number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields, is_dataclass
from operator import itemgetter
from typing import Any, Final, NamedTuple

from x12.guides.schema import Element, Loop, SegmentUse
from x12.model.values import Adjustment, Contact, Dated, ProviderAdjustment, Status
from x12.reading.diagnose import date_is_valid
from x12.reading.elements import data_type, stripped
from x12.scalars import DAY, UNREADABLE

Store = Callable[[list[Any], list[str], Any, int], Any]
Make = Callable[[list[Any]], Any]
Keep = Callable[[Any, Any], None]
"""``keep(o, value)`` puts the value into the object."""

_new: Final = tuple.__new__
"""Makes a named tuple of a tuple without a call of Python code."""


def storing(
    use: SegmentUse, sent: int, opens: Loop | None, flag: list[int]
) -> tuple[Store, list[Any]]:
    """The store of a segment of which ``sent`` elements came, and values for it to put last."""
    layout = Layout(use, sent)
    if opens is not None and opens.make is not None:
        store = _opening(layout, opens)
    else:
        store = _SHAPES[use.shape](layout, flag)
        if opens is not None:
            store = _same_object(store)
    store.__qualname__ = f"store {use.id} {use.title}"  # a debugger shows it
    return store, layout.constants


def _same_object(store: Store) -> Store:
    def store_and_return(v: list[Any], e: list[str], o: Any, p: int) -> Any:
        store(v, e, o, p)
        return o

    return store_and_return


def picker(places: Sequence[int]) -> Callable[[list[Any]], tuple[Any, ...]]:
    """``pick(values)`` is the tuple of the values at these places."""
    if len(places) == 1:
        only = places[0]
        return lambda v: (v[only],)
    return itemgetter(*places) if places else lambda v: ()


class Layout:
    """Where in the list of values everything stands that the segment fills.

    Behind the elements stand constants, the components of composites that are spread over fields,
    and the tuples of elements that share a name.
    """

    def __init__(self, use: SegmentUse, sent: int) -> None:
        self.use = use
        self.sent = sent
        self.constants: list[Any] = []
        self._spread: list[tuple[int, tuple[Any, ...]]] = []
        self._groups: list[tuple[Callable[[list[Any]], tuple[Any, ...]], bool]] = []
        self._wanted: list[tuple[str, Any]] = []

    def constant(self, value: Any) -> Any:
        """A key of a value that is always the same."""
        self.constants.append(value)
        return ("constant", len(self.constants) - 1)

    def sources(self, *, sent_only: bool) -> dict[str, Any]:
        """Where the value of each field comes from; elements that share a name make a tuple."""
        found: dict[str, list[Any]] = {}
        alone: dict[str, bool] = {}
        elements = self.use.elements
        for index, element in enumerate(elements, 1):
            if sent_only and index > self.sent:
                if element.name in found and not element.parts:
                    found[element.name].append(index)
                continue
            if element.parts and element.kind == "":
                names = [part.name for part in element.parts]
                for number, part in enumerate(element.parts):
                    if part.name and part.usage != "N":
                        found.setdefault(part.name, []).append(("part", index, number))
                        alone[part.name] = names.count(part.name) == 1
            elif element.name and element.usage != "N":
                found.setdefault(element.name, []).append(index)
                alone[element.name] = [e.name for e in elements].count(element.name) == 1
        fixed = {element.name for element in elements if element.kind == "fixed"}
        return {
            name: places[0] if alone[name] else ("group", tuple(places), name in fixed)
            for name, places in found.items()
        }

    def arrange(self, keys: Sequence[Any]) -> tuple[Callable[[list[Any]], None] | None, list[int]]:
        """A function that completes the list of values (or none), and the places of the keys.

        Called when all constants are known.
        """
        end = len(self.use.elements) + 1 + len(self.constants)
        spread: dict[int, int] = {}
        zeros: list[tuple[int, tuple[Any, ...]]] = []
        groups: list[tuple[Callable[[list[Any]], tuple[Any, ...]], bool]] = []
        flat = [k for key in keys for k in (key[1] if _is(key, "group") else [key])]
        for key in flat:
            if _is(key, "part") and key[1] not in spread:
                parts = self.use.elements[key[1] - 1].parts
                spread[key[1]] = end
                zeros.append((key[1], tuple(_zero(part) for part in parts)))
                end += len(parts)

        def place(key: Any) -> int:
            if _is(key, "part"):
                return spread[key[1]] + int(key[2])
            if _is(key, "constant"):
                return len(self.use.elements) + 1 + int(key[1])
            return int(key)

        places = []
        for key in keys:
            if _is(key, "group"):
                groups.append((picker([place(k) for k in key[1]]), key[2]))
                places.append(end + len(groups) - 1)
            else:
                places.append(place(key))
        if not zeros and not groups:
            return None, places

        def complete(v: list[Any]) -> None:
            for index, nothing in zeros:
                v += v[index] or nothing
            for pick, fixed in groups:
                if fixed:
                    found = pick(v)
                    v.append(found if any(found) else None)
                else:
                    v.append(stripped(pick(v)))

        return complete, places


def _is(key: Any, what: str) -> bool:
    return isinstance(key, tuple) and key[0] == what


def _zero(part: Element) -> Any:
    return None if data_type(part) in ("R", "N0", "DT") else ""


# -- making values --------------------------------------------------------------------------


def _blanks(layout: Layout, make: Any) -> dict[str, Any]:
    """Sources of the fields without default; the segments of the loop fill them later."""
    sent = layout.sources(sent_only=False) if layout.use.shape != "hl" else {}
    return {
        f.name: sent[f.name] if f.name in sent else layout.constant("" if f.type == "str" else None)
        for f in fields(make)
        if f.default is MISSING and f.default_factory is MISSING
    }


def _verify(layout: Layout, sources: dict[str, Any], known: set[str], make: Any) -> None:
    """A table that names a field that does not exist is a mistake in the table."""
    unknown = set(sources) - known
    if unknown:
        use = layout.use
        raise TypeError(f"{use.id} {use.title}: {make.__name__} has no {unknown}")


def _construct(layout: Layout, make: Any) -> Make | Tuples:
    """What makes the value of the segment, a dataclass or a named tuple."""
    if is_dataclass(make):
        sources = layout.sources(sent_only=True)
        _verify(layout, sources, {f.name for f in fields(make)}, make)
        return _dataclass(layout, make, {**_blanks(layout, make), **sources})
    sources = layout.sources(sent_only=False)
    _verify(layout, sources, set(make._fields), make)
    defaults = make._field_defaults
    keys = [sources[f] if f in sources else layout.constant(defaults[f]) for f in make._fields]
    complete, places = layout.arrange(keys)
    pick = picker(places)
    if complete is None:
        return Tuples(make, pick)

    def construct(v: list[Any]) -> Any:
        complete(v)
        return _new(make, pick(v))

    return construct


class Tuples(NamedTuple):
    """Makes named tuples of values that are there already: by far the most frequent case."""

    make: type[tuple[Any, ...]]
    pick: Callable[[list[Any]], tuple[Any, ...]]

    def __call__(self, v: list[Any]) -> Any:
        """One value."""
        return _new(self.make, self.pick(v))


def _append_tuple(tuples: Tuples, into: str) -> Store:
    """One call in place of three: most segments of a file are read by this."""
    make, pick = tuples

    def store(v: list[Any], e: list[str], o: Any, p: int) -> None:
        getattr(o, into).append(_new(make, pick(v)))

    return store


def _dataclass(layout: Layout, make: Any, sources: dict[str, Any]) -> Make:
    names = [f.name for f in fields(make)]
    while names and names[-1] not in sources:
        names.pop()
    for f in fields(make)[: len(names)]:  # a default in the place of what has no source
        if f.name not in sources and f.default is not MISSING:
            sources = {**sources, f.name: layout.constant(f.default)}
    positional = all(name in sources for name in names)
    names = [name for name in names if name in sources]
    complete, places = layout.arrange([sources[name] for name in names])
    pick = picker(places)

    def construct(v: list[Any]) -> Any:
        if complete is not None:
            complete(v)
        if positional:
            return make(*pick(v))
        return make(**dict(zip(names, pick(v), strict=True)))

    return construct


def _keeper(use: SegmentUse | Loop) -> Keep:
    into = use.into
    if use.many:

        def append(o: Any, value: Any) -> None:
            getattr(o, into).append(value)

        return append

    def put(o: Any, value: Any) -> None:
        setattr(o, into, value)

    return put


def _opening(layout: Layout, opens: Loop) -> Store:
    """Make the loop's object and hang it below its parent."""
    make: Any = opens.make
    use = layout.use
    then: Store | None = None
    if use.shape in ("fields", "value") and not use.into:
        construct = _construct(layout, make)
        has_position = "position" in layout.sources(sent_only=True)
    else:
        if use.shape != "hl":
            then = _store_value(layout, [])
        blanks = _blanks(layout, make)
        construct = _dataclass(layout, make, blanks)
        has_position = "position" in blanks
    positioned = "position" in getattr(make, "__slots__", ()) and not has_position
    keep = _keeper(opens)

    def store(v: list[Any], e: list[str], o: Any, p: int) -> Any:
        made = construct(v)
        if then is not None:
            then(v, e, made, p)
        if positioned:
            made.position = p
        keep(o, made)
        return made

    return store


# -- the forms of segments ------------------------------------------------------------------


def _store_fields(layout: Layout, flag: list[int]) -> Store:
    """Values go to fields of the loop's object."""
    sources = layout.sources(sent_only=True)
    names = list(sources)
    complete, places = layout.arrange(list(sources.values()))
    pairs = list(zip(names, places, strict=True))
    positioned = layout.use.id == "BPR"

    def store(v: list[Any], e: list[str], o: Any, p: int) -> None:
        if complete is not None:
            complete(v)
        for name, place in pairs:
            setattr(o, name, v[place])
        if positioned:
            o.position = p

    return store


def _store_value(layout: Layout, flag: list[int]) -> Store:
    """The segment makes one value."""
    construct = _construct(layout, layout.use.make)
    keep = _keeper(layout.use)
    if isinstance(construct, Tuples) and layout.use.many:
        return _append_tuple(construct, layout.use.into)
    if is_dataclass(layout.use.make):

        def store_positioned(v: list[Any], e: list[str], o: Any, p: int) -> None:
            made: Any = construct(v)
            made.position = p
            keep(o, made)

        return store_positioned

    def store(v: list[Any], e: list[str], o: Any, p: int) -> None:
        keep(o, construct(v))

    return store


def _store_nothing(layout: Layout, flag: list[int]) -> Store:
    return lambda v, e, o, p: None


def _store_text(layout: Layout, flag: list[int]) -> Store:
    keep = _keeper(layout.use)
    return lambda v, e, o, p: keep(o, v[1])


def _store_raw(layout: Layout, flag: list[int]) -> Store:
    keep, end = _keeper(layout.use), layout.sent + 1
    return lambda v, e, o, p: keep(o, stripped(e[1:end]))


def _store_tuple(layout: Layout, flag: list[int]) -> Store:
    keep = _keeper(layout.use)
    pick = picker([index for index, e in enumerate(layout.use.elements, 1) if e.name])
    return lambda v, e, o, p: keep(o, pick(v))


def _other_date(qualifier: str, format_: str, text: str) -> Dated:
    """A DTP that is not a D8."""
    if format_ == "RD8" and DAY[text] is not None:
        return Dated(qualifier, DAY[text], format="RD8")
    if not date_is_valid(format_, text):
        return Dated(qualifier, text=text, format=format_)
    if format_ == "RD8":
        return Dated(qualifier, DAY[text[:8]], DAY[text[9:]])
    if format_ == "DT":
        return Dated(qualifier, DAY[text[:8]], None, text[8:])
    return Dated(qualifier, text=text, format=format_)


def _store_dtp(layout: Layout, flag: list[int]) -> Store:
    keep = _keeper(layout.use)
    if layout.sent < 3:
        return lambda v, e, o, p: keep(o, Dated(v[1], None))

    def store(v: list[Any], e: list[str], o: Any, p: int) -> None:
        qualifier, format_, text = e[1], e[2], e[3]
        if format_ == "D8":
            day = DAY[text]
            if day is None:
                flag.append(1)
                keep(o, Dated(qualifier, None, None, "", text, "D8"))
            else:
                keep(o, _new(Dated, (qualifier, day, None, "", "", "")))
            return
        if not date_is_valid(format_, text):
            flag.append(1)
        keep(o, _other_date(qualifier, format_, text))

    return store


def _store_dtm(layout: Layout, flag: list[int]) -> Store:
    keep, dated = _keeper(layout.use), layout.sent >= 2

    def store(v: list[Any], e: list[str], o: Any, p: int) -> None:
        text = "" if v[2] or not dated else e[2]
        keep(o, _new(Dated, (v[1], v[2], None, "", text, "")))

    return store


def _store_cas(layout: Layout, flag: list[int]) -> Store:
    keep, end = _keeper(layout.use), layout.sent + 1
    starts = range(5, end, 3)

    def store(v: list[Any], e: list[str], o: Any, p: int) -> None:
        keep(o, _new(Adjustment, (v[1], v[2], v[3], v[4])))
        for at in starts:
            if any(e[at : min(at + 3, end)]):
                reason, amount, quantity = v[at : at + 3]
                amount = UNREADABLE if amount is None else amount
                keep(o, Adjustment(e[1], reason, amount, quantity))

    return store


def _store_per(layout: Layout, flag: list[int]) -> Store:
    keep = _keeper(layout.use)
    last = min(layout.sent, len(layout.use.elements))
    starts = [at for at in (3, 5, 7) if at <= last]

    def store(v: list[Any], e: list[str], o: Any, p: int) -> None:
        numbers = tuple([(v[at], v[at + 1]) for at in starts if v[at] or v[at + 1]])
        keep(o, Contact(v[1], v[2], numbers))

    return store


def _store_hi(layout: Layout, flag: list[int]) -> Store:
    keep = _keeper(layout.use)
    places = [i for i in range(1, layout.sent + 1) if layout.use.elements[i - 1].usage != "N"]

    def store(v: list[Any], e: list[str], o: Any, p: int) -> None:
        for place in places:
            if v[place]:
                keep(o, v[place])

    return store


def _store_plb(layout: Layout, flag: list[int]) -> Store:
    keep, end = _keeper(layout.use), layout.sent + 1
    starts = range(3, end, 2)

    def store(v: list[Any], e: list[str], o: Any, p: int) -> None:
        for at in starts:
            if any(e[at : min(at + 2, end)]):
                reason, reference = (v[at] or ("", ""))[:2]
                amount = UNREADABLE if v[at + 1] is None else v[at + 1]
                keep(o, ProviderAdjustment(e[1], v[2], reason, reference, amount))

    return store


def _store_stc(layout: Layout, flag: list[int]) -> Store:
    keep = _keeper(layout.use)
    rest = picker((2, 3, 4, 5, 6, 7, 8, 9, 12))

    def store(v: list[Any], e: list[str], o: Any, p: int) -> None:
        codes = tuple([code for code in (v[1], v[10], v[11]) if code])
        keep(o, _new(Status, (codes, *rest(v))))

    return store


_SHAPES: Final[dict[str, Callable[[Layout, list[int]], Store]]] = {
    "fields": _store_fields,
    "value": _store_value,
    "hl": _store_nothing,
    "none": _store_nothing,
    "text": _store_text,
    "raw": _store_raw,
    "tuple": _store_tuple,
    "dtp": _store_dtp,
    "dtm": _store_dtm,
    "cas": _store_cas,
    "per": _store_per,
    "hi": _store_hi,
    "plb": _store_plb,
    "stc": _store_stc,
}
"""By :attr:`SegmentUse.shape`."""
