"""The background work across all stages: what a worker does when it wakes up.

Each step is a sweep over rows, safe to run twice and at the same time as another worker.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from claims.services import (
    AcknowledgementResult,
    BuildResult,
    SubmitResult,
    build_claims,
    process_acknowledgements,
    queue_claims,
    scrub_claims,
    submit_claims,
)
from core.clearinghouse.gateway import GatewayError
from core.clearinghouse.services import receive_files
from denials.queries.cases import counts_after
from denials.services import open_denials, resolve_answered
from payments.services.receiving import Processed, process_remittance_files

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outbound:
    """The result of one outbound cycle."""

    built: BuildResult
    submitted: SubmitResult


@dataclass(frozen=True, slots=True)
class Inbound:
    """The result of one inbound cycle. `gateway_down` says why the gateway gave no answer."""

    files: int
    acknowledgements: AcknowledgementResult
    remittances: Processed
    denials_opened: int
    denials_answered: int
    gateway_down: str = ""


def run_outbound_cycle(*, queue_clean: bool) -> Outbound:
    """Coded visits → claims → scrubbed; queued claims → sent.

    `queue_clean` queues every clean claim without a person; the workers leave that to the biller.
    """
    built = build_claims()
    scrub_claims()
    if queue_clean:
        queue_claims(by=None)
    return Outbound(built=built, submitted=submit_claims())


def run_inbound_cycle() -> Inbound:
    """Files in → acknowledgements onto claims, remittances into the ledger, denials as cases.

    A mailbox that does not answer stops only the fetching: what is here is worked. A fault of our
    own is raised when that is done. Posting opens and decides its denials itself; the two sweeps
    at the end are a safety net.
    """
    down, files = "", 0
    fault: Exception | None = None
    try:
        files = len(receive_files())
    except GatewayError as error:
        down = str(error) or "The clearinghouse does not answer."
        log.warning("mailbox.trouble", reason=down)
    except Exception as error:  # noqa: BLE001 - raised when what is here is worked
        fault = error
    acknowledgements = process_acknowledgements()
    remittances = process_remittance_files()
    opened, answered = counts_after([one.remittance_id for one in remittances.posted])
    opened += len(open_denials())
    answered += len(resolve_answered())
    if fault is not None:
        raise fault
    return Inbound(files, acknowledgements, remittances, opened, answered, down)
