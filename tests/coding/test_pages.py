from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from coding.models import CodingVersion
from core import clock
from core.access.enums import Role
from core.audit.models import AuditEvent
from core.work.models import WorkItem
from encounters.enums import EncounterStatus
from encounters.models import Encounter
from tests.factories.access import UserFactory
from tests.factories.coding import coded_visit_row, coder, contract, visit_to_code
from tests.factories.encounters import moment
from tests.markup import squeezed

pytestmark = pytest.mark.usefixtures("codes")

DAY = date(2026, 10, 5)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _a_day_in_november():
    with clock.at(moment(date(2026, 11, 2))):
        yield


@pytest.fixture
def me():
    return coder(first_name="Maria", last_name="Lund")


@pytest.fixture
def page(me) -> Client:
    client = Client()
    client.force_login(me)
    return client


@pytest.fixture
def encounter():
    return visit_to_code(service_date=DAY)


def form(dx=("J02.9",), lines=(("99213", ""), ("87880", "QW")), **others):
    """The form as the browser posts it; a line is code, modifiers, then pointers and units."""
    rows = [(*line, "A", "1")[:4] if len(line) == 2 else line for line in lines]
    return {
        "dx": list(dx),
        "code": [row[0] for row in rows],
        "modifiers": [row[1] for row in rows],
        "pointers": [row[2] for row in rows],
        "units": [row[3] for row in rows],
        "charge": ["" for _ in rows],
        **others,
    }


def workspace(encounter) -> str:
    return reverse("coding:workspace", args=[encounter.pk])


# --- the queue


def test_queue_lists_what_waits_with_a_fixed_number_of_queries(
    page, encounter, django_assert_max_num_queries
):
    for _ in range(6):
        visit_to_code(service_date=date(2026, 11, 1))
    page.get(reverse("coding:home"))
    with django_assert_max_num_queries(16):
        answer = page.get(reverse("coding:home"))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert encounter.number in text
    rows = text[text.index("<tbody>") :]
    assert rows.index("Nov 1, 2026") < rows.index("Oct 5, 2026")


def test_queue_filters_and_says_when_nothing_fits(page, encounter):
    assert encounter.number in page.get(reverse("coding:home"), {"age": "late"}).content.decode()
    text = page.get(reverse("coding:home"), {"age": "fresh"}).content.decode()
    assert encounter.number not in text
    assert "Nothing fits this filter" in text


def test_empty_queue_says_what_will_appear(page):
    assert "Everything is coded" in page.get(reverse("coding:home")).content.decode()


def test_next_claims_a_visit_and_opens_it(page, me, encounter):
    answer = page.post(reverse("coding:next"))
    assert answer.headers["Location"] == workspace(encounter)
    assert WorkItem.objects.get(pk=encounter.coding_item_id).assigned_to == me


def test_skip_leaves_the_visit_for_the_next_one(page, me, encounter):
    page.post(reverse("coding:next"))
    other = visit_to_code()
    text = page.get(workspace(encounter)).content.decode()
    assert f'name="after" value="{encounter.coding_item_id}"' in text
    answer = page.post(reverse("coding:next"), {"after": encounter.coding_item_id})
    assert answer.headers["Location"] == workspace(other)
    assert WorkItem.objects.get(assigned_to=me).pk == other.coding_item_id
    WorkItem.objects.filter(pk=encounter.coding_item_id).update(assigned_to=coder())
    answer = page.post(reverse("coding:next"), {"after": other.coding_item_id}, follow=True)
    assert answer.redirect_chain[0][0] == workspace(other)
    assert "No other visit waits that is free." in answer.content.decode()


def test_next_goes_back_to_the_list_when_nothing_waits(page):
    answer = page.post(reverse("coding:next"), follow=True)
    assert "Nothing waits for a coder here" in answer.content.decode()


# --- the workspace


