"""The commands print a summary, or one JSON object, and end as documented."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from claims.models import Claim
from encounters.models import PayerPolicy
from tests.core.clearinghouse.fakes import FakeGateway
from tests.factories.claims import built, coded

pytestmark = pytest.mark.django_db


def run(name, *args, **options):
    out, err = io.StringIO(), io.StringIO()
    status: Any = 0
    try:
        call_command(name, *args, stdout=out, stderr=err, **options)
    except SystemExit as end:
        status = end.code
    return status, out.getvalue(), err.getvalue()


def test_build_claims_prints_one_json_object():
    coded()
    coded(diagnoses=["J02.8"])
    coded(primary_coverage=None)

    status, out, _ = run("build_claims", "--json")

    assert status == 0
    assert json.loads(out) == {
        "encounters": 2,
        "claims": 2,
        "self_pay": 1,
        "ready": 1,
        "held": 1,
        "findings": {"diagnosis-unknown": 1},
        "problems": {},
    }


def test_build_claims_ends_with_1_when_a_visit_got_none():
    encounter = coded()
    PayerPolicy.objects.all().delete()

    status, out, err = run("build_claims")

    assert status == 1
    assert "0 claims built" in out
    assert encounter.number in err


def test_submit_claims_queues_on_request_and_sends(monkeypatch):
    gateway = FakeGateway()
    monkeypatch.setattr("core.clearinghouse.services.outbound.get_gateway", lambda: gateway)
    built()

    _, nothing, _ = run("submit_claims", "--json")
    status, out, _ = run("submit_claims", "--queue-ready", "--json")

    assert json.loads(nothing)["batched"] == 0
    assert status == 0
    assert json.loads(out) == {
        "queued": 1,
        "batched": 1,
        "files": 1,
        "held": 0,
        "sent_files": 1,
        "waiting_files": 0,
        "refused_files": 0,
        "sent": 1,
    }
    assert Claim.objects.get().state == "sent"
    assert len(gateway.received) == 1


def test_follow_up_sweep_says_what_it_did():
    status, out, _ = run("follow_up_sweep", "--on", "2026-11-23", "--json")

    assert (status, json.loads(out)) == (0, {"opened": 0, "closed": 0, "open": 0})


def test_follow_up_sweep_refuses_a_day_that_is_none():
    with pytest.raises(CommandError, match="2026-11-23") as error:
        run("follow_up_sweep", "--on", "yesterday")
    assert error.value.returncode == 2
