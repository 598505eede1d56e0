"""Numbers come from database sequences: no two people at two desks ever draw the same one."""

from __future__ import annotations

from django.db import connection


def _draw(sequence: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
        return [row[0] for row in cursor.fetchall()]


def next_mrns(count: int) -> list[str]:
    """Medical record numbers: ``M`` and seven digits."""
    return [f"M{number:07d}" for number in _draw("encounters_mrn", count)]


def next_encounter_numbers(count: int) -> list[str]:
    """Encounter numbers: ``E`` and eight digits."""
    return [f"E{number:08d}" for number in _draw("encounters_encounter_number", count)]
