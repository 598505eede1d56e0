"""835 files from the mailbox, the command line or the browser: recorded, then posted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from django.db import transaction

from core.access.models import User
from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.models import TradingPartner, Transmission
from core.clearinghouse.rules import is_archive, unpack
from core.clearinghouse.services import mark_failed, store_inbound
from core.errors import Refused
from payments.enums import RemittanceState
from payments.models import Remittance
from payments.services.posting.post import PostResult, post_remittance
from payments.services.receiving.reading import read_file
from payments.services.receiving.recording import Recorded, record_remittances

log = structlog.get_logger(__name__)

BY_HAND = "Files given by hand"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one remittance of a file."""

    remittance: Remittance
    state: str
    """``posted``, ``held``, ``already_posted`` or ``recorded`` (not posted on demand)."""
    result: PostResult | None = None


@dataclass(slots=True)
class Processed:
    """One turn of the inbound side."""

    files: int = 0
    failed: int = 0
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def posted(self) -> list[PostResult]:
        """The remittances that were posted in this turn."""
        return [o.result for o in self.outcomes if o.result and not o.result.already_posted]


def receive_file(
    *, name: str, content: bytes, by: User | None, auto_post: bool = True
) -> list[Outcome]:
    """Record and post one 835 file that a person or a command brought.

    The file is read before anything is stored: raises `Refused` (``unreadable``, naming file,
    segment and reason, or ``conflict``) and then nothing at all was changed. The same file
    again answers ``already_posted`` (or ``held``) for each of its remittances.
    """
    return _take([(name, content)], by, auto_post=auto_post)


def take_uploaded(*, name: str, content: bytes, by: User) -> list[Outcome]:
    """A file from the browser: an 835, or a ZIP of them, of which all are recorded or none.

    Raises `Refused` as `receive_file` does, and then nothing was changed.
    """
    if not is_archive(content):
        return receive_file(name=name, content=content, by=by)
    unpacked = unpack(content)
    if unpacked.problems:
        raise Refused(
            f"{name}: {' '.join(unpacked.problems)}",
            fix="Nothing was recorded.",
            code="unreadable",
            file=name,
        )
    members = [(f"{name}/{member}", data) for member, data in unpacked.members]
    return _take(members, by, auto_post=True)


def _take(files: Sequence[tuple[str, bytes]], by: User | None, *, auto_post: bool) -> list[Outcome]:
    """Record all of these files in one transaction, then post them one by one."""
    for name, content in files:
        read_file(content, name=name)
    with transaction.atomic():
        recorded = [
            item
            for name, content in files
            for item in record_remittances(transmission_id=_store(name, content).pk, by=by)
        ]
    return _post(recorded, by, auto_post=auto_post)


def process_remittance_files(
    *, auto_post: bool = True, by: User | None = None, limit: int = 500
) -> Processed:
    """Record and post what waits: received 835 files, and remittances that are ready.

    A file that cannot be read is marked failed with its reason and stops nothing else. Safe
    to run in several workers and after a crash: every step re-checks its row's state.
    """
    turn = Processed()
    waiting = Transmission.objects.filter(
        direction=Direction.INBOUND, kind=FileKind.REMITTANCE, state=TransmissionState.RECEIVED
    )
    for file_id in waiting.order_by("pk").values_list("pk", flat=True)[:limit]:
        turn.files += 1
        try:
            recorded = record_remittances(transmission_id=file_id, by=by)
        except Refused as refusal:
            turn.failed += 1
            mark_failed(transmission_id=file_id, reason=refusal.message)
            log.warning("remittance.file_refused", transmission=file_id, code=refusal.code)
            continue
        except Exception:
            # A fault of ours in one file must not keep the others from their money; the file
            # stays received, and the next turn tries it again.
            log.exception("remittance.file_not_recorded", transmission=file_id)
            continue
        turn.outcomes += [
            Outcome(item.remittance, "held")
            for item in recorded
            if item.remittance.state == RemittanceState.HELD
        ]
    if auto_post:
        turn.outcomes += _post_ready(by, limit)
    return turn


def _post_ready(by: User | None, limit: int) -> list[Outcome]:
    """Post what is ready in order of arrival; one that fails is logged and waits."""
    outcomes: list[Outcome] = []
    ready = Remittance.objects.filter(state=RemittanceState.READY).order_by("received_at", "pk")
    for remittance in ready[:limit]:
        try:
            result = post_remittance(remittance_id=remittance.pk, by=by)
        except Exception:
            # As above: it stays ready, and the next turn tries it again.
            log.exception("remittance.not_posted", remittance=remittance.pk)
            continue
        state = "already_posted" if result.already_posted else "posted"
        outcomes.append(Outcome(remittance, state, result))
    return outcomes


def _post(recorded: Sequence[Recorded], by: User | None, *, auto_post: bool) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for item in recorded:
        remittance = item.remittance
        if remittance.state == RemittanceState.HELD:
            outcomes.append(Outcome(remittance, "held"))
        elif not auto_post and remittance.state == RemittanceState.READY:
            outcomes.append(Outcome(remittance, "recorded"))
        else:
            result = post_remittance(remittance_id=remittance.pk, by=by)
            state = "already_posted" if result.already_posted else "posted"
            outcomes.append(Outcome(remittance, state, result))
    return outcomes


def _store(name: str, content: bytes) -> Transmission:
    """The file's row; a file given by hand needs no clearinghouse to be set up."""
    partner = None
    if not TradingPartner.objects.filter(is_active=True).exists():
        partner, _ = TradingPartner.objects.get_or_create(
            name=BY_HAND,
            defaults={
                "submitter_id": "BYHAND",
                "receiver_id": "BYHAND",
                "submitter_name": BY_HAND,
                "contact_name": BY_HAND,
                "contact_phone": "0000000000",
                "is_active": False,
            },
        )
    digest = hashlib.sha256(content).hexdigest()
    taken = Transmission.objects.filter(direction=Direction.INBOUND, name=name[:200])
    if taken.exclude(sha256=digest).exists():
        name = f"{name[:180]}#{digest[:12]}"
    file, _ = store_inbound(name=name, content=content, partner=partner)
    if file.state == TransmissionState.FAILED:
        # Known from a former try that failed, or its envelope is doubtful; its content was
        # read in full a moment ago, so it is taken now.
        file.kind = FileKind.REMITTANCE
        file.state = TransmissionState.RECEIVED
        file.reason = ""
        file.done_at = None
        file.save(update_fields=["kind", "state", "reason", "done_at"])
    return file
