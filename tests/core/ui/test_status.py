from enum import Enum

import pytest

from claims.enums import CallOutcome, ClaimState, SubmissionEnd, TaskKind
from core.clearinghouse.enums import TransmissionState
from core.findings import Severity
from core.ui.status import STATUSES, UndeclaredStatus, pill
from core.work.enums import WorkState
from denials.enums import DenialState
from encounters.enums import AppointmentState, EligibilityState, EncounterStatus
from payments.enums import PaymentState, RemittanceState

SHOWN: dict[str, type[Enum]] = {
    "appointment": AppointmentState,
    "encounter": EncounterStatus,
    "eligibility": EligibilityState,
    "claim": ClaimState,
    "submission_end": SubmissionEnd,
    "task": TaskKind,
    "call": CallOutcome,
    "severity": Severity,
    "remittance": RemittanceState,
    "payment": PaymentState,
    "denial": DenialState,
    "work": WorkState,
    "transmission": TransmissionState,
}


@pytest.mark.parametrize("domain", SHOWN)
def test_status_table_knows_every_state(domain):
    assert {str(member.value) for member in SHOWN[domain]} <= set(STATUSES[domain])


def test_status_tones_are_the_ones_the_style_sheet_knows():
    tones = {known.tone for table in STATUSES.values() for known in table.values()}
    assert tones <= {"neutral", "info", "success", "warn", "danger", "accent"}


def test_unknown_status_raises():
    with pytest.raises(UndeclaredStatus, match=r"claim\.lost"):
        pill("claim", "lost")
