"""A small code book made by hand, so that the rules are tested without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from coding.rules.book import CodeBook
from coding.rules.facts import (
    CodedLine,
    CodedVisit,
    CodeFact,
    ContractFact,
    FactorFact,
    GpciFact,
    MueFact,
    PayerTerms,
    PtpFact,
    RvuFact,
)

DAY = date(2026, 10, 5)
START = date(2015, 10, 1)
BEACON = PayerTerms(payer_id=1, name="Beacon", kind="commercial")
MEDICARE = PayerTerms(payer_id=2, name="Medicare", kind="medicare")


def rvu(
    work: str,
    pe: str,
    facility: str,
    mp: str,
    *,
    days: str = "XXX",
    multiple: str = "0",
    bilateral: str = "0",
    pc_tc: str = "0",
    status: str = "A",
) -> RvuFact:
    return RvuFact(
        status,
        Decimal(work),
        Decimal(pe),
        Decimal(facility),
        Decimal(mp),
        pc_tc,
        days,
        multiple,
        bilateral,
        date(2025, 1, 1),
        None,
    )


def small_book() -> CodeBook:
    """ICD-10-CM, CPT, edits and fees around the sore throat and the knee."""
    book = CodeBook(basics_loaded=True)
    attributes: dict[str, Any]
    for code, title, attributes in (
        ("J02.9", "Acute pharyngitis, unspecified", {}),
        ("J06.0", "Acute laryngopharyngitis", {}),
        ("I10", "Essential (primary) hypertension", {}),
        ("M17.11", "Unilateral primary osteoarthritis, right knee", {}),
        ("M17.12", "Unilateral primary osteoarthritis, left knee", {}),
        ("W19.XXXA", "Unspecified fall, initial encounter", {"edits": ["ecodepdx"]}),
        ("F02.80", "Dementia in other diseases", {"edits": ["manifestation"]}),
        ("P59.9", "Neonatal jaundice, unspecified", {"edits": ["newborn"]}),
    ):
        book.diagnoses[code] = [CodeFact("icd10cm", code, title, True, START, None, "", attributes)]
    book.diagnoses["J02"] = [CodeFact("icd10cm", "J02", "Acute pharyngitis", False, START, None)]
    book.diagnoses["M72.2"] = [
        CodeFact("icd10cm", "M72.2", "Plantar fascial fibromatosis", True, START, date(2026, 9, 30))
    ]
    book.diagnoses["J4B"] = [
        CodeFact("icd10cm", "J4B", "Pulmonary mycetoma", True, date(2026, 10, 1), None)
    ]
    book.excludes["J02"] = [("acute laryngopharyngitis (J06.0)", ("J06.0",))]
    for code, category, attributes in (
        ("99203", "em-new", {}),
        ("99213", "em-established", {}),
        ("99214", "em-established", {}),
        ("99396", "em-preventive-established", {"ages": "40-64"}),
        ("87880", "lab", {"qw": "required"}),
        ("81002", "lab", {}),
        ("20610", "procedure", {"laterality": "paired"}),
        ("17110", "procedure", {}),
        ("11200", "procedure", {}),
        ("25600", "procedure", {"laterality": "paired"}),
        ("93000", "test", {}),
        ("93005", "test", {}),
        ("73030", "imaging", {"laterality": "paired"}),
        ("96372", "injection", {}),
        ("J1885", "drug", {}),
        ("90471", "vaccine-admin", {}),
        ("90472", "vaccine-admin", {"addon_of": "90471"}),
        ("90715", "vaccine", {}),
        ("G2211", "em-addon", {"addon_of": "99203 99213 99214"}),
    ):
        book.procedures[code] = [
            CodeFact("cpt", code, f"words of {code}", True, START, None, category, attributes)
        ]
    for modifier in (
        "24",
        "25",
        "26",
        "50",
        "57",
        "59",
        "76",
        "78",
        "79",
        "95",
        "QW",
        "RT",
        "LT",
        "TC",
        "XS",
    ):
        book.modifiers[modifier] = [CodeFact("modifier", modifier, "", True, START, None)]
    for place, facility in (("11", False), ("02", True), ("10", False), ("22", True)):
        book.places[place] = [
            CodeFact("pos", place, "", True, START, None, "", {"facility": facility})
        ]
    book.ptp = {
        ("17110", "99213"): [PtpFact("17110", "99213", "1", START, None)],
        ("17110", "11200"): [PtpFact("17110", "11200", "1", START, None)],
        ("90471", "99213"): [PtpFact("90471", "99213", "1", START, None)],
        ("93000", "93005"): [PtpFact("93000", "93005", "0", START, None)],
        ("99214", "99213"): [PtpFact("99214", "99213", "1", START, None)],
    }
    book.mue = {
        "87880": [MueFact(2, "3", START, None)],
        "17110": [MueFact(1, "2", START, None)],
        "11200": [MueFact(1, "1", START, None)],
    }
    book.rvu = {
        ("99203", ""): [rvu("1.60", "1.61", "0.69", "0.16")],
        ("99213", ""): [rvu("1.30", "1.35", "0.57", "0.10")],
        ("99214", ""): [rvu("1.92", "1.80", "0.80", "0.15")],
        ("99396", ""): [rvu("1.90", "1.70", "0.80", "0.14", status="N")],
        ("20610", ""): [
            rvu("0.79", "1.04", "0.44", "0.13", days="000", multiple="2", bilateral="1")
        ],
        ("17110", ""): [rvu("0.70", "2.60", "1.20", "0.10", days="010", multiple="2")],
        ("11200", ""): [rvu("0.82", "1.90", "1.00", "0.07", days="010", multiple="2")],
        ("25600", ""): [
            rvu("2.78", "7.30", "6.60", "0.69", days="090", multiple="2", bilateral="1")
        ],
        ("73030", ""): [rvu("0.18", "0.84", "0.84", "0.02", pc_tc="1", bilateral="3")],
        ("73030", "26"): [rvu("0.18", "0.07", "0.07", "0.01", pc_tc="1", bilateral="3")],
        ("G2211", ""): [rvu("0.33", "0.13", "0.13", "0.02", days="ZZZ")],
        ("96372", ""): [rvu("0.17", "0.25", "0.25", "0.01", pc_tc="5")],
        ("90471", ""): [rvu("0.17", "0.44", "0.44", "0.01", pc_tc="5")],
    }
    book.gpci["1011200"] = [
        GpciFact(Decimal("1.0"), Decimal("0.869"), Decimal("0.575"), date(2025, 1, 1), None)
    ]
    book.factors = [
        FactorFact("non-apm", Decimal("32.3465"), date(2025, 1, 1), date(2025, 12, 31)),
        FactorFact("non-apm", Decimal("33.4009"), date(2026, 1, 1), None),
        FactorFact("apm", Decimal("33.5675"), date(2026, 1, 1), None),
    ]
    book.charges = [
        (
            date(2025, 1, 1),
            {
                "99213": Decimal("185.00"),
                "99203": Decimal("225.00"),
                "87880": Decimal("45.00"),
                "96372": Decimal("35.00"),
                "90471": Decimal("50.00"),
            },
        )
    ]
    book.medicare_fees = [(date(2025, 1, 1), {"87880": Decimal("16.53"), "81002": Decimal("3.48")})]
    book.contracts = {
        1: [
            ContractFact("", "", None, Decimal(120), "2026", date(2026, 1, 1), None),
            ContractFact(
                "99213", "", Decimal("110.00"), None, "2025", date(2025, 1, 1), date(2025, 12, 31)
            ),
            ContractFact("87880", "", Decimal("20.00"), None, "2026", date(2026, 1, 1), None),
        ]
    }
    return book


def line(
    code: str,
    *modifiers: str,
    units: int = 1,
    pointers: tuple[int, ...] = (1,),
    charge: str = "500.00",
) -> CodedLine:
    return CodedLine(code, modifiers, units, pointers, Decimal(charge))


def visit(
    *lines: CodedLine,
    diagnoses: tuple[str, ...] = ("J02.9",),
    payer: PayerTerms = BEACON,
    place: str = "11",
    on: date = DAY,
    clia: str = "05D1234567",
    **others: Any,
) -> CodedVisit:
    return CodedVisit(
        service_date=on,
        place_of_service=place,
        diagnoses=diagnoses,
        lines=lines,
        payer=payer,
        locality="1011200",
        clia_number=clia,
        **others,
    )
