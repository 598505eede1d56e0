"""Code search: by code, by words, by everyday words, with spelling mistakes, on a date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import connection
from django.db.models import Q

from coding.enums import CodeSystem
from coding.formats.base import plain
from coding.formats.icd10cm import dotted
from coding.models import Code

PROCEDURES = (CodeSystem.CPT, CodeSystem.HCPCS)
_LIMIT = 20
# Words that say nothing when people type them into a search.
_NOISE_WORDS = (
    "a an and at by for from has in is no of on or other patient pt the to unspecified with"
)
_NOISE = frozenset(_NOISE_WORDS.split())


@dataclass(frozen=True, slots=True)
class CodeHit:
    """A line of the search result. `reason` says why it cannot be used on the day, if so."""

    system: str
    code: str
    description: str
    synonyms: str
    billable: bool
    valid_from: date
    valid_to: date | None
    category: str
    reason: str = ""

    @property
    def list_name(self) -> str:
        """The code list it is in, in words."""
        return CodeSystem(self.system).label

    @property
    def is_usable(self) -> bool:
        """Whether it can be coded on the day that was asked for."""
        return self.billable and not self.reason


def search_codes(
    text: str, *, systems: Sequence[str], on: date, limit: int = _LIMIT
) -> list[CodeHit]:
    """The best matches, best first; empty for a text that says nothing.

    Code prefixes first (with or without the dot), then words of titles and synonyms (each
    word may be cut short), then the same with misspelt words corrected. Codes that are not
    valid on the day come only for their exact code, with the reason.
    """
    query = " ".join(plain(text).split())
    if len(query) < 2:
        return []
    hits = _by_code(query, systems, on, limit)
    if len(hits) >= limit or (hits and _looks_like_code(query)):
        return hits[:limit]
    words = _words(query)
    if words:
        asked = [[word] for word in words]
        found = _by_words(asked, systems, on, limit)
        if not found:
            corrected = _corrected(words, systems)
            if corrected != asked:
                found = _by_words(corrected, systems, on, limit)
        known = {hit.code for hit in hits}
        hits += [hit for hit in found if hit.code not in known]
    return hits[:limit]


def _looks_like_code(query: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z]?\d[0-9A-Za-z.]*|[A-Za-z]{2}\d.*", query))


def _hit(row: Code, on: date) -> CodeHit:
    reason = ""
    if row.valid_to is not None and row.valid_to < on:
        reason = f"not valid on {on:%b %-d, %Y}: its last day was {row.valid_to:%b %-d, %Y}"
    elif row.valid_from > on:
        reason = f"not valid on {on:%b %-d, %Y}: it begins on {row.valid_from:%b %-d, %Y}"
    return CodeHit(
        row.system,
        row.code,
        row.description,
        row.synonyms,
        row.billable,
        row.valid_from,
        row.valid_to,
        row.category,
        reason,
    )


_COLUMNS = (
    "system",
    "code",
    "description",
    "synonyms",
    "billable",
    "valid_from",
    "valid_to",
    "category",
)


def _by_code(query: str, systems: Sequence[str], on: date, limit: int) -> list[CodeHit]:
    bare = query.upper().replace(" ", "")
    if not re.fullmatch(r"[A-Z0-9.]{2,8}", bare) or not re.search(r"\d", bare):
        return []
    code = dotted(bare) if CodeSystem.ICD10CM in systems else bare
    rows = (
        Code.objects.filter(system__in=systems, code__startswith=code)
        .filter(Q(code=code) | (Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))))
        .only(*_COLUMNS)
        .order_by("code", "-valid_from")[: limit * 2]
    )
    hits: dict[str, CodeHit] = {}
    for row in rows:
        hit = _hit(row, on)
        known = hits.get(hit.code)
        if known is None or (known.reason and not hit.reason):
            hits[hit.code] = hit
    exact = hits.get(code)
    if exact and exact.reason and exact.valid_to and (now := successors(code, exact.valid_to)):
        words = f"{exact.reason}; since then {', '.join(now)}"
        hits[code] = replace(exact, reason=words)
    return list(hits.values())[:limit]


def successors(code: str, last_day: date) -> list[str]:
    """Billable codes that begin when a diagnosis code ends: below it, else of its category."""
    began = Code.objects.filter(
        system=CodeSystem.ICD10CM, billable=True, valid_from=last_day + timedelta(days=1)
    ).order_by("code")
    for stem in (code, code[:5]):
        found = list(began.filter(code__startswith=stem).values_list("code", flat=True)[:6])
        if found:
            return found
    return []


def _words(query: str) -> list[str]:
    words = re.findall(r"[a-z0-9]+(?:[-&'][a-z0-9]+)*", query.lower())
    return [word for word in words if word not in _NOISE][:8]


# A word that is asked for, and the words that it may stand for.
Choices = Sequence[Sequence[str]]


def _tsquery(choices: Choices) -> str:
    """Each word may be cut short; one of its choices must be there, for every word."""
    parts = []
    for words in choices:
        spelled = []
        for word in words:
            pieces = re.findall(r"[a-z0-9]+", word)
            spelled.append(" & ".join(f"{one}:*" if len(one) > 1 else one for one in pieces))
        parts.append("(" + " | ".join(f"({one})" for one in spelled if one) + ")")
    return " & ".join(parts)


# The best 300 by rank first, so that a very common word stays quick; then the phrase counts.
_SEARCH = """
    SELECT system, code, description, synonyms, billable, valid_from, valid_to, category
    FROM (
        SELECT * FROM coding_code, to_tsquery('english', %(query)s) query
        WHERE words @@ query AND system = ANY(%(systems)s)
          AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to >= %(on)s)
        ORDER BY rank DESC, code LIMIT 300
    ) best
    ORDER BY rank + CASE WHEN synonyms ILIKE %(start)s THEN 40
                         WHEN synonyms ILIKE %(phrase)s THEN 30
                         WHEN description ILIKE %(phrase)s THEN 20 ELSE 0 END DESC,
             length(description), code
    LIMIT %(limit)s
