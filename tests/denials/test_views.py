"""The denial pages and the story of a claim, in the browser's words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from claims.enums import ClaimState
from claims.models import Claim, Submission
from core import clock
from core.access.enums import Role
from core.audit.models import AuditEvent
from core.ledger.models import Entry
from denials.enums import DenialState
from denials.models import Correction, Denial
from denials.queries.books import ALL_CHECKS
from encounters.models import ClinicalNote, DocumentedService
from payments.queries.books import run_checks
from payments.services.receiving import receive_file
from tests.any_state import put
from tests.factories import PayerFactory, PayerPolicyFactory, TransmissionFactory, UserFactory
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import sent_claims

pytestmark = pytest.mark.django_db

D = Decimal
VISIT = Svc("99213", "185.00", [("CO", "45", "70.00"), ("PR", "3", "25.00")])
NO_QW = Svc("87880", "45.00", [("CO", "4", "45.00")], remarks=["N822"])
PAID = Svc("87880", "45.00", [("CO", "45", "28.47")])


def denied(count=1, *, accepts_7=True, strep=NO_QW, trace="EFT1"):
    """Claims whose strep test was denied for want of QW, with the note that supports it."""
    payer = PayerFactory()
    PayerPolicyFactory(payer=payer, accepts_frequency_7=accepts_7)
    claims = sent_claims([[("99213", [], "185.00"), ("87880", [], "45.00")]] * count, payer=payer)
    rows = []
    for claim in claims:
        provider = claim.encounter.provider
        note = ClinicalNote.objects.create(
            encounter=claim.encounter,
            number=1,
            author=provider,
            subjective="Sore throat.",
            assessment="Strep pharyngitis.",
        )
        DocumentedService.objects.create(
            note=note, position=1, text="Rapid strep test in the clinic", code="87880"
        )
        # A signed note is final: its parts come first.
        note.signed_at, note.signed_by = clock.now(), provider.user
        note.save()
        rows.append(Clp(f"{claim.number}-1", [VISIT, strep], icn=f"ICN{claim.pk}"))
    receive_file(name=f"{trace}.835", content=era_file(Era(rows, trace=trace)), by=None)
    return claims


def one():
    [claim] = denied()
    return claim, Denial.objects.get(claim=claim)


@pytest.fixture
def as_role(client):
    def sign_in(role):
        user = UserFactory(role=role)
        client.force_login(user)
        return user

    return sign_in


def violations():
    return [str(v) for result in run_checks(ALL_CHECKS) for v in result.violations]


GET_PAGES = {
    "denials:list": ("coder", "biller", "manager"),
    "denials:detail": ("coder", "biller", "manager"),
    "claims:detail": ("coder", "biller", "manager"),
}
POST_PAGES = {
    "denials:next": ("biller",),
    "denials:preview": ("biller",),
    "denials:correct": ("biller",),
    "denials:write_off": ("biller", "manager"),
    "denials:to_patient": ("biller",),
    "denials:note": ("biller",),
    "denials:numbers": ("biller",),
    "denials:snooze": ("biller",),
}


def address(name, denial):
    if name in ("denials:list", "denials:next"):
        return reverse(name)
    return reverse(name, args=[denial.claim_id if name == "claims:detail" else denial.pk])


@pytest.mark.parametrize("role", Role.values)
def test_pages_open_for_those_who_may_and_for_nobody_else(client, as_role, codes, role):
    _, denial = one()
    as_role(role)
    before = Entry.objects.count()
    for name, roles in GET_PAGES.items():
        answer = client.get(address(name, denial))
        assert answer.status_code == (200 if role in roles else 403), (name, role)
    for name, allowed in POST_PAGES.items():
        answer = client.post(address(name, denial))
        assert (answer.status_code == 403) is (role not in allowed), (name, role)
        assert client.get(address(name, denial)).status_code in (405, 403)
    denial.refresh_from_db()
    assert denial.state == DenialState.OPEN
    assert Entry.objects.count() == before


@pytest.mark.parametrize("role", ["coder", "biller", "manager"])
@pytest.mark.parametrize("name", ["denials:detail", "claims:detail"])
def test_payment_is_a_link_only_for_those_who_may_open_it(client, as_role, codes, role, name):
    _, denial = one()
    as_role(role)
    text = client.get(address(name, denial)).content.decode()
    assert denial.payment.remittance.trace_number in text
    opened = client.get(reverse("payments:payment", args=[denial.payment_id])).status_code
    assert (reverse("payments:payment", args=[denial.payment_id]) in text) == (opened != 403)


def test_denial_list_ranks_filters_and_links(client, as_role):
    as_role("biller")
    claim, denial = one()
    text = client.get(reverse("denials:list")).content.decode()
    assert claim.number in text
    assert "A required modifier is missing" in text
    assert reverse("denials:detail", args=[denial.pk]) in text
    empty = client.get(reverse("denials:list"), {"owner": "front_desk"}).content.decode()
    assert "No denials here" in empty


def test_denial_list_costs_the_same_for_one_and_many(client, as_role, django_assert_num_queries):
    as_role("biller")
    denied(1, trace="ONE")
    client.get(reverse("denials:list"))
    with django_assert_num_queries(10):
        client.get(reverse("denials:list"))
    denied(12, trace="MANY")
    with django_assert_num_queries(10):
        client.get(reverse("denials:list"))


def test_denial_page_assesses_codes_only_where_it_shows_what_comes_of_it(
    client, as_role, codes, django_assert_num_queries
):
    as_role("biller")
    _, about_codes = one()
    [other] = denied(strep=OTHER_PAYER, trace="EFT2")
    outside = Denial.objects.get(claim=other)
    for denial, queries in ((about_codes, 40), (outside, 25)):
        here = reverse("denials:detail", args=[denial.pk])
        client.get(here)
        with django_assert_num_queries(queries):
            client.get(here)
    as_role("manager")
    here = reverse("denials:detail", args=[about_codes.pk])
    client.get(here)
    with django_assert_num_queries(22):
        client.get(here)


def test_denial_page_says_what_it_means_and_suggests_what_the_note_supports(client, as_role, codes):
    user = as_role("biller")
    _, denial = one()
    text = client.get(reverse("denials:detail", args=[denial.pk])).content.decode()
    for words in (
        "The procedure modifier is missing",
        "Rapid strep test in the clinic",
        "CLIA-waived",
        "?apply=2-QW",
        "Send corrected claim",
        "Frequency 7",
    ):
        assert words in text, words
    event = AuditEvent.objects.filter(actor=user, subject_id=denial.pk).latest("pk")
    assert event.patient_id == denial.claim.encounter.patient_id


def test_denial_page_hides_the_note_from_who_may_not_read_it(client, as_role, codes):
    as_role("manager")
    _, denial = one()
    text = client.get(reverse("denials:detail", args=[denial.pk])).content.decode()
    assert "Strep pharyngitis." not in text


def test_denial_page_takes_a_suggestion_over_and_shows_the_change(client, as_role, codes):
    as_role("biller")
    _, denial = one()
    page = client.get(reverse("denials:detail", args=[denial.pk]), {"apply": ["2-QW", "1-XX"]})
    text = page.content.decode()
    assert 'value="QW"' in text
    assert "Taken over" in text
    assert "After: " in text
    assert 'value="XX"' not in text


def form(**changes):
    lines = [("99213", "", "185.00"), ("87880", "QW", "45.00")]
    data = {
        "diagnoses": "J02.9",
        "reason": "QW was missing",
        "lines-TOTAL_FORMS": "3",
        "lines-INITIAL_FORMS": "0",
    }
    for index, (code, modifier, charge) in enumerate(lines):
        data |= {
            f"lines-{index}-code": code,
            f"lines-{index}-modifier_1": modifier,
            f"lines-{index}-units": "1",
            f"lines-{index}-pointers": "1",
            f"lines-{index}-charge": charge,
        }
    return data | changes


def test_preview_shows_diff_and_dollars_and_changes_nothing(client, as_role, codes):
    as_role("biller")
    _, denial = one()
    answer = client.post(reverse("denials:preview", args=[denial.pk]), form(reason=""))
    text = answer.content.decode()
    assert "<html" not in text
    assert "Before: " in text
    assert "After: " in text
    assert Submission.objects.count() == 1


def test_correct_sends_a_replacement_that_names_the_payers_number(client, as_role, codes):
    user = as_role("biller")
    claim, denial = one()
    answer = client.post(reverse("denials:correct", args=[denial.pk]), form())
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == reverse("claims:detail", args=[claim.pk])
    submission = claim.submissions.get(is_current=True)
    assert (submission.number, submission.frequency) == (2, "7")
    assert submission.original_reference == f"ICN{claim.pk}"
    assert submission.lines.get(position=2).modifiers == ["QW"]
    correction = Correction.objects.get()
    assert (correction.denial, correction.made_by) == (denial, user)
    denial.refresh_from_db()
    assert denial.state == DenialState.CORRECTED
    assert violations() == []
    again = client.post(reverse("denials:correct", args=[denial.pk]), form())
    assert again.status_code == 409
    assert claim.submissions.count() == 2


def test_correct_sends_a_new_claim_where_the_payer_takes_no_replacement(client, as_role, codes):
    as_role("biller")
    [claim] = denied(accepts_7=False)
    denial = Denial.objects.get()
    answer = client.post(reverse("denials:correct", args=[denial.pk]), form())
    assert answer.status_code == 302, answer.content.decode()
    submission = claim.submissions.get(is_current=True)
    assert (submission.frequency, submission.original_reference) == ("1", "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "Say in a few words what was wrong"),
        ({"diagnoses": ""}, "At least one diagnosis is needed"),
        ({"lines-1-units": "many"}, "Units are a whole number"),
        ({"lines-1-pointers": "x"}, "numbers of the diagnoses"),
        ({"lines-1-pointers": "²"}, "numbers of the diagnoses"),
        ({"lines-1-charge": "lots"}, "dollars and cents"),
    ],
)
def test_correct_says_what_is_wrong_with_the_form_and_changes_nothing(
    client, as_role, codes, changes, words
):
    as_role("biller")
    claim, denial = one()
    answer = client.post(reverse("denials:correct", args=[denial.pk]), form(**changes))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert claim.submissions.count() == 1
    denial.refresh_from_db()
    assert denial.state == DenialState.OPEN


def test_correct_refuses_codes_that_the_edits_refuse(client, as_role, codes):
    as_role("biller")
    claim, denial = one()
    answer = client.post(reverse("denials:correct", args=[denial.pk]), form(diagnoses="NOTACODE"))
    assert answer.status_code == 400
    assert "nothing was changed" in answer.content.decode()
    assert claim.submissions.count() == 1


def test_story_tells_denial_correction_and_the_dollars_it_brought(client, as_role, codes):
    as_role("biller")
    claim, denial = one()
    client.post(reverse("denials:correct", args=[denial.pk]), form())
    claim.refresh_from_db()
    put(Claim.objects.filter(pk=claim.pk), state=ClaimState.ACCEPTED_BY_PAYER)
    claim.submissions.filter(is_current=True).update(transmission=TransmissionFactory())
    first = Clp(f"{claim.number}-1", [VISIT, NO_QW], icn=f"ICN{claim.pk}")
    good = Clp(f"{claim.number}-2", [VISIT, PAID], icn="ICN-NEW")
    receive_file(
        name="2.835",
        by=None,
        content=era_file(Era([first.reversed(), good], trace="EFT2"), control=2),
    )
    resolved = Denial.objects.get(claim=claim)
    assert (resolved.state, resolved.recovered) == (DenialState.RECOVERED, D("16.53"))
    text = client.get(reverse("claims:detail", args=[claim.pk])).content.decode()
    for words in (
        "Note signed",
        "Coded",
        "denied in part",
        "A required modifier is missing",
        "Codes corrected",
        "QW was missing",
        "The correction that was paid",
        "+$16.53",
        "Payer took its answer back",
        "Paid by the payer",
        "QW",
        "EFT2",
    ):
        assert words in text, words
    claim.refresh_from_db()
    assert claim.state == ClaimState.CLOSED
    assert violations() == []


def test_story_costs_a_fixed_number_of_queries(client, as_role, django_assert_max_num_queries):
    as_role("biller")
    claim, _ = one()
    client.get(reverse("claims:detail", args=[claim.pk]))
    with django_assert_max_num_queries(36):
        client.get(reverse("claims:detail", args=[claim.pk]))


def test_write_off_and_to_patient_need_their_reason(client, as_role, codes):
    as_role("biller")
    _, denial = one()
    off = reverse("denials:write_off", args=[denial.pk])
    assert client.post(off, {"off-reason": ""}).status_code == 400
    patient = reverse("denials:to_patient", args=[denial.pk])
    refused = client.post(patient, {"patient-reason": "Please"})
    assert refused.status_code == 409
    assert "may not be billed to the patient" in refused.content.decode()
    assert client.post(off, {"off-reason": "Too small"}).status_code == 302
    denial.refresh_from_db()
    assert denial.state == DenialState.WRITTEN_OFF
    assert violations() == []


OTHER_PAYER = Svc("87880", "45.00", [("CO", "109", "45.00")], remarks=["N418"])
NO_NUMBER = Svc("87880", "45.00", [("CO", "197", "45.00")], remarks=["M62"])


def test_denial_of_the_coverage_offers_the_coverage_first(client, as_role, codes):
    as_role("biller")
    [claim] = denied(strep=OTHER_PAYER)
    here = reverse("denials:detail", args=[Denial.objects.get(claim=claim).pk])
    coverage = claim.encounter.primary_coverage or claim.coverage
    text = client.get(here).content.decode()
    change = reverse("front_desk:change_coverage", args=[coverage.pk])
    for words in (
        f'href="{change}?next={here}"',
        reverse("front_desk:verify", args=[coverage.pk]),
        "First: the coverage",
        f"New claim to {claim.payer.name}",
        "is refused again",
    ):
        assert words in text, words
    assert "Replacement (7)" not in text
    as_role("coder")
    assert "First: the coverage" not in client.get(here).content.decode()


def test_denial_without_authorization_takes_the_number_to_the_visit(client, as_role, codes):
    as_role("biller")
    [claim] = denied(strep=NO_NUMBER)
    denial = Denial.objects.get(claim=claim)
    here = reverse("denials:detail", args=[denial.pk])
    assert "First: authorization and referral" in client.get(here).content.decode()
    numbers = reverse("denials:numbers", args=[denial.pk])
    wrong = client.post(numbers, {"referring_npi": "1234567890"})
    assert wrong.status_code == 400
    assert "check digit is wrong" in wrong.content.decode()
    assert client.post(numbers, {"prior_authorization": "AUTH-7"})["Location"] == f"{here}#fix"
    claim.encounter.refresh_from_db()
    assert claim.encounter.prior_authorization == "AUTH-7"


def test_next_hands_each_person_another_denial(client):
    denied(3)
    seen = set()
    for _ in range(3):
        client.force_login(UserFactory(role="biller"))
        seen.add(client.post(reverse("denials:next"))["Location"])
    assert len(seen) == 3


def test_next_skips_the_denial_that_is_left(client, as_role, codes):
    denied(2)
    as_role("biller")
    first, second = Denial.objects.order_by("-work_item__priority", "pk")
    here = reverse("denials:detail", args=[first.pk])
    assert f'name="after" value="{first.work_item_id}"' in client.get(here).content.decode()
    assert client.post(reverse("denials:next"))["Location"] == here
    skipped = client.post(reverse("denials:next"), {"after": first.work_item_id})
    assert skipped["Location"] == reverse("denials:detail", args=[second.pk])


def test_note_and_snooze_stay_with_the_case(client, as_role, codes):
    as_role("biller")
    _, denial = one()
    client.post(reverse("denials:note", args=[denial.pk]), {"note-text": "Asked the provider"})
    page = client.get(reverse("denials:detail", args=[denial.pk])).content.decode()
    assert "Asked the provider" in page
    snooze = reverse("denials:snooze", args=[denial.pk])
    assert client.post(snooze, {"snooze-until": ""}).status_code == 400
    assert client.post(snooze, {"snooze-until": "2030-01-01"}).status_code == 302
    denial.refresh_from_db()
    assert str(denial.work_item.snoozed_until) == "2030-01-01"
