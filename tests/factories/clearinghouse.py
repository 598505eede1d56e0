"""Trading partners and files."""

from __future__ import annotations

import hashlib

from factory.declarations import LazyAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.models import TradingPartner, Transmission
from tests.any_state import AnyStateFactory


class TradingPartnerFactory(DjangoModelFactory):
    """One clearinghouse for all: the same row again and again."""

    class Meta:
        model = TradingPartner
        django_get_or_create = ("name",)

    name = "Test Clearinghouse"
    submitter_id = "FIRSTPASS"
    receiver_id = "SANDBOX"
    submitter_name = "FIRSTPASS FAMILY CLINIC"
    contact_name = "BILLING OFFICE"
    contact_phone = "2175550100"
    usage = "T"


class TransmissionFactory(AnyStateFactory):
    """An outbound file that was sent, unless told otherwise."""

    class Meta:
        model = Transmission

    partner = SubFactory(TradingPartnerFactory)
    direction = Direction.OUTBOUND
    kind = FileKind.CLAIMS
    name = Sequence(lambda n: f"file-{n:06d}.x12")
    control_number = Sequence(lambda n: f"{900_000_000 + n:09d}")
    content = LazyAttribute(lambda o: f"ISA*{o.name}~".encode())
    sha256 = LazyAttribute(lambda o: hashlib.sha256(o.content).hexdigest())
    size = LazyAttribute(lambda o: len(o.content))
    state = TransmissionState.SENT
