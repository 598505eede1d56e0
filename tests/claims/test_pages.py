"""The biller's pages over HTTP: who may see them, what they show, how many queries they need."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from claims.enums import ClaimState, TaskKind
from claims.models import CallLog, Claim, Submission
from claims.services import (
    follow_up_sweep,
    process_acknowledgements,
    scrub_claims,
    submit_claims,
)
from core import clock
from core.access.enums import Role
from core.audit.models import AuditEvent
from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.gateway import GatewayRefused
from core.clearinghouse.services import receive_files
from core.work.models import WorkItem
from encounters.enums import EncounterStatus
from encounters.models import Coverage, Encounter, Patient
from simulator.sandbox.gateway import LoopbackGateway, memory_sandbox
from tests.core.clearinghouse.fakes import FakeGateway
from tests.factories import (
    EncounterFactory,
    PayerFactory,
    PayerPolicyFactory,
    TransmissionFactory,
    UserFactory,
)
from tests.factories.claims import biller, built, coded, insured, queued
from tests.markup import squeezed
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return biller()


@pytest.fixture
def page(client, user):
    """Get a page as a biller; it must answer with 200."""
    client.force_login(user)

    def get(name, *args, query="", **headers):
        response = client.get(reverse(name, args=args) + query, **headers)
        assert response.status_code == 200, response.status_code
        return response.content.decode()

    return get


@pytest.fixture
def act(client, user):
    """Post as a biller and follow to the page behind it."""
    client.force_login(user)

    def post(name, *args, **data):
        return client.post(reverse(name, args=args), data, follow=True)

    return post


def held(**values) -> Claim:
    encounter = coded(**values)
    Patient.objects.filter(pk=encounter.patient_id).update(city="")
    return built(encounter)


def rejected() -> Claim:
    payer = PayerFactory(name="Beacon Health Plan", claim_payer_id="BEACN")
    PayerPolicyFactory(payer=payer)
    claim = queued(coded(insured(payer=payer, subscriber_number="W8842199")))
    gateway = LoopbackGateway(memory_sandbox())
    submit_claims(gateway=gateway)
    receive_files(gateway=gateway)
    process_acknowledgements()
    claim.refresh_from_db()
    assert claim.state == ClaimState.REJECTED
    return claim


def overdue() -> Claim:
    claim = queued(coded(days_ago=50))
    submit_claims(gateway=FakeGateway())
    Submission.objects.filter(claim=claim).update(sent_at=clock.now() - timedelta(days=49))
    follow_up_sweep()
    claim.refresh_from_db()
    return claim


# --- Who may ---------------------------------------------------------------------------------

VIEWERS = {Role.CODER, Role.BILLER, Role.MANAGER}
CLINIC = VIEWERS | {Role.FRONT_DESK, Role.PROVIDER}
GETS = [
    ("billing:home", (), {Role.BILLER}),
    ("billing:claims", (), VIEWERS),
    ("billing:claims_csv", (), VIEWERS),
    ("billing:unbilled", (), VIEWERS),
    ("billing:held", (), {Role.BILLER}),
    ("billing:held_claim", ("claim",), {Role.BILLER}),
    ("billing:rejected", (), {Role.BILLER}),
    ("billing:rejected_claim", ("claim",), {Role.BILLER}),
    ("billing:follow_up", (), {Role.BILLER}),
    ("billing:follow_up_claim", ("claim",), {Role.BILLER}),
    ("claims:segments", ("claim",), VIEWERS),
    ("claims:acknowledgements", ("claim",), VIEWERS),
    ("claims:patient_status", ("patient",), CLINIC),
    ("search", (), CLINIC),
]
POSTS = [
    ("billing:queue_selected", ()),
    ("billing:next", ("held",)),
    ("claims:scrub", ("claim",)),
    ("claims:queue", ("claim",)),
    ("claims:resubmit", ("claim",)),
    ("claims:visit_details", ("claim",)),
    ("claims:calls", ("claim",)),
]


def _address(name, args, claim):
    known = {"claim": claim.pk, "patient": claim.encounter.patient_id}
    return reverse(name, args=[known.get(one, one) for one in args])


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize(("name", "args", "allowed"), GETS, ids=[one[0] for one in GETS])
def test_page_opens_for_its_roles_only(client, role, name, args, allowed):
    address = _address(name, args, built())
    client.force_login(UserFactory(role=role))

    assert client.get(address).status_code == (200 if role in allowed else 403)


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.BILLER}))
@pytest.mark.parametrize(("name", "args"), POSTS, ids=[one[0] for one in POSTS])
def test_others_than_billers_change_nothing(client, role, name, args):
    claim = held()
    before = (claim.state, claim.submissions.count(), AuditEvent.objects.count())
    client.force_login(UserFactory(role=role))

    response = client.post(_address(name, args, claim), {"id": claim.pk})

    claim.refresh_from_db()
    assert response.status_code == 403
    assert (claim.state, claim.submissions.count(), AuditEvent.objects.count()) == before


@pytest.mark.parametrize(("name", "args", "_"), GETS, ids=[one[0] for one in GETS])
def test_nobody_signed_in_is_asked_to_sign_in(client, name, args, _):
    response = client.get(_address(name, args, built()))

    assert response.status_code == 302
    assert response.url.startswith(reverse("login"))


@pytest.mark.parametrize(("name", "args"), POSTS, ids=[one[0] for one in POSTS])
def test_changes_are_posted_only(client, name, args):
    client.force_login(biller())

    assert client.get(_address(name, args, built())).status_code == 405


# --- The first page --------------------------------------------------------------------------


def test_home_counts_what_needs_work_and_what_is_on_its_way(page):
    held()
    rejected()
    overdue()
    built()

    text = page("billing:home")

    for word in ("Held by the scrubber", "Rejected", "No answer in time", "Take next"):
        assert word in text
    assert 'aria-label="Ready: 1"' in text
    assert 'aria-label="31–60 days: 1 claim"' in text


def test_every_number_of_the_way_opens_a_list_of_exactly_that_many(client, page):
    at_clearinghouse = queued()
    queued()
    submit_claims(gateway=FakeGateway())
    Claim.objects.filter(pk=at_clearinghouse.pk).update(state=ClaimState.ACCEPTED_BY_CLEARINGHOUSE)
    held()
    built()
    queued()
    coded()  # not built yet
    coded(primary_coverage=None)  # self-pay: no claim will be built, so it waits for none
    page("billing:home")
    steps = client.get(reverse("billing:home")).context["flow"]

    assert [step.label for step in steps] == [
        "Coded",
        "Held",
        "Ready",
        "Queued",
        "Sent",
        "At the payer",
    ]
    for step in steps:
        assert client.get(step.href).context["page"].paginator.count == step.amount.count, step
    assert sum(step.amount.count for step in steps) == 6


def test_home_names_a_file_that_the_receiver_refused(page):
    queued()
    submit_claims(gateway=FakeGateway(on_send=_refuse))

    text = page("billing:home")

    assert "1 claim waits" in text
    assert "The mailbox is closed." in text
    assert "$155.00 in it" in text


def _refuse(name, content):
    raise GatewayRefused("The mailbox is closed.")


def test_home_of_an_empty_clinic_says_what_will_appear(page):
    text = page("billing:home")

    assert text.count("all done") == 6
    assert "Nothing was sent or received today" in text


# --- The claim list --------------------------------------------------------------------------


def numbers(text: str) -> list[str]:
    import re

    return re.findall(r'class="row-link" href="[^"]*">(C\d{8})<', text)


def test_list_shows_count_and_sum_of_the_filter(page):
    built()
    held()

    everything, one = page("billing:claims"), page("billing:claims", query="?state=held")

    assert "2 claims" in everything
    assert "$310.00" in everything
    assert len(numbers(one)) == 1


@pytest.mark.parametrize(
    "query",
    [
        "state=ready",
        "state=to_send",
        "q={claim.number}",
        "q={claim.number}-1",
        "q={encounter.number}",
        "q={patient.mrn}",
        "q={patient.last_name}",
        "q={patient.first_name} {patient.last_name}",
        "payer={claim.payer_id}",
        "provider={encounter.provider_id}",
        "from={claim.service_date}",
        "to={claim.service_date}",
        "min=155",
        "max=155",
        "q={patient.last_name}&state=ready&min=1",
    ],
)
def test_list_finds_by(page, query):
    coverage = insured(patient__last_name="Zephyr", patient__first_name="Ion")
    claim = built(coded(coverage, service_date=clock.today() - timedelta(days=9)))
    for day in (-3, 3):
        held(
            service_date=claim.service_date + timedelta(days=day),
            lines=[("99213", (), str(155 + day)[:3])],
        )
    encounter = claim.encounter
    query = query.format(claim=claim, encounter=encounter, patient=encounter.patient)

    assert claim.number in numbers(page("billing:claims", query=f"?{query}"))


@pytest.mark.parametrize(
    "query",
    [
        "state=rejected",
        "q=C99999999",
        "q=Nobody",
        "min=156",
        "max=154",
        "age=0-30",
        "to={claim.service_date_before}",
    ],
)
def test_list_leaves_out(page, query):
    claim = built()
    day = claim.service_date - timedelta(days=1)

    text = page(
        "billing:claims", query=f"?{query.replace('{claim.service_date_before}', str(day))}"
    )

    assert numbers(text) == []
    assert "No claims here" in text


def test_list_by_age_shows_what_the_bucket_counts(page):
    claim = overdue()
    queued()
    submit_claims(gateway=FakeGateway())

    assert numbers(page("billing:claims", query="?age=31-60")) == [claim.number]


@pytest.mark.parametrize(
    "query",
    ["payer=x", "from=yesterday", "min=abc", "max=-5", "sort=password", "page=99"],
)
def test_list_ignores_what_it_cannot_read(page, query):
    claim = built()

    assert numbers(page("billing:claims", query=f"?{query}")) == [claim.number]


def test_list_sorts(page):
    low = built(coded(lines=[("99213", (), "10.00")]))
    high = built(coded(lines=[("99213", (), "900.00")]))

    assert numbers(page("billing:claims", query="?sort=charge")) == [low.number, high.number]
    assert numbers(page("billing:claims", query="?sort=-charge")) == [high.number, low.number]


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("billing:home", 14),
        ("billing:claims", 9),
        ("billing:held", 11),
        ("billing:rejected", 10),
        ("billing:follow_up", 14),
        ("billing:unbilled", 9),
    ],
)
def test_lists_need_no_more_queries_for_more_rows(
    client, user, name, most, django_assert_max_num_queries
):
    for _ in range(8):
        built()
        held()
        EncounterFactory(status=EncounterStatus.CODING)
    rejected()
    overdue()
    client.force_login(user)
    client.get(reverse(name))
    with django_assert_max_num_queries(most):
        assert client.get(reverse(name)).status_code == 200


def test_csv_holds_the_filtered_claims(client, user):
    claim = built()
    held()
    Patient.objects.filter(pk=claim.encounter.patient_id).update(last_name="=cmd()")
    client.force_login(user)

    response = client.get(reverse("billing:claims_csv") + "?state=ready")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))

    assert response["Content-Disposition"].startswith("attachment")
    assert [row["claim"] for row in rows] == [claim.number]
    assert rows[0]["patient"].startswith("'=cmd()")
    assert AuditEvent.objects.filter(action="claim.list_exported", actor=user).count() == 1


def test_queue_from_the_list_names_what_stays(act):
    ready, stuck = built(), held()

    text = act("billing:queue_selected", id=[ready.pk, stuck.pk]).content.decode()

    ready.refresh_from_db()
    assert ready.state == ClaimState.QUEUED
    assert "1 claim queued" in text
    assert f"{stuck.number} stays" in text


def test_queue_of_nothing_asks_to_tick(act):
    assert "Tick the claims" in act("billing:queue_selected").content.decode()


def test_queue_returns_to_this_site_only(client, user):
    client.force_login(user)
    response = client.post(
        reverse("billing:queue_selected"), {"back": "https://elsewhere.example/"}
    )

    assert response.url == reverse("billing:claims")


def test_unbilled_visits_by_insurer(page):
    claim = held()
    self_pay = EncounterFactory(status=EncounterStatus.CODED, primary_coverage=None)

    text = page("billing:unbilled")
    mine = page("billing:unbilled", query=f"?payer={claim.payer_id}&status=coded")

    assert self_pay.number in text
    assert claim.encounter.number in text
    assert claim.encounter.number in mine
    assert self_pay.number not in mine


@pytest.mark.parametrize(("role", "is_link"), [(Role.BILLER, True), (Role.MANAGER, False)])
def test_unbilled_visits_lead_to_the_work_list_only_who_may_open_it(client, role, is_link):
    client.force_login(UserFactory(role=role))
    text = client.get(reverse("billing:unbilled")).content.decode()
    assert (f'href="{reverse("billing:home")}"' in text) is is_link


def test_failed_files_say_their_reason_once_and_lead_to_all_of_them(page):
    for number in range(6):
        TransmissionFactory(
            name=f"f{number}.835",
            direction=Direction.INBOUND,
            kind=FileKind.REMITTANCE,
            state=TransmissionState.FAILED,
            reason=f"f{number}.835: payment T{number} is already recorded with other content.",
        )

    text = squeezed(page("billing:home").encode())

    assert "f5.835 needs a look." in text
    assert "Payment T5 is already recorded with other content." in text
    assert "f5.835: payment" not in text
    assert "could not be understood" not in text
    assert "f0.835 needs a look" not in text
    assert f'href="{reverse("clearinghouse:list")}?state=failed">all 6 failed files' in text


# --- Held ------------------------------------------------------------------------------------


def test_held_claim_shows_each_finding_with_its_fix(page):
    claim = held()

    text = page("billing:held_claim", claim.pk)

    assert "no valid city" in text
    assert "complete it on the patient" in text
    assert "1 to fix" in text
    assert AuditEvent.objects.filter(subject_id=claim.pk, action__endswith="viewed").exists()


def test_held_claim_that_was_fixed_is_queued_and_the_next_one_opens(act):
    first, second = held(), held()
    Patient.objects.filter(pk=first.encounter.patient_id).update(city="Springfield")

    response = act("claims:scrub", first.pk, then="queue")

    first.refresh_from_db()
    assert first.state == ClaimState.QUEUED
    assert response.redirect_chain[-1][0] == reverse("billing:held_claim", args=[second.pk])
    assert "clean and queued" in response.content.decode()


def test_held_claim_that_was_not_fixed_stays(act):
    claim = held()

    text = act("claims:scrub", claim.pk, then="queue").content.decode()

    claim.refresh_from_db()
    assert claim.state == ClaimState.HELD
    assert "still held: 1 finding left" in text


def test_next_case_goes_to_two_people_once(client, act):
    first, second = held(lines=[("99213", (), "900.00")]), held()

    mine = act("billing:next", "held")
    client.force_login(biller())
    theirs = client.post(reverse("billing:next", args=["held"]), follow=True)

    assert mine.redirect_chain[-1][0] == reverse("billing:held_claim", args=[first.pk])
    assert theirs.redirect_chain[-1][0] == reverse("billing:held_claim", args=[second.pk])
    assert WorkItem.objects.filter(assigned_to=None).count() == 0


def test_next_case_skips_the_one_that_is_left(act, page):
    first, second = held(lines=[("99213", (), "900.00")]), held()
    text = page("billing:held_claim", first.pk)
    item = WorkItem.objects.get(claim_task__claim=first)
    assert f'name="after" value="{item.pk}"' in text

    act("billing:next", "held")
    following = act("billing:next", "held", after=item.pk)

    assert following.redirect_chain[-1][0] == reverse("billing:held_claim", args=[second.pk])
    item.refresh_from_db()
    assert item.assigned_to is None


def test_next_case_after_the_only_one_says_that_no_other_waits(act):
    claim = held()
    item = WorkItem.objects.get(claim_task__claim=claim)

    response = act("billing:next", "held", after=item.pk)

    assert response.redirect_chain[-1][0] == reverse("billing:held_claim", args=[claim.pk])
    assert "No other case waits" in response.content.decode()


def test_call_without_a_next_date_goes_on_with_the_next_case(act):
    first, second = overdue(), overdue()

    response = act(
        "claims:calls",
        first.pk,
        outcome="in_process",
        reference_number="R-9",
        summary="In process.",
        then="next",
    )

    assert response.redirect_chain[-1][0] == reverse("billing:follow_up_claim", args=[second.pk])


def test_next_case_of_an_empty_queue_says_so(act):
    response = act("billing:next", "follow-up")

    assert response.redirect_chain[-1][0] == reverse("billing:follow_up")
    assert "No claim waits too long" in response.content.decode()


def test_next_case_of_an_unknown_queue_is_not_found(act):
    assert act("billing:next", "everything").status_code == 404


def test_visit_details_clear_the_finding_they_fix(act):
    encounter = coded()
    Encounter.objects.filter(pk=encounter.pk).update(referral_number="R1")
    claim = built(encounter)
    assert claim.state == ClaimState.HELD

    act(
        "claims:visit_details",
        claim.pk,
        referral_number="R1",
        referring_last_name="Marsh",
        referring_npi="1234567893",
    )

    claim.refresh_from_db()
    assert claim.state == ClaimState.READY


def test_visit_details_with_a_wrong_npi_show_it_at_the_field(act):
    claim = held()

    response = act("claims:visit_details", claim.pk, referring_npi="1234567890")

    assert response.status_code == 422
    assert "check digit is wrong" in response.content.decode()


# --- Rejected --------------------------------------------------------------------------------


def test_rejected_claim_says_what_it_means_and_where_it_is_fixed(page):
    claim = rejected()

    text = page("billing:rejected_claim", claim.pk)

    assert "does not know this subscriber" in text
    assert "A3:33:IL" in text
    assert "Change the coverage" in text
    assert reverse("front_desk:verify", args=[claim.coverage_id]) in text
    assert f"{claim.number}-2" in text


def test_rejected_claim_is_sent_again(act):
    claim = rejected()
    Coverage.objects.filter(pk=claim.coverage_id).update(subscriber_number="W8842100")

    response = act("claims:resubmit", claim.pk)

    claim.refresh_from_db()
    assert claim.state == ClaimState.QUEUED
    assert f"{claim.number}-2 is clean and queued" in response.content.decode()


def test_resubmit_of_another_claim_says_why_not(act):
    claim = built()

    text = act("claims:resubmit", claim.pk).content.decode()

    assert "is not rejected" in text
    assert claim.submissions.count() == 1


def test_answers_of_a_claim_stand_with_their_meaning(page):
    claim = rejected()

    text = page("claims:acknowledgements", claim.pk)

    assert "does not know this subscriber" in text
    assert "277CA" in text


# --- Follow-up -------------------------------------------------------------------------------


def test_call_is_logged_and_the_case_leaves_the_queue(act, page):
    claim = overdue()
    day = clock.today() + timedelta(days=14)

    text = act(
        "claims:calls",
        claim.pk,
        outcome="in_process",
        reference_number="R-9",
        summary="In process.",
        next_action_on=day.isoformat(),
        then="next",
    ).content.decode()

    assert CallLog.objects.get().reference_number == "R-9"
    assert "logged" in text
    assert claim.number not in numbers(page("billing:follow_up"))
    assert claim.number in page("billing:follow_up", query="?tab=asleep")


def test_call_without_a_reference_is_shown_at_its_field(act):
    claim = overdue()

    response = act("claims:calls", claim.pk, outcome="paid", summary="Check is out.")

    assert response.status_code == 422
    assert "Enter the call" in response.content.decode()
    assert "Check is out." in response.content.decode()
    assert not CallLog.objects.exists()


def test_call_that_reached_nobody_needs_no_reference(act):
    claim = overdue()

    act("claims:calls", claim.pk, outcome="no_answer", summary="On hold for 40 minutes.")

    assert CallLog.objects.get().outcome == "no_answer"
    assert claim.tasks.get().kind == TaskKind.FOLLOW_UP


# --- A claim's own pages ---------------------------------------------------------------------


def test_segments_page_shows_what_was_sent(page, spy):
    claim = queued()
    submit_claims(gateway=spy)

    text = page("claims:segments", claim.pk)

    assert f"CLM*{claim.number}-1*155.00" in text
    assert "Level: billing provider" in text


def test_segments_page_before_sending_says_so(page):
    assert "Nothing was sent yet" in page("claims:segments", built().pk)


def test_segments_page_of_an_unknown_submission_is_not_found(client, user):
    client.force_login(user)
    address = reverse("claims:segments", args=[built().pk])

    assert client.get(f"{address}?submission=9").status_code == 404


@pytest.mark.parametrize("name", ["billing:held_claim", "claims:segments", "claims:patient_status"])
def test_unknown_row_is_not_found(client, user, name):
    client.force_login(user)

    assert client.get(reverse(name, args=[999_999_999])).status_code == 404


def test_patient_status_tells_it_in_place_and_as_a_page(page):
    claim = built()
    patient = claim.encounter.patient

    alone = page("claims:patient_status", patient.pk)
    inside = page("claims:patient_status", patient.pk, HTTP_HX_REQUEST="true")

    assert claim.number in alone
    assert "<html" in alone
    assert claim.number in inside
    assert "<html" not in inside


def test_patient_status_shows_the_front_desk_no_money(client):
    claim = built()
    client.force_login(UserFactory(role=Role.FRONT_DESK))

    address = reverse("claims:patient_status", args=[claim.encounter.patient_id])
    text = client.get(address, HTTP_HX_REQUEST="true").content.decode()

    assert claim.number in text
    assert "$" not in text
    assert reverse("claims:segments", args=[claim.pk]) not in text


def test_scrub_of_a_sent_claim_says_that_it_left(act, spy):
    claim = queued()
    submit_claims(gateway=spy)

    assert "left already" in act("claims:scrub", claim.pk).content.decode()
    assert scrub_claims([claim.pk]).ready == []


@pytest.mark.parametrize(
    ("frequency", "words"), [("1", "send again as an original"), ("7", "as a replacement")]
)
def test_rejected_claim_says_how_it_goes_out_again(page, frequency, words):
    claim = rejected()
    changes = {"frequency": frequency, "original_reference": "REF1" if frequency == "7" else ""}
    with unguarded():
        Submission.objects.filter(claim=claim, is_current=True).update(**changes)

    text = squeezed(page("billing:rejected_claim", claim.pk).encode())

    assert words in text
    assert ("as an original" in text) is (frequency == "1")
