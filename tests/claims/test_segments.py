"""What was sent for one claim, segment by segment, in plain words."""

from __future__ import annotations

import pytest

from claims.explain import explain
from claims.models import Submission
from claims.queries.segments import claim_segments
from claims.services import submit_claims
from tests.factories.claims import built, coded, insured, queued

pytestmark = pytest.mark.django_db


def test_segments_are_those_of_the_claim_with_the_levels_above(spy):
    queued()
    claim = queued()
    submit_claims(gateway=spy)
    submission = Submission.objects.select_related("transmission").get(claim=claim)

    found = claim_segments(submission)

    assert found is not None
    assert submission.segment_first is not None
    pieces = spy.received[0][1].decode().split("~")
    assert [one.text for one in found.own] == pieces[
        submission.segment_first - 1 : submission.segment_last
    ]
    assert found.own[0].number == submission.segment_first
    assert [one.loop for one in found.own if one.loop] == [
        "Claim (2300)",
        "Line 1 (2400)",
        "Line 2 (2400)",
    ]
    assert [one.loop for one in found.above if one.loop] == [
        "Billing provider (2000A)",
        "Subscriber (2000B)",
    ]
    names = [one.text for one in found.above if one.name == "NM1"]
    assert any(claim.coverage.subscriber_number in name for name in names)
    assert found.total == len(pieces) - 1


def test_segments_of_a_dependent_stand_below_its_subscriber(spy):
    claim = queued(
        coded(
            insured(
                relationship="19",
                subscriber_last_name="Marsh",
                subscriber_first_name="Bo",
                subscriber_birth_date="1970-05-05",
            )
        )
    )
    submit_claims(gateway=spy)
    found = claim_segments(Submission.objects.select_related("transmission").get(claim=claim))

    assert found is not None
    assert [one.loop for one in found.above if one.loop] == [
        "Billing provider (2000A)",
        "Subscriber (2000B)",
        "Patient (2000C)",
    ]


def test_segments_of_a_claim_that_has_not_left_are_none():
    assert claim_segments(built().submissions.select_related("transmission").get()) is None


@pytest.mark.parametrize(
    ("text", "title", "summary"),
    [
        ("CLM*C1-1*155.00***11:B:7*Y*A*Y*Y", "Claim", "C1-1, $155.00, replacement, place 11"),
        ("HI*ABK:J029*ABF:R059", "Diagnoses", "J02.9, R05.9"),
        ("REF*F8*PCN1", "Payer claim control number of the original", "PCN1"),
        ("DTP*472*D8*20261120", "Date of service", "Nov 20, 2026"),
        (
            "NM1*82*1*Okafor*Grace****XX*1234567893",
            "Rendering provider",
            "Grace Okafor, NPI 1234567893",
        ),
        (
            "SV1*HC:99213:25*125.00*UN*1***1:2",
            "Service",
            "99213 25, $125.00, units: 1, for diagnosis A, B",
        ),
        ("ZZZ*1", "ZZZ", "1"),
    ],
)
def test_explain_says_it_in_words(text, title, summary):
    told = explain(1, text, "*", ":", is_claim=True)

    assert (told.title, told.summary) == (title, summary)


def test_explain_names_every_element():
    told = explain(1, "CLM*C1-1*155.00***11:B:1*Y*A*Y*Y", "*", ":", is_claim=True)

    assert [(one.name, one.value, one.words) for one in told.elements] == [
        ("CLM01", "C1-1", ""),
        ("CLM02", "155.00", "$155.00"),
        ("CLM05-1", "11", ""),
        ("CLM05-3", "1", "Original"),
        ("CLM06", "Y", "Yes"),
        ("CLM07", "A", "Assigned"),
        ("CLM08", "Y", "Yes"),
        ("CLM09", "Y", "Signed by the patient"),
    ]
