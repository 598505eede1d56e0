"""Files that arrive: stored byte for byte first, confirmed after, understood later.

A file is known by its hash. The same file again, under any name, from any worker, is the row that
is already there. What cannot be understood is kept as well, with the reason.
"""

from __future__ import annotations

import hashlib

import structlog
from django.db import IntegrityError, transaction

from core import clock
from core.clearinghouse import locks, rules
from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.gateway import Gateway, get_gateway
from core.clearinghouse.models import TradingPartner, Transmission
from core.clearinghouse.states import TRANSMISSION
from core.errors import Refused

log = structlog.get_logger(__name__)

MOST_ROUNDS = 200


def receive_files(
    *, gateway: Gateway | None = None, partner: TradingPartner | None = None
) -> list[Transmission]:
    """Fetch what waits, store it, confirm it. Returns the new rows, in the order of arrival.

    A file that was stored before and not confirmed (we died in between) is confirmed again and
    not stored again. One file that cannot be stored does not keep the others from being stored.
    """
    gateway = gateway or get_gateway()
    new: list[Transmission] = []
    failure: Exception | None = None
    for _ in range(MOST_ROUNDS):
        files = gateway.fetch()
        if not files:
            break
        for file in files:
            try:
                new += _store_file(file.name, bytes(file.content), partner)
                gateway.confirm(file.name)
            except Exception as error:
                log.exception("transmission.not_stored", file_size=len(file.content))
                failure = failure or error
        if failure is not None:
            break  # what failed is still in the mailbox: the next run finds it
    if failure is not None:
        raise failure
    if new:
        log.info("transmissions.received", count=len(new))
    return new


def store_inbound(
    *,
    name: str,
    content: bytes,
    partner: TradingPartner | None = None,
    in_reply_to: Transmission | None = None,
) -> tuple[Transmission, bool]:
    """Keep one file that arrived; `True` when it is new.

    Its kind, control numbers and the file it answers are read from its envelopes. When those are
    broken, or it is none of the kinds that Firstpass processes, the row is kept in state
    `failed` with a reason that names the segment. Without a `partner`, the sender in ISA06
    decides, else the partner that is there.
    """
    digest = hashlib.sha256(content).hexdigest()
    known = _known(digest)
    if known is not None:
        return known, False
    described = rules.describe(content, name)
    partner = partner or _partner(described.sender)
    return _insert(name, content, digest, described, partner, in_reply_to)


def mark_processed(*, transmission_id: int) -> Transmission:
    """Mark the file as worked completely. A repeat changes nothing."""
    return _done(transmission_id, TransmissionState.PROCESSED, "")


def mark_failed(*, transmission_id: int, reason: str) -> Transmission:
    """The file cannot be processed; `reason` says why and what to do, without patient data."""
    return _done(transmission_id, TransmissionState.FAILED, reason)


def _store_file(name: str, content: bytes, partner: TradingPartner | None) -> list[Transmission]:
    """A file, or each file of a ZIP, in one transaction: what is confirmed is complete."""
    if not rules.is_archive(content):
        row, created = store_inbound(name=name, content=content, partner=partner)
        return [row] if created else []
    unpacked = rules.unpack(content)
    new: list[Transmission] = []
    with transaction.atomic():
        for member, data in unpacked.members:
            row, created = store_inbound(name=f"{name}/{member}", content=data, partner=partner)
            if created:
                new.append(row)
        if unpacked.problems:
            new += _keep_archive(name, content, unpacked, partner)
    return new


def _keep_archive(
    name: str, content: bytes, unpacked: rules.Unpacked, partner: TradingPartner | None
) -> list[Transmission]:
    """The whole ZIP is kept when something in it could not be taken out."""
    digest = hashlib.sha256(content).hexdigest()
    if _known(digest) is not None:
        return []
    taken = len(unpacked.members)
    described = rules.Described(
        FileKind.UNKNOWN,
        problem=" ".join(
            [*unpacked.problems, f"{taken} other file(s) of it were received." if taken else ""]
        ).strip(),
    )
    row, created = _insert(name, content, digest, described, partner or _partner(""), None)
    return [row] if created else []


def _known(digest: str) -> Transmission | None:
    return Transmission.objects.filter(direction=Direction.INBOUND, sha256=digest).first()


def _insert(
    name: str,
    content: bytes,
    digest: str,
    described: rules.Described,
    partner: TradingPartner,
    in_reply_to: Transmission | None,
) -> tuple[Transmission, bool]:
    now = clock.now()
    row = Transmission(
        partner=partner,
        direction=Direction.INBOUND,
        kind=described.kind,
        name=name[:200],
        control_number=described.control_number[:14],
        group_control_number=described.group_control_number[:14],
        content=content,
        sha256=digest,
        size=len(content),
        state=TransmissionState.FAILED if described.problem else TransmissionState.RECEIVED,
        reason=described.problem,
        in_reply_to=in_reply_to or _answered_file(partner, described),
        created_at=now,
        done_at=now if described.problem else None,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # Another worker stored the same file at this very moment: the unique hash decided.
        stored = _known(digest)
        if stored is None:
            raise
        return stored, False
    if described.problem:
        log.warning("transmission.failed", transmission=row.pk, kind=described.kind)
    return row, True


def _partner(sender: str) -> TradingPartner:
    partners = list(TradingPartner.objects.filter(is_active=True).order_by("id"))
    if not partners:
        raise Refused(
            "No trading partner is set up, so nobody can have sent this file. Add the "
            "clearinghouse as a trading partner first.",
            code="no-partner",
        )
    return next((partner for partner in partners if partner.receiver_id == sender), partners[0])


def _answered_file(partner: TradingPartner, described: rules.Described) -> Transmission | None:
    """The sent file that this one acknowledges, by the control numbers that it repeats."""
    sent = Transmission.objects.filter(direction=Direction.OUTBOUND, partner=partner)
    if described.answers_group:
        return sent.filter(group_control_number=described.answers_group).order_by("-id").first()
    number = described.answers_interchange or described.answers_batch
    if not number:
        return None
    return sent.filter(control_number__in=[number, number.lstrip("0")]).order_by("-id").first()


@transaction.atomic
def _done(transmission_id: int, state: TransmissionState, reason: str) -> Transmission:
    row = locks.file(transmission_id)
    if row.direction != Direction.INBOUND:
        raise Refused(f"{row.name} was sent, not received: it cannot be processed.")
    if row.state != state or row.reason != reason:
        row.reason, row.done_at = reason, clock.now()
        TRANSMISSION.move(row, state, fields=["reason", "done_at"])
    return row
