"""What the code search looks things up in, derived from the loaded lists."""

from __future__ import annotations

import csv
import re
from collections import Counter

from django.db import connection

from coding.data import data_file
from coding.enums import CodeSystem, NoteKind
from coding.formats.base import plain
from coding.models import Code, CodeWord
from coding.services.staging import copy_rows

# Codes with everyday words are what a clinic sees daily: they come first in a search.
_EVERYDAY_RANK = 40
_OFTEN = 6


def refresh_icd_synonyms() -> int:
    """Give each ICD-10-CM code its inclusion terms and everyday words; returns codes changed."""
    with data_file("icd10cm_everyday.csv").open(encoding="utf-8", newline="") as file:
        everyday = [
            (row["code"], row["words"], _EVERYDAY_RANK + (_OFTEN if row["often"] else 0))
            for row in csv.DictReader(file)
        ]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE coding_everyday (code text, words text, rank int) ON COMMIT DROP"
        )
        copy_rows(cursor, "coding_everyday", ["code", "words", "rank"], everyday)
        cursor.execute(
            """
            WITH terms AS (
                SELECT code, string_agg(words, ' · ' ORDER BY nr, words) AS words,
                       max(rank) AS rank
                FROM (
                    SELECT code, words, 0 AS nr, rank FROM coding_everyday
                    UNION ALL
                    SELECT code, text, 1, NULL FROM coding_codenote WHERE kind = %(inclusion)s
                ) parts GROUP BY code
            )
            UPDATE coding_code c SET
                synonyms = terms.words,
                rank = coalesce(terms.rank, c.rank),
                words = setweight(to_tsvector('english', c.description), 'A')
                     || setweight(to_tsvector('english', terms.words), 'B')
            FROM terms
            WHERE c.system = %(system)s AND c.code = terms.code AND c.synonyms <> terms.words
            """,
            {
                "inclusion": NoteKind.INCLUSION.value,
                "system": CodeSystem.ICD10CM.value,
            },
        )
        changed: int = cursor.rowcount
        cursor.execute("DROP TABLE coding_everyday")
    return changed


def refresh_spelling(system: CodeSystem) -> int:
    """Rebuild the list of words that misspelt searches are matched with; returns their number."""
    words: Counter[str] = Counter()
    rows = Code.objects.filter(system=system).values_list("description", "synonyms")
    for description, synonyms in rows.iterator(chunk_size=20_000):
        words.update(set(re.findall(r"[a-z]{4,40}", plain(f"{description} {synonyms}").lower())))
    CodeWord.objects.filter(system=system).delete()
    with connection.cursor() as cursor:
        copy_rows(
            cursor,
            CodeWord._meta.db_table,
            ["system", "word", "frequency"],
            ((system.value, word, count) for word, count in words.items()),
        )
    return len(words)
