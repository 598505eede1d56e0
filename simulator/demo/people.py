"""The patients of the demo clinic: invented, of all ages, with what is wrong with some cards."""

from __future__ import annotations

import datetime as dt

from core.access.enums import Role
from encounters.enums import Relationship
from encounters.models import Patient
from encounters.rules.details import CoverageDetails, Demographics
from encounters.services import add_coverages, register_patients
from simulator.demo.chance import pick, share, weighted
from simulator.demo.clinic import Clinic
from simulator.sandbox import tables
from simulator.sandbox.members import Scenario, member_id

_FIRST_F = [
    "Ada",
    "Alma",
    "Amina",
    "Beatriz",
    "Carla",
    "Chloe",
    "Dana",
    "Elena",
    "Emma",
    "Fatima",
    "Hannah",
    "Ines",
    "Iris",
    "Jada",
    "Joan",
    "Julia",
    "Keiko",
    "Lena",
    "Lila",
    "Lucia",
    "Maeve",
    "Maya",
    "Mina",
    "Naomi",
    "Nora",
    "Olga",
    "Paula",
    "Priya",
    "Rosa",
    "Ruth",
    "Sara",
    "Sofia",
    "Tess",
    "Uma",
    "Vera",
    "Wanda",
    "Yara",
    "Zoe",
]
_FIRST_M = [
    "Abel",
    "Adrian",
    "Ahmed",
    "Andre",
    "Ben",
    "Caleb",
    "Carlos",
    "Dario",
    "Dean",
    "Elias",
    "Emil",
    "Felix",
    "Gabriel",
    "Hank",
    "Hugo",
    "Ivan",
    "Jamal",
    "Jonas",
    "Jose",
    "Kai",
    "Leon",
    "Liam",
    "Luis",
    "Marco",
    "Miles",
    "Nico",
    "Oscar",
    "Owen",
    "Paul",
    "Ravi",
    "Reid",
    "Samir",
    "Sean",
    "Theo",
    "Tomas",
    "Victor",
    "Wes",
    "Yusuf",
]
_LAST = [
    "Abbott",
    "Acosta",
    "Adeyemi",
    "Baker",
    "Banerjee",
    "Barros",
    "Bell",
    "Brandt",
    "Brooks",
    "Castillo",
    "Chen",
    "Cole",
    "Cruz",
    "Dalton",
    "Diaz",
    "Doyle",
    "Ellis",
    "Engel",
    "Farrow",
    "Fischer",
    "Flores",
    "Foster",
    "Garza",
    "Gibbs",
    "Goldman",
    "Grant",
    "Haddad",
    "Hale",
    "Hansen",
    "Hayes",
    "Holm",
    "Ibarra",
    "Ito",
    "Jensen",
    "Kamara",
    "Kaplan",
    "Keller",
    "Khan",
    "Kim",
    "Kovacs",
    "Lam",
    "Larsen",
    "Lopez",
    "Ly",
    "Mahmoud",
    "Marsh",
    "Mendoza",
    "Meyer",
    "Moreno",
    "Nash",
    "Nguyen",
    "Novak",
    "Obi",
    "Olsen",
    "Ortega",
    "Park",
    "Patel",
    "Petrov",
    "Quinn",
    "Ramos",
    "Reyes",
    "Rossi",
    "Salem",
    "Santos",
    "Schmidt",
    "Shah",
    "Silva",
    "Sorensen",
    "Stone",
    "Suzuki",
    "Tanaka",
    "Torres",
    "Tran",
    "Vargas",
    "Voss",
    "Walsh",
    "Weber",
    "West",
    "Wolfe",
    "Yilmaz",
    "Young",
    "Zapata",
    "Ziegler",
]
_STREETS = (
    "Oak St",
    "Maple Ave",
    "Lincoln Blvd",
    "Station Rd",
    "River Ln",
    "Prairie Way",
    "College St",
    "Orchard Dr",
    "Mill Rd",
    "Sunset Ct",
)
_TOWNS = (
    ("Springfield", "62704"),
    ("Springfield", "62702"),
    ("Chatham", "62629"),
    ("Rochester", "62563"),
    ("Sherman", "62684"),
)

