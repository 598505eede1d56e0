"""What a name, address, number or birth date must look like so that a payer takes it.

Each function gives the cleaned value or raises `Invalid` with a sentence that says what to do. The
835 and 837 carry these values, so the delimiters of an interchange are refused at the door.
"""

from __future__ import annotations

import re
from datetime import date

import x12
from encounters.data import csv_rows
from encounters.enums import PayerKind

_STATES = csv_rows("states.csv")
STATES = frozenset(row["code"] for row in _STATES)
"""USPS: states, territories, military post."""
STATE_NAMES = {row["name"]: row["code"] for row in _STATES if row["name"]}
"""For systems that write the state out."""
OLDEST = 125

_SPACES = re.compile(r"\s+")
_DELIMITERS = re.compile(r"[*~^:|<>]")
_MEMBER = re.compile(r"[A-Z0-9]{2,30}")
_MBI = re.compile(
    r"[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d"
    r"[AC-HJKMNP-RT-Y]{2}\d{2}"
)
_ICD = re.compile(r"[A-TV-Z][0-9][0-9AB](\.[0-9A-Z]{1,4})?")
_PROCEDURE = re.compile(r"(\d{4}[0-9AFMTU]|[A-V]\d{4})")


class Invalid(ValueError):
    """A value that is refused; the text says what to enter instead."""


def text(value: str, what: str) -> str:
    """A name or address line: single spaces, no control characters, none of ``* ~ ^ : | < >``."""
    cleaned = _SPACES.sub(" ", value).strip()
    found = _DELIMITERS.search(cleaned)
    if found:
        raise Invalid(
            f"Leave out the character {found.group()} in the {what}: electronic claims use it as a "
            "separator."
        )
    if not cleaned.isprintable():
        raise Invalid(f"The {what} holds a character that cannot be printed. Type it again.")
    return cleaned


def name(value: str, what: str) -> str:
    """A person's name, with at least one letter."""
    cleaned = text(value, what)
    if cleaned and not any(c.isalpha() for c in cleaned):
        raise Invalid(f"The {what} needs at least one letter.")
    return cleaned


def birth_date(value: date, today: date) -> date:
    """Not in the future, and nobody older than 125 years."""
    if value > today:
        raise Invalid("The birth date lies in the future. Check the year.")
    if value.year < today.year - OLDEST:
        raise Invalid(f"The birth date is more than {OLDEST} years ago. Check the year.")
    return value


def digits(value: str) -> str:
    """Only the digits of what was typed."""
    return re.sub(r"\D", "", value)


def phone(value: str) -> str:
    """Ten digits; a leading 1 and any punctuation are dropped. Empty stays empty."""
    number = digits(value)
    if len(number) == 11 and number.startswith("1"):
        number = number[1:]
    if value.strip() and (len(number) != 10 or number[0] in "01"):
        raise Invalid("Enter the ten digits of the phone number with its area code.")
    return number


def zip_code(value: str) -> str:
    """Five or nine digits."""
    number = digits(value)
    if len(number) not in (5, 9) or number.startswith("00000"):
        raise Invalid("Enter a ZIP code of five digits, or nine for ZIP+4.")
    return number


def zip_plus_4(value: str) -> str:
    """Nine digits: the 837 wants ZIP+4 for a billing provider (loop 2010AA N403)."""
    number = digits(value)
    if len(number) != 9:
        raise Invalid("Enter all nine digits (ZIP+4): payers reject a billing address without.")
    return number


def state(value: str) -> str:
    """A USPS state, territory or military code."""
    code = value.strip().upper()
    code = STATE_NAMES.get(code, code)
    if code not in STATES:
        raise Invalid("Enter the two-letter state, such as NY.")
    return code


def subscriber_number(value: str, kind: str = "") -> str:
    """The member number as the payer prints it, without spaces and dashes.

    Medicare's is checked against the format of the Medicare Beneficiary Identifier (CMS).
    """
    number = re.sub(r"[\s-]", "", value).upper()
    if not number:
        raise Invalid(
            "Enter the subscriber (member) number from the insurance card: the payer cannot find "
            "the patient without it."
        )
    if not _MEMBER.fullmatch(number):
        raise Invalid(
            "A subscriber number has 2 to 30 letters and digits. Copy it from the insurance card."
        )
    if kind == PayerKind.MEDICARE and not _MBI.fullmatch(number):
        raise Invalid(
            "This is not a Medicare number. It has 11 characters like 1EG4TE5MK73, without the "
            "letters S, L, O, I, B and Z. Copy it from the red, white and blue card."
        )
    return number


def group_number(value: str) -> str:
    """The group or policy number; may be empty."""
    return text(value, "group number").upper()


def npi(value: str) -> str:
    """Ten digits whose last one is the check digit (Luhn over 80840 + NPI, 45 CFR 162.406)."""
    number = digits(value)
    if len(number) != 10:
        raise Invalid(f"An NPI has ten digits; this has {len(number)}.")
    if number[0] not in "12" or not x12.npi_is_valid(number):
        raise Invalid(
            "The check digit of this NPI is wrong: one of its digits is mistyped. Compare it with "
            "the NPI registry."
        )
    return number


def tax_id(value: str) -> str:
    """Nine digits of the employer identification number."""
    number = digits(value)
    if len(number) != 9:
        raise Invalid("A tax ID (EIN) has nine digits.")
    return number


def taxonomy(value: str) -> str:
    """A ten-character provider taxonomy code, ending in X."""
    code = value.strip().upper()
    if not re.fullmatch(r"[0-9A-Z]{9}X", code):
        raise Invalid("A taxonomy code has ten characters and ends in X, such as 207Q00000X.")
    return code


def icd_code(value: str) -> str:
    """The shape of an ICD-10-CM code, with its dot put in. Whether it is valid the coder checks."""
    code = re.sub(r"[\s.]", "", value).upper()
    if len(code) > 3:
        code = f"{code[:3]}.{code[3:]}"
    if code and not _ICD.fullmatch(code):
        raise Invalid(
            f"{value.strip()} does not look like an ICD-10-CM code (such as J02.9). Leave it empty "
            "if you are not sure: the coder reads your words."
        )
    return code


def procedure_code(value: str) -> str:
    """The shape of a CPT or HCPCS code; may be empty."""
    code = value.strip().upper()
    if code and not _PROCEDURE.fullmatch(code):
        raise Invalid(
            f"{value.strip()} does not look like a CPT or HCPCS code (such as 99213). Leave it "
            "empty if you are not sure: the coder reads your words."
        )
    return code
