from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from coding.models import (
    Code,
    CodeNote,
    CodeRelease,
    FeeScheduleRate,
    Gpci,
    MueEdit,
    PtpEdit,
    RvuRow,
)
from coding.services.carried import CARRIED, load_carried_codes
from coding.services.load_codes import load_codes
from core.errors import Refused
from tests.coding.test_formats import hcpcs_line, order_line, written
from tests.shared import SHARED, requires_shared

pytestmark = pytest.mark.django_db

FY27, FY28 = date(2026, 10, 1), date(2027, 10, 1)
DATA = SHARED / "data"


def order(folder: Path, *codes: tuple[str, str, str], name: str = "order.txt") -> Path:
    text = "".join(order_line(n, *code) for n, code in enumerate(codes, 1))
    return written(folder, text, name)


def periods(code: str) -> list[tuple[date, date | None, bool]]:
    rows = Code.objects.filter(code=code).order_by("valid_from")
    return list(rows.values_list("valid_from", "valid_to", "billable"))


@pytest.fixture
def fresh(db: None) -> None:
    """A database without any codes."""
    for model in (Code, CodeNote, CodeRelease, PtpEdit, MueEdit, RvuRow, Gpci):
        model.objects.all().delete()


@pytest.fixture
def two_years(fresh: None, tmp_path: Path) -> None:
    """A first order file of a year, and a second one of the next."""
    first = order(
        tmp_path,
        ("J02", "0", "Acute pharyngitis"),
        ("J029", "1", "Acute pharyngitis, unspecified"),
        ("M722", "1", "Plantar fascial fibromatosis"),
        ("S234", "1", "Sprain of ribs"),
    )
    load_codes(system="icd10cm", path=first, effective=FY27)
    second = order(
        tmp_path,
        ("J02", "0", "Acute pharyngitis"),
        ("J029", "1", "Acute pharyngitis, other words"),
        ("M722", "0", "Plantar fascial fibromatosis"),
        ("M7221", "1", "Plantar fascial fibromatosis, right foot"),
        name="order28.txt",
    )
    load_codes(system="icd10cm", path=second, effective=FY28)


@pytest.mark.usefixtures("two_years")
class TestYearlyUpdate:
    def test_code_that_is_gone_ends_the_day_before(self):
        assert periods("S23.4") == [(FY27, date(2027, 9, 30), True)]

    def test_code_that_becomes_a_heading_opens_a_second_period(self):
        assert periods("M72.2") == [(FY27, date(2027, 9, 30), True), (FY28, None, False)]

    def test_new_code_begins_on_the_day(self):
        assert periods("M72.21") == [(FY28, None, True)]

    def test_new_words_do_not_open_a_period(self):
        assert periods("J02.9") == [(FY27, None, True)]
        assert Code.objects.get(code="J02.9").description == "Acute pharyngitis, other words"

    def test_earlier_release_afterwards_is_refused(self, tmp_path):
        late = order(tmp_path, ("J029", "1", "Acute"), name="late.txt")
        with pytest.raises(Refused, match="too late"):
            load_codes(system="icd10cm", path=late, effective=FY27)
        assert periods("M72.21") == [(FY28, None, True)]


def test_same_file_again_changes_nothing(fresh, tmp_path):
    path = order(tmp_path, ("J029", "1", "Acute pharyngitis"))
    first = load_codes(system="icd10cm", path=path, effective=FY27)
    before = list(Code.objects.values())
    again = load_codes(system="icd10cm", path=path, effective=FY27)
    assert (first.added, first.already_loaded) == (1, False)
    assert (again.added, again.already_loaded) == (0, True)
    assert list(Code.objects.values()) == before
    assert CodeRelease.objects.count() == 1


def test_corrected_file_for_the_same_day_replaces_the_first(fresh, tmp_path):
    wrong = order(tmp_path, ("J028", "1", "Wrong"), ("J029", "0", "Acute"))
    load_codes(system="icd10cm", path=wrong, effective=FY27)
    right = order(tmp_path, ("J029", "1", "Acute"), name="right.txt")
    load_codes(system="icd10cm", path=right, effective=FY27)
    assert periods("J02.8") == []
    assert periods("J02.9") == [(FY27, None, True)]


