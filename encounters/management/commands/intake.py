"""`intake FILE…`: patients, coverage and visits from FHIR R4 bundles and HL7 v2 messages."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import Refused
from encounters.intake.fhir import read_fhir
from encounters.intake.hl7v2 import read_hl7
from encounters.intake.incoming import Incoming, Unreadable
from encounters.intake.store import IntakeResult, take_in
from encounters.models import Provider

COUNTS = (
    ("patients_new", "new patients"),
    ("patients_known", "known patients"),
    ("coverages_new", "coverages"),
    ("visits_new", "visits"),
    ("visits_known", "visits known already"),
    ("visits_to_coding", "visits to coding"),
    ("notes_to_sign", "notes to finish and sign"),
)


class Command(BaseCommand):
    help = "Take in patients, coverage and visits: FHIR R4 bundles and HL7 v2 ADT/DFT files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--provider",
            metavar="NPI",
            help="who gets visits whose provider is not set up here",
        )
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="leave out visits before this day",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        fallback = _fallback(options["provider"])
        reports, refused = [], 0
        for path in options["files"]:
            report = _one(path, fallback, options["since"])
            reports.append(report)
            refused += report["status"] == "refused"
            if not options["json"]:
                self._tell(report)
        if options["json"]:
            self.stdout.write(json.dumps({"files": reports, "refused": refused}, indent=2))
        if refused:
            raise SystemExit(1)

    def _tell(self, report: dict[str, Any]) -> None:
        if report["status"] == "refused":
            place = f", segment {report['segment']}" if report["segment"] else ""
            self.stderr.write(f"{report['file']}{place}: refused. {report['reason']}")
            return
        counts = [f"{words} {report[key]}" for key, words in COUNTS if report[key]]
        self.stdout.write(f"{report['file']}: {', '.join(counts) or 'nothing new'}")
        for warning in report["warnings"]:
            self.stdout.write(f"  {warning}")


def _fallback(npi: str | None) -> Provider | None:
    if npi is None:
        return None
    provider = Provider.objects.filter(npi=npi, is_active=True).first()
    if provider is None:
        raise CommandError(f"No provider here has the NPI {npi}.", returncode=2)
    return provider


def _one(path: Path, fallback: Provider | None, since: date | None) -> dict[str, Any]:
    report: dict[str, Any] = {"file": path.name, "status": "taken"}
    try:
        result: IntakeResult = take_in(incoming=_read(path), fallback=fallback, since=since)
    except OSError as error:
        return _refused(report, f"The file cannot be opened: {error.strerror}.", 0)
    except Unreadable as error:
        name = f"{error.name}: " if error.name else ""
        return _refused(report, f"{name}{error.reason}", error.place)
    except Refused as refusal:
        return _refused(report, str(refusal), 0)
    return report | asdict(result)


def _refused(report: dict[str, Any], reason: str, place: int) -> dict[str, Any]:
    return report | {"status": "refused", "reason": reason, "segment": place}


def _read(path: Path) -> list[Incoming]:
    """FHIR begins with a brace; anything else has to be HL7."""
    content = path.read_bytes()
    return read_fhir(content) if content.lstrip()[:1] == b"{" else read_hl7(content)
