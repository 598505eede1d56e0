"""The main job, measured: 450 claims from ready to posted, and every main page of the demo.

The claims live in a scratch database that is made for it and dropped, with real commits; the
payers are sandbox payers in memory that answer at once. The pages are those of the demo as it
is now; what their requests write is rolled back. ``× reference`` compares with a thousand bare
round trips to the same server at the same time.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from claims.enums import ClaimState
from claims.models import Claim
from claims.services import build_claims, queue_claims, scrub_claims, submit_claims
from coding.rules.book import CodeBook
from coding.services.carried import load_carried_codes
from core import clock
from core.access.demo import DEMO_USERNAMES
from core.access.enums import Role
from core.access.models import User
from core.ui.navigation import NAVIGATION
from denials.models import Denial
from encounters.enums import EncounterStatus
from encounters.models import Encounter, Patient
from payments.models import Remittance, RemittanceClaim
from rcm.pipeline import run_inbound_cycle
from simulator.demo import back_office, front_desk
from simulator.demo.clinic import open_clinic
from simulator.demo.front_desk import Schedule, moment
from simulator.demo.people import register_everybody
from simulator.sandbox.gateway import connected, memory_sandbox

CLAIMS = 450
PIPELINE_SECONDS = 60.0
PAGE_MILLISECONDS = 100.0
_AGO = dt.timedelta(days=10)
_SEED = 450
ROUNDS = 3
_SEARCHES = ("sore throat", "sore throt", "fracture", "E11")
"""By words, with a slip, by a word of thousands of codes, by the beginning of a code."""
_HERE: dict[str, Any] = {
    "ALLOWED_HOSTS": ["testserver"],
    "FIRSTPASS_GATEWAY": "simulator.sandbox.gateway.LoopbackGateway",
    # The names of static files without their hashes: these exist before they are collected.
    "STORAGES": settings.STORAGES
    | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
}


def run(*, json: bool = False) -> dict[str, Any]:
    """Measure; about half a minute."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        with (
            override_settings(**_HERE),
            connected(memory_sandbox()),
        ):
            with transaction.atomic():
                pages = _pages()
                transaction.set_rollback(True)
            with _scratch_database():
                claim_ids = _ready_claims()
                reference = _reference()
                figures = _pipeline(claim_ids)
    finally:
        logging.disable(before)
    slowest = max((milliseconds for milliseconds, _ in pages.values()), default=0.0)
    return {
        "pipeline": figures | {"× reference": round(figures["seconds"] / reference, 1)},
        "reference": {"1,000 round trips, seconds": round(reference, 3)},
        "pages": {
            name: f"{ms:6.1f} ms {queries:3} queries" for name, (ms, queries) in pages.items()
        },
        "checks": {
            f"{CLAIMS} claims, ready to posted (s)": _check(figures["seconds"], PIPELINE_SECONDS),
            "claims without a posted answer": _check(figures["not posted"], 0),
            "slowest page (ms)": _check(slowest, PAGE_MILLISECONDS),
        },
    }


def _check(value: float, limit: float) -> dict[str, Any]:
    return {"value": round(value, 1), "limit": limit, "passed": value <= limit}


def _reference() -> float:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute("SELECT 1")
    return time.perf_counter() - started


@contextmanager
def _scratch_database() -> Iterator[None]:
    """A database of its own with the carried codes, gone afterwards."""
    own = str(connection.settings_dict["NAME"])
    connection.settings_dict["TEST"]["NAME"] = f"bench_{own}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        load_carried_codes()
        yield
    finally:
        connection.creation.destroy_test_db(own, verbosity=0)


def _pipeline(claim_ids: list[int]) -> dict[str, float]:
    started = time.perf_counter()
    queue_claims(claim_ids, by=None)
    submit_claims()
    sent = time.perf_counter()
    run_inbound_cycle()
    seconds = time.perf_counter() - started
    answered = RemittanceClaim.objects.filter(
        claim__in=claim_ids, remittance__state="posted"
    ).values("claim")
    missing = set(claim_ids) - set(answered.values_list("claim", flat=True))
    return {
        "claims": len(claim_ids),
        "seconds": round(seconds, 2),
        "seconds until sent": round(sent - started, 2),
        "claims per second": round(len(claim_ids) / seconds, 1),
        "not posted": len(missing),
    }


def _ready_claims() -> list[int]:
    """Visits of invented patients, as far as ready to submit."""
    day = clock.today() - _AGO
    with clock.at(moment(day, 7)):
        clinic = open_clinic(first_day=day)
        register_everybody(clinic, count=CLAIMS * 5 // 4, first_day=day, seed=_SEED)
        Schedule(clinic, _SEED, CLAIMS * 5 // 4).put(day, 0)
        encounters = front_desk.receive(clinic, front_desk.expected(day), _SEED)
    with clock.at(moment(day, 18)):
        front_desk.document(encounters, _SEED)
        back_office.code_visits(
            clinic, before=day + dt.timedelta(days=1), book=CodeBook(), seed=_SEED
        )
        built = build_claims(encounter_ids=[one.pk for one in encounters], by=None)
        scrub_claims(built.claim_ids)
    # Some members are rejected, answered late or never (docs/sandbox.md): nothing to wait for.
    ready = Claim.objects.filter(pk__in=built.claim_ids, state=ClaimState.READY).exclude(
        coverage__subscriber_number__regex=r"(86|88|89|99)$"
    )
    return list(ready.order_by("pk").values_list("pk", flat=True)[:CLAIMS])


def _pages() -> dict[str, tuple[float, int]]:
    """Server time (best of three, milliseconds) and queries of each main page."""
    found: dict[str, tuple[float, int]] = {}
    for role, username in DEMO_USERNAMES.items():
        user = User.objects.filter(username=username).first()
        if user is None:
            continue
        client = Client()
        client.force_login(user)
        names = [item.url_name for group in NAVIGATION[role] for item in group.items]
        urls = {name: reverse(name) for name in names} | _details(role)
        for name, url in urls.items():
            if name in found:
                continue
            found[name] = _measure(client, url)
    return found


def _measure(client: Client, url: str) -> tuple[float, int]:
    times, queries = [], 0
    for _ in range(ROUNDS):
        with CaptureQueriesContext(connection) as captured:
            started = time.perf_counter()
            answer = client.get(url, secure=True)
            times.append(time.perf_counter() - started)
        if answer.status_code != 200:
            raise RuntimeError(f"{url} answered {answer.status_code}")
        queries = len(captured)
    return min(times) * 1000, queries


def _details(role: Role) -> dict[str, str]:
    """A page of one thing for each role: the newest that is far enough."""
    found: dict[str, str] = {}

    def add(name: str, row: Any) -> None:
        if row is not None:
            found[name] = reverse(name, args=[row.pk])

    if role == Role.FRONT_DESK:
        add("front_desk:patient", Patient.objects.filter(encounters__isnull=False).first())
        add("front_desk:encounter", Encounter.objects.first())
    elif role == Role.CODER:
        waiting = Encounter.objects.filter(status=EncounterStatus.DOCUMENTED)
        add("coding:workspace", waiting.first())
        for text in _SEARCHES:
            found[f"code search: {text}"] = f"{reverse('coding:search_diagnoses')}?q={text}"
    elif role == Role.BILLER:
        add("claims:detail", Claim.objects.filter(submissions__frequency="7").first())
        add("denials:detail", Denial.objects.filter(state="open").first())
        add("payments:detail", Remittance.objects.order_by("-amount").first())
    return found
