"""Values to the text of elements, with stand-in separators.

The separators are lone surrogates, which no text can hold; :mod:`x12.writing.writer` checks that no
value holds a real delimiter and then puts the real ones in.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from x12.errors import WriteError
from x12.model.values import Dated, HealthCode, Procedure, Unrecognised
from x12.scalars import DAY_TEXT

SEP: Final = "\ud800"
COMPONENT: Final = "\ud801"
END: Final = "\ud802"
REPEAT: Final = "\ud803"


def num(value: Decimal | int | None) -> str:
    """A number as X12 writes it; refuses what is no number."""
    if value is None:
        return ""
    text = str(value)
    if "E" in text:
        return format(value, "f")
    if text[-1] > "9":
        raise WriteError(f"{text} is not a number that can be sent")
    return text


def procedure(value: Procedure | None) -> str:
    """C003."""
    if value is None:
        return ""
    modifiers = value.modifiers
    if not modifiers and not value.description and not value.end_code:
        return f"{value.qualifier}{COMPONENT}{value.code}"
    if len(modifiers) > 4:
        raise WriteError(f"procedure {value.code} has {len(modifiers)} modifiers, 4 are allowed")
    parts = [
        value.qualifier,
        value.code,
        *modifiers,
        *[""] * (4 - len(modifiers)),
        value.description,
        value.end_code,
    ]
    return COMPONENT.join(parts).rstrip(COMPONENT)


def texts(value: tuple[Any, ...]) -> str:
    """A composite of texts or numbers, component by component."""
    return COMPONENT.join([str(part) for part in value]).rstrip(COMPONENT)


def joined(parts: tuple[str, ...]) -> str:
    """Components of a composite, without the empty ones at its end."""
    return COMPONENT.join(parts).rstrip(COMPONENT)


def kept(segment: Unrecognised) -> str:
    """A segment that was not understood, as it came."""
    return SEP.join([e.replace(segment.component, COMPONENT) for e in segment.elements])


def raw(value: str) -> str:
    """A composite that is kept as text with colons."""
    return value.replace(":", COMPONENT)


def health(value: HealthCode) -> str:
    """C022."""
    qualifier, code, start, end, amount, quantity, version, through, present, text = value
    if not (
        start or amount is not None or quantity is not None or version or through or present or text
    ):
        return f"{qualifier}{COMPONENT}{code}"
    format_, day = "", ""
    if text:
        format_, _, day = text.partition(" ")
    elif start and end:
        format_, day = "RD8", f"{DAY_TEXT[start]}-{DAY_TEXT[end]}"
    elif start:
        format_, day = "D8", DAY_TEXT[start]
    parts = (qualifier, code, format_, day, num(amount), num(quantity), version, through, present)
    return COMPONENT.join(parts).rstrip(COMPONENT)


def dated(value: Dated) -> str:
    """The elements of DTP after its name."""
    qualifier, start, end, time, text, format_ = value
    if text:
        return f"{qualifier}{SEP}{format_ or 'D8'}{SEP}{text}"
    if start is None:
        raise WriteError(f"date {qualifier} has no value")
    if end is not None:
        return f"{qualifier}{SEP}RD8{SEP}{DAY_TEXT[start]}-{DAY_TEXT[end]}"
    if time:
        return f"{qualifier}{SEP}DT{SEP}{DAY_TEXT[start]}{time}"
    return f"{qualifier}{SEP}{format_ or 'D8'}{SEP}{DAY_TEXT[start]}"


def adjustments(values: list[Any], out: list[str]) -> None:
    """CAS: up to six adjustments of one group in a segment, in order."""
    group, trios = "", 0
    for adjustment in values:
        quantity = adjustment.quantity
        trio = f"{SEP}{adjustment.reason}{SEP}{num(adjustment.amount)}{SEP}" + (
            "" if quantity is None else num(quantity)
        )
        if adjustment.group == group and 0 < trios < 6:
            out[-1] += trio
            trios += 1
        else:
            if trios:
                out[-1] = out[-1].rstrip(SEP)
            out.append(f"CAS{SEP}{adjustment.group}{trio}")
            group, trios = adjustment.group, 1
    if trios:
        out[-1] = out[-1].rstrip(SEP)


def contacts(values: list[Any], out: list[str]) -> None:
    """PER."""
    for contact in values:
        pairs = [f"{SEP}{q}{SEP}{n}" for q, n in contact.numbers]
        out.append(f"PER{SEP}{contact.function}{SEP}{contact.name}{''.join(pairs)}".rstrip(SEP))


def provider_adjustments(values: list[Any], out: list[str]) -> None:
    """PLB: up to six adjustments of one provider and year in a segment."""
    key: Any = None
    pairs = 0
    for provider, year, reason, reference, amount in values:
        code = f"{reason}{COMPONENT}{reference}".rstrip(COMPONENT)
        if key == (provider, year) and pairs < 6:
            out[-1] += f"{SEP}{code}{SEP}{num(amount)}"
            pairs += 1
        else:
            day = DAY_TEXT[year] if year else ""
            out.append(f"PLB{SEP}{provider}{SEP}{day}{SEP}{code}{SEP}{num(amount)}")
            key, pairs = (provider, year), 1


def statuses(values: list[Any], out: list[str]) -> None:
    """STC."""
    for status in values:
        codes = [texts(tuple(code)) for code in status.codes] + ["", "", ""]
        elements = [
            codes[0],
            DAY_TEXT[status.effective] if status.effective else "",
            status.action,
            num(status.charge),
            num(status.paid),
            DAY_TEXT[status.paid_on] if status.paid_on else "",
            status.method,
            DAY_TEXT[status.check_date] if status.check_date else "",
            status.check_number,
            codes[1],
            codes[2],
            status.message,
        ]
        out.append(f"STC{SEP}{SEP.join(elements)}".rstrip(SEP))


def diagnoses(
    values: list[Any], qualifiers: tuple[tuple[frozenset[str], int], ...], out: list[str]
) -> None:
    """HI: the codes of each kind in segments of their own."""
    for accepted, most in qualifiers:
        chosen = [code for code in values if code.qualifier in accepted]
        for start in range(0, len(chosen), most):
            found = [health(code) for code in chosen[start : start + most]]
            out.append(f"HI{SEP}{SEP.join(found)}")
