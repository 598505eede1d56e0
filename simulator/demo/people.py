"""The patients of the demo clinic: invented, of all ages, with what is wrong with some cards."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.access.enums import Role
from encounters.enums import Relationship
from encounters.models import Patient
from encounters.rules.details import CoverageDetails, Demographics
from encounters.services import add_coverages, register_patients
from simulator.demo.chance import pick, share, weighted
from simulator.demo.clinic import Clinic
from simulator.demo.data import table
from simulator.sandbox import tables
from simulator.sandbox.members import Scenario, member_id

_DATA = table("people")
_FIRST_NAMES: dict[str, list[str]] = {
    sex: names.split() for sex, names in _DATA["first_names"].items()
}
_LAST_NAMES: list[str] = _DATA["last_names"].split()
_INSURERS: dict[str, dict[str, Any]] = {one["id"]: one for one in _DATA["insurer"]}
_SCENARIOS: list[tuple[Scenario | None, float]] = [
    (None if name == "NOTHING" else Scenario[name], weight)
    for name, weight in _DATA["scenarios"].items()
]


def register_everybody(
    clinic: Clinic, *, count: int, first_day: dt.date, seed: int
) -> list[Patient]:
    """The clinic's patients with their insurance, as they were before the first day."""
    desk = clinic.users[Role.FRONT_DESK]
    weights = [(payer_id, insurer["weight"]) for payer_id, insurer in _INSURERS.items()]
    payer_ids = ["BEACN", *(weighted(weights, seed, "payer", n) for n in range(1, count))]
    people = [
        _person(seed, serial, payer_id, first_day) for serial, payer_id in enumerate(payer_ids)
    ]
    patients = register_patients(details=people, by=desk)
    entries = [
        (patient.pk, _coverage(clinic, patient, payer_id, serial, seed, first_day))
        for serial, (patient, payer_id) in enumerate(zip(patients, payer_ids, strict=True))
        if payer_id
    ]
    add_coverages(entries=entries, by=desk)
    return patients


def age_on(born: dt.date, day: dt.date) -> int:
    """In full years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _person(seed: int, serial: int, payer_id: str, day: dt.date) -> Demographics:
    def of(what: str) -> tuple[int, int, str]:
        return seed, serial, what

    sex = pick("FFM" if share(*of("more")) < 0.3 else "FM", *of("sex"))
    low, high = {"SMED1": (66, 91), "SMCD1": (3, 60), "": (19, 60)}.get(payer_id, (4, 64))
    born = day - dt.timedelta(days=int((low + share(*of("age")) * (high - low)) * 365.25) + 40)
    town = pick(_DATA["towns"], *of("town"))
    number = int(share(*of("house")) * 980) + 10
    return Demographics(
        last_name=pick(_LAST_NAMES, *of("last")),
        first_name=pick(_FIRST_NAMES[sex], *of("first")),
        middle_name=pick("ABCDEFGHJKLMNPRST", *of("middle")) if share(*of("has")) < 0.4 else "",
        birth_date=born,
        sex=sex,
        address=f"{number} {pick(_DATA['streets'], *of('street'))}",
        city=town["city"],
        state="IL",
        zip_code=town["zip_code"],
        phone=f"217555{int(share(*of('phone')) * 10_000):04d}",
    )


def _coverage(
    clinic: Clinic, patient: Patient, payer_id: str, serial: int, seed: int, day: dt.date
) -> CoverageDetails:
    # The first patient comes on the first day, and no payer ever answers: however small the demo,
    # it has a claim that gets old.
    scenario = weighted(_SCENARIOS, seed, serial, "trouble") if serial else Scenario.NO_ANSWER
    is_child = payer_id in ("BEACN", "UNMUT") and age_on(patient.birth_date, day) < 18
    parent = day.year - 24 - int(share(seed, serial, "parent") * 15) - 18
    parents = [*_FIRST_NAMES["F"], *_FIRST_NAMES["M"]]
    return CoverageDetails(
        payer_id=clinic.payers[payer_id].pk,
        subscriber_number=member_id(tables.payers()[payer_id], serial, scenario),
        effective_from=dt.date(day.year - 1 - serial % 3, 1, 1),
        plan_name=_INSURERS[payer_id]["plan"],
        group_number=_INSURERS[payer_id].get("group", ""),
        relationship=Relationship.CHILD if is_child else Relationship.SELF,
        subscriber_last_name=patient.last_name if is_child else "",
        subscriber_first_name=pick(parents, seed, serial, "par") if is_child else "",
        subscriber_birth_date=dt.date(parent, 1 + serial % 12, 1 + serial % 28)
        if is_child
        else None,
        subscriber_sex="F" if is_child else "",
    )
