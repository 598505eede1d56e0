"""HL7 v2 messages: ADT (a patient comes) and DFT (what was done), one or many in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import hl7

from encounters.intake.incoming import (
    Incoming,
    IncomingCoverage,
    IncomingPatient,
    IncomingVisit,
    Name,
    Unreadable,
)
from encounters.rules.details import DiagnosisText, ServiceText

RELATIONS = {"SEL": "18", "SLF": "18", "SPO": "01", "CHD": "19"}
SEXES = {"F": "F", "M": "M"}
PROCEDURE_SYSTEMS = frozenset({"C4", "CPT", "CPT4", "HCPCS", "HPC", "HCPCS-II", ""})
ICD_SYSTEMS = frozenset({"I10", "I10C", "ICD10", "ICD-10-CM", "ICD10CM"})
VISIT_EVENTS = frozenset({"A01", "A04", "P03", "P11"})
"""A patient is here, or services are charged; other events carry the patient only."""


class _Message:
    """One message with its place in the file."""

    def __init__(self, text: str, place: int) -> None:
        self.place = place
        try:
            self.parsed: Any = hl7.parse(text)
        except Exception as error:
            text = f"The message cannot be read ({error})."
            raise Unreadable(text, place=place, name="MSH") from error
        names = [str(segment[0]) for segment in self.parsed]
        self.positions = {name: place + index for index, name in reversed(list(enumerate(names)))}

    def get(
        self,
        segment: str,
        field: int,
        component: int = 1,
        *,
        n: int = 1,
        rep: int = 1,
        sub: int = 1,
    ) -> str:
        """A value, with escapes resolved; an empty text when it is not there."""
        try:
            value = self.parsed.extract_field(segment, n, field, rep, component, sub)
        except (LookupError, TypeError):
            return ""
        return self.parsed.unescape(value).strip() if value else ""

    def count(self, segment: str) -> int:
        """How many of these segments there are."""
        try:
            return len(self.parsed.segments(segment))
        except KeyError:
            return 0

    def repetitions(self, segment: str, field: int) -> int:
        """How often a field repeats."""
        try:
            return len(self.parsed.segments(segment)[0][field])
        except (LookupError, TypeError):
            return 0


def read_hl7(content: bytes) -> list[Incoming]:
    """The patients and visits of a file's messages. Raises `Unreadable` with the segment."""
    text = content.decode("utf-8", "replace").replace("\r\n", "\r").replace("\n", "\r")
    segments = [s for s in (part.strip("\x0b\x1c ") for part in text.split("\r")) if s]
    if not segments:
        raise Unreadable("The file is empty. Ask the sender for it again.")
    starts = [i for i, segment in enumerate(segments) if segment.startswith("MSH|")]
    if not starts:
        raise Unreadable("The file holds no HL7 message: no segment begins with MSH.", place=1)
    found = []
    for start, end in zip(starts, [*starts[1:], len(segments)], strict=True):
        body = [s for s in segments[start:end] if s[:3] not in {"BHS", "BTS", "FHS", "FTS"}]
        found.append(_incoming(_Message("\r".join(body), start + 1)))
    return found


def _incoming(message: _Message) -> Incoming:
    kind, event = message.get("MSH", 9), message.get("MSH", 9, 2)
    if kind not in {"ADT", "DFT"}:
        raise Unreadable(
            f"{kind or 'This message'} is not taken in. Send ADT (patients) or DFT (services).",
            place=message.place,
            name="MSH",
        )
    if not message.count("PID"):
        raise Unreadable(
            "The message has no PID: whom is it about?", place=message.place, name="MSH"
        )
    visits = [_visit(message)] if event in VISIT_EVENTS else []
    return Incoming(_patient(message), list(_coverages(message)), visits)


def _refuse(message: _Message, segment: str, reason: str) -> Unreadable:
    return Unreadable(reason, place=message.positions.get(segment, message.place), name=segment)


def _patient(message: _Message) -> IncomingPatient:
    born = _day(message.get("PID", 7))
    last, first = message.get("PID", 5), message.get("PID", 5, 2)
    if not last or not first:
        raise _refuse(message, "PID", "The patient has no name (PID-5).")
    if born is None:
        raise _refuse(message, "PID", "The patient has no readable birth date (PID-7).")
    return IncomingPatient(
        id=_patient_id(message),
        last_name=last,
        first_name=first,
        middle_name=message.get("PID", 5, 3),
        birth_date=born,
        sex=SEXES.get(message.get("PID", 8).upper(), "U"),
        address=_street(message),
        city=message.get("PID", 11, 3),
        state=message.get("PID", 11, 4),
        zip_code=message.get("PID", 11, 5),
        phone=message.get("PID", 13),
    )


