"""Who may open what: every address of the front desk, the providers and the clinic × every role."""

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from core.access.enums import Role
from core.audit.models import AuditEvent
from encounters.models import Appointment, ClinicalNote, Coverage, Encounter, Patient
from tests.factories import (
    AppointmentFactory,
    CoverageFactory,
    EligibilityCheckFactory,
    EncounterFactory,
    FacilityFactory,
    ProviderFactory,
    SignedNoteFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

FD, PR, CO, BI, MA, AD = Role
CLINICAL = {FD, PR, CO, BI, MA}


@dataclass(frozen=True)
class Row:
    name: str
    allowed: frozenset[Role]
    of: str = ""
    """Which row of the database the address is about."""
    is_post: bool = False
    extra: str = ""


def row(name, allowed, of="", *, post=False, extra=""):
    return Row(name, frozenset(allowed), of, post, extra)


MATRIX = [
    row("front_desk:home", {FD, PR, MA}),
    row("front_desk:patients", CLINICAL),
    row("front_desk:find", CLINICAL),
    row("front_desk:register", {FD}),
    row("front_desk:patient", CLINICAL, "patient"),
    row("front_desk:edit", {FD}, "patient"),
    row("front_desk:add_coverage", {FD, BI}, "patient"),
    row("front_desk:schedule", {FD}, "patient"),
    row("front_desk:walk_in", {FD}, "patient"),
    row("front_desk:change_coverage", {FD, BI}, "coverage"),
    row("front_desk:end_coverage", {FD, BI}, "coverage"),
    row("front_desk:verify", {FD, BI}, "coverage", post=True),
    row("front_desk:eligibility", {FD, BI, MA}),
    row("front_desk:check", {FD, BI, MA}, "check"),
    row("front_desk:accept", {FD, BI}, "check", post=True),
    row("front_desk:check_in", {FD}, "appointment"),
    row("front_desk:move", {FD}, "appointment"),
    row("front_desk:cancel", {FD}, "appointment", post=True),
    row("front_desk:no_show", {FD}, "appointment", post=True),
    row("front_desk:encounter", CLINICAL, "encounter"),
    row("front_desk:hold", {FD, PR, CO, BI}, "encounter", post=True),
    row("front_desk:release", {FD, PR, CO, BI}, "encounter", post=True),
    row("provider:home", {PR}),
    row("provider:note", {PR}, "encounter"),
    row("provider:note_row", {PR}, extra="service"),
    row("provider:signed", {PR, CO, BI}, "note"),
    row("provider:addendum", {PR}, "note", post=True),
    row("clinic:providers", {AD}),
    row("clinic:add_provider", {AD}),
    row("clinic:provider", {AD}, "provider"),
    row("clinic:add_facility", {AD}),
    row("clinic:facility", {AD}, "facility"),
]


@pytest.fixture
def ids(db):
    appointment = AppointmentFactory()
    coverage = CoverageFactory(patient=appointment.patient)
    return {
        "appointment": appointment.pk,
        "patient": appointment.patient_id,
        "coverage": coverage.pk,
        "check": EligibilityCheckFactory(coverage=coverage).pk,
        "encounter": EncounterFactory().pk,
        "note": SignedNoteFactory().encounter_id,
        "provider": ProviderFactory().pk,
        "facility": FacilityFactory().pk,
    }


def address(entry, ids):
    args = [ids[entry.of]] if entry.of else [entry.extra] if entry.extra else []
    return reverse(entry.name, args=args)


def snapshot():
    tables = (Appointment, ClinicalNote, Coverage, Encounter, Patient)
    return [list(model.objects.order_by("pk").values()) for model in tables]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("entry", MATRIX, ids=lambda entry: entry.name)
def test_address_is_open_to_its_roles_only(entry, role, ids, settings):
    settings.FIRSTPASS_GATEWAY = "simulator.sandbox.gateway.LoopbackGateway"
    client = Client(raise_request_exception=False)
    user = UserFactory(role=role)
    if role == Role.PROVIDER:
        ProviderFactory(user=user)
    client.force_login(user)
    before = snapshot()
    method = client.post if entry.is_post else client.get
    status = method(address(entry, ids)).status_code
    if role in entry.allowed:
        assert status in {200, 302, 409}
    else:
        assert status == 403
        assert snapshot() == before
        assert not AuditEvent.objects.filter(actor=user).exists()


@pytest.mark.parametrize("entry", MATRIX, ids=lambda entry: entry.name)
def test_address_asks_for_a_sign_in_first(entry, ids):
    page = (Client().post if entry.is_post else Client().get)(address(entry, ids))
    assert page.status_code == 302
    assert page["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("entry", [e for e in MATRIX if e.is_post], ids=lambda e: e.name)
def test_address_that_changes_something_takes_only_a_post(entry, ids):
    client = Client()
    role = next(iter(sorted(entry.allowed)))
    client.force_login(UserFactory(role=role))
    assert client.get(address(entry, ids)).status_code == 405


def test_every_address_stands_in_the_matrix():
    known = {entry.name for entry in MATRIX}
    spaces = get_resolver().namespace_dict
    for space in ("front_desk", "provider", "clinic"):
        names = {name for name in spaces[space][1].reverse_dict if isinstance(name, str)}
        assert {f"{space}:{name}" for name in names} <= known
