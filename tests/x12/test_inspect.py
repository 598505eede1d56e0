"""``manage.py x12 inspect``: one JSON object per file, a tree, and exit codes."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

import x12
from tests.shared import SHARED, requires_shared
from tests.x12_samples import build
from x12.guides import BY_KIND
from x12.guides.schema import Loop
from x12.inspecting import inspect, tree


def run(*arguments: object) -> tuple[list[dict[str, Any]], str, int]:
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("x12", "inspect", *map(str, arguments), "--json", stdout=out, stderr=err)
    except SystemExit as end:
        code = int(str(end.code))
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue(), code


@pytest.fixture
def era(tmp_path):
    path = tmp_path / "era.835"
    path.write_bytes(build.data(build.remittance_835()))
    return path


def test_balanced_remittance_is_told(era):
    (report,), err, code = run(era)
    assert code == 0
    assert report["ok"] is True
    assert report["claims"] == 5
    assert report["totals"] == {"charged": "435", "paid": "175.25"}
    assert report["balance"] == {"balanced": True, "payments": 1, "differences": []}
    assert report["errors"] == []
    (transaction,) = report["transactions"]
    assert transaction["kind"] == "835"
    assert transaction["balance"]["payment"] == "163.96"
    assert transaction["balance"]["provider_adjustments"] == "11.29"
    assert err == "era.835: 1 × 835, 5 claims, balanced\n"


def test_unbalanced_remittance_is_refused_with_the_difference(era):
    era.write_bytes(era.read_bytes().replace(b"BPR*I*163.96", b"BPR*I*163.97"))
    (report,), err, code = run(era)
    assert code == 1
    assert report["balance"]["balanced"] is False
    assert report["transactions"][0]["balance"]["difference"] == "0.01"
    (error,) = report["errors"]
    assert (error["code"], error["level"], error["segment"]) == ("transaction-balance", 3, 4)
    assert "OUT OF BALANCE" in err


def test_several_files_are_one_object_each(era, tmp_path):
    bad = tmp_path / "bad.txt"
    bad.write_text("no x12")
    reports, _, code = run(era, bad)
    assert code == 1
    assert [r["file"] for r in reports] == ["era.835", "bad.txt"]
    assert [r["ok"] for r in reports] == [True, False]


def test_missing_file_is_wrong_usage(tmp_path):
    with pytest.raises(CommandError) as refusal:
        call_command("x12", "inspect", str(tmp_path / "none.835"))
    assert refusal.value.returncode == 2


def test_default_output_is_readable_json(era):
    out = io.StringIO()
    call_command("x12", "inspect", str(era), stdout=out, stderr=io.StringIO())
    assert json.loads(out.getvalue())["claims"] == 5
    assert out.getvalue().startswith("{\n  ")


def test_claims_are_counted_and_summed():
    report = inspect(build.data(build.claims_837p()), name="claims")
    assert report["claims"] == 4
    assert report["totals"]["charged"] == "620.50"
    assert report["transactions"][0]["lines"] == 6
    assert report["balance"] is None


def test_tree_shows_each_segment_with_its_number_below_its_loop():
    data = build.data(build.claims_837p())
    lines = list(tree(data, name="claims"))
    numbered = [line.split(None, 1) for line in lines if line.lstrip()[:1].isdigit()]
    segments = [s for s in data.decode().split("~") if s]
    shown = {int(n): rest.strip() for n, rest in numbered if n.isdigit() and "*" in rest}
    assert shown == dict(enumerate(segments, 1))
    assert any(line.strip() == "2300 claim" for line in lines)


def test_tree_shows_errors(era):
    era.write_bytes(era.read_bytes().replace(b"CLP*ACCT1*1*125*", b"CLP*ACCT1*1*1Z5*"))
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit):
        call_command("x12", "inspect", "--tree", str(era), stdout=out, stderr=err)
    assert "! segment" in out.getvalue()
    assert "must be a number" in out.getvalue()


def test_error_has_everything_a_biller_needs():
    data = build.data(build.claims_837p()).replace(b"11:B:1*Y*A", b"11:B:1*X*A", 1)
    (error,) = x12.read(data, name="out.837").errors
    assert error.as_dict() == {
        "code": "invalid-code",
        "level": 2,
        "file": "out.837",
        "interchange": "000000017",
        "group": "17",
        "transaction": "0001",
        "kind": "837P",
        "segment": 25,
        "transaction_segment": 23,
        "segment_id": "CLM",
        "element": "CLM06",
        "loop": "2000A/2000B/2300",
        "value": "X",
        "expected": "N Y",
        "claim": "ACCT1",
        "ack": "7",
        "message": "CLM06 (provider signature) is 'X', which is not one of N, Y.",
        "element_number": "1073",
        "fatal": True,
    }


@pytest.mark.parametrize("kind", BY_KIND)
def test_guide_is_printed_with_every_loop_and_segment(kind):
    out = io.StringIO()
    call_command("x12", "guide", kind, stdout=out)
    text = out.getvalue()

    def walk(loop):
        assert f"{loop.id} {loop.title}" in text
        for child in loop.children:
            if isinstance(child, Loop):
                walk(child)
            else:
                assert f"| `{child.id}` {child.title}" in text

    walk(BY_KIND[kind].root)
    assert BY_KIND[kind].version in text


@requires_shared
def test_tree_names_each_loop_of_every_file():
    wrong = []
    for path in sorted((SHARED / "samples" / "x12" / "835").iterdir()):
        lines = [line.split() for line in tree(path, name=path.name)]
        groups = sum(1 for line in lines if line[1:] and line[1].startswith("LX*"))
        titles = sum(1 for line in lines if line[:1] == ["2000"])
        if titles < groups:  # a loop whose LX is missing opens all the same
            wrong.append(f"{path.name}: {groups} LX, {titles} titles")
    assert wrong == []
