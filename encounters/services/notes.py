"""Notes: written, signed for good, and added to. A signed note sends the visit to coding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta

from django.db import transaction
from django.db.models import Max

from core import clock
from core.access.models import User
from core.audit.services import EventData, record, record_many
from core.errors import Refused
from core.money import ZERO
from core.work.enums import Queue
from core.work.services import NewItem, open_items
from encounters import locks
from encounters.enums import EncounterStatus
from encounters.models import (
    ClinicalNote,
    DocumentedDiagnosis,
    DocumentedService,
    Encounter,
    Provider,
)
from encounters.rules import demographics
from encounters.rules.details import (
    DiagnosisText,
    NoteText,
    Sections,
    ServiceText,
    missing_for_signature,
)
from encounters.services.arrivals import release_encounter
from encounters.services.refusals import refuse_problems
from encounters.states import ENCOUNTER


@transaction.atomic
def write_note(
    *,
    encounter_id: int,
    by: User,
    sections: Sections,
    diagnoses: Sequence[DiagnosisText],
    services: Sequence[ServiceText],
) -> ClinicalNote:
    """Save the draft of a visit's note, in whole. Refused once the note is signed."""
    provider = _provider_of(by)
    encounter = locks.encounter(encounter_id)
    if encounter.provider_id != provider.pk:
        raise Refused("This visit belongs to another provider, who writes its note.", conflict=True)
    text = _cleaned(NoteText(encounter_id, sections, tuple(diagnoses), tuple(services)))
    note = ClinicalNote.objects.filter(encounter=encounter, number=1).first()
    if note is None:
        note = ClinicalNote(encounter=encounter, author=provider)
    elif note.is_signed:
        raise Refused("This note is signed. Write an addendum instead.", conflict=True)
    for name, value in asdict(text.sections).items():
        setattr(note, name, value)
    note.written_at = clock.now()
    is_new = note.pk is None
    note.save()
    if not is_new:
        note.diagnoses.all().delete()
        note.services.all().delete()
    _create_parts([(note, text)])
    record(actor=by, action="note.written", subject=note, patient_id=encounter.patient_id)
    return note


@transaction.atomic
def sign_note(*, note_id: int, by: User) -> ClinicalNote:
    """Sign the note: it can no longer be changed, and the visit goes to coding.

    Refused, naming what is missing, until a coder would find everything in it.
    """
    provider = _provider_of(by)
    encounter, note = locks.note(note_id)
    if note.author_id != provider.pk:
        raise Refused("Only the provider who wrote the note can sign it.", conflict=True)
    if note.is_signed:
        raise Refused("This note is already signed.", conflict=True)
    _refuse_incomplete(_text_of(note))
    _sign([note], by_author={provider.pk: by})
    _to_coding([encounter])
    record(actor=by, action="note.signed", subject=note, patient_id=encounter.patient_id)
    return note


@transaction.atomic
def add_addendum(
    *, encounter_id: int, by: User, sections: Sections, release_hold: bool = False
) -> ClinicalNote:
    """Add to a signed note. It is signed at once and never changes the text above it.

    With ``release_hold`` it answers what the visit was held for, and the visit goes on.
    """
    provider = _provider_of(by)
    encounter = locks.encounter(encounter_id)
    notes = ClinicalNote.objects.filter(encounter=encounter)
    if not notes.filter(number=1, signed_at__isnull=False).exists():
        raise Refused("The note is not signed yet: change the note itself.", conflict=True)
    if encounter.provider_id != provider.pk:
        raise Refused(
            "This visit belongs to another provider, who adds to its note.", conflict=True
        )
    if sections.is_empty:
        message = "Write what is to be added."
        raise Refused(message, code="invalid", fields={"assessment": message})
    last = notes.aggregate(last=Max("number"))["last"]
    note = ClinicalNote.objects.create(
        encounter=encounter,
        author=provider,
        number=last + 1,
        written_at=clock.now(),
        signed_at=clock.now(),
        signed_by=by,
        **asdict(sections),
    )
    record(actor=by, action="note.added_to", subject=note, patient_id=encounter.patient_id)
    if release_hold and encounter.on_hold_since is not None:
        release_encounter(encounter_id=encounter.pk, by=by)
    return note


@transaction.atomic
def write_and_sign(*, notes: Sequence[NoteText], by: User | None = None) -> list[ClinicalNote]:
    """Write and sign the notes of many visits; all or none.

    Each is signed by its visit's provider (``by`` when that provider has no sign-in). For files
    from other systems and for the demo: a person signs one note at a time.
    """
    asked = Encounter.objects.filter(pk__in=[note.encounter_id for note in notes])
    encounters = {row.pk: row for row in locks.encounters(asked.select_related("provider__user"))}
    texts = [_cleaned(note) for note in notes]
    rows, signers = [], {}
    now = clock.now()
    for text in texts:
        encounter = encounters[text.encounter_id]
        if encounter.status != EncounterStatus.CHECKED_IN:
            raise Refused(f"{encounter.number} is documented already.", conflict=True)
        _refuse_incomplete(text)
        signer = encounter.provider.user or by
        if signer is None:
            raise Refused(f"{encounter.provider} has no sign-in to sign with.", code="no_signer")
        signers[encounter.provider_id] = signer
        rows.append(
            ClinicalNote(
                encounter=encounter,
                author_id=encounter.provider_id,
                written_at=now,
                **asdict(text.sections),
            )
        )
    ClinicalNote.objects.bulk_create(rows)
    _create_parts(list(zip(rows, texts, strict=True)))
    _sign(rows, by_author=signers)
    _to_coding([row.encounter for row in rows])
    record_many(
        [
            EventData(
                actor=row.signed_by,
                action="note.signed",
                subject=row,
                patient_id=row.encounter.patient_id,
            )
            for row in rows
        ]
    )
    return rows


