"""The one refusal every service uses."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A service will not do what was asked, and nothing was changed.

    `message` says what is wrong and `fix` what to do next; both are shown to the person as they
    stand. `code` is a stable word for programs (API, `--json`), `conflict` says that the state of
    the row is the reason (the API answers 409 and not 400), `context` holds plain values for
    programs. Never put patient data into any of them.
    """

    def __init__(
        self,
        message: str,
        *,
        fix: str = "",
        code: str = "refused",
        conflict: bool = False,
        **context: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.code = code
        self.conflict = conflict
        self.context = context

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()
