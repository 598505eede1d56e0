"""A worker in a process of its own that is killed (a real SIGKILL) at a named moment.

    killed("rcm.pipeline.run_inbound_cycle", at="rcm.pipeline.open_denials", sandbox=tmp_path)

runs the function there, on this test's database, until it calls what `at` names for the `nth` time;
with `after`, that call is still done. The payers are a sandbox whose state is kept in a folder, so
that the next worker meets the mailbox that the dead one left.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

from django.conf import settings
from django.db import connection


def killed(
    work: str, *, at: str, sandbox: Path, after: bool = False, nth: int = 1, **arguments: Any
) -> None:
    """Run `work` and be sure that it was killed at that moment, not before and not later."""
    told = {
        "database": connection.settings_dict["NAME"],
        "work": work,
        "at": at,
        "sandbox": str(sandbox),
        "after": after,
        "nth": nth,
        "arguments": arguments,
    }
    process = subprocess.run(
        [sys.executable, "-m", "tests.killing", json.dumps(told)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        timeout=120,
        check=False,
        capture_output=True,
        text=True,
    )
    assert process.returncode == -signal.SIGKILL, process.stdout + process.stderr


def main() -> None:
    import django
    from django.utils.module_loading import import_string

    told = json.loads(sys.argv[1])
    settings.DATABASES["default"]["NAME"] = told["database"]
    django.setup()
    from core import clock
    from simulator.sandbox.clearinghouse import Clearinghouse
    from simulator.sandbox.gateway import connected

    patched = mock.patch(told["at"], lambda *args, **kwargs: die(*args, **kwargs))
    whole = getattr(patched.getter(), patched.attribute)
    calls = 0

    def die(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls < told["nth"]:
            return whole(*args, **kwargs)
        if told["after"]:
            whole(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    work = import_string(told["work"])
    with connected(Clearinghouse(Path(told["sandbox"]), now=clock.now)), patched:
        work(**told["arguments"])


if __name__ == "__main__":
    main()
