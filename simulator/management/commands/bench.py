"""Run a benchmark."""

from __future__ import annotations

import importlib
import json
import pkgutil
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

import simulator.bench


def benchmarks() -> list[str]:
    """Modules of ``simulator.bench`` that can be run."""
    return sorted(
        module.name
        for module in pkgutil.iter_modules(simulator.bench.__path__)
        if hasattr(importlib.import_module(f"simulator.bench.{module.name}"), "run")
    )


class Command(BaseCommand):
    """``manage.py bench NAME [--json]``."""

    help = "Run a benchmark of docs/operations.md and compare it with its limits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name and output."""
        parser.add_argument("name", choices=benchmarks())
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it and print its figures."""
        module = importlib.import_module(f"simulator.bench.{options['name']}")
        result = {"benchmark": options["name"], **module.run(json=options["json"])}
        if options["json"]:
            self.stdout.write(json.dumps(result))
            return
        for key, value in result.items():
            if key == "checks":
                continue
            if isinstance(value, dict):
                self.stdout.write(f"{key}:")
                for name, figure in value.items():
                    self.stdout.write(f"  {name:<48} {figure}")
            else:
                self.stdout.write(f"{key}: {value}")
        for name, check in result.get("checks", {}).items():
            verdict = "ok" if check["passed"] else "MISSED"
            self.stdout.write(f"{name:<56} {check['value']:>8} (limit {check['limit']}) {verdict}")
