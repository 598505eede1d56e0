"""A state has one owner: its table of moves, which the code, the database and the page hold."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from claims.enums import ClaimState
from claims.models import Claim
from claims.states import CLAIM
from core.access.enums import Role
from core.guards import CREATED
from core.states import SYSTEM, IllegalMove, Move, StateTable
from core.work.enums import Queue, WorkState
from core.work.models import WorkItem
from core.work.states import WORK_ITEM
from rcm.management.commands.document_states import PAGE, TABLES, page
from tests.factories.money import sent_claim
from tests.rcm.runtime.test_architecture import PACKAGES, calls, imports, places, sources

COLUMNS = {table.column for table in TABLES}
EVERY_TABLE = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)


# --- the code


def named(node: ast.AST) -> set[str]:
    """Every string in a piece of code: the columns that a call names."""
    return {
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def test_no_other_code_assigns_a_state():
    found = [
        (name, node.lineno, ast.unparse(target))
        for name, tree in sources().items()
        if not name.startswith(("x12/", "simulator/sandbox/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for one in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for target in (one.elts if isinstance(one, ast.Tuple | ast.List) else [one])
        if isinstance(target, ast.Attribute) and target.attr in COLUMNS
        if ast.unparse(target.value) != "self" or "/models" in name
    ]
    assert places(found) == []


def test_no_other_code_writes_a_state_past_the_attribute():
    """`vars(row)["state"] = …`, and a row that is made anew with the key of one that is there."""
    kept = {table.model.__name__ for table in TABLES}
    found = []
    for name, tree in sources().items():
        found += [
            (name, node.lineno, ast.unparse(node))
            for node in ast.walk(tree)
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
            if named(node.slice) & COLUMNS
            if re.search(r"\bvars\(|__dict__", ast.unparse(node.value))
        ]
        for node, text in calls(tree):
            keywords = {each.arg for each in node.keywords}
            again = text.rpartition(".")[2] in kept and keywords & {"pk", "id"}
            if again and keywords & COLUMNS:
                found.append((name, node.lineno, ast.unparse(node)[:80]))
    assert places(found) == []


def test_no_other_code_writes_a_state_in_bulk():
    found = []
    for name, tree in sources().items():
        if name in {"core/states.py", "core/bulk.py"}:
            continue
        for node, text in calls(tree):
            verb = text.rpartition(".")[2]
            keywords = {each.arg: each.value for each in node.keywords}
            by_update = verb in {"update", "update_or_create"} and COLUMNS & {
                *keywords,
                *named(keywords.get("defaults", ast.Pass())),
                *named(keywords.get(None, ast.Pass())),
            }
            by_fields = verb == "save" and named(keywords.get("update_fields", ast.Pass()))
            by_rows = verb in {"bulk_update", "update_rows", "setattr"} and {
                word for one in node.args[1:] for word in named(one)
            }
            if by_update or COLUMNS & set(by_fields or ()) or COLUMNS & set(by_rows or ()):
                found.append((name, node.lineno, ast.unparse(node)[:80]))
    assert places(found) == []


def test_rows_are_locked_in_the_modules_of_locks_only():
    found = [
        (name, node.lineno, text)
        for name, tree in sources().items()
        if not name.endswith("/locks.py")
        for node, text in calls(tree)
        if text.endswith("select_for_update")
    ]
    found += [
        (name, 1, target)
        for name, tree in sources().items()
        if not name.endswith("/locks.py")
        for target in imports(tree)
        if target.startswith("core.locks")
    ]
    assert places(found) == []


# --- the tables


def test_every_column_of_states_has_its_table():
    columns = {
        (model, field.name)
        for model in apps.get_models()
        if model.__module__.split(".")[0] in PACKAGES
        for field in model._meta.get_fields()
        if isinstance(field, models.CharField) and field.choices
        if field.name in {"state", "status"}
    }
    assert columns <= {(table.model, table.column) for table in TABLES}


@EVERY_TABLE
def test_every_state_of_a_table_can_be_reached(table):
    reached, new = set(table.created), set(table.created)
    while new:
        new = {after for before, after in table.pairs if before in reached} - reached
        reached |= new
    field = table.model._meta.get_field(table.column)
    assert reached - {""} == {value for value, _ in field.flatchoices}


@EVERY_TABLE
def test_moves_name_who_causes_them_and_what_they_mean(table):
    assert len(table.pairs) == sum(len(move.before) for move in table.moves)
    for move in table.moves:
        assert move.after not in move.before
        assert move.who
        assert set(move.who) <= {SYSTEM, *Role.values}
        assert move.event
        assert move.meaning.endswith(".")


def test_table_that_names_an_unknown_state_is_refused():
    with pytest.raises(ValueError, match="unknown states"):
        StateTable(WorkItem, "state", title="x", created={"nowhere": "x"}, moves=[])


def test_page_of_states_is_made_from_the_tables():
    assert PAGE.read_text(encoding="utf-8") == page(), "run manage.py document_states"


# --- the database


@EVERY_TABLE
def test_database_allows_the_moves_of_the_table(db, table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {table.model._meta.db_table}_{table.column}_moves()")
        [allowed] = cursor.fetchone()
    made = {f"{CREATED}>{state}" for state in table.created}
    assert set(allowed) == made | {f"{before}>{after}" for before, after in table.pairs}


@EVERY_TABLE
def test_database_has_the_guards_of_the_table(db, table):
    name = f"{table.model._meta.db_table}_{table.column}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'O'",
            [table.model._meta.db_table],
        )
        triggers = {row[0] for row in cursor.fetchall()}
    assert {f"{name}_begins", f"{name}_moves"} <= triggers


def test_database_refuses_a_move_that_is_not_in_the_table(db):
    claim = sent_claim()
    with pytest.raises(DatabaseError, match='may not go from "accepted_payer" to "draft"'):
        Claim.objects.filter(pk=claim.pk).update(state=ClaimState.DRAFT)


def test_database_refuses_a_row_that_begins_elsewhere(db):
    with (
        pytest.raises(DatabaseError, match='may not go from "\\*" to "done"'),
        transaction.atomic(),
    ):
        WorkItem.objects.create(
            queue=Queue.CODING, state=WorkState.DONE, closed_at="2026-01-01T00:00Z"
        )
    assert WorkItem.objects.create(queue=Queue.CODING).state == WorkState.OPEN


# --- the one way to move


def test_move_writes_the_state_and_the_fields_that_go_with_it(db):
    claim = sent_claim()
    claim.payer_claim_number = "ICN1"
    CLAIM.move(claim, ClaimState.ADJUDICATED, fields=["payer_claim_number"])
    assert claim.state == ClaimState.ADJUDICATED
    claim.refresh_from_db()
    assert (claim.state, claim.payer_claim_number) == (ClaimState.ADJUDICATED, "ICN1")


def test_illegal_move_names_the_row_and_writes_nothing(db):
    claim, other = sent_claim(), sent_claim()
    with pytest.raises(IllegalMove) as error:
        CLAIM.move_all([(other, ClaimState.REJECTED), (claim, ClaimState.READY)])
    assert str(error.value) == (
        f"claims.Claim {claim.pk}: state may not go from 'accepted_payer' to 'ready'"
    )
    other.refresh_from_db()
    assert other.state == ClaimState.ACCEPTED_BY_PAYER


def test_row_that_was_moved_since_it_was_read_is_not_moved_again(db):
    claim = sent_claim()
    stale = Claim.objects.get(pk=claim.pk)
    CLAIM.move(claim, ClaimState.REJECTED)
    with pytest.raises(IllegalMove, match="moved meanwhile"), transaction.atomic():
        CLAIM.move(stale, ClaimState.ADJUDICATED)
    assert Claim.objects.get(pk=claim.pk).state == ClaimState.REJECTED


def test_row_that_stays_makes_no_move_and_takes_its_fields(db):
    claim = sent_claim()
    claim.payer_claim_number = "ICN1"
    CLAIM.move(claim, ClaimState.ACCEPTED_BY_PAYER, fields=["payer_claim_number"])
    claim.refresh_from_db()
    assert (claim.state, claim.payer_claim_number) == (ClaimState.ACCEPTED_BY_PAYER, "ICN1")


def test_move_where_takes_only_rows_in_the_named_states(db):
    items = [WorkItem.objects.create(queue=Queue.CODING) for _ in range(2)]
    everything = WorkItem.objects.all()
    now = items[0].opened_at
    first = WORK_ITEM.move_where(
        everything.filter(pk=items[0].pk),
        before=[WorkState.OPEN],
        to=WorkState.DONE,
        closed_at=now,
    )
    rest = WORK_ITEM.move_where(
        everything, before=[WorkState.OPEN], to=WorkState.DONE, closed_at=now
    )
    assert (first, rest) == (1, 1)


def test_move_where_refuses_a_move_that_is_not_in_the_table_without_any_row(db):
    with pytest.raises(IllegalMove):
        CLAIM.move_where(Claim.objects.none(), before=[ClaimState.HELD], to=ClaimState.SENT)


def test_no_rows_are_no_moves(db):
    nothing: list[Any] = []
    CLAIM.move_all(nothing)
    assert not StateTable(
        WorkItem, "state", title="x", created={}, moves=[Move(("open",), "done", "x", (), "x")]
    ).allows("done", "open")
