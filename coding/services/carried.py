"""The code lists, edits and fees that come with the product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from coding.data import data_file
from coding.enums import ReleaseKind
from coding.services.load_codes import LoadResult, load_codes


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """A file below `coding/data`, what it holds, and the day it counts from."""

    kind: ReleaseKind
    name: str
    effective: date


# Notes come before the codes, so that synonyms are there when the words are indexed.
CARRIED = (
    CarriedFile(
        ReleaseKind.ICD10CM_NOTES, "icd10cm_fy2026_notes_synonyms.jsonl.gz", date(2025, 10, 1)
    ),
    CarriedFile(ReleaseKind.ICD10CM, "icd10cm_codes_fy2025_2027.tsv.gz", date(2026, 10, 1)),
    CarriedFile(ReleaseKind.ICD10CM, "icd10cm_headers.tsv.gz", date(2026, 10, 1)),
    CarriedFile(ReleaseKind.CPT, "demo_procedures.csv", date(2025, 1, 1)),
    CarriedFile(ReleaseKind.HCPCS, "demo_procedures.csv", date(2025, 1, 1)),
    CarriedFile(ReleaseKind.MODIFIER, "modifiers.csv", date(2015, 1, 1)),
    CarriedFile(ReleaseKind.PLACE_OF_SERVICE, "places_of_service.csv", date(2022, 1, 1)),
    CarriedFile(ReleaseKind.CARC, "carc_rarc_codes_no_text.csv", date(1995, 1, 1)),
    CarriedFile(ReleaseKind.RARC, "carc_rarc_codes_no_text.csv", date(1995, 1, 1)),
    CarriedFile(ReleaseKind.NCCI_PTP, "demo_ptp.csv", date(2024, 7, 1)),
    CarriedFile(ReleaseKind.MUE, "demo_mue.csv", date(2024, 7, 1)),
    CarriedFile(ReleaseKind.PFS_RVU, "demo_rvu.csv", date(2025, 1, 1)),
    CarriedFile(ReleaseKind.GPCI, "pfs_gpci_2025.csv", date(2025, 1, 1)),
    CarriedFile(ReleaseKind.CONVERSION_FACTOR, "conversion_factors.csv", date(2025, 1, 1)),
    CarriedFile(ReleaseKind.CHARGES, "demo_procedures.csv", date(2025, 1, 1)),
    CarriedFile(ReleaseKind.LAB_FEES, "demo_procedures.csv", date(2025, 1, 1)),
)


def load_carried_codes() -> list[LoadResult]:
    """Load everything carried. Files that are loaded already are left as they are (no-op).

    Never ends what the user loaded: carried lists of CPT, HCPCS, edits and fees are the
    demo's part of the whole.
    """
    return [
        load_codes(
            system=file.kind.value,
            path=data_file(file.name),
            effective=file.effective,
            complete=False,
        )
        for file in CARRIED
    ]