_PAYERS = (("SMED1", 30.0), ("SMCD1", 20.0), ("BEACN", 29.0), ("UNMUT", 19.0), ("", 2.0))
_PLANS = {
    "SMED1": "Medicare Part B",
    "SMCD1": "Full benefits",
    "BEACN": "PPO 500",
    "UNMUT": "Choice 750",
}
_GROUPS = {"BEACN": "BHP4400", "UNMUT": "UM7731"}

_TROUBLES: tuple[tuple[Scenario | None, float], ...] = (
    (None, 90.0),
    (Scenario.ENDED, 1.6),
    (Scenario.NOT_FOUND, 1.3),
    (Scenario.NO_ANSWER, 0.8),
    (Scenario.SLOW, 0.4),
    (Scenario.OTHER_PAYER_FIRST, 0.5),
    (Scenario.ELSEWHERE, 0.7),
    (Scenario.DEDUCTIBLE_OPEN, 2.5),
    (Scenario.BIRTH_DATE, 0.4),
    (Scenario.REFERRAL, 0.3),
    (Scenario.BENEFIT_USED_UP, 0.3),
    (Scenario.UNKNOWN_LATE, 0.3),
    (Scenario.NOT_BEGUN, 0.2),
    (Scenario.GRACE_PERIOD, 0.2),
    (Scenario.DOWN, 0.4),
    (Scenario.NAME, 0.2),
)


def register_everybody(
    clinic: Clinic, *, count: int, first_day: dt.date, seed: int
) -> list[Patient]:
    """The clinic's patients with their insurance, as they were before the first day."""
    desk = clinic.users[Role.FRONT_DESK]
    payer_ids = ["BEACN", *(weighted(_PAYERS, seed, "payer", n) for n in range(1, count))]
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
    town, zip_code = pick(_TOWNS, *of("town"))
    number = int(share(*of("house")) * 980) + 10
    return Demographics(
        last_name=pick(_LAST, *of("last")),
        first_name=pick(_FIRST_F if sex == "F" else _FIRST_M, *of("first")),
        middle_name=pick("ABCDEFGHJKLMNPRST", *of("middle")) if share(*of("has")) < 0.4 else "",
        birth_date=born,
        sex=sex,
        address=f"{number} {pick(_STREETS, *of('street'))}",
        city=town,
        state="IL",
        zip_code=zip_code,
        phone=f"217555{int(share(*of('phone')) * 10_000):04d}",
    )


def _coverage(
    clinic: Clinic, patient: Patient, payer_id: str, serial: int, seed: int, day: dt.date
) -> CoverageDetails:
    # The first patient comes on the first day, and no payer ever answers: however small the demo,
    # it has a claim that gets old.
    trouble = weighted(_TROUBLES, seed, serial, "trouble") if serial else Scenario.NO_ANSWER
    is_child = payer_id in ("BEACN", "UNMUT") and age_on(patient.birth_date, day) < 18
    parent = day.year - 24 - int(share(seed, serial, "parent") * 15) - 18
    return CoverageDetails(
        payer_id=clinic.payers[payer_id].pk,
        subscriber_number=member_id(tables.payers()[payer_id], serial, trouble),
        effective_from=dt.date(day.year - 1 - serial % 3, 1, 1),
        plan_name=_PLANS[payer_id],
        group_number=_GROUPS.get(payer_id, ""),
        relationship=Relationship.CHILD if is_child else Relationship.SELF,
        subscriber_last_name=patient.last_name if is_child else "",
        subscriber_first_name=pick(_FIRST_F + _FIRST_M, seed, serial, "par") if is_child else "",
        subscriber_birth_date=dt.date(parent, 1 + serial % 12, 1 + serial % 28)
        if is_child
        else None,
        subscriber_sex="F" if is_child else "",
    )