def test_workspace_shows_note_and_provider_codes_with_a_fixed_number_of_queries(
    page, encounter, django_assert_max_num_queries
):
    page.get(workspace(encounter))
    with django_assert_max_num_queries(26):
        answer = page.get(workspace(encounter))
    text = answer.content.decode()
    assert "Sore throat for three days" in text
    assert "Acute pharyngitis, unspecified" in text
    assert "Rapid strep A throat test" in text
    assert "without QW" in text
    assert AuditEvent.objects.filter(patient_id=encounter.patient_id).exists()


def test_workspace_of_an_unknown_visit_is_not_found(page):
    assert page.get(reverse("coding:workspace", args=[999_999])).status_code == 404


def test_added_diagnosis_and_service_come_back_in_the_form(page, encounter):
    data = form(lines=(("99213", ""),), add_dx="I10", add_code="87880")
    text = page.post(workspace(encounter), data, headers=HTMX).content.decode()
    assert "Essential (primary) hypertension" in text
    assert 'value="87880"' in text
    assert "<html" not in text
    assert not CodingVersion.objects.exists()


def test_moving_a_diagnosis_moves_the_pointers_along(page, encounter):
    data = form(dx=("J02.9", "I10"), lines=(("99213", "", "AB", "1"),), action="up-dx:2")
    text = page.post(workspace(encounter), data, headers=HTMX).content.decode()
    assert text.index('value="I10"') < text.index('value="J02.9"')
    assert 'value="BA"' in text


def test_removing_a_diagnosis_takes_it_out_of_the_pointers(page, encounter):
    data = form(dx=("J02.9", "I10"), lines=(("99213", "", "AB", "1"),), action="remove-dx:1")
    text = page.post(workspace(encounter), data, headers=HTMX).content.decode()
    assert 'value="J02.9"' not in text
    assert 'name="pointers" class="mono" value="A"' in text


def test_one_click_adds_the_missing_modifier(page, encounter):
    data = form(lines=(("99213", ""), ("87880", "")), action="modifier:2:QW")
    text = page.post(workspace(encounter), data, headers=HTMX).content.decode()
    assert 'value="QW"' in text
    assert "without QW" not in text


def test_edits_answer_while_one_types_and_save_nothing(page, encounter):
    contract(encounter)
    data = form(lines=(("99213", ""), ("17110", ""), ("87880", "", "A", "x")))
    answer = page.post(reverse("coding:edits", args=[encounter.pk]), data, headers=HTMX)
    text = answer.content.decode()
    assert "without 25 the visit counts as part of it" in text
    assert "$106.99" in text
    assert "has no units" in text
    assert 'hx-swap-oob="true"' in text
    assert not CodingVersion.objects.exists()


def test_draft_is_saved_and_shown_again(page, encounter):
    answer = page.post(workspace(encounter), form(action="draft"), follow=True)
    assert "Saved as a draft (version 1)" in answer.content.decode()
    assert 'name="charge" class="num" inputmode="decimal" value=""' in squeezed(answer.content)


def test_complete_codes_the_visit_and_goes_to_the_next(page, me, encounter):
    following = visit_to_code(service_date=date(2026, 11, 1))
    answer = page.post(workspace(encounter), form(action="complete"))
    encounter.refresh_from_db()
    assert encounter.status == EncounterStatus.CODED
    assert answer.headers["Location"] == workspace(following)
    assert WorkItem.objects.get(pk=following.coding_item_id).assigned_to == me


def test_complete_by_script_redirects_the_browser(page, encounter):
    answer = page.post(workspace(encounter), form(action="complete"), headers=HTMX)
    assert answer.headers["HX-Redirect"] == reverse("coding:home")