def _street(message: _Message) -> str:
    parts = [message.get("PID", 11, 1, sub=1), message.get("PID", 11, 1, sub=2)]
    return " ".join(part for part in parts if part)


def _patient_id(message: _Message) -> Name:
    """The medical record number of PID-3 (type MR), else its first identifier."""
    given = []
    for rep in range(1, message.repetitions("PID", 3) + 1):
        value = message.get("PID", 3, 1, rep=rep)
        system = message.get("PID", 3, 4, rep=rep) or message.get("MSH", 4) or "hl7"
        if value:
            given.append((message.get("PID", 3, 5, rep=rep), Name(system, value)))
    if not given:
        raise _refuse(message, "PID", "The patient has no identifier (PID-3).")
    return next((name for kind, name in given if kind == "MR"), given[0][1])


def _coverages(message: _Message) -> Iterator[IncomingCoverage]:
    for n in range(1, message.count("IN1") + 1):
        relation = RELATIONS.get(message.get("IN1", 17, n=n).upper(), "G8")
        if not message.get("IN1", 17, n=n):
            relation = "18"
        yield IncomingCoverage(
            payer_name=message.get("IN1", 4, n=n),
            payer_id=message.get("IN1", 3, n=n),
            subscriber_number=message.get("IN1", 36, n=n) or message.get("IN1", 49, n=n),
            group_number=message.get("IN1", 8, n=n),
            plan_name=message.get("IN1", 2, 2, n=n),
            relationship=relation,
            subscriber_last_name=message.get("IN1", 16, n=n),
            subscriber_first_name=message.get("IN1", 16, 2, n=n),
            subscriber_birth_date=_day(message.get("IN1", 18, n=n)),
            subscriber_sex=SEXES.get(message.get("IN1", 43, n=n).upper(), ""),
            effective_from=_day(message.get("IN1", 12, n=n)),
            effective_to=_day(message.get("IN1", 13, n=n)),
        )


def _visit(message: _Message) -> IncomingVisit:
    services, day = _services(message)
    day = day or _day(message.get("PV1", 44)) or _day(message.get("EVN", 2))
    if day is None:
        raise _refuse(message, "PV1", "The visit has no date (FT1-4, PV1-44 or EVN-2).")
    number = message.get("PV1", 19) or message.get("PID", 18) or message.get("MSH", 10)
    system = message.get("PV1", 19, 4) or message.get("MSH", 4) or "hl7"
    source, extra = ("FT1", 20) if message.get("FT1", 20) else ("PV1", 7)
    return IncomingVisit(
        id=Name(f"{system} visit", f"{number} {day.isoformat()}"),
        service_date=day,
        reason=(message.get("PV2", 3, 2) or message.get("EVN", 4, 2))[:120],
        provider_npi=message.get(source, extra),
        provider_name=f"{message.get(source, extra, 3)} {message.get(source, extra, 2)}".strip(),
        diagnoses=tuple(_diagnoses(message)),
        services=tuple(services),
        prior_authorization=message.get("IN1", 14),
    )


def _services(message: _Message) -> tuple[list[ServiceText], date | None]:
    found, day = [], None
    for n in range(1, message.count("FT1") + 1):
        # FT1-25 is the procedure; FT1-7 the charge item, often the same.
        field = 25 if message.get("FT1", 25, n=n) else 7
        code, words = message.get("FT1", field, n=n), message.get("FT1", field, 2, n=n)
        if message.get("FT1", field, 3, n=n).upper() not in PROCEDURE_SYSTEMS:
            code = ""
        if not re.fullmatch(r"[A-Z]?\d{4}[0-9A-Z]?", code):
            words, code = words or code, ""
        times = message.get("FT1", 10, n=n)
        found.append(
            ServiceText((words or code)[:200], code, int(times) if times.isdecimal() else 1)
        )
        day = day or _day(message.get("FT1", 4, n=n))
    return found, day


def _diagnoses(message: _Message) -> Iterator[DiagnosisText]:
    for n in range(1, message.count("DG1") + 1):
        code, words = message.get("DG1", 3, n=n), message.get("DG1", 3, 2, n=n)
        if message.get("DG1", 3, 3, n=n).upper() not in ICD_SYSTEMS:
            code = ""
        text = words or message.get("DG1", 4, n=n) or code
        if text:
            yield DiagnosisText(text[:200], code)


def _day(text: str) -> date | None:
    """YYYYMMDD at the beginning of an HL7 timestamp."""
    digits = text[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
