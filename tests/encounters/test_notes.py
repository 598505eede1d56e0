from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.errors import Refused
from core.work.enums import Queue, WorkState
from core.work.models import WorkItem
from encounters.enums import EncounterStatus
from encounters.models import ClinicalNote, Encounter
from encounters.rules.details import DiagnosisText, NoteText, Sections, ServiceText
from encounters.services import add_addendum, sign_note, write_and_sign, write_note
from tests.factories import (
    EncounterFactory,
    NoteFactory,
    ProviderFactory,
    SignedNoteFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

SECTIONS = Sections("Sore throat.", "Pharynx red.", "Pharyngitis.", "Fluids.")
DIAGNOSES = (DiagnosisText("Acute pharyngitis", "j029"),)
SERVICES = (
    ServiceText("Office visit", "99213", 1, is_separate=True),
    ServiceText("Strep test", "87880"),
)


def write(encounter, **changes):
    values = {
        "encounter_id": encounter.pk,
        "by": encounter.provider.user,
        "sections": SECTIONS,
        "diagnoses": DIAGNOSES,
        "services": SERVICES,
    }
    return write_note(**{**values, **changes})


def test_write_note_keeps_the_draft_and_replaces_it():
    encounter = EncounterFactory()
    note = write(encounter)
    again = write(encounter, services=[ServiceText("Strep test", "87880", 2), ServiceText("", "")])
    assert again == note
    assert [(s.text, s.code, s.quantity) for s in again.services.all()] == [
        ("Strep test", "87880", 2)
    ]
    assert [d.code for d in again.diagnoses.all()] == ["J02.9"]
    encounter.refresh_from_db()
    assert encounter.status == EncounterStatus.CHECKED_IN


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"diagnoses": [DiagnosisText("Sore", "sore!")]}, "diagnoses[0]"),
        ({"diagnoses": [DiagnosisText("", "J02.9")]}, "diagnoses[0]"),
        (
            {
                "services": [
                    ServiceText("Visit", "99"),
                ]
            },
            "services[0]",
        ),
        ({"services": [ServiceText("Visit", "99213", 0)]}, "services[0]"),
    ],
)
def test_write_note_refuses_with_the_row(changes, field):
    with pytest.raises(Refused) as refusal:
        write(EncounterFactory(), **changes)
    assert field in refusal.value.context["fields"]
    assert not ClinicalNote.objects.exists()


def test_note_is_written_by_its_own_provider_only():
    encounter = EncounterFactory()
    with pytest.raises(Refused, match="another provider"):
        write(encounter, by=ProviderFactory().user)
    with pytest.raises(Refused, match="not linked"):
        write(encounter, by=UserFactory())


def test_sign_note_moves_the_visit_to_coding():
    note = NoteFactory()
    provider = note.author.user
    sign_note(note_id=note.pk, by=provider)
    note.refresh_from_db()
    assert (note.signed_at, note.signed_by) == (clock.now(), provider)
    encounter = Encounter.objects.get(pk=note.encounter_id)
    assert encounter.status == EncounterStatus.DOCUMENTED
    assert encounter.documented_at == clock.now()
    item = encounter.coding_item
    assert (item.queue, item.state) == (Queue.CODING, WorkState.OPEN)
    assert item.due_on == clock.today() + timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"sections": Sections("", "", "Pharyngitis.", "")}, "what the patient told"),
        ({"sections": Sections("Sore throat.", "", "", "")}, "an assessment or a plan"),
        ({"diagnoses": []}, "at least one diagnosis"),
        ({"services": []}, "at least one service"),
    ],
)
def test_sign_note_names_what_is_missing(changes, missing):
    encounter = EncounterFactory()
    note = write(encounter, **changes)
    with pytest.raises(Refused, match=missing):
        sign_note(note_id=note.pk, by=encounter.provider.user)
    encounter.refresh_from_db()
    assert encounter.status == EncounterStatus.CHECKED_IN
    assert not WorkItem.objects.exists()


def test_sign_note_twice_is_refused():
    note = NoteFactory()
    sign_note(note_id=note.pk, by=note.author.user)
    with pytest.raises(Refused, match="already signed"):
        sign_note(note_id=note.pk, by=note.author.user)
    assert WorkItem.objects.count() == 1


def test_only_the_author_signs():
    with pytest.raises(Refused, match="Only the provider"):
        sign_note(note_id=NoteFactory().pk, by=ProviderFactory().user)


def test_signed_note_is_not_written_over():
    note = SignedNoteFactory()
    with pytest.raises(Refused, match="addendum"):
        write(note.encounter)


@pytest.mark.parametrize(
    "change",
    [
        lambda note: ClinicalNote.objects.filter(pk=note.pk).update(plan="Something else"),
        lambda note: ClinicalNote.objects.filter(pk=note.pk).update(signed_at=None, signed_by=None),
        lambda note: note.diagnoses.update(code="J03.9"),
        lambda note: note.services.all().delete(),
        lambda note: note.services.create(position=9, text="One more"),
        lambda note: note.diagnoses.create(position=9, text="One more"),
        lambda note: note.delete(),
    ],
)
def test_database_keeps_a_signed_note_as_it_is(change):
    note = SignedNoteFactory()
    with pytest.raises(IntegrityError, match="signed"), transaction.atomic():
        change(note)


def test_parts_of_a_draft_cannot_be_moved_into_a_signed_note():
    signed, draft = SignedNoteFactory(), NoteFactory()
    with pytest.raises(IntegrityError, match="signed"), transaction.atomic():
        draft.services.filter(position=2).update(note=signed, position=9)


def test_addendum_stands_below_and_is_signed_at_once():
    note = SignedNoteFactory()
    added = add_addendum(
        encounter_id=note.encounter_id,
        by=note.author.user,
        sections=Sections(assessment="Culture positive."),
    )
    assert (added.number, added.is_signed, added.is_addendum) == (2, True, True)
    note.refresh_from_db()
    assert note.assessment == "Acute pharyngitis."


def test_addendum_is_refused_to_a_draft_to_others_and_without_text():
    draft, signed = NoteFactory(), SignedNoteFactory()
    some = Sections(assessment="More")
    with pytest.raises(Refused, match="not signed yet"):
        add_addendum(encounter_id=draft.encounter_id, by=draft.author.user, sections=some)
    with pytest.raises(Refused, match="another provider"):
        add_addendum(encounter_id=signed.encounter_id, by=ProviderFactory().user, sections=some)
    with pytest.raises(Refused, match="Write what"):
        add_addendum(encounter_id=signed.encounter_id, by=signed.author.user, sections=Sections())


def test_write_and_sign_many_in_few_queries(django_assert_max_num_queries):
    provider = ProviderFactory()
    encounters = [EncounterFactory(provider=provider) for _ in range(20)]
    texts = [NoteText(e.pk, SECTIONS, DIAGNOSES, SERVICES) for e in encounters]
    with django_assert_max_num_queries(10):
        notes = write_and_sign(notes=texts)
    assert len(notes) == 20
    assert all(note.signed_by == provider.user for note in notes)
    assert Encounter.objects.filter(status=EncounterStatus.DOCUMENTED).count() == 20
    assert WorkItem.objects.filter(queue=Queue.CODING).count() == 20


def test_write_and_sign_is_all_or_none():
    good, done = EncounterFactory(), SignedNoteFactory().encounter
    texts = [NoteText(e.pk, SECTIONS, DIAGNOSES, SERVICES) for e in (good, done)]
    with pytest.raises(Refused, match="documented already"):
        write_and_sign(notes=texts)
    assert not ClinicalNote.objects.filter(encounter=good).exists()
