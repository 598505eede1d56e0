"""From the objects of the open loops to the row that streaming yields."""

from __future__ import annotations

from typing import Any

from x12.model.claims import Claim, ClaimRow
from x12.model.eligibility import MemberLevel, MemberRow, ReceiverLevel, SourceLevel
from x12.model.status import (
    ClaimStatus,
    StatusMember,
    StatusProvider,
    StatusReceiver,
    StatusRow,
    StatusSource,
)


def row_of(objects: list[Any]) -> Any:
    """The row for the innermost object; ``None`` when it is told by the rows below it."""
    unit = objects[-1]
    if isinstance(unit, Claim):
        return _claim_row(objects, unit)
    if isinstance(unit, MemberLevel):
        return _member_row(objects, unit)
    if isinstance(unit, ClaimStatus):
        return _status_row(objects, unit)
    return unit


def _claim_row(objects: list[Any], claim: Claim) -> ClaimRow:
    if len(objects) == 5:
        return ClaimRow(objects[1], objects[2], objects[3], claim)
    return ClaimRow(objects[1], objects[2], None, claim)


def _member_row(objects: list[Any], unit: MemberLevel) -> MemberRow | None:
    source, receiver, subscriber = objects[1:4]
    assert isinstance(source, SourceLevel)
    assert isinstance(receiver, ReceiverLevel)
    if subscriber is unit:
        return None if unit.dependents else MemberRow(source, receiver, unit, None)
    return MemberRow(source, receiver, subscriber, unit)


def _status_row(objects: list[Any], claim: ClaimStatus) -> StatusRow:
    source, receiver, provider, subscriber = objects[1:5]
    assert isinstance(source, StatusSource)
    assert isinstance(receiver, StatusReceiver)
    assert isinstance(provider, StatusProvider)
    dependent = objects[5] if isinstance(objects[5], StatusMember) else None
    return StatusRow(source, receiver, provider, subscriber, dependent, claim)
