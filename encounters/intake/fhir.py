"""FHIR R4 bundles (transaction, collection, searchset …) read resource by resource."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from encounters.intake.incoming import (
    Incoming,
    IncomingCoverage,
    IncomingPatient,
    IncomingVisit,
    Name,
    Unreadable,
)
from encounters.rules.details import DiagnosisText, Sections, ServiceText

USED = frozenset(
    {
        "Patient",
        "Coverage",
        "Encounter",
        "Condition",
        "Procedure",
        "DocumentReference",
        "Practitioner",
        "Organization",
    }
)
"""Everything else in the bundle says nothing about patients, coverage or visits."""

SEXES = {"female": "F", "male": "M"}
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
PROCEDURES = frozenset(
    {"http://www.ama-assn.org/go/cpt", "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"}
)
NPI = "http://hl7.org/fhir/sid/us-npi"
RELATIONS = {"self": "18", "spouse": "01", "child": "19"}

_PLAN = re.compile(r"^#+ (assessment|plan)", re.IGNORECASE | re.MULTILINE)


def read_fhir(content: bytes) -> list[Incoming]:
    """The patients of a bundle with their coverage and visits. Raises `Unreadable`."""
    resources = _resources(content)
    by_reference = {key: model for keys, model in resources for key in keys}
    models = [model for _, model in resources]
    patients = [m for m in models if m.get_resource_type() == "Patient"]
    if not patients:
        raise Unreadable("The bundle holds no Patient. Export it with its patients.")
    return [
        Incoming(
            _patient(patient),
            list(_coverages(patient, models, by_reference)),
            list(_visits(patient, models, by_reference)),
        )
        for patient in patients
    ]


def _resources(content: bytes) -> list[tuple[set[str], Any]]:
    try:
        bundle = json.loads(content)
    except (ValueError, UnicodeDecodeError) as error:
        raise Unreadable(
            f"This is not JSON ({error}). Ask the sender for the file again."
        ) from error
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise Unreadable("This is not a FHIR Bundle: its resourceType is something else.")
    found = []
    for place, entry in enumerate(bundle.get("entry") or [], 1):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if kind not in USED:
            continue
        try:
            model: Any = get_fhir_model_class(kind).model_validate(resource)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise Unreadable(
                f"{where}: {first['msg']}. The {kind} does not follow FHIR R4.",
                place=place,
                name=kind,
            ) from error
        keys = {f"{kind}/{model.id}", f"urn:uuid:{model.id}", entry.get("fullUrl") or ""} - {""}
        found.append((keys, model))
    return found


def _refers(reference: Any, model: Any) -> bool:
    """Whether a Reference points to this resource."""
    text = getattr(reference, "reference", None) or ""
    return bool(model.id) and text.rsplit("/", 1)[-1].rsplit(":", 1)[-1] == model.id


def _patient(model: Any) -> IncomingPatient:
    name = (
        next((n for n in model.name or [] if n.use == "official"), None)
        or (model.name or [None])[0]
    )
    if name is None or not name.family or model.birthDate is None:
        raise Unreadable("The Patient has no family name or no birth date.", name="Patient")
    given = [str(part) for part in name.given or []]
    home = next((a for a in model.address or [] if a.use == "home"), None) or (
        model.address[0] if model.address else None
    )
    telecom = {t.system: t.value for t in reversed(model.telecom or []) if t.value}
    return IncomingPatient(
        id=_patient_id(model),
        last_name=name.family,
        first_name=given[0] if given else "",
        middle_name=" ".join(given[1:]),
        birth_date=model.birthDate,
        sex=SEXES.get(model.gender or "", "U"),
        address=" ".join(line for line in (home.line or []) if line) if home else "",
        city=(home.city or "") if home else "",
        state=(home.state or "") if home else "",
        zip_code=(home.postalCode or "") if home else "",
        phone=telecom.get("phone", ""),
        email=telecom.get("email", ""),
    )


def _patient_id(model: Any) -> Name:
    """The medical record number, else the first identifier, else the resource's own id."""
    identifiers = [i for i in model.identifier or [] if i.value]
    for identifier in identifiers:
        codes = [c.code for c in (identifier.type.coding or [])] if identifier.type else []
        if "MR" in codes:
            return Name(identifier.system or "fhir", identifier.value)
    if identifiers:
        return Name(identifiers[0].system or "fhir", identifiers[0].value)
    return Name("fhir", f"Patient/{model.id}")


