"""What is entered about a person, an insurance, a visit and a note, checked field by field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from encounters.enums import Relationship, Sex
from encounters.rules import demographics as d

T = TypeVar("T")
Problems = dict[str, str]
"""Field name → what to enter instead."""


def _try(found: Problems, name: str, clean: Callable[[], T], value: T) -> T:
    try:
        return clean()
    except d.Invalid as error:
        found.setdefault(name, str(error))
        return value


def changed(details: Demographics | CoverageDetails, row: object) -> list[str]:
    """Names of the fields in which the details differ from a model's row."""
    return [f.name for f in fields(details) if getattr(details, f.name) != getattr(row, f.name)]


@dataclass(frozen=True, slots=True)
class Demographics:
    """A person, as a claim needs it (837 loops 2010BA and 2010CA)."""

    last_name: str
    first_name: str
    birth_date: date
    sex: str
    address: str
    city: str
    state: str
    zip_code: str
    middle_name: str = ""
    phone: str = ""
    email: str = ""

    @classmethod
    def of(cls, row: object) -> Demographics:
        """A registered patient's, to be changed and given back."""
        return cls(**{f.name: getattr(row, f.name) for f in fields(cls)})

    def look(self, *, today: date) -> tuple[Demographics, Problems]:
        """The cleaned values and what is wrong with them."""
        found: Problems = {}
        values: dict[str, Any] = {}
        for name, what in (
            ("last_name", "last name"),
            ("first_name", "first name"),
            ("middle_name", "middle name"),
        ):
            value = getattr(self, name)
            values[name] = _try(found, name, partial(d.name, value, what), value)
        for name, what in (("address", "street address"), ("city", "city")):
            value = getattr(self, name)
            values[name] = _try(found, name, partial(d.text, value, what), value)
        values["state"] = _try(found, "state", lambda: d.state(self.state), self.state)
        values["zip_code"] = _try(found, "zip_code", lambda: d.zip_code(self.zip_code), "")
        values["phone"] = _try(found, "phone", lambda: d.phone(self.phone), "")
        values["email"] = self.email.strip()
        _try(found, "birth_date", lambda: d.birth_date(self.birth_date, today), self.birth_date)
        if self.sex not in Sex.values:
            found["sex"] = "Choose female, male or unknown, as the insurance has it."
        for name, what in (
            ("last_name", "last name"),
            ("first_name", "first name"),
            ("address", "street address"),
            ("city", "city"),
        ):
            if not values[name]:
                found.setdefault(name, f"Enter the {what}: a claim cannot be sent without it.")
        return replace(self, **values), found


@dataclass(frozen=True, slots=True)
class CoverageDetails:
    """An insurance, as printed on the card."""

    payer_id: int
    subscriber_number: str
    effective_from: date
    effective_to: date | None = None
    priority: int = 1
    plan_name: str = ""
    group_number: str = ""
    relationship: str = Relationship.SELF
    subscriber_last_name: str = ""
    subscriber_first_name: str = ""
    subscriber_birth_date: date | None = None
    subscriber_sex: str = ""

    @classmethod
    def of(cls, row: object) -> CoverageDetails:
        """A coverage's, to be changed and given back."""
        return cls(**{f.name: getattr(row, f.name) for f in fields(cls)})

    def look(self, *, today: date, kind: str = "") -> tuple[CoverageDetails, Problems]:
        """The cleaned values and what is wrong. ``kind`` is the payer's: Medicare has a format."""
        found: Problems = {}
        number = _try(
            found,
            "subscriber_number",
            lambda: d.subscriber_number(self.subscriber_number, kind),
            self.subscriber_number,
        )
        values: dict[str, Any] = {
            "subscriber_number": number,
            "group_number": _try(
                found, "group_number", lambda: d.group_number(self.group_number), ""
            ),
            "plan_name": _try(found, "plan_name", lambda: d.text(self.plan_name, "plan"), ""),
        }
        if self.priority not in (1, 2, 3):
            found["priority"] = "Choose primary, secondary or tertiary."
        if self.relationship not in Relationship.values:
            found["relationship"] = "Choose how the patient is related to the subscriber."
        if abs(self.effective_from.year - today.year) > 125:
            found["effective_from"] = "Check the year in which the coverage begins."
        if self.effective_to is not None and self.effective_to < self.effective_from:
            found["effective_to"] = "The last day lies before the first day."
        if self.relationship == Relationship.SELF:
            values |= {
                "subscriber_last_name": "",
                "subscriber_first_name": "",
                "subscriber_birth_date": None,
                "subscriber_sex": "",
            }
        else:
            values |= self._subscriber(found, today)
        return replace(self, **values), found

    def _subscriber(self, found: Problems, today: date) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, what in (
            ("subscriber_last_name", "subscriber's last name"),
            ("subscriber_first_name", "subscriber's first name"),
        ):
            value = getattr(self, name)
            values[name] = _try(found, name, partial(d.name, value, what), value)
            if not values[name]:
                found.setdefault(name, f"Enter the {what}: the insurance is in that name.")
        if self.subscriber_birth_date is None:
            found["subscriber_birth_date"] = (
                "Enter the subscriber's birth date: the payer finds the policy by it."
            )
        else:
            born = self.subscriber_birth_date
            _try(found, "subscriber_birth_date", lambda: d.birth_date(born, today), born)
        return values


def day_problem(day: date, today: date) -> str:
    """Why no visit can be booked on that day; empty when one can."""
    if day < today:
        return "This day has passed. Choose today or a later day."
    if day.year > today.year + 2:
        return "This day is more than two years away. Check the year."
    return ""


@dataclass(frozen=True, slots=True)
class NewAppointment:
    """A visit to be put on the schedule."""

    patient_id: int
    provider_id: int
    facility_id: int
    starts_at: datetime
    """Moment with a time zone."""
    reason: str
    minutes: int = 20


@dataclass(frozen=True, slots=True)
class Arrival:
    """A patient who is here.

    ``coverage_ids``: primary first; None takes those in force, an empty tuple is self-pay.
    """

    appointment_id: int
    coverage_ids: tuple[int, ...] | None = None
    prior_authorization: str = ""
    referral_number: str = ""


@dataclass(frozen=True, slots=True)
class Sections:
    """The four parts of a note."""

    subjective: str = ""
    objective: str = ""
    assessment: str = ""
    plan: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written at all."""
        return not any(getattr(self, f.name).strip() for f in fields(self))


@dataclass(frozen=True, slots=True)
class DiagnosisText:
    """A diagnosis in the provider's words."""

    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class ServiceText:
    """A service in the provider's words."""

    text: str
    code: str = ""
    quantity: int = 1
    is_separate: bool = False


@dataclass(frozen=True, slots=True)
class NoteText:
    """A whole note of an encounter."""

    encounter_id: int
    sections: Sections
    diagnoses: tuple[DiagnosisText, ...] = ()
    services: tuple[ServiceText, ...] = ()


def missing_for_signature(note: NoteText) -> list[str]:
    """What a note still needs before it can be signed: a coder has to find it all in there."""
    missing = []
    if not note.sections.subjective.strip() and not note.sections.objective.strip():
        missing.append("what the patient told or what you found")
    if not note.sections.assessment.strip() and not note.sections.plan.strip():
        missing.append("an assessment or a plan")
    if not note.diagnoses:
        missing.append("at least one diagnosis")
    if not note.services:
        missing.append("at least one service")
    return missing
