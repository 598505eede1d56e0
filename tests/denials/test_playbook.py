"""The playbook and the suggestions: data and pure rules."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from denials.enums import Resolution
from denials.queries.cases import week_days
from denials.queries.diffs import CodeLine, diff_lines
from denials.rules import playbook
from denials.rules.playbook import entries, find_entry, is_denial, is_patients, resolution_path
from denials.rules.suggestions import DeniedLine, Documented, Situation, suggest
from payments.rules.reasons import reason

D = Decimal

#: Every reason of the domain's table of common denials.
COMMON = [
    "4",
    "5",
    "11",
    "15",
    "16",
    "18",
    "22",
    "24",
    "26",
    "27",
    "29",
    "31",
    "49",
    "96",
    "204",
    "50",
    "97",
    "109",
    "119",
    "140",
    "151",
    "167",
    "197",
    "226",
    "252",
    "236",
    "242",
    "243",
    "257",
    "B7",
]


@pytest.mark.parametrize("carc", COMMON)
def test_find_entry_has_a_page_for_every_common_reason(carc):
    entry = find_entry("CO", carc)
    assert entry.carc == carc
    assert all((entry.title, entry.meaning, entry.steps))
    assert reason(carc).is_known


def test_find_entry_always_answers_and_says_when_it_does_not_know():
    entry = find_entry("CO", "ZZ9")
    assert entry.carc == ""
    assert "no page yet" in entry.title


def test_find_entry_takes_the_remark_over_the_bare_reason():
    assert find_entry("CO", "4").title != find_entry("CO", "4", ["N822"]).title
    assert find_entry("CO", "16", ["M76"]).owner == "coder"
    assert find_entry("CO", "16", ["N382"]).owner == "front_desk"


def test_find_entry_follows_ma130_before_any_other_remark(monkeypatch):
    assert find_entry("CO", "16", ["M76", "MA130"]).route is Resolution.NEW_CLAIM
    # Not because its entry comes first in the file:
    backwards = entries()[::-1]
    exact_first = tuple(sorted(backwards, key=lambda entry: -entry.exactness))
    monkeypatch.setattr(playbook, "entries", lambda: exact_first)
    assert find_entry("CO", "16", ["M76", "MA130"]).route is Resolution.NEW_CLAIM
    assert find_entry("CO", "16", ["M76"]).route is Resolution.CORRECTED_CLAIM


def test_every_entry_is_complete_and_has_a_recovery_probability():
    for entry in entries():
        assert all((entry.title, entry.meaning, entry.steps)), entry
        assert 0 < entry.recovery_probability <= 1, entry
        assert not entry.carc or reason(entry.carc).is_known or entry.carc == "125", entry


@pytest.mark.parametrize(
    ("group", "carc", "amount", "expected"),
    [
        ("CO", "45", "10", False),
        ("CO", "253", "10", False),
        ("PR", "1", "10", False),
        ("PR", "2", "10", False),
        ("PR", "3", "10", False),
        ("OA", "23", "10", False),
        ("OA", "94", "-9", False),
        ("CO", "4", "-45", False),
        ("CO", "4", "45", True),
        ("OA", "18", "45", True),
        ("PR", "27", "45", True),
        ("PR", "96", "45", True),
        ("CO", "ZZ", "45", True),
    ],
)
def test_is_denial_knows_what_is_none(group, carc, amount, expected):
    assert is_denial(group, carc, D(amount)) is expected


def test_is_patients_is_what_posting_moved_to_the_patient():
    assert is_patients("PR", "96")
    assert not is_patients("PR", "27")
    assert not is_patients("CO", "96")


def test_way_back_is_a_new_claim_where_no_replacement_is_taken():
    entry = find_entry("CO", "4")
    assert resolution_path(entry, accepts_frequency_7=True) is Resolution.CORRECTED_CLAIM
    assert resolution_path(entry, accepts_frequency_7=False) is Resolution.NEW_CLAIM
    assert resolution_path(find_entry("CO", "29"), accepts_frequency_7=False) is Resolution.APPEAL


# --- Suggestions ------------------------------------------------------------------------------


def line(position, code, *modifiers, denied=True, place="11"):
    return DeniedLine(position, code, tuple(modifiers), 1, place, denied, code == "87880")


def done(text, code, quantity=1, separate=False):
    return Documented(text, code, quantity, separate)


VISIT_AND_STREP = Situation(
    lines=(line(1, "99213", denied=False), line(2, "87880")),
    documented=(
        done("Office visit, separate", "99213", separate=True),
        done("Rapid strep test in the clinic", "87880"),
    ),
    note="",
    requires_qw=True,
    telehealth_modifier="95",
)


def found(situation, *hints):
    return [(s.position, s.add) for s in suggest(situation, hints)]


def test_suggest_adds_qw_to_a_waived_test_with_its_evidence():
    [suggestion] = suggest(VISIT_AND_STREP, ["qw", "25"])
    assert (suggestion.position, suggestion.add, suggestion.key) == (2, "QW", "2-QW")
    assert suggestion.evidence == "Rapid strep test in the clinic"


def test_suggest_adds_no_qw_twice_nor_where_the_payer_wants_none():
    with_qw = replace(VISIT_AND_STREP, lines=(line(2, "87880", "QW"),))
    assert found(with_qw, "qw") == []
    assert found(replace(VISIT_AND_STREP, requires_qw=False), "qw") == []
    assert found(replace(VISIT_AND_STREP, lines=(line(1, "81002"),)), "qw") == []


def test_suggest_adds_25_only_to_a_visit_documented_as_separate():
    lines = (line(1, "99213"), line(2, "12001", denied=False))
    separate = replace(VISIT_AND_STREP, lines=lines)
    assert found(separate, "25") == [(1, "25")]
    same = replace(separate, documented=(done("Visit for the cut", "99213"),))
    assert found(same, "25") == []
    alone = replace(separate, lines=(line(1, "99213"),))
    assert found(alone, "25") == []


def test_suggest_adds_59_to_a_distinct_procedure_and_never_to_a_visit():
    distinct = replace(
        VISIT_AND_STREP,
        lines=(line(1, "11721"), line(2, "11056", denied=False)),
        documented=(done("Nails, other toes", "11721", separate=True),),
    )
    assert found(distinct, "59") == [(1, "59")]
    assert found(replace(distinct, lines=(line(1, "11721", "XS"), line(2, "1"))), "59") == []
    assert found(replace(VISIT_AND_STREP, lines=(line(1, "99213"), line(2, "1"))), "59") == []


def test_suggest_reads_sides_and_repeats_from_the_note():
    knee = replace(
        VISIT_AND_STREP,
        lines=(line(1, "20610"),),
        documented=(done("Left knee injected", "20610"),),
    )
    assert found(knee, "side", "50") == [(1, "LT")]
    both = replace(knee, documented=(done("Bilateral knees injected", "20610"),))
    assert found(both, "50", "side") == [(1, "50")]
    twice = replace(
        VISIT_AND_STREP,
        lines=(line(1, "94640"), line(2, "94640")),
        documented=(done("Nebulizer treatment", "94640", quantity=2),),
    )
    assert found(twice, "repeat") == [(2, "76")]


def test_suggest_adds_the_payers_telehealth_modifier():
    video = replace(VISIT_AND_STREP, lines=(line(1, "99213", place="10"),))
    assert found(video, "telehealth") == [(1, "95")]
    assert found(replace(video, telehealth_modifier=""), "telehealth") == []


# --- Small things -----------------------------------------------------------------------------


def test_diff_lines_marks_only_what_changed():
    visit = CodeLine("99213", (), 1, ("J02.9",), D("185.00"))
    before = [visit, CodeLine("87880", (), 1, ("J02.9",), D("45.00"))]
    after = [visit, CodeLine("87880", ("QW",), 1, ("J02.9",), D("45.00"))]
    left, right = diff_lines(before, after)
    assert [row.changed for row in left] == [False, True]
    assert [row.changed for row in right] == [False, True]


def test_week_days_reads_iso_weeks_only():
    first, last = week_days("2026-W46")
    assert (first.isoformat(), last.isoformat()) == ("2026-11-09", "2026-11-15")
    assert week_days("2026-46") is None
    assert week_days("") is None