def _coverages(
    patient: Any, models: Iterable[Any], by_reference: dict[str, Any]
) -> Iterator[IncomingCoverage]:
    for model in models:
        if model.get_resource_type() != "Coverage" or not _refers(model.beneficiary, patient):
            continue
        payor = (model.payor or [None])[0]
        if payor is None or _refers(payor, patient):
            continue  # the patient pays
        organisation = by_reference.get(payor.reference or "")
        classes = {
            c.type.coding[0].code: c for c in model.class_fhir or [] if c.type and c.type.coding
        }
        relation = model.relationship.coding[0].code if model.relationship else "self"
        yield IncomingCoverage(
            payer_name=payor.display or getattr(organisation, "name", "") or "",
            payer_id=_identifier(organisation),
            subscriber_number=model.subscriberId or "",
            group_number=classes["group"].value if "group" in classes else "",
            plan_name=(classes["plan"].name or "") if "plan" in classes else "",
            relationship=RELATIONS.get(relation, "G8"),
            effective_from=_day(model.period.start) if model.period else None,
            effective_to=_day(model.period.end) if model.period else None,
        )


def _identifier(model: Any) -> str:
    identifiers = getattr(model, "identifier", None) or []
    return identifiers[0].value or "" if identifiers else ""


def _day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _visits(
    patient: Any, models: list[Any], by_reference: dict[str, Any]
) -> Iterator[IncomingVisit]:
    for model in models:
        if model.get_resource_type() != "Encounter" or not _refers(model.subject, patient):
            continue
        if model.status != "finished" or model.period is None or model.period.start is None:
            continue  # only what happened can be coded
        mine = [m for m in models if _belongs(m, model)]
        practitioner = _practitioner(model, by_reference)
        sections = _sections(m for m in mine if m.get_resource_type() == "DocumentReference")
        day = _day(model.period.start)
        assert day is not None
        yield IncomingVisit(
            id=Name("fhir", f"Encounter/{model.id}"),
            service_date=day,
            reason=_reason(model),
            provider_npi=_npi(practitioner),
            provider_name=_person(practitioner),
            sections=sections,
            diagnoses=tuple(
                DiagnosisText(*_words(m.code, {ICD}))
                for m in mine
                if m.get_resource_type() == "Condition" and m.code
            ),
            services=tuple(
                ServiceText(*_words(m.code, PROCEDURES))
                for m in mine
                if m.get_resource_type() == "Procedure" and m.code
            ),
        )


def _belongs(model: Any, encounter: Any) -> bool:
    kind = model.get_resource_type()
    if kind in {"Condition", "Procedure"}:
        return _refers(model.encounter, encounter)
    if kind == "DocumentReference" and model.context:
        return any(_refers(e, encounter) for e in model.context.encounter or [])
    return False


def _words(concept: Any, systems: Iterable[str]) -> tuple[str, str]:
    """The concept in words and, when one of the systems codes it, its code."""
    coding = concept.coding or []
    code = next((c.code for c in coding if c.system in systems), "")
    words = concept.text or next((c.display for c in coding if c.display), "") or code
    return re.sub(r" \((disorder|procedure|finding|situation)\)$", "", words)[:200], code or ""


def _reason(model: Any) -> str:
    for concept in [*(model.reasonCode or []), *(model.type or [])]:
        words, _ = _words(concept, ())
        if words:
            return words.replace("_", " ").capitalize()[:120]
    return ""


def _practitioner(model: Any, by_reference: dict[str, Any]) -> Any:
    for participant in model.participant or []:
        found = by_reference.get(getattr(participant.individual, "reference", None) or "")
        if found is not None and found.get_resource_type() == "Practitioner":
            return found
    return None


def _npi(practitioner: Any) -> str:
    identifiers = getattr(practitioner, "identifier", None) or []
    return next((i.value for i in identifiers if i.system == NPI and i.value), "")


def _person(practitioner: Any) -> str:
    names = getattr(practitioner, "name", None) or []
    if not names:
        return ""
    return f"{' '.join(str(g) for g in names[0].given or [])} {names[0].family or ''}".strip()


def _sections(documents: Iterable[Any]) -> Sections:
    """The visit's plain-text notes; what follows "Assessment" goes there."""
    texts = []
    for document in documents:
        for content in document.content or []:
            data = content.attachment.data if content.attachment else None
            if data and (content.attachment.contentType or "").startswith("text/plain"):
                texts.append(_text(data))
    whole = "\n\n".join(text.strip() for text in texts if text.strip())
    cut = _PLAN.search(whole)
    if cut is None:
        return Sections(subjective=whole)
    return Sections(
        subjective=whole[: cut.start()].strip(), assessment=whole[cut.start() :].strip()
    )


def _text(data: bytes | str) -> str:
    raw = data if isinstance(data, bytes) else data.encode()
    try:
        return base64.b64decode(raw, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return raw.decode("utf-8", "replace")
