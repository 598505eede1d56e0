"""Find a patient by whatever the person at the desk says, also when it is misspelt."""

from __future__ import annotations

import re
from datetime import date
from functools import reduce
from operator import or_

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import (
    Case,
    Exists,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, Upper

from encounters.models import Coverage, Patient
from encounters.rules import demographics
from encounters.rules.details import Demographics

_DATE = re.compile(r"^(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})$")
_MRN = re.compile(r"^[A-Za-z]\d{3,}$")


def patient_search(text: str) -> QuerySet[Patient]:
    """Patients for a name, record number, birth date, phone or subscriber number, best first.

    Names forgive typing errors (``Jonson`` finds Johnson) and any order; a date after a name
    narrows it (``quist 2/1/1980``). No text: everybody by name.
    """
    words = text.replace(",", " ").split()
    if not words:
        return Patient.objects.order_by("last_name", "first_name", "pk")
    dates = [day for word in words if (day := parse_date(word))]
    rest = [word for word in words if not parse_date(word)]
    rows = Patient.objects.all()
    if dates:
        rows = rows.filter(birth_date__in=dates)
    if not rest:
        return rows.order_by("last_name", "first_name", "pk")
    number = "".join(rest) if all(_has_digit(word) for word in rest) else ""
    if number:
        return rows.filter(_by_number(number)).order_by("last_name", "first_name", "pk")
    return _by_name(rows, [word.upper() for word in rest if not _has_digit(word)] or rest)


def parse_date(text: str) -> date | None:
    """``2/1/1980``, ``02-01-1980`` or ``1980-02-01``; American order, two-digit years refused."""
    found = _DATE.match(text)
    if not found:
        return None
    a, b, c = (int(part) for part in found.groups())
    year, month, day = (a, b, c) if a > 31 else (c, a, b)
    try:
        return date(year, month, day) if year > 1000 else None
    except ValueError:
        return None


def _has_digit(word: str) -> bool:
    return any(char.isdigit() for char in word)


def _by_number(number: str) -> Q:
    plain = re.sub(r"[^A-Za-z0-9]", "", number).upper()
    found = Q(mrn__iexact=number) | Q(
        Exists(Coverage.objects.filter(patient=OuterRef("pk"), subscriber_number__startswith=plain))
    )
    if _MRN.match(number):
        found |= Q(mrn__istartswith=number)
    elif plain.isdigit():
        if len(plain) <= 7:
            found |= Q(mrn__endswith=plain)
        if len(plain) >= 4:
            # What people say: the whole number, the part without the area code, the last four.
            found |= Q(phone__endswith=plain)
        if len(plain) >= 6:
            found |= Q(phone__startswith=plain)
    return found


def _by_name(rows: QuerySet[Patient], words: list[str]) -> QuerySet[Patient]:
    """Each word has to fit the last or the first name, roughly; the closest come first."""
    rows = rows.annotate(upper_last=Upper("last_name"), upper_first=Upper("first_name"))
    for word in words[:3]:
        rows = rows.filter(
            Q(upper_last__startswith=word)
            | Q(upper_first__startswith=word)
            | Q(upper_last__trigram_similar=word)
            | Q(upper_first__trigram_similar=word)
        )
    score: Combinable = Value(0.0, output_field=FloatField())
    for word in words[:3]:
        score = score + Greatest(
            TrigramSimilarity("upper_last", word),
            TrigramSimilarity("upper_first", word),
            Case(
                When(Q(upper_last=word), then=Value(1.4)),
                When(Q(upper_last__startswith=word), then=Value(0.9)),
                When(Q(upper_first__startswith=word), then=Value(0.8)),
                default=Value(0.0),
                output_field=FloatField(),
            ),
        )
    return rows.annotate(score=score).order_by("-score", "last_name", "first_name", "pk")


def possible_duplicates(
    details: Demographics, *, subscriber_number: str = "", limit: int = 5
) -> list[Patient]:
    """Registered patients who may be the same person, likeliest first.

    Same birth date and a similar name; same name and a birth date that differs by a slip (day and
    month exchanged, one part wrong); same phone and first name; same subscriber number and birth
    date or first name.
    """
    last, first = details.last_name.upper(), details.first_name.upper()
    born = details.birth_date
    slips = [
        Q(birth_date__year=born.year, birth_date__month=born.month),
        Q(birth_date__year=born.year, birth_date__day=born.day),
        Q(birth_date__month=born.month, birth_date__day=born.day),
    ]
    if born.day <= 12:
        slips.append(Q(birth_date=born.replace(month=born.day, day=born.month)))
    rows = Patient.objects.annotate(
        upper_last=Upper("last_name"),
        upper_first=Upper("first_name"),
        likeness=TrigramSimilarity(Upper("last_name"), last)
        + TrigramSimilarity(Upper("first_name"), first)
        + Case(When(Q(birth_date=born), then=Value(1.0)), default=Value(0.0)),
    )
    close_first = Q(upper_first__trigram_similar=first) | Q(upper_first__startswith=first[:2])
    found = (
        (Q(birth_date=born) & (Q(upper_last__trigram_similar=last) | Q(upper_first=first)))
        | (Q(upper_last=last, upper_first=first) & reduce(or_, slips))
        | (Q(phone=demographics.digits(details.phone)) & ~Q(phone="") & close_first)
    )
    if subscriber_number:
        insured = Exists(
            Coverage.objects.filter(
                patient=OuterRef("pk"), subscriber_number=subscriber_number.upper()
            )
        )
        found |= Q(insured) & (Q(birth_date=born) | close_first)
    return list(rows.filter(found).order_by("-likeness", "pk")[:limit])
