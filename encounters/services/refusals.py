"""Refusals with the fields they are about, so that a form can show each where it belongs."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import Refused


def refuse_problems(problems: Mapping[str, str]) -> None:
    """Raise for the first problem; all of them are in ``context["fields"]``."""
    if problems:
        raise Refused(next(iter(problems.values())), code="invalid", fields=dict(problems))
