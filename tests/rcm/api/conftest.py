"""A clinic with one paid and denied claim, and somebody of each role."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from claims.models import Acknowledgement, Submission
from core.clearinghouse.enums import FileKind
from denials.models import Denial
from payments.models import Remittance
from payments.services.receiving import receive_file
from tests.factories import PayerFactory, PayerPolicyFactory, UserFactory
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import Line, sent_claims

SERVICES: list[Line] = [("99213", [], "185.00"), ("87880", [], "45.00")]


def _payment(claim):
    return Clp(
        f"{claim.number}-1",
        [
            Svc("99213", "185.00", [("CO", "45", "70.00"), ("PR", "3", "25.00")]),
            Svc("87880", "45.00", [("CO", "4", "45.00")], remarks=["N822"]),
        ],
        icn=f"ICN{claim.pk}",
    )


@pytest.fixture
def paid(db):
    """``paid(3)``: so many claims, accepted, answered by one remittance, each with a denial."""

    def make(count=1, trace="EFT1"):
        payer = PayerFactory()
        PayerPolicyFactory(payer=payer)
        claims = sent_claims([SERVICES] * count, payer=payer)
        for submission in Submission.objects.filter(claim__in=claims):
            Acknowledgement.objects.create(
                submission=submission,
                transmission=submission.transmission,
                kind=FileKind.CLAIM_ACK,
                accepted=True,
                category_code="A2",
                status_code="20",
                message="Accepted by the payer.",
            )
        rows = [_payment(claim) for claim in claims]
        receive_file(name=f"{trace}.835", content=era_file(Era(rows, trace=trace)), by=None)
        return claims

    return make


@pytest.fixture
def clinic(paid):
    """One of everything, by the word of its address."""
    [claim] = paid()
    return SimpleNamespace(
        patients=claim.encounter.patient,
        encounters=claim.encounter,
        claims=claim,
        remittances=Remittance.objects.get(),
        denials=Denial.objects.get(),
    )


@pytest.fixture
def as_role(client):
    """Sign in somebody of the role."""

    def sign_in(role):
        user = UserFactory(role=role)
        client.force_login(user)
        return user

    return sign_in


@pytest.fixture
def get(client):
    """``get("claims/", state="denied")`` → the answer's JSON; its status is checked."""

    def ask(path, expect=200, **parameters):
        response = client.get(f"/api/v1/{path}", parameters)
        assert response.status_code == expect, response.content
        return response.json()

    return ask
