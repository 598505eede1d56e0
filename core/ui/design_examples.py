"""Invented values for the page that shows every component."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django import forms

from core import clock
from core.findings import Finding, Severity
from core.ui.next_item import NextBar
from core.ui.status import STATUSES
from core.ui.widgets import Combobox, DateInput, MoneyInput

WEEKS = ["Sep 28", "Oct 5", "Oct 12", "Oct 19", "Oct 26", "Nov 2", "Nov 9", "Nov 16"]
RATES = [Decimal(r) for r in ("11.8", "12.4", "10.9", "10.2", "9.6", "9.9", "8.7", "8.4")]

COUNTS = (42, 47, 40, 38, 33, 35, 30, 28)
OUTCOMES = [
    ("Recovered", [5200, 6100, 4800, 5300, 4100, 3900, 2600, 900], "success"),
    ("Open", [400, 500, 900, 1100, 1500, 2300, 3100, 4400], "danger"),
    ("Written off", [300, 200, 350, 150, 220, 90, 40, 0], "neutral"),
]
REASONS = [
    ("Modifier missing", Decimal(4210), "#charts", "CO-4, 31 claims"),
    ("Coverage ended before the visit", Decimal(2980), "#charts", "CO-27, 14 claims"),
    ("No prior authorization", Decimal(1720), "#charts", "CO-197, 6 claims"),
]

VISIT: dict[str, Any] = {
    "code": "99213",
    "modifiers": [],
    "diagnoses": ["J02.9"],
    "charge": Decimal(125),
}
TEST: dict[str, Any] = {
    "code": "87880",
    "modifiers": [],
    "diagnoses": ["J02.9"],
    "charge": Decimal(38),
}
BEFORE = [VISIT, TEST]
AFTER = [VISIT, {**TEST, "modifiers": ["QW"]}]

FINDINGS = [
    Finding(
        "pointer-missing",
        Severity.ERROR,
        "lines[2]",
        "Line 2 points to no diagnosis.",
        "Choose the diagnosis that the test was for.",
        Decimal("38.00"),
    ),
    Finding(
        "modifier-qw-missing",
        Severity.WARNING,
        "lines[2]",
        "87880 is a waived test.",
        "Most payers want modifier QW and the CLIA number.",
        Decimal("16.53"),
    ),
]

CODES = [
    ("J02.0", "Streptococcal pharyngitis", "billable"),
    ("J02.8", "Acute pharyngitis due to other specified organisms", "billable"),
    ("J02.9", "Acute pharyngitis, unspecified", "billable"),
    ("J03.00", "Acute streptococcal tonsillitis, unspecified", "billable"),
    ("J06.9", "Acute upper respiratory infection, unspecified", "billable"),
    ("R07.0", "Pain in throat", "billable"),
    ("I10", "Essential (primary) hypertension", "billable"),
    ("E11.9", "Type 2 diabetes mellitus without complications", "billable"),
]

CLAIMS = [
    ("C00001234", "Ada Quist", "Beacon Health Plan", 62, "125.00", "denied", True),
    ("C00001241", "Bertil Osei", "Medicare Part B", 48, "312.40", "accepted_payer", False),
    ("C00001250", "Carmen Vidal", "Union Mutual", 31, "96.00", "rejected", False),
    ("C00001266", "Dmitri Holm", "State Medicaid", 12, "1284.75", "held", False),
    ("C00001270", "Esther Nakamura-Whitfield", "Beacon Health Plan", 4, "143.00", "sent", False),
    ("C00001271", "Farid Aziz", "Medicare Part B", 2, "88.25", "adjudicated", False),
]


class SpecimenForm(forms.Form):
    """A form in which something is wrong, so that errors can be seen."""

    last_name = forms.CharField()
    birth_date = forms.DateField(
        widget=DateInput, error_messages={"required": "Enter the date of birth."}
    )
    member_id = forms.CharField(
        label="Member ID",
        help_text="As on the insurance card, with its letters.",
        error_messages={"required": "Enter the member ID from the card."},
    )
    payer = forms.ChoiceField(
        choices=[("", "Choose a payer"), ("1", "Beacon Health Plan"), ("2", "Medicare Part B")]
    )
    diagnosis = forms.CharField(
        required=False, widget=Combobox("design-options", placeholder="Code or words")
    )
    copay = forms.DecimalField(required=False, widget=MoneyInput, min_value=0)
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    kind = forms.ChoiceField(
        label="Relationship to the subscriber",
        widget=forms.RadioSelect,
        choices=[("18", "Self"), ("01", "Spouse"), ("19", "Child")],
        initial="18",
    )
    urgent = forms.BooleanField(label="Call the patient before the visit", required=False)


def options(query: str) -> list[dict[str, str]]:
    """The codes that match every word of `query`."""
    asked = query.lower().split()
    return [
        {"value": code, "code": code, "text": text, "label": f"{code} {text}", "meta": meta}
        for code, text, meta in CODES
        if all(word in f"{code} {text}".lower() for word in asked)
    ]


# Days ago, title, icon, tone and the rest of an event.
STORY: list[tuple[int, str, str, str, dict[str, Any]]] = [
    (
        34,
        "Note signed",
        "note",
        "neutral",
        {
            "actor": "Dr. Ines Moreau",
            "text": "Sore throat for three days; strep test negative.",
        },
    ),
    (
        33,
        "Coded",
        "tag",
        "info",
        {"actor": "Kofi Lind", "text": "99213, 87880 for J02.9", "amount": Decimal("163.00")},
    ),
    (33, "Sent in 837P 000000412", "send", "info", {}),
    (
        32,
        "Accepted by the payer",
        "check",
        "success",
        {"text": "277CA A2:20, the proof of timely filing"},
    ),
    (
        18,
        "Test denied",
        "ban",
        "danger",
        {
            "text": "CO-4: the procedure needs a modifier that is missing.",
            "amount": Decimal("-38.00"),
        },
    ),
    (
        17,
        "Corrected claim sent",
        "git-compare",
        "accent",
        {
            "actor": "Mara Castillo",
            "detail_template": "_components/code_diff_detail.html",
            "detail": {
                "before": BEFORE,
                "after": AFTER,
                "brought": Decimal("16.53"),
                "note": "Paid because of this change",
            },
        },
    ),
    (
        3,
        "Paid",
        "dollar",
        "success",
        {"text": "Check 88120034, posted line by line", "amount": Decimal("16.53")},
    ),
]


def _story(now: datetime) -> list[dict[str, Any]]:
    """A claim that is denied for a missing modifier, corrected and paid."""
    return [
        {"at": now - timedelta(days=days), "title": title, "icon": icon, "tone": tone, **more}
        for days, title, icon, tone, more in STORY
    ]


def _claims(today: date) -> list[dict[str, Any]]:
    return [
        {
            "number": n,
            "patient": who,
            "payer": payer,
            "on": today - timedelta(days=days),
            "charge": Decimal(charge),
            "state": state,
            "urgent": urgent,
        }
        for n, who, payer, days, charge, state, urgent in CLAIMS
    ]


def everything() -> dict[str, Any]:
    """The context of `/design/`."""
    now, today = clock.now(), clock.today()
    return {
        "form": SpecimenForm({"last_name": "Quist", "payer": "1", "kind": "18"}),
        "now": now,
        "days": [(n, today - timedelta(days=n)) for n in (0, 3, 38, 62)],
        "amounts": [Decimal("1234.5"), Decimal("-42.10"), Decimal(0), None],
        "gain": Decimal("82.00"),
        "pills": [(domain, list(table.items())) for domain, table in STATUSES.items()],
        "claims": _claims(today),
        "claims_total": sum((Decimal(claim[4]) for claim in CLAIMS), Decimal(0)),
        "bar": NextBar(
            queue="Coding",
            left=31,
            dollars=sum((Decimal(claim[4]) for claim in CLAIMS), Decimal(0)),
            next_url="#tables",
            back_url="#tables",
        ),
        "weeks": WEEKS,
        "rates": RATES,
        "rate_series": [("Denial rate", RATES)],
        "links": [f"?week={week}" for week in WEEKS],
        "bars": list(zip(WEEKS, COUNTS, ["#charts"] * len(WEEKS), strict=True)),
        "outcomes": OUTCOMES,
        "reasons": REASONS,
        "events": _story(now),
        "before": BEFORE,
        "after": AFTER,
        "brought": Decimal("16.53"),
        "steps": _steps("Checked in, Documented, Coded, Billed, Paid", "done done done current"),
        "steps_blocked": _steps("Sent, Accepted, Denied, Corrected, Paid", "done done blocked"),
        "findings": FINDINGS,
    }


def _steps(labels: str, states: str) -> list[dict[str, str]]:
    pairs = zip_longest(labels.split(", "), states.split(), fillvalue="")
    return [{"label": label, "state": state} for label, state in pairs]
