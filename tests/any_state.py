"""Rows in a state that they would reach by many moves only: the database's guards look away.

The product moves a row by its table of states and the database refuses anything else. A test
that is about a claim in the hands of its payer need not walk all the way there: it creates the
row there, with the functions of this module and with nothing else. What a test does afterwards is
guarded again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from factory.django import DjangoModelFactory

import core.clearinghouse.states
import encounters.states
from core.states import StateTable

M = TypeVar("M", bound=Model)

TABLES: dict[type[Model], StateTable[Any]] = {
    table.model: table for table in (*core.clearinghouse.states.TABLES, *encounters.states.TABLES)
}


@contextmanager
def in_any_state() -> Iterator[None]:
    """No trigger fires inside the block: rows are created and changed as they are written.

    Foreign keys are triggers, too, so that nothing but the rows of the test belongs in here.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def put(rows: QuerySet[M], **values: Any) -> None:
    """Write a state (and what belongs to it) that is no legal move from where the rows are."""
    with in_any_state():
        rows.update(**values)


class AnyStateFactory(DjangoModelFactory):
    """A factory whose rows may begin in any state: guarded when the state is an initial one."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[Model], *args: Any, **kwargs: Any) -> Any:
        table = TABLES[model_class]
        if kwargs.get(table.column) in table.created:
            return super()._create(model_class, *args, **kwargs)
        with in_any_state():
            return super()._create(model_class, *args, **kwargs)
