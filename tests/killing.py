"""A worker in a process of its own that is killed (a real SIGKILL) at a named moment.

    killed("rcm.pipeline.run_inbound_cycle", at="rcm.pipeline.open_denials", sandbox=tmp_path)

runs the function there, on this test's database, until it calls what `at` names for the `nth` time;
with `after`, that call is still done. The payers are a sandbox whose state is kept in a folder, so
that the next worker meets the mailbox that the dead one left.

The processes are forked from one that has Django loaded and no connection open: loading takes
longer than most of what is killed.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import django
from django.db import connection
from django.utils.module_loading import import_string

_loaded = multiprocessing.get_context("forkserver")
_loaded.set_forkserver_preload(["tests.killing_loaded"])


def killed(
    work: str, *, at: str, sandbox: Path, after: bool = False, nth: int = 1, **arguments: Any
) -> None:
    """Run `work` and be sure that it was killed at that moment, not before and not later."""
    with tempfile.NamedTemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        process = _loaded.Process(
            target=_run,
            args=(output.name, connection.settings_dict["NAME"], work, at, sandbox, after, nth),
            kwargs=arguments,
        )
        process.start()
        process.join(120)
        ended = process.exitcode
        process.kill()
        assert ended == -signal.SIGKILL, output.read()


def _run(
    output: str,
    database: str,
    work: str,
    at: str,
    sandbox: Path,
    after: bool,
    nth: int,
    **arguments: Any,
) -> None:
    with Path(output).open("a") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
        django.setup()  # done already, unless this process was not forked from the loaded one
        connection.settings_dict["NAME"] = database
        _die_in(work, at, sandbox, after, nth, arguments)


def _die_in(
    work: str, at: str, sandbox: Path, after: bool, nth: int, arguments: dict[str, Any]
) -> None:
    from core import clock
    from simulator.sandbox.clearinghouse import Clearinghouse
    from simulator.sandbox.gateway import connected

    patched: Any = mock.patch(at, lambda *args, **kwargs: die(*args, **kwargs))
    whole = getattr(patched.getter(), patched.attribute)
    calls = 0

    def die(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls < nth:
            return whole(*args, **kwargs)
        if after:
            whole(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    function = import_string(work)
    with connected(Clearinghouse(sandbox, now=clock.now)), patched:
        function(**arguments)
