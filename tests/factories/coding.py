"""Coders, visits that wait for them, and coded visits."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from coding.models import CodingVersion, ContractRate
from coding.services.assessing import LineInput
from coding.services.coding import code_encounter
from core.access.enums import Role
from core.access.models import User
from core.work.enums import Queue
from core.work.models import WorkItem
from encounters.models import Encounter
from tests.factories.access import UserFactory
from tests.factories.encounters import SignedNoteFactory


def coder(**values: Any) -> User:
    """A user with the role Coder."""
    user: User = UserFactory.create(role=Role.CODER, **values)
    return user


def visit_to_code(**values: Any) -> Encounter:
    """A documented visit (sore throat, signed note) with its open coding item.

    Values go to the encounter: ``visit_to_code(service_date=…, primary_coverage=None)``.
    ``codes=False``: the provider wrote words only.
    """
    codes = values.pop("codes", True)
    note = SignedNoteFactory.create(
        parts__codes=codes, **{f"encounter__{name}": value for name, value in values.items()}
    )
    encounter: Encounter = note.encounter
    encounter.coding_item = WorkItem.objects.create(queue=Queue.CODING)
    encounter.save(update_fields=["coding_item"])
    return encounter


def contract(encounter: Encounter, percent: str = "120") -> ContractRate:
    """A contract of the visit's payer: a share of Medicare's prices since 2020."""
    assert encounter.primary_coverage is not None
    return ContractRate.objects.create(
        payer=encounter.primary_coverage.payer,
        percent_of_medicare=Decimal(percent),
        effective_from="2020-01-01",
        version="2020",
    )


SORE_THROAT = (LineInput("99213"), LineInput("87880", modifiers=("QW",)))


def coded_visit_row(
    lines: Sequence[LineInput] = SORE_THROAT, *, by: User | None = None, **values: Any
) -> CodingVersion:
    """A visit that was coded and completed: J02.9 with 99213 and 87880-QW, unless told otherwise."""
    encounter = visit_to_code(**values)
    return code_encounter(
        encounter_id=encounter.pk, coder=by or coder(), diagnoses=["J02.9"], lines=lines
    )
