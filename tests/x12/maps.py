"""pyx12's maps and our tables, flattened to the same form, to be compared."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

from x12.guides.schema import Element, Guide, Loop, SegmentUse


class Use(NamedTuple):
    """One element of one segment use."""

    usage: str
    codes: frozenset[str]


Flat = dict[tuple[str, str, str], dict[str, Use]]
"""(loop, segment, qualifier) → element place → its use."""


def _text(node: ET.Element, name: str) -> str:
    child = node.find(name)
    value = (child.text or "").strip() if child is not None else ""
    return value or node.get(name, "")


def _codes(node: ET.Element) -> frozenset[str]:
    valid = node.find("valid_codes")
    return frozenset() if valid is None else frozenset(c.text or "" for c in valid.findall("code"))


def _elements(segment: ET.Element, uses: dict[str, Use]) -> None:
    at = 0
    for child in segment:
        if child.tag not in ("element", "composite"):
            continue
        at += 1
        name = f"{segment.get('xid')}{at:02}"
        uses[name] = Use(
            _text(child, "usage"), _codes(child) if child.tag == "element" else frozenset()
        )
        if child.tag == "composite" and _text(child, "usage") != "N":
            for number, part in enumerate((c for c in child if c.tag == "element"), 1):
                uses[f"{name}-{number}"] = Use(_text(part, "usage"), _codes(part))


def _qualifier(segment_id: str, uses: dict[str, Use]) -> frozenset[str]:
    from x12.guides.standard import QUALIFIER

    at = QUALIFIER.get(segment_id)
    if at is None:
        return frozenset()
    place = f"{segment_id}{at:02}" + ("-1" if segment_id == "HI" else "")
    return uses[place].codes if place in uses else frozenset()


def theirs(file: Path) -> Flat:
    """A map of pyx12."""
    found: Flat = {}

    def walk(node: ET.Element, loop: str) -> None:
        for child in node:
            if child.tag == "loop":
                name = child.get("xid", "")
                walk(child, loop if not name[:1].isdigit() else name)
            elif child.tag == "segment":
                uses: dict[str, Use] = {"": Use(_text(child, "usage"), frozenset())}
                _elements(child, uses)
                segment = child.get("xid", "")
                for code in _qualifier(segment, uses) or {""}:
                    found[(loop, segment, code)] = uses

    walk(ET.parse(file).getroot(), "ST")
    return {
        key: use
        for key, use in found.items()
        if key[1] not in ("ISA", "GS", "ST", "SE", "GE", "IEA", "TA1")
    }


def _ours(element: Element, name: str, uses: dict[str, Use]) -> None:
    uses[name] = Use(element.usage, frozenset(element.codes))
    if element.usage != "N":
        for number, part in enumerate(element.parts, 1):
            uses[f"{name}-{number}"] = Use(part.usage, frozenset(part.codes))


def ours(guide: Guide) -> Flat:
    """A guide of ours."""
    found: Flat = {}

    def walk(loop: Loop) -> None:
        for child in loop.children:
            if isinstance(child, Loop):
                walk(child)
            elif isinstance(child, SegmentUse):
                uses: dict[str, Use] = {"": Use(child.usage, frozenset())}
                for at, element in enumerate(child.elements, 1):
                    _ours(element, f"{child.id}{at:02}", uses)
                for code in child.qualifiers or {""}:
                    found.setdefault((loop.id, child.id, code), uses)

    walk(guide.root)
    return found


def differences(guide: Guide, file: Path) -> list[str]:
    """What the two say differently about the same thing."""
    mine, other = ours(guide), theirs(file)
    found = [f"missing {'/'.join(key)}" for key in other if key not in mine]
    for key, uses in mine.items():
        if key not in other:
            found.append(f"extra {'/'.join(key)}")
            continue
        for place, use in uses.items():
            theirs_ = other[key].get(place, Use("N", frozenset()))
            where = f"{'/'.join(key)} {place}"
            if use.usage != theirs_.usage:
                found.append(f"usage {where}: {use.usage}, they say {theirs_.usage}")
            if use.usage != "N" and use.codes and theirs_.codes and use.codes != theirs_.codes:
                more, less = use.codes - theirs_.codes, theirs_.codes - use.codes
                found.append(f"codes {where}: we add {sorted(more)}, they add {sorted(less)}")
    return sorted(set(found))
