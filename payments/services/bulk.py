"""Many rows changed in one statement."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, models


def update_rows(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write the named fields of these rows (all of one model) with one UPDATE … FROM unnest.

    What ``bulk_update`` does with a CASE for each value, at a tenth of its cost; a posting
    changes thousands of rows.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [meta.get_field(name) for name in names]
    key = meta.pk
    assert key is not None
    columns = [key, *(field for field in fields if isinstance(field, models.Field))]
    quote = connection.ops.quote_name
    names_of = [quote(str(column.column)) for column in columns]
    arrays = ", ".join(f"%s::{column.db_type(connection)}[]" for column in columns)
    given = ", ".join(names_of)
    changes = ", ".join(f"{name} = given.{name}" for name in names_of[1:])
    values = [[getattr(row, column.attname) for row in rows] for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(meta.db_table)} AS kept SET {changes} "  # noqa: S608 - names of our own
            f"FROM unnest({arrays}) AS given({given}) "
            f"WHERE kept.{names_of[0]} = given.{names_of[0]}",
            values,
        )
