from datetime import date

import pytest

import x12
from encounters.rules import demographics as d


@pytest.mark.parametrize(
    ("clean", "typed", "kept"),
    [
        (d.phone, "+1 (217) 555-0144", "2175550144"),
        (d.phone, "", ""),
        (d.zip_code, "62704-1234", "627041234"),
        (d.state, "il", "IL"),
        (d.npi, "1234567893", "1234567893"),
        (d.npi, "123-456-7893", "1234567893"),
        (d.tax_id, "37-1234567", "371234567"),
        (d.taxonomy, "207q00000x", "207Q00000X"),
        (d.icd_code, "j029", "J02.9"),
        (d.icd_code, "I10", "I10"),
        (d.icd_code, "", ""),
        (d.procedure_code, "j1100", "J1100"),
        (d.procedure_code, "87880", "87880"),
        (d.zip_plus_4, "62701-0001", "627010001"),
        (d.subscriber_number, "w123-456 789", "W123456789"),
        (d.group_number, " bhp 4400 ", "BHP 4400"),
    ],
)
def test_value_is_kept_in_its_usual_shape(clean, typed, kept):
    assert clean(typed) == kept


@pytest.mark.parametrize(
    ("clean", "typed", "words"),
    [
        (d.npi, "1234567890", "check digit"),
        (d.npi, "123456789", "has ten digits; this has 9"),
        (d.npi, "3234567893", "check digit"),
        (d.phone, "555-0144", "ten digits"),
        (d.phone, "0175550144", "ten digits"),
        (d.zip_code, "6270", "ZIP"),
        (d.zip_plus_4, "62704", "ZIP+4"),
        (d.state, "XX", "two-letter"),
        (d.tax_id, "12", "nine digits"),
        (d.taxonomy, "207Q", "ten characters"),
        (d.icd_code, "sore", "ICD-10-CM"),
        (d.procedure_code, "9921", "CPT or HCPCS"),
        (d.subscriber_number, "", "insurance card"),
        (d.subscriber_number, "W12/34", "letters and digits"),
        (d.group_number, "A*B", "separator"),
    ],
)
def test_value_is_refused_with_what_to_enter(clean, typed, words):
    with pytest.raises(d.Invalid, match=words.replace("+", r"\+")):
        clean(typed)


@pytest.mark.parametrize("number", ["1EG4TE5MK73", "1eg4-te5-mk73"])
def test_medicare_number_is_accepted(number):
    assert d.subscriber_number(number, "medicare") == "1EG4TE5MK73"


@pytest.mark.parametrize("number", ["1EG4TE5MK7", "0EG4TE5MK73", "1SG4TE5MK73", "W123456789"])
def test_medicare_number_of_another_shape_is_refused(number):
    with pytest.raises(d.Invalid, match="not a Medicare number"):
        d.subscriber_number(number, "medicare")


@pytest.mark.parametrize("number", ["1234567893", "1245319599", "1999999984"])
def test_npi_rule_agrees_with_the_codec(number):
    assert x12.npi_is_valid(number)
    assert d.npi(number) == number


def test_birth_date_of_today_is_accepted():
    assert d.birth_date(date(2026, 11, 23), date(2026, 11, 23)) == date(2026, 11, 23)
