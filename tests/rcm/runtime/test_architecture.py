"""House rules that no linter knows."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = (
    "x12",
    "core",
    "encounters",
    "coding",
    "claims",
    "payments",
    "denials",
    "rcm",
    "simulator",
)
WRITES = {
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "delete",
    "get_or_create",
    "update_or_create",
}


@cache
def sources() -> dict[str, ast.Module]:
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    }


def calls(tree):
    """Dotted text of everything that is called: `Entry.objects.create`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def places(found):
    return [f"{name}:{line} {what}" for name, line, what in found]


def test_only_the_ledger_writes_the_ledger():
    found = [
        (name, node.lineno, text)
        for name, tree in sources().items()
        if not name.startswith("core/ledger/")
        for node, text in calls(tree)
        if text.split(".")[0] in {"Receivable", "Entry", "Posting"}
        and text.rpartition(".")[2] in WRITES
    ]
    assert places(found) == []


def test_models_have_no_logic_in_save_and_no_signals():
    found = [
        (name, node.lineno, f"def {node.name}")
        for name, tree in sources().items()
        if "models" in name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete", "full_clean"}
    ]
    found += [
        (name, 1, target)
        for name, tree in sources().items()
        for target in imports(tree)
        if target.startswith("django.db.models.signals")
    ]
    assert places(found) == []


def test_services_know_nothing_of_tasks():
    found = [
        (name, 1, target)
        for name, tree in sources().items()
        if "/services" in name
        for target in imports(tree)
        if "tasks" in target.split(".") or target.startswith("celery")
    ]
    assert places(found) == []


def test_no_field_sets_its_own_time():
    found = [
        (name, node.lineno, ast.unparse(node))
        for name, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}
    ]
    assert places(found) == []


def test_money_is_never_a_float_column():
    found = [
        (name, node.lineno, text)
        for name, tree in sources().items()
        if "models" in name
        for node, text in calls(tree)
        if text.endswith("FloatField")
    ]
    assert places(found) == []


# Modules that speak SQL themselves: what the ORM cannot say, or cannot say fast enough.
SPEAKS_SQL = {
    "claims/services/numbering.py",  # a sequence
    "coding/queries/search.py",  # trigram search
    "coding/services/code_search_index.py",  # a temporary table, and the index in one statement
    "coding/services/load_codes.py",  # advisory lock, COPY
    "coding/services/staging.py",  # COPY and set-wise merging of a code list
    "core/audit/services.py",  # advisory lock
    "core/bulk.py",  # UPDATE … FROM unnest
    "core/clearinghouse/services/outbound.py",  # control numbers
    "denials/management/commands/verify_books.py",  # isolation level
    "encounters/services/numbers.py",  # a sequence
    "payments/queries/books.py",  # the checks of the books are written in SQL
    "rcm/runtime/embedded.py",  # CREATE DATABASE
    "rcm/runtime/health.py",  # SELECT 1
    "simulator/bench/pipeline.py",
    "simulator/demo/seeding.py",
}
# The audit record names its subjects as text, and no room may import them all.
FINDS_MODELS_BY_NAME = {"rcm/administration/words.py"}


def test_only_named_modules_speak_sql():
    found = {
        name
        for name, tree in sources().items()
        for _, text in calls(tree)
        if text.endswith(("connection.cursor", "cursor.execute", ".raw", "RawSQL", ".extra"))
    }
    assert found == SPEAKS_SQL


def test_models_are_imported_and_not_looked_up():
    found = {
        name
        for name, tree in sources().items()
        for _, text in calls(tree)
        if text.endswith("get_model")
    }
    assert found == FINDS_MODELS_BY_NAME


def test_nothing_is_counted_in_floats():
    found = [
        (name, node.lineno, ast.unparse(node)[:80])
        for name, tree in sources().items()
        for node, text in calls(tree)
        if text == "float"
    ]
    assert places(found) == []


def test_views_write_nothing_themselves():
    found = []
    for name, tree in sources().items():
        if not re.search(r"/views(/|\.py$)", name):
            continue
        found += [
            (name, 1, target)
            for target in imports(tree)
            if {"locks", "states", "bulk"} & set(target.split("."))
        ]
        services = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and "services" in (node.module or "").split(".")
            for alias in node.names
        } | {"services"}
        for node, text in calls(tree):
            receiver, _, verb = text.rpartition(".")
            writes = verb in WRITES | {"save", "move", "move_all", "move_where"}
            of_a_dict = verb == "update" and node.args  # a QuerySet takes keywords only
            if receiver and writes and not of_a_dict and receiver.split(".")[0] not in services:
                found.append((name, node.lineno, text))
    assert places(found) == []


def test_no_code_is_kept_from_the_formatter():
    files = [
        *ROOT.glob("*.py"),
        *(path for top in (*PACKAGES, "scripts", "tests") for path in (ROOT / top).rglob("*.py")),
    ]
    switch = re.compile(r"#\s*(fmt:\s*(skip|off)|yapf:\s*disable)")
    found = [
        (path.relative_to(ROOT).as_posix(), number, line.strip())
        for path in sorted(files)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if switch.search(line)
    ]
    assert places(found) == []


# The codec's inner loop runs once for each segment of a file: a call there is paid a million times.
LONG_ON_PURPOSE = {("x12/reading/walk.py", "body")}


def test_modules_and_functions_stay_small():
    found = []
    for name, tree in sources().items():
        lines = len((ROOT / name).read_text(encoding="utf-8").splitlines())
        if lines > 500:
            found.append((name, 1, f"{lines} lines"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > 60 and (name, node.name) not in LONG_ON_PURPOSE:
                    found.append((name, node.lineno, f"{node.name}: {size} lines"))
    assert places(found) == []


def test_templates_hold_no_inline_script_or_style():
    template_tags = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
    inline = re.compile(
        r"<style|\sstyle=|\son[a-z]+=|href=.javascript:|<script(?![^>]*\ssrc=)(?![^>]*json)",
        re.IGNORECASE,
    )
    found = [
        (path.relative_to(ROOT).as_posix(), text.count("\n", 0, hit.start()) + 1, hit.group())
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for text in [template_tags.sub("", path.read_text(encoding="utf-8"))]
        for hit in inline.finditer(text)
    ]
    assert places(found) == []
