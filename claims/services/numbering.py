"""Numbers that are handed out once, from database sequences."""

from __future__ import annotations

from django.db import connection


def next_claim_numbers(count: int) -> list[str]:
    """`count` new claim numbers: ``C`` and eight digits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('claims_claim_number') FROM generate_series(1, %s)", [count])
        return [f"C{int(row[0]):08d}" for row in cursor.fetchall()]
