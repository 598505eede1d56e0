from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.gateway import GatewayDown
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import inquire
from simulator.sandbox.gateway import LoopbackGateway, memory_sandbox
from tests.core.clearinghouse.fakes import FakeGateway
from tests.factories.clearinghouse import TradingPartnerFactory
from tests.simulator.sandbox.building import inquiry, member

pytestmark = pytest.mark.django_db


def ask(gateway, content: bytes = b"ISA*q~", name: str = "q.270"):
    partner: Any = TradingPartnerFactory()
    return inquire(
        partner=partner,
        name=name,
        control_number="000000031",
        content=content,
        gateway=gateway,
    )


def test_question_and_answer_are_both_kept():
    found = ask(LoopbackGateway(memory_sandbox()), inquiry("BEACN"))
    assert found.answer is not None
    assert found.problem == ""
    assert (found.question.state, found.answer.state) == (
        TransmissionState.ACKNOWLEDGED,
        TransmissionState.RECEIVED,
    )
    assert found.answer.kind == FileKind.ELIGIBILITY_ANSWER
    assert found.answer.in_reply_to == found.question
    assert found.question.attempts.get().succeeded is True


def test_question_is_in_the_database_before_it_leaves():
    class Looking(FakeGateway):
        def inquire(self, content: bytes, timeout: float) -> bytes:
            row = Transmission.objects.get(direction=Direction.OUTBOUND)
            assert bytes(row.content) == content
            assert timeout == 20.0
            raise GatewayDown("closed")

    ask(Looking())


def test_no_answer_is_unknown_and_never_lost():
    gateway = FakeGateway()
    gateway.answer = GatewayDown("The payer did not answer within 20 s.")
    found = ask(gateway)
    assert found.answer is None
    assert "unknown" in found.problem
    found.question.refresh_from_db()
    assert (found.question.state, found.question.reason) == (
        TransmissionState.FAILED,
        found.problem,
    )
    assert found.question.attempts.get().succeeded is False


def test_payer_that_hangs_ends_after_the_time_limit():
    found = ask(LoopbackGateway(memory_sandbox()), inquiry("BEACN", member("BEACN", "97")))
    assert found.answer is None
    assert "within 20 s" in found.problem


def test_answer_that_is_no_x12_is_kept_with_its_reason():
    gateway = FakeGateway()
    gateway.answer = b"<html>Bad gateway</html>"
    found = ask(gateway)
    assert found.answer is not None
    assert found.answer.state == TransmissionState.FAILED
    assert "not an X12 file" in found.problem


def test_fault_in_the_gateway_closes_the_question_and_is_raised():
    gateway = FakeGateway()
    gateway.answer = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        ask(gateway)
    assert Transmission.objects.get().state == TransmissionState.FAILED


@pytest.mark.django_db(transaction=True)
def test_asking_inside_a_transaction_is_a_programming_error():
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        ask(FakeGateway())