"""


def _by_words(choices: Choices, systems: Sequence[str], on: date, limit: int) -> list[CodeHit]:
    phrase = " ".join(words[0] for words in choices)
    with connection.cursor() as cursor:
        cursor.execute(
            _SEARCH,
            {
                "query": _tsquery(choices),
                "systems": [str(system) for system in systems],
                "on": on,
                "start": f"{phrase}%",
                "phrase": f"%{phrase}%",
                "limit": limit,
            },
        )
        return [CodeHit(*row) for row in cursor.fetchall()]


# Neighbours about as near as the nearest one; the commoner first.
_NEAREST = """
    SELECT asked, word FROM (
        SELECT asked, word, frequency, similarity(word, asked) AS near,
               max(similarity(word, asked)) OVER (PARTITION BY asked) AS nearest
        FROM unnest(%(words)s::text[]) asked
        JOIN coding_codeword ON word %% asked AND system = ANY(%(systems)s)
    ) neighbours
    WHERE near > nearest * 0.8 ORDER BY asked, near DESC, frequency DESC
"""
_KNOWN = """
    SELECT asked FROM unnest(%(words)s::text[]) asked
    WHERE EXISTS (SELECT 1 FROM coding_codeword w
                  WHERE w.system = ANY(%(systems)s) AND w.word LIKE asked || '%%')
"""


def _corrected(words: Sequence[str], systems: Sequence[str]) -> Choices:
    """For each word that no title knows, its nearest neighbours; the others as they are."""
    as_they_are = [[word] for word in words]
    asked = [word for word in words if len(word) >= 4 and word.isalpha()]
    if not asked:
        return as_they_are
    values = {"words": asked, "systems": [str(system) for system in systems]}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, values)
        known = {row[0] for row in cursor.fetchall()}
        unknown = [word for word in asked if word not in known]
        if not unknown:
            return as_they_are
        cursor.execute(_NEAREST, values | {"words": unknown})
        nearest: dict[str, list[str]] = {}
        for word, neighbour in cursor.fetchall():
            nearest.setdefault(word, []).append(neighbour)
    return [nearest.get(word, [word]) for word in words]
