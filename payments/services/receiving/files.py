"""835 files from the page, the command and the mailbox: read once, recorded, then posted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from django.db import transaction

from core.access.models import User
from core.clearinghouse import locks as file_locks
from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.models import TradingPartner, Transmission
from core.clearinghouse.rules import is_archive, unpack
from core.clearinghouse.services import mark_failed, store_inbound
from core.clearinghouse.states import TRANSMISSION
from core.errors import Refused
from payments.enums import RemittanceState
from payments.models import Remittance
from payments.services.posting.post import PostResult, post_remittance
from payments.services.receiving.reading import read_file
from payments.services.receiving.recording import record_remittances

log = structlog.get_logger(__name__)

BY_HAND = "Files given by hand"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One remittance of a file after posting was tried. ``result`` is empty when it is held."""

    remittance: Remittance
    result: PostResult | None = None

    @property
    def state(self) -> str:
        """``posted``, ``held`` or ``already_posted``."""
        if self.result is None:
            return "held"
        return "already_posted" if self.result.already_posted else "posted"


@dataclass(slots=True)
class Processed:
    """One cycle over the files of the mailbox."""

    files: int = 0
    failed: int = 0
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def posted(self) -> list[PostResult]:
        """The remittances that were posted in this cycle."""
        return [o.result for o in self.outcomes if o.result and not o.result.already_posted]


def receive_file(*, name: str, content: bytes, by: User | None) -> list[Outcome]:
    """Record and post an 835 file, or a ZIP of them, that a person or a command brought.

    All files are recorded or none, then each remittance is posted. Raises `Refused`
    (``unreadable``, naming file, segment and reason, or ``conflict``) when nothing at all was
    changed. The same file again answers ``already_posted`` (or ``held``) for each of its
    remittances.
    """
    with transaction.atomic():
        recorded = [
            remittance
            for member, data in _members(name, content)
            for remittance in _record_given(member, data, by)
        ]
    return [_post(remittance, by) for remittance in recorded]


def process_remittance_files(*, by: User | None = None, limit: int = 500) -> Processed:
    """Record and post what waits: 835 files of the mailbox, and remittances that are ready.

    A file that cannot be read is marked failed with its reason and stops nothing else. Safe
    to run in several workers and after a crash: every step re-checks its row's state.
    """
    cycle = Processed()
    recorded: list[Remittance] = []
    waiting = Transmission.objects.filter(
        direction=Direction.INBOUND, kind=FileKind.REMITTANCE, state=TransmissionState.RECEIVED
    )
    for file_id in waiting.order_by("pk").values_list("pk", flat=True)[:limit]:
        cycle.files += 1
        try:
            recorded += _record_waiting(file_id, by)
        except Refused as refusal:
            cycle.failed += 1
            mark_failed(transmission_id=file_id, reason=refusal.message)
            log.warning("remittance.file_refused", transmission=file_id, code=refusal.code)
        except Exception:
            # A fault of ours in one file must not keep the others from their money; the file
            # stays received, and the next cycle tries it again.
            log.exception("remittance.file_not_recorded", transmission=file_id)
    ready = Remittance.objects.filter(state=RemittanceState.READY).order_by("received_at", "pk")
    done = [remittance for remittance in recorded if remittance.state != RemittanceState.READY]
    for remittance in [*done, *ready[:limit]]:
        try:
            cycle.outcomes.append(_post(remittance, by))
        except Exception:
            # As above: it stays ready, and the next cycle tries it again.
            log.exception("remittance.not_posted", remittance=remittance.pk)
    return cycle


def _members(name: str, content: bytes) -> Sequence[tuple[str, bytes]]:
    """The file, or each file of a ZIP under the ZIP's name."""
    if not is_archive(content):
        return [(name, content)]
    unpacked = unpack(content)
    if unpacked.problems:
        raise Refused(
            f"{name}: {' '.join(unpacked.problems)}",
            fix="Nothing was recorded.",
            code="unreadable",
            file=name,
        )
    return [(f"{name}/{member}", data) for member, data in unpacked.members]


def _record_given(name: str, content: bytes, by: User | None) -> list[Remittance]:
    """Read first, then store: a file that cannot be read leaves nothing behind."""
    found = read_file(content, name=name)
    file = _store(name, content)
    return record_remittances(transmission_id=file.pk, found=found, by=by)


def _record_waiting(file_id: int, by: User | None) -> list[Remittance]:
    file = Transmission.objects.get(pk=file_id)
    found = read_file(bytes(file.content), name=file.name)
    return record_remittances(transmission_id=file_id, found=found, by=by)


def _post(remittance: Remittance, by: User | None) -> Outcome:
    if remittance.state == RemittanceState.HELD:
        return Outcome(remittance)
    return Outcome(remittance, post_remittance(remittance_id=remittance.pk, by=by))


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
    file = file_locks.file(file.pk)
    if file.state == TransmissionState.FAILED:
        # Known from a former try that failed, or its envelope is doubtful; its content was
        # read in full a moment ago, so it is recorded now.
        file.kind = FileKind.REMITTANCE
        file.reason = ""
        file.done_at = None
        TRANSMISSION.move(file, TransmissionState.RECEIVED, fields=["kind", "reason", "done_at"])
    return file
