"""What an adjustment means for the books and in plain words.

The texts are our own; the code numbers are X12's (CARC, external code list 139; RARC, 411).
The file `payments/data/adjustment_reasons.csv` says for each CARC what happens to the money when
the group is CO, OA or PI (``provider_side``) and when it is PR (``patient_side``).
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Container
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from payments.enums import Disposition

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True, slots=True)
class Reason:
    """One CARC: its meaning and its disposition by side."""

    carc: str
    words: str
    provider_side: Disposition
    patient_side: Disposition
    is_known: bool = True


@functools.cache
def _reasons() -> dict[str, Reason]:
    with (DATA / "adjustment_reasons.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["carc"]: Reason(
                carc=row["carc"],
                words=row["words"],
                provider_side=Disposition(row["provider_side"]),
                patient_side=(
                    Disposition.DENIED
                    if row["patient_side"] == "hold"
                    else Disposition(row["patient_side"])
                ),
            )
            for row in csv.DictReader(file)
        }


@functools.cache
def _remarks() -> dict[str, str]:
    with (DATA / "remarks.csv").open(encoding="utf-8", newline="") as file:
        return {row["rarc"]: row["words"] for row in csv.DictReader(file)}


def reason(carc: str) -> Reason:
    """The CARC's row; a code we do not know is never written off and never lost.

    Unknown under PR: the patient owes what the payer says. Unknown under another group:
    it stays in the payer's balance and opens a denial for a person to look at.
    """
    return _reasons().get(carc) or Reason(
        carc=carc,
        words=f"Reason {carc}: look it up in the payer's list",
        provider_side=Disposition.DENIED,
        patient_side=Disposition.PATIENT,
        is_known=False,
    )


def remark_words(rarc: str) -> str:
    """A RARC in plain words."""
    return _remarks().get(rarc) or f"Remark {rarc}: look it up in the payer's list"


def disposition(group: str, carc: str) -> Disposition:
    """What posting does with an adjustment of this group (CAS01) and CARC.

    PR moves to the patient, except for reasons that say that the coverage or the claim
    itself is wrong (PR-27, PR-197 …): these are worked first, and only then may they
    become the patient's. Everything under CO, OA and PI is contractual or denied by its
    CARC; OA-23 repeats an earlier payer. A group that 5010 does not have (CR of 4010) says
    nothing about who bears it: nothing is given up, a person looks.
    """
    if group not in GROUP_WORDS:
        return Disposition.DENIED
    row = reason(carc)
    return row.patient_side if group == "PR" else row.provider_side


def line_disposition(
    group: str, carc: str, *, code: str, submitted_code: str, paid: Decimal, bundles: Container[str]
) -> Disposition:
    """An adjustment's disposition on its line.

    A line that was put into another code which is paid on the same claim (TR3 1.10.2.6:
    SVC01 is the new code, SVC06 what was billed) is paid there: its CO-97 is no denial.
    ``bundles``: the codes that the payer put in place of billed ones, and paid for.
    """
    kind = disposition(group, carc)
    is_bundled = bool(submitted_code) and submitted_code != code
    if kind is Disposition.DENIED and carc == "97" and is_bundled and not paid and code in bundles:
        return Disposition.CONTRACTUAL
    return kind


GROUP_WORDS = {
    "CO": "Provider writes off by contract",
    "PR": "Patient owes",
    "OA": "Neither side (coordination or administration)",
    "PI": "Payer's own reduction",
}

STATUS_WORDS = {
    "1": "Processed as primary",
    "2": "Processed as secondary",
    "3": "Processed as tertiary",
    "4": "Patient not recognised, not forwarded",
    "5": "Pended",
    "10": "Received, not in process",
    "13": "Suspended",
    "15": "Suspended: investigation",
    "16": "Suspended: return with material",
    "17": "Suspended: review pending",
    "19": "Processed as primary, forwarded",
    "20": "Processed as secondary, forwarded",
    "21": "Processed as tertiary, forwarded",
    "22": "Reversal of an earlier payment",
    "23": "Not this payer's, forwarded",
    "25": "Predetermination only, no payment",
    "27": "Reviewed",
}

PLB_WORDS = {
    "50": "Late charge",
    "51": "Interest penalty charge",
    "72": "Your refund, acknowledged",
    "90": "Early payment allowance",
    "AH": "Origination fee",
    "AM": "Applied to borrower's account",
    "AP": "Acceleration of benefits",
    "B2": "Rebate",
    "B3": "Recovery allowance",
    "BD": "Bad debt",
    "BN": "Bonus",
    "C5": "Temporary allowance",
    "CR": "Capitation interest",
    "CS": "Adjustment",
    "CT": "Capitation payment",
    "CV": "Capital passthrough",
    "CW": "Nurse anesthetist passthrough",
    "DM": "Direct medical education passthrough",
    "E3": "Withholding",
    "FB": "Balance forward",
    "FC": "Fund allocation",
    "GO": "Graduate medical education passthrough",
    "HM": "Hemophilia clotting factor",
    "IP": "Incentive premium payment",
    "IR": "Tax withheld",
    "IS": "Interim settlement",
    "J1": "Not reimbursable",
    "L3": "Penalty",
    "L6": "Interest owed to you",
    "LE": "Levy",
    "LS": "Lump sum",
    "OA": "Organ acquisition passthrough",
    "OB": "Offset for affiliated providers",
    "PI": "Periodic interim payment",
    "PL": "Final payment",
    "RA": "Retroactive activity",
    "RE": "Return on equity",
    "SL": "Student loan repayment",
    "TL": "Third party liability",
    "WO": "Overpayment recovery",
    "WU": "Recovered by another party",
}
