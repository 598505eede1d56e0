#!/usr/bin/env python3
"""Django's command line; starts the embedded servers for one command when nothing else runs them.

Exit status: 0 = done, 1 = refused (the reason is on standard error), 2 = wrong usage.
"""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

# What needs no database, and `run`, which brings the servers up itself.
_WITHOUT_SERVERS = frozenset(
    {
        "",
        "help",
        "version",
        "check",
        "collectstatic",
        "diffsettings",
        "run",
        "sandbox",
        "spectacular",
        "start_over",
    }
)
_OPTIONS_WITHOUT_SERVERS = frozenset({"-h", "--help", "--version"})


def servers_for(arguments: list[str]) -> AbstractContextManager[Any]:
    """The embedded servers, running while the command runs, when the command needs them."""
    command = arguments[0] if arguments else ""
    if command in _WITHOUT_SERVERS or _OPTIONS_WITHOUT_SERVERS & set(arguments):
        return nullcontext()
    from django.conf import settings

    if not settings.EMBEDDED:
        return nullcontext()
    from rcm.runtime import embedded

    return embedded.in_use(settings.VAR, who=f"`manage.py {command}`")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rcm.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import OperationalError

        from rcm.runtime import connectivity
        from rcm.runtime.binaries import EmbeddedError
    except ImportError as error:
        raise SystemExit(
            f"{sys.executable} lacks a package ({error}). "
            "Run `make install`, then use `.venv/bin/python manage.py`."
        ) from error
    try:
        with servers_for(sys.argv[1:]):
            execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, EmbeddedError) as error:
        raise SystemExit(str(error)) from error
    except OperationalError as error:
        reason = connectivity.database_problem()
        if not reason:
            raise
        raise SystemExit(reason) from error


if __name__ == "__main__":
    main()
