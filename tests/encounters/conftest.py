from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from core import clock
from core.access.enums import Role
from simulator.sandbox.gateway import LoopbackGateway, memory_sandbox
from tests.factories import PayerFactory, ProviderFactory, UserFactory


@pytest.fixture
def clerk(db):
    return UserFactory(role=Role.FRONT_DESK)


@pytest.fixture
def beacon(db):
    return PayerFactory(name="Beacon Health Plan", claim_payer_id="BEACN")


@pytest.fixture
def gateway():
    """A payer that answers at once and forgets."""
    return LoopbackGateway(memory_sandbox())


@pytest.fixture
def provider(db):
    return ProviderFactory()


@pytest.fixture
def morning():
    """Monday, November 23, 2026, half past nine at the clinic."""
    moment = datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("America/New_York"))
    with clock.at(moment):
        yield moment