def test_one_bad_line_leaves_everything_as_it_was(fresh, tmp_path):
    load_codes(system="icd10cm", path=order(tmp_path, ("J029", "1", "Acute")), effective=FY27)
    text = order_line(1, "J028", "1", "Other") + "00002 J0*9    1 broken\n"
    with pytest.raises(Refused) as caught:
        load_codes(system="icd10cm", path=written(tmp_path, text, "bad.txt"), effective=FY28)
    assert caught.value.context["line"] == 2
    assert "bad.txt, line 2:" in caught.value.message
    assert list(Code.objects.values_list("code", "valid_to")) == [("J02.9", None)]


def test_code_that_stands_twice_is_refused_with_both_lines(fresh, tmp_path):
    path = order(tmp_path, ("J029", "1", "Acute"), ("J028", "1", "Other"), ("J029", "1", "Acute"))
    with pytest.raises(Refused, match=r"line 3: J02\.9 is repeated: it is already on line 1"):
        load_codes(system="icd10cm", path=path, effective=FY27)
    assert not Code.objects.exists()


def test_unknown_system_and_missing_file_are_refused(tmp_path):
    with pytest.raises(Refused, match="not a system"):
        load_codes(system="icd9", path=tmp_path, effective=FY27)
    with pytest.raises(Refused, match="cannot be read"):
        load_codes(system="mue", path=tmp_path / "none.csv", effective=FY27)


def test_changed_edit_ends_and_begins_again(fresh, tmp_path):
    old = written(tmp_path, "17110,99213,1,x\n17110,99214,1,x\n", "old.csv")
    new = written(tmp_path, "17110,99213,0,x\n", "new.csv")
    load_codes(system="ncci-ptp", path=old, effective=date(2026, 1, 1))
    result = load_codes(system="ncci-ptp", path=new, effective=date(2026, 4, 1))
    rows = PtpEdit.objects.order_by("column2", "effective_from").values_list(
        "column2", "modifier_indicator", "effective_from", "effective_to"
    )
    assert list(rows) == [
        ("99213", "1", date(2026, 1, 1), date(2026, 3, 31)),
        ("99213", "0", date(2026, 4, 1), None),
        ("99214", "1", date(2026, 1, 1), date(2026, 3, 31)),
    ]
    assert (result.added, result.ended) == (1, 2)


def test_part_of_a_list_ends_nothing(fresh, tmp_path):
    load_codes(system="mue", path=written(tmp_path, "code,units,mai\n87880,2,3\n"), effective=FY27)
    part = written(tmp_path, "code,units,mai\n99213,2,3\n", "part.csv")
    load_codes(system="mue", path=part, effective=FY28, complete=False)
    assert MueEdit.objects.filter(effective_to=None).count() == 2


