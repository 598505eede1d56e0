"""Invented values for the page that shows every component."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms

from rcm import clock
from rcm.findings import Finding, Severity
from rcm.ui.status import STATUSES
from rcm.ui.widgets import Combobox, DateInput, MoneyInput

WEEKS = ["Sep 28", "Oct 5", "Oct 12", "Oct 19", "Oct 26", "Nov 2", "Nov 9", "Nov 16"]
RATES = [Decimal(r) for r in ("11.8", "12.4", "10.9", "10.2", "9.6", "9.9", "8.7", "8.4")]

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
        label="Member ID", help_text="As on the insurance card, with its letters.",
        error_messages={"required": "Enter the member ID from the card."},
    )  # fmt: skip
    payer = forms.ChoiceField(
        choices=[("", "Choose a payer"), ("1", "Beacon Health Plan"), ("2", "Medicare Part B")]
    )
    diagnosis = forms.CharField(
        required=False, widget=Combobox("design-options", placeholder="Code or words")
    )
    copay = forms.DecimalField(required=False, widget=MoneyInput, min_value=0)
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    kind = forms.ChoiceField(
        label="Relationship to the subscriber", widget=forms.RadioSelect,
        choices=[("18", "Self"), ("01", "Spouse"), ("19", "Child")], initial="18",
    )  # fmt: skip
    urgent = forms.BooleanField(label="Call the patient before the visit", required=False)


def options(query: str) -> list[dict[str, str]]:
    """The codes that match every word of `query`."""
    asked = query.lower().split()
    return [
        {"value": code, "code": code, "text": text, "label": f"{code} {text}", "meta": meta}
        for code, text, meta in CODES
        if all(word in f"{code} {text}".lower() for word in asked)
    ]


def everything() -> dict[str, Any]:
    """The context of `/design/`."""
    now, today = clock.now(), clock.today()
    form = SpecimenForm({"last_name": "Quist", "payer": "1", "kind": "18"})
    before = [
        {"code": "99213", "modifiers": [], "diagnoses": ["J02.9"], "charge": Decimal(125), "changed": False},
        {"code": "87880", "modifiers": [], "diagnoses": ["J02.9"], "charge": Decimal(38), "changed": True},
    ]
    after = [before[0], {**before[1], "modifiers": ["QW"]}]
    return {
        "form": form,
        "now": now,
        "days": [(n, today - timedelta(days=n)) for n in (0, 3, 38, 62)],
        "amounts": [Decimal("1234.5"), Decimal("-42.10"), Decimal(0), None],
        "gain": Decimal("82.00"),
        "pills": [(d, [(v, p) for v, p in table.items()]) for d, table in STATUSES.items()],
        "claims": [
            {"number": n, "patient": who, "payer": payer, "on": today - timedelta(days=days),
             "charge": Decimal(charge), "state": state, "urgent": urgent}
            for n, who, payer, days, charge, state, urgent in CLAIMS
        ],
        "claims_total": sum((Decimal(c[4]) for c in CLAIMS), Decimal(0)),
        "weeks": WEEKS,
        "rates": RATES,
        "rate_series": [("Denial rate", RATES)],
        "links": [f"?week={w}" for w in WEEKS],
        "bars": list(zip(WEEKS, (42, 47, 40, 38, 33, 35, 30, 28), ["#charts"] * 8, strict=True)),
        "outcomes": [
            ("Recovered", [5200, 6100, 4800, 5300, 4100, 3900, 2600, 900], "success"),
            ("Open", [400, 500, 900, 1100, 1500, 2300, 3100, 4400], "danger"),
            ("Written off", [300, 200, 350, 150, 220, 90, 40, 0], "neutral"),
        ],
        "reasons": [
            ("Modifier missing", Decimal(4210), "#charts", "CO-4, 31 claims"),
            ("Coverage ended before the visit", Decimal(2980), "#charts", "CO-27, 14 claims"),
            ("No prior authorization", Decimal(1720), "#charts", "CO-197, 6 claims"),
        ],
        "events": [
            {"at": now - timedelta(days=34), "title": "Note signed", "icon": "note", "tone": "neutral",
             "actor": "Dr. Ines Moreau", "text": "Sore throat for three days; rapid strep test negative."},
            {"at": now - timedelta(days=33), "title": "Coded", "icon": "tag", "tone": "info",
             "actor": "Kofi Lind", "text": "99213, 87880 for J02.9", "amount": Decimal("163.00")},
            {"at": now - timedelta(days=33), "title": "Sent in 837P 000000412", "icon": "send", "tone": "info"},
            {"at": now - timedelta(days=32), "title": "Accepted by the payer", "icon": "check", "tone": "success",
             "text": "277CA A2:20, the proof of timely filing"},
            {"at": now - timedelta(days=18), "title": "Test denied", "icon": "ban", "tone": "danger",
             "text": "CO-4: the procedure needs a modifier that is missing.", "amount": Decimal("-38.00")},
            {"at": now - timedelta(days=17), "title": "Corrected claim sent", "icon": "git-compare", "tone": "accent",
             "actor": "Mara Castillo", "detail_template": "_components/code_diff.html", "detail": {}},
            {"at": now - timedelta(days=3), "title": "Paid", "icon": "dollar", "tone": "success",
             "amount": Decimal("16.53"), "text": "Check 88120034, posted line by line"},
        ],
        "before": before,
        "after": after,
        "brought": Decimal("16.53"),
        "steps": [
            {"label": "Checked in", "state": "done"}, {"label": "Documented", "state": "done"},
            {"label": "Coded", "state": "done"}, {"label": "Billed", "state": "current"},
            {"label": "Paid", "state": ""},
        ],
        "steps_blocked": [
            {"label": "Sent", "state": "done"}, {"label": "Accepted", "state": "done"},
            {"label": "Denied", "state": "blocked"}, {"label": "Corrected", "state": ""},
            {"label": "Paid", "state": ""},
        ],
        "findings": [
            Finding("pointer-missing", Severity.ERROR, "line 2", "Line 2 points to no diagnosis.",
                    "Choose the diagnosis that the test was for.", Decimal("38.00")),
            Finding("modifier-qw-missing", Severity.WARNING, "line 2", "87880 is a waived test.",
                    "Most payers want modifier QW and the CLIA number.", Decimal("16.53")),
        ],
    }  # fmt: skip
