"""`manage.py denial_report`: what it says, what it writes, how it ends."""

from __future__ import annotations

import base64
import csv
import json
import re
import zlib

import pytest
from django.core.management import call_command
from django.db.models import Value
from django.db.models.functions import Concat

from core import clock
from encounters.models import Payer
from tests.rcm.kpi.test_weekly import CO4, CO16, CO27, CO97, THIS, deny, noon

pytestmark = pytest.mark.django_db


@pytest.fixture
def week(db):
    deny(THIS, [CO4, CO4, CO97, CO27, None], "EFT1")
    with clock.at(noon(THIS, 6)):
        yield THIS.key


def status(*arguments):
    with pytest.raises(SystemExit) as stopped:
        call_command("denial_report", *arguments)
    return stopped.value.code


def test_report_names_the_top_three_reasons_in_words(week, capsys):
    deny(THIS, [CO16], "EFT2")
    call_command("denial_report", "--week", week)
    text = capsys.readouterr().out
    assert "$225.00 in 5 cases" in text
    assert text.index("CO-4 ") < text.index("CO-16")
    assert text.count("CO-") == 3
    for part in ("By payer", "By provider", "By root cause", "Initial denial rate"):
        assert part in text


def test_json_says_the_same_as_the_page(week, capsys):
    call_command("denial_report", "--week", week, "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["week"] == week
    assert said["total"] == {"cases": 4, "claims": 4, "denied": "180.00", "recovered": "0.00"}
    assert [(one["carc"], one["cases"]) for one in said["top_reasons"]] == [
        ("4", 2),
        ("27", 1),
        ("97", 1),
    ]
    assert said["trend"][-1] == {"week": week, "cases": 4, "denied": "180.00"}
    rate = next(one for one in said["kpis"] if one["key"] == "initial-denial-rate")
    assert rate == {
        "key": "initial-denial-rate",
        "value": "80.0",
        "unit": "percent",
        "numerator": "4",
        "denominator": "5",
    }


def test_csv_has_a_row_for_every_figure(week, tmp_path, capsys):
    path = tmp_path / "week.csv"
    call_command("denial_report", "--week", week, "--csv", str(path))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    reasons = [row for row in rows if row["by"] == "reason"]
    assert (reasons[0]["key"], reasons[0]["cases"], reasons[0]["denied"]) == ("CO-4", "2", "90.00")
    for by in ("payer", "provider", "root cause"):
        assert sum(int(row["cases"]) for row in rows if row["by"] == by) == 4
    assert len([row for row in rows if row["by"] == "week"]) == 8


def test_csv_gives_a_spreadsheet_no_formula(week, tmp_path):
    Payer.objects.update(name=Concat(Value("=cmd("), "name"))
    path = tmp_path / "week.csv"
    call_command("denial_report", "--week", week, "--csv", str(path))
    with path.open(encoding="utf-8", newline="") as file:
        labels = {row["label"] for row in csv.DictReader(file) if row["by"] == "payer"}
    assert labels
    assert all(label.startswith("'=cmd(") for label in labels)


def words_of(pdf):
    """The text operators of every page, without a PDF library: ASCII85 around deflate."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S)
    pages = b"".join(
        zlib.decompress(base64.a85decode(b"<~" + one.strip(), adobe=True)) for one in streams
    )
    return b" ".join(re.findall(rb"\((.*?)\) Tj", pages)).replace(b"\\", b"").decode("latin-1")


def test_pdf_says_the_reasons_and_the_dollars(week, tmp_path, capsys):
    path = tmp_path / "week.pdf"
    call_command("denial_report", "--week", week, "--pdf", str(path))
    text = words_of(path.read_bytes())
    for words in ("Top three reasons", "CO-4", "$90.00", "By provider", "Key figures"):
        assert words in text


def test_pdf_is_written_also_for_a_week_without_denials(week, tmp_path, capsys):
    path = tmp_path / "empty.pdf"
    call_command("denial_report", "--week", THIS.back(3).key, "--pdf", str(path))
    assert path.read_bytes().startswith(b"%PDF-")
    assert "$0.00 in 0 cases" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["2026-46", "W46", "2026-W99", "", "2026-W4٦"])
def test_unreadable_week_ends_with_2_and_says_how_to_write_it(week, capsys, text):
    assert status("--week", text) == 2
    assert "2026-W46" in capsys.readouterr().err


def test_week_that_lies_ahead_ends_with_2(week, capsys):
    assert status("--week", "2027-W01") == 2
    assert "lies ahead" in capsys.readouterr().err


def test_file_that_cannot_be_written_ends_with_1(week, capsys, tmp_path):
    assert status("--week", week, "--csv", str(tmp_path / "no" / "week.csv")) == 1
    assert "cannot be written" in capsys.readouterr().err
