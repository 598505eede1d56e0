"""Many rows changed in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models


def update_rows(
    rows: Sequence[models.Model],
    names: Sequence[str],
    *,
    only_if: Mapping[str, Sequence[Any]] | None = None,
) -> int:
    """Write the named fields of these rows (all of one model) with one UPDATE … FROM unnest.

    It does what ``bulk_update`` does with a CASE for each value, at a tenth of its cost; a
    posting changes thousands of rows. ``only_if`` names columns and, for each row, the value
    that must still be in the database; another row is left alone. Gives how many changed.
    """
    if not rows:
        return 0
    meta = rows[0]._meta
    key = meta.pk
    assert key is not None
    fields = [meta.get_field(name) for name in names]
    columns = [key, *(field for field in fields if isinstance(field, models.Field))]
    quote = connection.ops.quote_name
    names_of = [quote(str(column.column)) for column in columns]
    given = list(names_of)
    types = [column.db_type(connection) for column in columns]
    values: list[Any] = [[getattr(row, one.attname) for row in rows] for one in columns]
    where = f"kept.{names_of[0]} = given.{names_of[0]}"
    for name, expected in (only_if or {}).items():
        field = meta.get_field(name)
        assert isinstance(field, models.Field)
        before = quote(f"{field.column} before")
        given.append(before)
        types.append(field.db_type(connection))
        values.append(expected)
        where += f" AND kept.{quote(str(field.column))} = given.{before}"
    arrays = ", ".join(f"%s::{each}[]" for each in types)
    changes = ", ".join(f"{name} = given.{name}" for name in names_of[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(meta.db_table)} AS kept SET {changes} "  # noqa: S608 - names of our own
            f"FROM unnest({arrays}) AS given({', '.join(given)}) WHERE {where}",
            values,
        )
        return int(cursor.rowcount)
