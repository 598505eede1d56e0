"""What a rejection means, in our own words, for every code that comes up."""

from __future__ import annotations

import pytest

from claims.rejections import (
    _BY_CODE,
    _BY_CODE_AND_ENTITY,
    ELEMENT_ERRORS,
    SEGMENT_ERRORS,
    advice,
    place,
)

COMMON = [
    ("78", "", "already has this claim", "wait"),
    ("496", "85", "not linked to us", "setup"),
    ("562", "82", "rendering provider", "setup"),
    ("562", "85", "billing provider", "setup"),
    ("562", "DN", "who referred", "claim"),
    ("164", "IL", "member ID", "coverage"),
    ("33", "IL", "does not know this subscriber", "coverage"),
    ("97", "IL", "not eligible", "coverage"),
    ("500", "85", "ZIP", "setup"),
    ("153", "PR", "payer ID", "setup"),
    ("464", "PR", "original claim", "claim"),
    ("535", "", "frequency", "claim"),
    ("187", "", "date of service", "coding"),
    ("254", "", "diagnosis", "coding"),
    ("255", "", "diagnosis", "coding"),
    ("453", "", "modifier", "coding"),
    ("507", "", "procedure code", "coding"),
    ("477", "", "diagnosis", "coding"),
    ("128", "85", "tax ID", "setup"),
    ("145", "85", "taxonomy", "setup"),
    ("158", "QC", "birth date of the patient", "patient"),
    ("400", "", "do not add up", "coding"),
    ("286", "", "primary payer", "claim"),
    ("142", "85", "CLIA", "setup"),
]


@pytest.mark.parametrize(("code", "entity", "words", "where"), COMMON)
def test_common_rejections_have_a_meaning_and_a_place(code, entity, words, where):
    told = advice(code, entity)

    assert words in told.message
    assert told.where == where


def test_unknown_code_is_named_and_says_what_to_do():
    told = advice("999", "")

    assert "999" in told.message
    assert "call the payer" in told.fix


@pytest.mark.parametrize(
    "told",
    [
        *_BY_CODE.values(),
        *_BY_CODE_AND_ENTITY.values(),
        *SEGMENT_ERRORS.values(),
        *ELEMENT_ERRORS.values(),
    ],
)
def test_every_advice_is_whole_sentences(told):
    assert told.message.endswith(".")
    assert told.fix.endswith(".")
    assert told.where in {"", "coverage", "patient", "coding", "setup", "claim", "wait"}


@pytest.mark.parametrize("code", ["1", "6", "7", "I9"])
def test_element_errors_of_a_999_are_told(code):
    assert code in ELEMENT_ERRORS


def test_place_of_a_segment_nobody_knows_is_its_name():
    assert place("ZZ9") == ("segment ZZ9", "")
