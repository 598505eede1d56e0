"""PostgreSQL and Redis for the tests: outside ones when two URLs are set, else throw-away ones."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from rcm.runtime import embedded
from rcm.runtime.binaries import ROOT_HOME

_PREFIX = "firstpass-test-"


def ensure() -> None:
    """Start throw-away servers for this test run, unless servers are named in the environment.

    The addresses are left in the environment, so that the workers of a parallel run, and the
    processes a test starts, use the same servers. They end with this process.
    """
    if os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"):
        return
    _forget_killed_runs()
    var = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    stack = ExitStack()
    place = stack.enter_context(embedded.in_use(var, who="the tests", throwaway=True))
    owner = os.getpid()

    def end() -> None:
        if os.getpid() == owner:
            stack.close()
            embedded.destroy(place)

    atexit.register(end)
    os.environ["DATABASE_URL"] = place.database_url
    os.environ["REDIS_URL"] = place.redis_url
    os.environ["FIRSTPASS_VAR"] = str(var)


def _forget_killed_runs() -> None:
    """Delete what test runs left behind that were killed."""
    for note in ROOT_HOME.glob("*/checkout"):
        var = Path(note.read_text().strip())
        if var.name.startswith(_PREFIX) and _is_unused(var):
            shutil.rmtree(note.parent, ignore_errors=True)
            shutil.rmtree(var, ignore_errors=True)


def _is_unused(var: Path) -> bool:
    if not var.is_dir():
        return True
    lock = embedded.try_lock(var, "a clean-up")
    if lock is None:
        return False
    lock.close()
    return True
