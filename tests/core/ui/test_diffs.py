from decimal import Decimal

from core.ui.diffs import compare


def line(code, modifiers=(), diagnoses=("J02.9",), charge=Decimal(38)):
    return {"code": code, "modifiers": modifiers, "diagnoses": diagnoses, "charge": charge}


def test_unchanged_line_stands_once():
    assert [row.kind for row in compare([line("99213")], [line("99213")])] == ["same"]


def test_added_modifier_is_the_only_thing_marked():
    was, now = compare([line("87880")], [line("87880", ["QW"])])
    assert (was.kind, now.kind) == ("removed", "added")
    assert not was.code.is_new
    assert not now.code.is_new
    assert [(part.text, part.is_new) for part in now.modifiers] == [("QW", True)]


def test_lines_are_paired_by_code_before_order():
    rows = compare([line("99213"), line("87880")], [line("87880"), line("99214")])
    assert [(row.kind, row.code.text) for row in rows] == [
        ("same", "87880"),
        ("removed", "99213"),
        ("added", "99214"),
    ]


def test_line_without_a_partner_is_added_or_removed():
    assert [row.kind for row in compare([], [line("99213")])] == ["added"]
    assert [row.kind for row in compare([line("99213")], [])] == ["removed"]


def test_changed_diagnosis_is_marked_on_both_sides():
    was, now = compare([line("99213", (), ["R07.0"])], [line("99213", (), ["J02.9"])])
    assert was.diagnoses[0].is_new
    assert now.diagnoses[0].is_new


def test_changed_units_and_charge_are_marked_and_the_code_is_not():
    four = {**line("J3301", charge=Decimal(32)), "units": 4}
    six = {**line("J3301", charge=Decimal(48)), "units": 6}
    was, now = compare([four], [six])
    assert was.units_are_new
    assert was.charge_is_new
    assert now.units_are_new
    assert not now.code.is_new