@pytest.mark.usefixtures("codes")
class TestCarriedCodes:
    def test_second_run_is_a_no_op(self):
        results = load_carried_codes()
        assert len(results) == len(CARRIED)
        assert {result.already_loaded for result in results} == {True}

    def test_billable_codes_of_each_year_agree_with_cdc(self):
        counts = {
            on: Code.objects.filter(system="icd10cm", billable=True, valid_from__lte=on)
            .exclude(valid_to__lt=on)
            .count()
            for on in (date(2024, 10, 1), date(2025, 10, 1), date(2026, 10, 1))
        }
        assert counts == {
            date(2024, 10, 1): 74_260,
            date(2025, 10, 1): 74_719,
            date(2026, 10, 1): 74_879,
        }

    def test_heading_begins_when_its_code_stops_being_billable(self):
        assert periods("M72.2") == [
            (date(2015, 10, 1), date(2026, 9, 30), True),
            (date(2026, 10, 1), None, False),
        ]

    def test_no_procedure_lacks_words_charge_or_rvu_row(self):
        procedures = set(
            Code.objects.filter(system__in=("cpt", "hcpcs")).values_list("code", flat=True)
        )
        assert len(procedures) == 115
        assert not Code.objects.filter(code__in=procedures, description="").exists()
        charged = FeeScheduleRate.objects.filter(schedule__kind="charges")
        assert procedures == set(charged.values_list("code", flat=True))
        assert procedures <= set(RvuRow.objects.values_list("code", flat=True))

    def test_official_hcpcs_file_brings_its_words_and_keeps_our_flags(self, tmp_path):
        text = hcpcs_line("J1885", "3", "Official words", "20030101")
        text += hcpcs_line("J9999", "3", "Other", "20200101")
        load_codes(system="hcpcs", path=written(tmp_path, text, "HCPC2026.txt"), effective=FY27)
        row = Code.objects.get(code="J1885")
        assert row.description == "Official words"
        assert (row.valid_from, row.valid_to) == (date(2003, 1, 1), None)
        assert "toradol" in row.synonyms
        assert row.category == "drug"
        assert Code.objects.get(code="G2211").valid_to == date(2026, 9, 30)


@requires_shared
@pytest.mark.parametrize(
    ("system", "name", "rows"),
    [
        ("ncci-ptp", "ncci_ptp_prac_active_2024mid.csv.gz", 1_669_820),
        ("mue", "ncci_mue_prac_2024.csv.gz", 14_677),
        ("pfs-rvu", "pfs_rvu_2025Q4_no_desc.csv.gz", 19_090),
        ("gpci", "pfs_gpci_2025.csv", 109),
        ("hcpcs", "hcpcs_level2_2026Q2.csv", 6_664),
        ("carc", "carc_rarc_codes_no_text.csv", 405),
        ("rarc", "carc_rarc_codes_no_text.csv", 1_171),
        ("icd10cm", "icd10cm_codes_fy2025_2027.tsv.gz", 74_937),
    ],
)
def test_published_file_loads_whole(fresh, system, name, rows):
    result = load_codes(system=system, path=DATA / name, effective=date(2026, 10, 1))
    assert (result.rows, result.added) == (rows, rows)


def run(*arguments: str) -> tuple[int, str, str]:
    out, error = io.StringIO(), io.StringIO()
    try:
        call_command("load_codes", *arguments, stdout=out, stderr=error)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), error.getvalue()
    return 0, out.getvalue(), error.getvalue()


def test_command_says_what_it_did_in_words_and_as_json(fresh, tmp_path):
    path = str(order(tmp_path, ("J029", "1", "Acute")))
    status, out, _ = run("icd10cm", path, "--effective", "2026-10-01")
    assert status == 0
    assert "1 row of icd10cm from 2026-10-01: 1 added, 0 revised, 0 ended" in out
    status, out, _ = run("icd10cm", path, "--effective", "2026-10-01", "--json")
    answer = json.loads(out)
    assert (status, answer["ok"], answer["already_loaded"], answer["rows"]) == (0, True, True, 1)


def test_command_refuses_with_status_1_and_the_place(fresh, tmp_path):
    path = str(written(tmp_path, "00001 J029    5 Acute\n", "bad.txt"))
    status, out, error = run("icd10cm", path, "--effective", "2026-10-01", "--json")
    answer = json.loads(out)
    assert status == 1
    assert (answer["ok"], answer["line"], answer["file"]) == (False, 1, path)
    assert "nothing was changed" in error


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["icd9", "file.txt", "--effective", "2026-10-01"], "invalid choice: 'icd9'"),
        (["mue", "file.txt", "--effective", "soon"], "'soon' is not a date"),
        (["mue", "file.txt"], "--effective"),
    ],
)
def test_wrong_usage_ends_with_an_error_of_the_command_line(arguments, words):
    with pytest.raises(CommandError, match=words):
        call_command("load_codes", *arguments)
