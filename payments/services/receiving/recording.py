"""Recording remittances: from a stored 835 file to rows, balanced or held. Posts nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction

import x12
from core import clock
from core.access.models import User
from core.audit.services import EventData, record_many
from core.clearinghouse import locks as file_locks
from core.clearinghouse.enums import FileKind, TransmissionState
from core.clearinghouse.models import Transmission
from core.clearinghouse.states import TRANSMISSION
from core.errors import Refused
from core.money import ZERO, money
from encounters.models import Payer
from payments import locks
from payments.enums import Disposition, RemittanceState
from payments.models import (
    Adjustment,
    ProviderAdjustment,
    Remark,
    Remittance,
    RemittanceClaim,
    RemittanceLine,
)
from payments.rules import identity
from payments.rules.reasons import disposition, line_disposition
from payments.services.receiving.reading import ReadRemittance
from payments.states import REMITTANCE

MOST_RACES = 5


def record_remittances(
    *, transmission_id: int, found: Sequence[ReadRemittance], by: User | None = None
) -> list[Remittance]:
    """Record every remittance that was read from a received 835 file; the file is then processed.

    Two workers that bring one payment in two files at the same moment record it once: the
    second one looks again and finds it.

    All or nothing: one transaction. A remittance that is already recorded with the same
    content is answered as it stands. A file in which any sum does not hold is held whole,
    the difference named. Raises `Refused` and records nothing when the file is no 835
    (``unreadable``) or brings other content under a known payer and trace number
    (``conflict``).
    """
    for _ in range(MOST_RACES):
        try:
            return _record_file(transmission_id, found, by)
        except _RecordedMeanwhile:
            continue
    raise Refused(
        "Other workers record these payments at this moment. Nothing was recorded twice; bring the "
        "file again in a minute.",
        code="busy",
        conflict=True,
    )


class _RecordedMeanwhile(Exception):
    """Another worker recorded the same payer and trace number between our look and our write."""


def _record_file(
    transmission_id: int, found: Sequence[ReadRemittance], by: User | None
) -> list[Remittance]:
    with transaction.atomic():
        file = file_locks.file(transmission_id)
        if file.state == TransmissionState.PROCESSED:
            return list(file.remittances.order_by("position"))
        if file.kind != FileKind.REMITTANCE:
            raise Refused(
                f"{file.name} is not an 835 remittance ({file.get_kind_display()}).",
                code="unreadable",
                file=file.name,
            )
        recorded = _record(file, found, _Payers(), by)
        file.done_at = clock.now()
        TRANSMISSION.move(file, TransmissionState.PROCESSED, fields=["done_at"])
        return recorded


class _Payers:
    """Our payers, found by any number by which an 835 names them."""

    def __init__(self) -> None:
        self._by_number: dict[str, Payer] = {}
        payers = list(Payer.objects.order_by("-is_active", "pk"))
        # TRN03 is the surest; a payer's number on claims can also be in REF*2U or N104.
        for number_of in ("remittance_payer_id", "claim_payer_id"):
            for payer in payers:
                self._by_number.setdefault(getattr(payer, number_of), payer)

    def of(self, item: ReadRemittance) -> Payer | None:
        """The payer of this remittance, when it is one of ours."""
        numbers = identity.payer_numbers(item.content)
        return next((self._by_number[n] for n in numbers if n in self._by_number), None)

    def key(self, item: ReadRemittance) -> tuple[str, str]:
        """Its natural key: who pays, and the trace number."""
        payer = self.of(item)
        trace = item.content.trace_number
        if payer is not None:
            return identity.payer_key(payer.remittance_payer_id, "", is_known=True), trace
        name = item.content.payer.name if item.content.payer else ""
        return identity.payer_key(item.payer_identifier, name, is_known=False), trace


def _record(
    file: Transmission, found: Sequence[ReadRemittance], payers: _Payers, by: User | None
) -> list[Remittance]:
    """Weigh the whole file first, then write what is new."""
    keys = [payers.key(item) for item in found]
    existing = _existing(keys)
    first_bad = next((item for item in found if item.imbalances), None)
    result: list[Remittance] = []
    new: dict[tuple[str, str], Remittance] = {}
    for item, key in zip(found, keys, strict=True):
        before = new.get(key) or existing.get(key)
        same = before is not None and before.content_sha256 == item.content_sha256
        if before is not None and same and not _held_with_its_file(before, first_bad):
            result.append(before)
            continue
        if before is not None and (before.state != RemittanceState.HELD or key in new):
            raise _conflict(file, item, before)
        new[key] = _create(file, item, key, payers, replaces=before, first_bad=first_bad)
        result.append(new[key])
    _audit(new.values(), by)
    return result


def _existing(keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Remittance]:
    """Recorded remittances with these trace numbers, locked, by payer and trace number."""
    rows = locks.recorded(trace for _, trace in keys)
    return {(row.payer_key, row.trace_number): row for row in rows}


def _held_with_its_file(before: Remittance, first_bad: ReadRemittance | None) -> bool:
    """Held only for a neighbour, and the file that came now balances: it gives way too."""
    return before.state == RemittanceState.HELD and not before.imbalances and first_bad is None


def _conflict(file: Transmission, item: ReadRemittance, before: Remittance) -> Refused:
    return Refused(
        f"{file.name}: payment {before.trace_number} of {before.payer_name} is already recorded "
        f"with other content (${before.amount} on {before.payment_date:%Y-%m-%d}, this file says "
        f"${item.amount}). Nothing was recorded; ask the payer which of the two is right.",
        code="conflict",
        conflict=True,
        file=file.name,
        trace_number=before.trace_number,
        remittance_id=before.pk,
    )


def _held_reason(item: ReadRemittance, first_bad: ReadRemittance | None) -> str:
    if item.imbalances:
        return " ".join(found["message"] for found in item.imbalances[:3]) + (
            f" And {len(item.imbalances) - 3} more." if len(item.imbalances) > 3 else ""
        )
    if first_bad is not None:
        return (
            f"Held with its file: payment {first_bad.content.trace_number} in the same file does "
            f"not balance. {first_bad.imbalances[0]['message']}"
        )
    return ""


def _create(
    file: Transmission,
    item: ReadRemittance,
    key: tuple[str, str],
    payers: _Payers,
    *,
    replaces: Remittance | None,
    first_bad: ReadRemittance | None,
) -> Remittance:
    if replaces is not None:
        REMITTANCE.move(replaces, RemittanceState.REPLACED)
    content = item.content
    payee = content.payee
    held_reason = _held_reason(item, first_bad)
    try:
        with transaction.atomic():
            remittance = Remittance.objects.create(
                transmission=file,
                position=item.position,
                transaction_number=item.transaction_number[:9],
                payer=payers.of(item),
                payer_name=(content.payer.name if content.payer else "")[:60],
                payer_identifier=item.payer_identifier[:30],
                payer_key=key[0],
                payee_name=(payee.name if payee else "")[:60],
                payee_identifier=(payee.id if payee else "")[:80],
                trace_number=content.trace_number[:50],
                handling=content.handling[:2],
                method=content.method[:3],
                amount=money(item.amount),
                payment_date=item.payment_date,
                production_date=_day(content.dates, "405"),
                content_sha256=item.content_sha256,
                state=RemittanceState.HELD if held_reason else RemittanceState.READY,
                held_reason=held_reason,
                imbalances=item.imbalances,
                warnings=item.warnings,
            )
    except IntegrityError as error:
        raise _RecordedMeanwhile from error
    if replaces is not None:
        replaces.replaced_by = remittance
        replaces.save(update_fields=["replaced_by"])
    _create_claims(remittance, list(content.claims))
    _create_provider_adjustments(remittance, content.provider_adjustments)
    return remittance


def _create_provider_adjustments(
    remittance: Remittance, adjustments: Sequence[x12.ProviderAdjustment]
) -> None:
    ProviderAdjustment.objects.bulk_create(
        ProviderAdjustment(
            remittance=remittance,
            position=position,
            provider_identifier=plb.provider_id[:80],
            reason=plb.reason[:5],
            reference=plb.reference[:50],
            amount=money(plb.amount),
        )
        for position, plb in enumerate(adjustments, start=1)
    )


def _day(dates: Sequence[x12.Dated], qualifier: str) -> dt.date | None:
    return next((d.start for d in dates if d.qualifier == qualifier), None)


def _service_date(claim: x12.ClaimPayment) -> dt.date | None:
    days = [day for line in claim.lines if (day := line.service_date) is not None]
    return min(days) if days else _day(claim.dates, "232")


def _create_claims(remittance: Remittance, claims: Sequence[x12.ClaimPayment]) -> None:
    rows = RemittanceClaim.objects.bulk_create(
        RemittanceClaim(
            remittance=remittance,
            position=position,
            patient_control_number=claim.patient_control_number[:38],
            status_code=claim.status[:2],
            charge=money(claim.charge),
            paid=money(claim.paid),
            patient_responsibility=money(claim.patient_responsibility or ZERO),
            payer_claim_number=claim.payer_control_number[:50],
            patient_name=_name(claim.patient),
            member_number=(claim.patient.id if claim.patient else "")[:80],
            service_date=_service_date(claim),
            forwarded_to=(claim.crossover.name if claim.crossover else "")[:60],
        )
        for position, claim in enumerate(claims, start=1)
    )
    lines = RemittanceLine.objects.bulk_create(
        _line(row, position, line)
        for row, claim in zip(rows, claims, strict=True)
        for position, line in enumerate(claim.lines, start=1)
    )
    adjustments: list[Adjustment] = []
    remarks: list[Remark] = []
    of_lines = iter(lines)
    for row, claim in zip(rows, claims, strict=True):
        adjustments += [
            _adjustment(row, None, found, disposition(found.group, found.reason))
            for found in claim.adjustments
        ]
        remarks += [Remark(remittance_claim=row, code=code[:10]) for code in claim.remark_codes]
        bundles = {
            line.procedure.code
            for line in claim.lines
            if line.original and line.original.code != line.procedure.code and line.paid
        }
        for line in claim.lines:
            line_row = next(of_lines)
            adjustments += [
                _adjustment(row, line_row, found, _line_disposition(line_row, found, bundles))
                for found in line.adjustments
            ]
            remarks += [
                Remark(remittance_claim=row, line=line_row, code=found.code[:10])
                for found in line.remarks
            ]
    Adjustment.objects.bulk_create(adjustments)
    Remark.objects.bulk_create(remarks)


def _name(party: x12.Party | None) -> str:
    if party is None:
        return ""
    return ", ".join(part for part in (party.name, party.first) if part)[:110]


def _line(row: RemittanceClaim, position: int, line: x12.ServicePayment) -> RemittanceLine:
    submitted = line.original
    modifiers = (submitted or line.procedure).modifiers
    return RemittanceLine(
        remittance_claim=row,
        position=position,
        code=(line.procedure.code or line.revenue_code)[:48],
        modifiers=[modifier[:2] for modifier in modifiers[:4]],
        submitted_code=(submitted.code if submitted else "")[:48],
        charge=money(line.charge),
        paid=money(line.paid),
        units=line.units,
        allowed=line.allowed,
        control_number=line.control_number[:50],
        service_date=line.service_date,
    )


def _adjustment(
    row: RemittanceClaim,
    line: RemittanceLine | None,
    found: x12.Adjustment,
    kind: Disposition,
) -> Adjustment:
    return Adjustment(
        remittance_claim=row,
        line=line,
        group=found.group[:2],
        carc=found.reason[:5],
        amount=money(found.amount),
        quantity=found.quantity,
        disposition=kind,
    )


def _line_disposition(
    line: RemittanceLine, found: x12.Adjustment, bundles: set[str]
) -> Disposition:
    return line_disposition(
        found.group,
        found.reason,
        code=line.code,
        submitted_code=line.submitted_code,
        paid=line.paid,
        bundles=bundles,
    )


def _audit(recorded: Iterable[Remittance], by: User | None) -> None:
    record_many(
        [
            EventData(
                actor=by,
                action=(
                    "remittance.held"
                    if remittance.state == RemittanceState.HELD
                    else "remittance.recorded"
                ),
                subject=remittance,
                detail={"amount": str(remittance.amount)},
            )
            for remittance in recorded
        ]
    )
