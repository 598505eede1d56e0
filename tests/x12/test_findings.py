"""What a finding says, where it stands, and that one defect makes no second one that is not there.

Each of these was found beside the guide in a real file of another project.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

import x12
from tests.x12_samples import build

ERA = build.data(build.remittance_835()).decode()
CLAIMS = build.data(build.claims_837p()).decode()
INPATIENT = build.data(build.EVERYTHING["837I"]()).decode()
BENEFITS = build.data(build.EVERYTHING["271"]()).decode()


def changed(text: str, old: str, new: str, times: int = 1) -> x12.Document:
    assert old in text
    return x12.read(text.replace(old, new, times).encode())


def only(document: x12.Document, code: str) -> x12.X12Error:
    (error,) = [e for e in document.errors if e.code == code]
    return error


def test_late_claim_date_does_not_take_the_adjustment_from_the_line():
    document = changed(ERA, "DTM*472*20260102~CAS*CO*45*45~", "DTM*232*20260102~CAS*CO*45*45~")
    error = only(document, "segment-order")
    assert (error.loop, error.segment, error.fatal) == ("2000/2100", 20, False)
    assert [e.code for e in document.errors if e.fatal] == []
    claim = document.transactions[0].remittance.groups[0].claims[0]
    assert [d.qualifier for d in claim.dates] == ["232"]
    assert claim.adjustments == []
    assert [a.amount for a in claim.lines[0].adjustments] == [Decimal(45)]


def test_reference_of_the_claim_among_those_of_a_provider_leaves_the_provider_open():
    text = CLAIMS.replace("SE*128*", "SE*129*")
    document = changed(text, "REF*G2*R1~", "REF*F5*Y~REF*G2*R1~")
    assert [e.code for e in document.errors] == ["segment-order"]
    claim = list(document.transactions[0].claims837.rows())[3].claim
    assert claim.ref("F5") == "Y"
    assert [r.value for r in claim.referring[0].references] == ["R1"]


def test_late_segment_that_comes_too_often_is_told_as_both():
    text = CLAIMS.replace("SE*128*", "SE*129*")
    document = changed(text, "REF*G2*R1~", "REF*G1*Y~REF*G2*R1~")
    assert [e.code for e in document.errors] == ["segment-too-often", "segment-order"]


def test_billing_provider_is_told_once_for_all_its_subscribers_and_in_its_loop():
    text = CLAIMS.replace("1234567893", "1234567890", 1).replace("IL*627010001", "IL*62701", 1)
    document = x12.read(text.encode())
    assert [(e.code, e.loop) for e in document.errors] == [
        ("npi", "2000A/2010AA"),
        ("zip-plus-4", "2000A/2010AA"),
    ]


def test_provider_who_asks_is_told_once_for_all_the_people():
    text = build.data(build.EVERYTHING["270"]()).decode()
    assert text.count("NM1*IL") > 1
    error = only(changed(text, "1245319599", "1245319598"), "npi")
    assert (error.loop, error.fatal) == ("2000A/2000B/2100B", False)


def test_subscriber_is_told_once_for_each():
    document = changed(CLAIMS, "N4*SPRINGFIELD*IL*62704~DMG", "N4*SPRINGFIELD*XX*62704~DMG", 2)
    assert [(e.code, e.loop) for e in document.errors] == [("state", "2000A/2000B/2010BA")] * 2


def test_address_that_is_missing_is_not_also_told_for_its_zip_code():
    document = changed(CLAIMS, "N4*SPRINGFIELD*IL*627010001~", "")
    assert [e.code for e in document.errors if e.code != "segment-count"] == ["segment-missing"]


def test_place_of_service_that_is_missing_is_not_also_told_as_unknown():
    document = changed(CLAIMS, "125***11:B:1", "125***:B:1")
    assert [e.code for e in document.errors] == ["element-missing"]


def test_subscriber_who_is_not_the_patient_needs_no_address():
    text = CLAIMS.replace("SBR*P*18*GRP1", "SBR*P**GRP1", 1).replace(
        "N3*5 MAIN ST~N4*SPRINGFIELD*IL*62704~DMG*D8*19800201*F~", "", 1
    )
    codes = {e.code for e in x12.read(text.encode()).errors}
    assert codes == {"patient-level", "segment-count"}


@pytest.mark.parametrize("kind", build.EVERYTHING)
def test_transaction_that_breaks_off_at_the_end_of_the_file_ends_with_its_last_segment(kind):
    text = build.data(build.EVERYTHING[kind]()).decode()
    kept = text[: text.index("~SE*") + 1]
    document = x12.read(kept.encode())
    error = only(document, "transaction-trailer")
    last = kept.count("~")
    assert error.segment == document.transactions[0].last_segment == last
    assert error.segment == only(document, "interchange-trailer").segment


@pytest.mark.parametrize("after", ["", "GE*1*17~", "ST*837*0002*005010X222A1~"])
def test_claim_that_breaks_off_ends_with_its_last_segment(after):
    kept = CLAIMS[: CLAIMS.index("~SE*") + 1]
    whole = x12.read(CLAIMS.encode()).transactions[0]
    broken = x12.read((kept + after).encode()).transactions[0]
    assert [r.claim.last_position for r in broken.claims837.rows()] == [
        r.claim.last_position for r in whole.claims837.rows()
    ]


def test_codes_that_would_do_are_those_of_the_loop():
    error = only(changed(ERA, "DTM*472", "DTM*484"), "invalid-code")
    assert error.loop == "2000/2100/2110"
    assert error.expected == "150 151 472"


def test_diagnosis_kind_is_told_at_its_component():
    error = only(changed(CLAIMS, "HI*ABK:J069", "HI*XYZ:J069"), "invalid-code")
    assert (error.element, error.element_number) == ("HI01-1", "1270")


def test_missing_diagnosis_is_asked_for_by_the_kinds_of_the_first_one():
    assert only(changed(CLAIMS, "HI*ABK:J069~", ""), "segment-missing").expected == "HI*ABK/BK"
    error = only(changed(INPATIENT, "CL1*", "CLX*"), "segment-missing")
    assert error.expected == "CL1"


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        ("11:B:1*", "11>B>1*", "CLM05-1"),
        ("HI*ABK:J069~", "HI*ABK>J069~", "HI01-1"),
        ("HC:99213:25*", "HC>99213>25*", "SV101-1"),
    ],
)
def test_parts_divided_by_another_mark_are_named_as_that(old, new, element):
    found = [e for e in changed(CLAIMS, old, new).errors if e.element == element and e.fatal]
    assert found[0].message.endswith("divided by '>', but the ISA declares ':'.")


def test_other_wrong_codes_say_nothing_of_separators():
    error = only(changed(CLAIMS, "HC:99213:25*", "HCX:99213:25*"), "too-long")
    assert "divided" not in error.message


def test_line_without_a_procedure_is_named_as_that():
    error = only(changed(ERA, "SVC*HC:99213*125*80", "SVC**125*81"), "line-balance")
    assert "Claim ACCT1, a line without procedure: charge 125" in error.message


def test_two_dates_are_asked_for_where_two_are_needed():
    error = only(changed(CLAIMS, "20260102-20260103", "20260105-20260103"), "invalid-date")
    assert "must be two dates that exist, the earlier one first" in error.message


@pytest.mark.parametrize(
    ("text", "old", "new", "element"),
    [
        (ERA, "CCP*01*999999992*", "CCP**999999992*", "BPR06"),
        (ERA, "**01*999988880*", "**01**", "BPR13"),
        (ERA, "*DA*123456*", "*DA**", "BPR09"),
        (BENEFITS, "EB*L~", "EB*L********VS~", "EB10"),
    ],
)
def test_bank_or_quantity_without_its_other_half_is_told_but_refuses_nothing(
    text, old, new, element
):
    (error,) = changed(text, old, new).errors
    assert (error.element, error.fatal) == (element, False)


def test_answer_of_a_form_that_says_nothing_is_told():
    line = "AMT*T*0.50~SE*128"
    document = changed(CLAIMS, line, "AMT*T*0.50~LQ*UT*01.02~FRM*12~SE*130")
    (error,) = document.errors
    assert (error.code, error.element) == ("one-of-missing", "FRM02")
    answered = changed(CLAIMS, line, "AMT*T*0.50~LQ*UT*01.02~FRM*12*N~SE*130")
    assert answered.errors == []


def test_versions_of_group_and_transaction_that_differ_are_told():
    error = only(changed(CLAIMS, "0001*005010X222A1", "0001*005010X222"), "version")
    assert (error.element, error.expected, error.fatal) == ("ST03", "005010X222A1", False)


def test_interchange_of_an_older_version_is_told_once():
    error = only(changed(CLAIMS, "*^*00501*", "*^*00401*"), "isa-value")
    assert (error.element, error.segment, error.fatal) == ("ISA12", 1, False)
