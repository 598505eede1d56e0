"""One row of everything that an address can be about."""

from __future__ import annotations

from claims.models import Claim
from core.access.enums import Role
from core.access.models import User
from denials.models import Denial
from encounters.models import Provider
from payments.models import Remittance, RemittanceClaim
from payments.services.receiving import receive_file
from tests.factories import (
    AppointmentFactory,
    CoverageFactory,
    EligibilityCheckFactory,
    EncounterFactory,
    FacilityFactory,
    PayerFactory,
    PayerPolicyFactory,
    ProviderFactory,
    SignedNoteFactory,
    TransmissionFactory,
    UserFactory,
)
from tests.factories.claims import built
from tests.factories.coding import visit_to_code
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import sent_claims

LOST = Clp("LOST", [Svc("99213", "70.00")])


def _denied_claim() -> Claim:
    """A claim whose strep test came back denied, and a payment that fits no claim."""
    payer = PayerFactory()
    PayerPolicyFactory(payer=payer)
    [claim] = sent_claims([[("99213", [], "185.00"), ("87880", [], "45.00")]], payer=payer)
    paid = Svc("99213", "185.00", [("CO", "45", "70.00")])
    denied = Svc("87880", "45.00", [("CO", "4", "45.00")], remarks=["N822"])
    answer = Clp(f"{claim.number}-1", [paid, denied], icn="ICN1")
    receive_file(name="e.835", content=era_file(Era([answer, LOST], trace="EFT1")), by=None)
    return claim


def build() -> dict[str, int]:
    """The ids, by the names that the table uses."""
    appointment = AppointmentFactory()
    coverage = CoverageFactory(patient=appointment.patient)
    denied = _denied_claim()
    remittance = Remittance.objects.get()
    lost = RemittanceClaim.objects.get(patient_control_number="LOST")
    assert lost.entry_id is not None
    return {
        "appointment": appointment.pk,
        "patient": appointment.patient_id,
        "coverage": coverage.pk,
        "check": EligibilityCheckFactory(coverage=coverage).pk,
        "encounter": EncounterFactory().pk,
        "note": SignedNoteFactory().encounter_id,
        "provider": ProviderFactory().pk,
        "facility": FacilityFactory().pk,
        "visit": visit_to_code().pk,
        "claim": built().pk,
        "denied": denied.pk,
        "denial": Denial.objects.get(claim=denied).pk,
        "remittance": remittance.pk,
        "payment": remittance.claims.exclude(pk=lost.pk).get().pk,
        "lost": lost.pk,
        "receivable": _first_receivable(denied),
        "entry": lost.entry_id,
        "file": TransmissionFactory().pk,
        "user": UserFactory().pk,
    }


def _first_receivable(claim: Claim) -> int:
    """The receivable of the claim's first line."""
    line = claim.submissions.get().lines.order_by("position").first()
    assert line is not None
    receivable = line.charge_line.receivable
    assert receivable is not None
    return int(receivable.pk)


def person(role: Role, ids: dict[str, int]) -> User:
    """Somebody with that role; a provider is the one whose visit the addresses are about."""
    user: User = UserFactory(role=role)
    if role == Role.PROVIDER:
        Provider.objects.filter(encounters=ids["encounter"]).update(user=user)
    return user
