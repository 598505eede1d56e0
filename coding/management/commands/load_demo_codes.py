"""``manage.py load_demo_codes``: everything below ``coding/data``."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from coding.services.carried import load_carried_codes
from core.ui import formats


class Command(BaseCommand):
    help = (
        "Loads the code lists, edits and fees that come with the product: ICD-10-CM FY2025 to "
        "FY2027 and the demo's procedures. A second run changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="one JSON object on standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        results = load_carried_codes()
        if options["json"]:
            self.stdout.write(
                json.dumps({"ok": True, "files": [result.as_dict() for result in results]})
            )
            return
        new = [result for result in results if not result.already_loaded]
        rows = sum(result.rows for result in new)
        self.stdout.write(
            f"{formats.counted(len(new), 'file')} loaded ({formats.counted(rows, 'row')}); "
            f"there before: {len(results) - len(new)}."
        )
