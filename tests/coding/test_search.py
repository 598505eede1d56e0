from __future__ import annotations

from datetime import date

import pytest

from coding.queries.search import PROCEDURES, CodeHit, search_codes

pytestmark = pytest.mark.usefixtures("codes")

DAY = date(2026, 10, 5)


def diagnoses(text: str, on: date = DAY) -> list[CodeHit]:
    return search_codes(text, systems=["icd10cm"], on=on)


def first(text: str, systems: tuple[str, ...] = ("icd10cm",)) -> str:
    return search_codes(text, systems=systems, on=DAY)[0].code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sore throat", "J02.9"),
        ("Sore Throat, acute", "J02.9"),
        ("sore throt", "J02.9"),
        ("pharingitis acute", "J02.9"),
        ("strep throat", "J02.0"),
        ("j029", "J02.9"),
        ("J02.9", "J02.9"),
        ("htn", "I10"),
        ("hypertenson", "I10"),
        ("high blood pressure", "I10"),
        ("diabetis", "E11.9"),
        ("uti", "N39.0"),
        ("low back pain", "M54.50"),
        ("knee pain left", "M25.562"),
        ("otitis media right", "H66.91"),
        ("flu", "J11.1"),
        ("meniere", "H81.02"),
        ("wart", "B07.9"),
    ],
)
def test_words_of_the_day_find_the_code(text, code):
    assert first(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("99213", "99213"),
        ("rapid strep", "87880"),
        ("knee injection", "20610"),
        ("wrist xray", "73110"),
        ("toradol", "J1885"),
        ("a1c", "83036"),
    ],
)
def test_plain_words_find_the_procedure(text, code):
    assert first(text, tuple(PROCEDURES)) == code


def test_prefix_lists_the_heading_and_what_is_below():
    hits = diagnoses("J02")
    assert [(hit.code, hit.billable) for hit in hits] == [
        ("J02", False),
        ("J02.0", True),
        ("J02.8", True),
        ("J02.9", True),
    ]
    assert [hit.is_usable for hit in hits] == [False, True, True, True]


def test_code_that_is_not_valid_on_the_day_says_why():
    [ended] = [hit for hit in diagnoses("S23.420A") if hit.code == "S23.420A"]
    assert ended.reason.startswith("not valid on Oct 5, 2026: its last day was Sep 30, 2026")
    [future] = diagnoses("J4B", on=date(2026, 9, 30))
    assert future.reason == "not valid on Sep 30, 2026: it begins on Oct 1, 2026"
    assert diagnoses("J4B")[0].is_usable


def test_code_that_became_a_heading_shows_the_meaning_of_the_day():
    assert diagnoses("M72.2", on=date(2026, 9, 30))[0].billable is True
    assert diagnoses("M72.2")[0].billable is False


def test_words_never_find_what_is_not_valid_on_the_day():
    hits = diagnoses("plantar fascial fibromatosis", on=date(2026, 9, 30))
    assert [hit.code for hit in hits if hit.billable] == ["M72.2"]


@pytest.mark.parametrize("text", ["", " ", "x", "the of", "%%", "''", "& | !", "zzqqxxyy"])
def test_text_that_says_nothing_finds_nothing(text):
    assert diagnoses(text) == []


def test_search_takes_few_queries_whatever_is_asked(django_assert_max_num_queries):
    for text in ("sore throat", "fracture", "E11", "hypertenson", "pain", "S52", "sore throt"):
        with django_assert_max_num_queries(5):
            diagnoses(text)