def test_error_comes_back_with_what_was_typed(page, encounter):
    data = form(dx=("J02",), lines=(("99213", "25 QW"),), action="complete")
    answer = page.post(workspace(encounter), data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "is a heading: it needs more characters" in text
    assert 'value="25 QW"' in text
    assert not CodingVersion.objects.exists()


def test_hold_and_release_with_a_question_to_the_provider(page, encounter):
    data = {"reason": "which tonsil?", "to": "provider"}
    page.post(reverse("coding:hold", args=[encounter.pk]), data)
    encounter.refresh_from_db()
    assert encounter.hold_reason == f"Question to {encounter.provider}: which tonsil?"
    listed = page.get(reverse("coding:home"), {"tab": "hold"}).content.decode()
    assert "which tonsil?" in listed
    page.post(reverse("coding:release", args=[encounter.pk]))
    encounter.refresh_from_db()
    assert encounter.on_hold_since is None


def test_sidebar_counts_what_the_queue_counts(page, encounter):
    held = visit_to_code(service_date=DAY)
    page.post(reverse("coding:hold", args=[held.pk]), {"reason": "which tonsil?"})
    answer = page.get(reverse("coding:home"))
    counts = [
        link.count
        for section in answer.context["nav"]
        for link in section.links
        if link.item.queue == "coding"
    ]
    assert counts == [answer.context["counts"].waiting] == [1]


def test_billed_visit_is_read_only_and_says_where_to_correct_it(page, me):
    old = coded_visit_row(service_date=DAY, by=me)
    Encounter.objects.filter(pk=old.encounter_id).update(status=EncounterStatus.BILLED)
    text = squeezed(page.get(workspace(old.encounter)).content)
    assert "These codes can only be read." in text
    assert "biller corrects the codes from the claim or from its denial" in text
    for tool in ("remove-dx:", "remove-line:", 'name="add_dx"', 'name="add_code"', "add-modifier"):
        assert tool not in text
    assert text.count(" readonly") == 5 * text.count('name="code"') > 0


def test_hold_without_a_reason_is_refused(page, encounter):
    answer = page.post(reverse("coding:hold", args=[encounter.pk]), {"reason": ""}, follow=True)
    assert "A hold needs its reason" in answer.content.decode()
    encounter.refresh_from_db()
    assert encounter.on_hold_since is None


def test_visit_of_somebody_else_is_refused_with_the_name(page, encounter):
    other = coder(first_name="Owen", last_name="Reyes")
    WorkItem.objects.filter(pk=encounter.coding_item_id).update(assigned_to=other)
    assert "Owen Reyes is coding this visit" in page.get(workspace(encounter)).content.decode()
    answer = page.post(workspace(encounter), form(action="complete"))
    assert answer.status_code == 409
    assert not CodingVersion.objects.exists()


def test_correction_before_the_claim_keeps_history_with_its_reason(page, me):
    old = coded_visit_row(service_date=DAY, by=me)
    data = form(lines=(("99214", ""), ("87880", "QW")), action="revise", reason="Level too low")
    answer = page.post(workspace(old.encounter), data, follow=True)
    text = answer.content.decode()
    assert "Level too low" in text
    assert "Version 2" in text
    assert "$305.00 charged" in text


# --- history, look-up, search


def test_history_has_a_fixed_number_of_queries(page, me, django_assert_max_num_queries):
    version = coded_visit_row(service_date=DAY, by=me)
    url = reverse("coding:history", args=[version.encounter_id])
    page.get(url)
    with django_assert_max_num_queries(12):
        assert page.get(url).status_code == 200


def test_history_of_an_uncoded_visit_says_so(page, encounter):
    text = page.get(reverse("coding:history", args=[encounter.pk])).content.decode()
    assert "Not coded yet" in text


def test_lookup_shows_notes_of_a_diagnosis_and_pairs_of_a_procedure(page):
    url = reverse("coding:lookup")
    text = page.get(url, {"q": "J02.9", "on": "2026-10-05"}).content.decode()
    assert "peritonsillar abscess (J36)" in text
    assert "Valid on the day" in text
    text = page.get(url, {"q": "wart", "in": "procedures", "code": "17110"}).content.decode()
    assert "with a modifier, if distinct" in text
    assert "$250.00" in text


def test_lookup_of_a_code_that_ended_says_so(page):
    text = page.get(
        reverse("coding:lookup"), {"q": "S23.420A", "on": "2026-10-05"}
    ).content.decode()
    assert "Not valid" in text
    assert "Cannot be coded on the day" in text


def test_lookup_survives_nonsense(page):
    answer = page.get(reverse("coding:lookup"), {"q": "%_'", "in": "x", "on": "y", "code": "??"})
    assert answer.status_code == 200


def test_search_options_disable_what_cannot_be_coded(page):
    url = reverse("coding:search_diagnoses")
    text = page.get(url, {"q": "J02", "on": "2026-10-05"}).content.decode()
    assert text.count('role="option"') == 4
    assert text.count('aria-disabled="true"') == 1
    assert "heading: choose one below" in text
    text = page.get(reverse("coding:search_procedures"), {"q": "rapid strep"}).content.decode()
    assert 'data-value="87880"' in text


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.BILLER, Role.MANAGER, Role.PROVIDER])
def test_other_roles_may_not_code(role, encounter):
    client = Client()
    client.force_login(UserFactory.create(role=role))
    assert client.get(reverse("coding:home")).status_code == 403
    answer = client.post(workspace(encounter), form(action="complete"))
    assert answer.status_code == 403
    encounter.refresh_from_db()
    assert encounter.status == EncounterStatus.DOCUMENTED


