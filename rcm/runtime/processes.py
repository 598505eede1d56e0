"""Child processes that never outlive the process that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from rcm.runtime import binaries

_PR_SET_PDEATHSIG = 1
_LINUX = sys.platform == "linux"
_libc = ctypes.CDLL(None)  # loaded here: between fork and exec it must not be


def spawn(
    argv: Sequence[str],
    *,
    death_signal: signal.Signals = signal.SIGTERM,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: tuple[int, int] | None = None,
    output: int | IO[bytes] = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a process group of its own, with its two outputs going to `output`.

    When this process dies, however it dies, the kernel sends `death_signal` to the child. The
    signal is tied to the *thread* that calls, so call from the main thread. Only Linux does this:
    elsewhere a child outlives a parent that was killed, and the next start ends it
    (`supervisor.end_leftovers`, `embedded.clear_postgres`). `user` is (uid, gid) to run as.
    """
    return subprocess.Popen(
        list(argv),
        cwd=cwd,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        # Runs after the change of user, which would clear the setting. No other thread holds a
        # lock at this point: the callers are single-threaded.
        preexec_fn=_tie_to_parent(os.getpid(), death_signal) if _LINUX else None,
        **binaries.run_as(user),
    )


def _tie_to_parent(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    def tie() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return tie


def end_with_parent(death_signal: signal.Signals = signal.SIGTERM) -> None:
    """Have this process end with the one that started it. Does nothing outside Linux."""
    if _LINUX:
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal the process group of a child that `spawn` made; nothing when it is gone."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def stop(
    process: subprocess.Popen[bytes], *, with_signal: signal.Signals, patience: float = 15.0
) -> None:
    """Ask the child to end, and kill its whole group when it has not after `patience` seconds."""
    if process.poll() is None:
        process.send_signal(with_signal)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            signal_group(process.pid, signal.SIGKILL)
            process.wait()
    signal_group(process.pid, signal.SIGKILL)  # what it left behind


def birth(pid: int) -> str:
    """When the process was started: the same number with another start is another process.

    '' when there is no such process, or when it ended and its parent has not noticed yet. The
    text is for comparing only: clock ticks on Linux, a date elsewhere.
    """
    if _LINUX:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return ""
        state, *rest = stat.rpartition(")")[2].split()
        return "" if state in "ZX" else rest[18]
    state, _, started = _ask_ps(pid, "stat", "lstart").partition(" ")
    return "" if state.startswith("Z") else started.strip()


def command_line(pid: int) -> str:
    """The command of a running process; '' when it is gone or not ours to see."""
    if _LINUX:
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return ""
    return _ask_ps(pid, "command")


def _ask_ps(pid: int, *columns: str) -> str:
    """Columns of the process in `ps`, in one line without headings; '' when it is gone."""
    argv = ["ps", "-ww", *(word for name in columns for word in ("-o", f"{name}="))]
    seen = subprocess.run([*argv, "-p", str(pid)], capture_output=True, text=True, check=False)
    return seen.stdout.strip()


def wait_until(condition: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    """Poll `condition` until it is true (True) or `seconds` are over (False)."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
