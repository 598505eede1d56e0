"""A sandbox payer of its own for each test that submits."""

from __future__ import annotations

import pytest

from core.clearinghouse.gateway import Gateway
from tests.core.clearinghouse.fakes import FakeGateway


@pytest.fixture
def spy() -> Gateway:
    """A gateway that only counts what it gets."""
    return FakeGateway()