def test_nobody_signed_in_is_sent_to_the_sign_in_page(encounter):
    answer = Client().get(workspace(encounter))
    assert answer.status_code == 302
    assert "login" in answer.headers["Location"]


# --- what nobody should type


@pytest.mark.parametrize(
    "changes",
    [
        {"units": ["²"], "action": "update"},
        {"units": ["9" * 400], "action": "update"},
        {"action": "remove-dx:²"},
        {"action": "remove-line:" + "9" * 5000},
        {"pointers": ["𝒜漢é"], "action": "draft"},
        {"charge": ["99999999999999999999"], "action": "draft"},
    ],
)
def test_odd_characters_in_the_codes_are_findings_and_no_error(page, encounter, changes):
    posted = {**form(lines=(("99213", ""),)), **changes}
    assert page.post(workspace(encounter), posted, headers=HTMX).status_code in (200, 422)
    assert page.get(workspace(encounter)).status_code == 200


def test_thirteenth_diagnosis_can_be_moved_and_taken_out_again(page, encounter):
    many = [f"A0{n}.0" for n in range(8)] + [f"B0{n}.0" for n in range(8)]
    for action in ("up-dx:14", "remove-dx:14"):
        answer = page.post(workspace(encounter), form(dx=many, action=action), headers=HTMX)
        assert answer.status_code == 200
        assert "Keep the twelve that matter" in answer.content.decode()


def test_pointer_to_a_letter_that_is_not_there_comes_back_as_typed(page, encounter):
    lines = (("99213", "", "Z", "1"),)
    page.post(workspace(encounter), form(lines=lines, action="draft"))
    text = page.get(workspace(encounter)).content.decode()
    assert "points to diagnosis Z, which is not there" in text
    assert 'value="Z"' in text


# --- two people at one visit


@pytest.mark.parametrize("action", ["draft", "complete"])
def test_codes_typed_over_an_older_version_are_refused(page, encounter, action):
    assert 'name="base_version" value="0"' in page.get(workspace(encounter)).content.decode()
    page.post(workspace(encounter), form(action="draft", base_version="0"))
    answer = page.post(workspace(encounter), form(dx=("J02.0",), action=action, base_version="0"))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Maria Lund saved other codes" in text
    assert "Open the visit again</a>" in text
    [version] = CodingVersion.objects.all()
    assert [one.code for one in version.diagnoses.all()] == ["J02.9"]


def test_codes_typed_over_the_last_version_are_saved(page, encounter):
    page.post(workspace(encounter), form(action="draft", base_version="0"))
    page.post(workspace(encounter), form(action="draft", base_version="1"))
    assert 'name="base_version" value="2"' in page.get(workspace(encounter)).content.decode()


def test_lookup_finds_diagnoses_and_procedures_without_a_choice_of_list(page):
    url = reverse("coding:lookup")
    assert "Rapid strep A throat test" in page.get(url, {"q": "87880"}).content.decode()
    assert "Acute pharyngitis, unspecified" in page.get(url, {"q": "J02.9"}).content.decode()


def test_search_on_top_is_not_filled_by_another_pages_search(page):
    text = page.get(reverse("coding:lookup"), {"q": "J02.9"}).content.decode()
    assert text.count('value="J02.9"') == 1
