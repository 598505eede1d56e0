"""What the coder typed, read and changed: the codes of one visit as a form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django import forms
from django.http import QueryDict

from coding.formats.icd10cm import dotted
from coding.models import ChargeLine, CodingVersion
from coding.queries.book import extend_book
from coding.queries.worklist import WorkFilter
from coding.rules.book import CodeBook
from coding.rules.facts import CodedLine
from coding.rules.pricing import list_charge
from coding.services.assessing import LineInput
from core.access.models import User
from core.money import ZERO, money
from encounters.models import ClinicalNote

LETTERS = "ABCDEFGHIJKL"


@dataclass(slots=True)
class LineRow:
    """A service line as text, so that a slip of the finger comes back as it was typed."""

    code: str = ""
    modifiers: str = ""
    units: str = "1"
    pointers: str = ""
    charge: str = ""

    def as_input(self) -> LineInput:
        """As the services want it. What cannot be read becomes a value that the edits refuse."""
        units = self.units.strip()
        return LineInput(
            code=self.code.strip().upper(),
            modifiers=tuple(re.findall(r"[A-Z0-9]{1,2}", self.modifiers.upper())),
            units=_number(units) if len(units) < 5 else 0,
            pointers=tuple(
                ord(letter) - 64 for letter in self.pointers.upper() if "A" <= letter <= "Z"
            ),
            charge=_charge(self.charge),
        )


def _number(text: str) -> int:
    """Zero for what is no number; "²" is a digit to Python, and no number."""
    return int(text) if text.isascii() and text.isdecimal() else 0


def _charge(text: str) -> Decimal | None:
    value = text.strip().replace(",", "").removeprefix("$")
    if not value:
        return None
    try:
        return money(value)
    except ValueError:
        return ZERO


def _list_charge(line: ChargeLine, book: CodeBook) -> Decimal | None:
    coded = CodedLine(line.code, tuple(line.modifiers), line.units)
    return list_charge(book, coded, line.service_date)


def _letter(index: int) -> str:
    """The letter of a diagnosis; those after the twelfth have none until one is taken out."""
    return LETTERS[index] if index < len(LETTERS) else ""


@dataclass(slots=True)
class CodesForm:
    """The diagnoses in their order and the service lines."""

    diagnoses: list[str] = field(default_factory=list)
    lines: list[LineRow] = field(default_factory=list)

    @classmethod
    def from_post(cls, data: QueryDict) -> CodesForm:
        """Read the posted rows; rows without a code are left out."""
        columns = [
            data.getlist(name) for name in ("code", "modifiers", "units", "pointers", "charge")
        ]
        rows = [LineRow(*values) for values in zip(*columns, strict=False)]
        form = cls(
            diagnoses=[dotted(code.strip().upper()) for code in data.getlist("dx") if code.strip()],
            lines=[row for row in rows if row.code.strip()],
        )
        form._add(data.get("add_dx", ""), data.get("add_code", ""))
        return form

    @classmethod
    def from_version(cls, version: CodingVersion, book: CodeBook) -> CodesForm:
        """The codes of a stored version; a charge that is the list's is left empty."""
        extend_book(book, procedures=[line.code for line in version.lines.all()])
        return cls(
            diagnoses=[one.code for one in version.diagnoses.all()],
            lines=[
                LineRow(
                    code=line.code,
                    modifiers=" ".join(line.modifiers),
                    units=str(line.units),
                    pointers="".join(chr(64 + pointer) for pointer in line.pointers),
                    charge="" if line.charge == _list_charge(line, book) else str(line.charge),
                )
                for line in version.lines.all()
            ],
        )

    @classmethod
    def from_note(cls, notes: Sequence[ClinicalNote]) -> CodesForm:
        """The codes that the provider picked while documenting, for the coder to check."""
        diagnoses = [one.code for note in notes for one in note.diagnoses.all() if one.code]
        form = cls(diagnoses=list(dict.fromkeys(dotted(code) for code in diagnoses)))
        form.lines = [
            LineRow(
                code=one.code,
                units=str(one.quantity),
                pointers="A" if form.diagnoses else "",
            )
            for note in notes
            for one in note.services.all()
            if one.code
        ]
        return form

    def inputs(self) -> list[LineInput]:
        """The lines as the services want them."""
        return [row.as_input() for row in self.lines]

    def apply(self, action: str) -> None:
        """A change of the rows: `remove-dx:2`, `up-dx:2`, `remove-line:1`, `modifier:1:QW`."""
        name, _, rest = action.partition(":")
        number, _, value = rest.partition(":")
        index = _number(number[:3]) - 1
        if name == "remove-dx" and 0 <= index < len(self.diagnoses):
            self._reorder([i for i in range(len(self.diagnoses)) if i != index])
        elif name == "up-dx" and 0 < index < len(self.diagnoses):
            order = list(range(len(self.diagnoses)))
            order[index - 1], order[index] = order[index], order[index - 1]
            self._reorder(order)
        elif name == "remove-line" and 0 <= index < len(self.lines):
            del self.lines[index]
        elif name == "modifier" and 0 <= index < len(self.lines):
            row = self.lines[index]
            row.modifiers = " ".join(dict.fromkeys([*row.modifiers.upper().split(), value]))

    def _reorder(self, order: list[int]) -> None:
        """Put the diagnoses into a new order; the pointers follow their diagnoses."""
        letters = {_letter(old): _letter(new) for new, old in enumerate(order)}
        self.diagnoses = [self.diagnoses[old] for old in order]
        for row in self.lines:
            row.pointers = "".join(letters.get(one, "") for one in row.pointers.upper())

    def _add(self, diagnosis: str, code: str) -> None:
        if diagnosis.strip():
            added = dotted(diagnosis.strip().split()[0].upper())
            if added not in self.diagnoses:
                self.diagnoses.append(added)
            for row in self.lines:
                row.pointers = row.pointers or "A"
        if code.strip():
            pointers = "A" if self.diagnoses else ""
            self.lines.append(LineRow(code=code.strip().split()[0].upper(), pointers=pointers))


class WorkFilterForm(forms.Form):
    """What of the queue is shown."""

    age = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Any age"),
            ("previous", "Previous clinic day"),
            ("fresh", "Up to a day"),
            ("due", "Two or three days"),
            ("late", "Older than three days"),
        ],
    )
    provider = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    payer = forms.TypedChoiceField(required=False, coerce=str, empty_value="")

    def __init__(
        self,
        data: QueryDict,
        *,
        providers: list[tuple[int, str]],
        payers: list[tuple[int, str]],
    ) -> None:
        super().__init__(data)
        provider, payer = self.fields["provider"], self.fields["payer"]
        assert isinstance(provider, forms.ChoiceField)
        assert isinstance(payer, forms.ChoiceField)
        provider.choices = [("", "All providers"), *providers]
        payer.choices = [("", "All payers"), *payers, ("self", "Self-pay")]

    def chosen(self, *, mine: User | None = None, on_hold: bool = False) -> WorkFilter:
        """The filter; values that are not in the lists count as not set."""
        self.is_valid()
        values = self.cleaned_data
        payer = values.get("payer") or ""
        return WorkFilter(
            age=values.get("age") or "",
            provider_id=values.get("provider"),
            payer_id=int(payer) if payer and payer != "self" else None,
            self_pay=payer == "self",
            mine=mine,
            on_hold=on_hold,
        )


class ReasonForm(forms.Form):
    """Why a visit is put on hold, or what the provider is asked."""

    reason = forms.CharField(
        max_length=200,
        error_messages={"required": "Say why, in a few words."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