@transaction.atomic
def keep_draft(*, encounter: Encounter, text: NoteText) -> ClinicalNote:
    """A note that came from another system and is not complete: its provider finishes it."""
    cleaned = _cleaned(text)
    note = ClinicalNote.objects.create(
        encounter=encounter,
        author_id=encounter.provider_id,
        written_at=clock.now(),
        **asdict(cleaned.sections),
    )
    _create_parts([(note, cleaned)])
    return note


def _provider_of(user: User) -> Provider:
    provider = Provider.objects.filter(user=user, is_active=True).first()
    if provider is None:
        raise Refused(
            "Your sign-in is not linked to a provider. An administrator links it under Providers.",
            code="no_provider",
        )
    return provider


def _text_of(note: ClinicalNote) -> NoteText:
    return NoteText(
        note.encounter_id,
        Sections(note.subjective, note.objective, note.assessment, note.plan),
        tuple(DiagnosisText(row.text, row.code) for row in note.diagnoses.all()),
        tuple(
            ServiceText(row.text, row.code, row.quantity, row.is_separate)
            for row in note.services.all()
        ),
    )


def _cleaned(note: NoteText) -> NoteText:
    """Blank rows dropped, codes in their usual shape; refused with the row that is wrong."""
    problems: dict[str, str] = {}
    diagnoses, services = [], []
    for index, entry in enumerate(note.diagnoses):
        text = entry.text.strip()
        if not text and not entry.code.strip():
            continue
        try:
            diagnoses.append(DiagnosisText(text[:200], demographics.icd_code(entry.code)))
        except demographics.Invalid as error:
            problems[f"diagnoses[{index}]"] = str(error)
        if not text:
            problems[f"diagnoses[{index}]"] = "Name the diagnosis in words beside its code."
    for index, service in enumerate(note.services):
        text = service.text.strip()
        if not text and not service.code.strip():
            continue
        try:
            code = demographics.procedure_code(service.code)
            services.append(ServiceText(text[:200], code, service.quantity, service.is_separate))
        except demographics.Invalid as error:
            problems[f"services[{index}]"] = str(error)
        if not text:
            problems[f"services[{index}]"] = "Name the service in words beside its code."
        if not 1 <= service.quantity <= 999:
            problems[f"services[{index}]"] = "Enter how often it was done, 1 to 999."
    refuse_problems(problems)
    return NoteText(note.encounter_id, note.sections, tuple(diagnoses), tuple(services))


def _refuse_incomplete(note: NoteText) -> None:
    missing = missing_for_signature(note)
    if missing:
        raise Refused(
            f"Before you sign, add {_and(missing)}: the coder codes only what the note says.",
            code="incomplete",
            missing=missing,
        )


def _and(parts: Sequence[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _create_parts(pairs: Iterable[tuple[ClinicalNote, NoteText]]) -> None:
    diagnoses, services = [], []
    for note, text in pairs:
        diagnoses += [
            DocumentedDiagnosis(note=note, position=position, text=entry.text, code=entry.code)
            for position, entry in enumerate(text.diagnoses, 1)
        ]
        services += [
            DocumentedService(
                note=note,
                position=position,
                text=entry.text,
                code=entry.code,
                quantity=entry.quantity,
                is_separate=entry.is_separate,
            )
            for position, entry in enumerate(text.services, 1)
        ]
    DocumentedDiagnosis.objects.bulk_create(diagnoses)
    DocumentedService.objects.bulk_create(services)


def _sign(notes: Sequence[ClinicalNote], *, by_author: dict[int, User]) -> None:
    now = clock.now()
    for author_id, user in by_author.items():
        mine = [note for note in notes if note.author_id == author_id]
        for note in mine:
            note.signed_at, note.signed_by = now, user
        ClinicalNote.objects.filter(pk__in=[note.pk for note in mine]).update(
            signed_at=now, signed_by=user
        )


def _to_coding(encounters: Sequence[Encounter]) -> None:
    """checked_in → documented, each with its place in the coders' queue, due the next day."""
    now = clock.now()
    due = clock.today() + timedelta(days=1)
    waiting = [row for row in encounters if row.status == EncounterStatus.CHECKED_IN]
    items = open_items([NewItem(queue=Queue.CODING, dollars=ZERO, due_on=due) for _ in waiting])
    for row, item in zip(waiting, items, strict=True):
        row.documented_at = now
        row.coding_item = item
    ENCOUNTER.move_all(
        [(row, EncounterStatus.DOCUMENTED) for row in waiting],
        fields=["documented_at", "coding_item"],
    )
