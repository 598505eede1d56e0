"""PostgreSQL and Redis for the tests.

The servers are outside ones when DATABASE_URL and REDIS_URL are set. Otherwise they are embedded:
thrown away with the run, or, with FIRSTPASS_TEST_KEEP=1, kept for the next run until
`python -m tests.servers stop`. They start with the first test that needs them.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from rcm.runtime import embedded, processes
from rcm.runtime.binaries import ROOT_HOME

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "test-servers"
_PREFIX = "firstpass-test-"
_RUN = os.environ.setdefault("FIRSTPASS_TEST_RUN", str(os.getpid()))
"""The run: the same in its parallel workers, which inherit it."""
_OURS = "FIRSTPASS_TEST_SERVERS"
"""The environment variable with the servers' folder; not set when the servers are outside ones."""

_running: ExitStack | None = None


def kept() -> bool:
    """Whether servers and test databases outlive the run."""
    return os.environ.get("FIRSTPASS_TEST_KEEP", "0") not in {"", "0"}


def name() -> None:
    """Put the servers' addresses into the environment, without starting anything.

    The workers of a parallel run and the processes that a test starts inherit them. The process
    that named throw-away servers deletes their data when it ends.
    """
    if os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"):
        return
    if kept():
        var = KEPT
        var.mkdir(parents=True, exist_ok=True)
    else:
        _forget_killed_runs()
        var = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    place = embedded.layout(var)
    os.environ["DATABASE_URL"] = place.database_url
    os.environ["REDIS_URL"] = place.redis_url
    os.environ["FIRSTPASS_VAR"] = str(var)
    os.environ[_OURS] = str(var)
    if not kept():
        owner = os.getpid()
        atexit.register(lambda: embedded.destroy(place) if os.getpid() == owner else None)


def start() -> None:
    """Have the servers running until `stop`. Parallel workers share what the first one started."""
    global _running
    if _OURS not in os.environ or _running is not None:
        return
    var = Path(os.environ[_OURS])
    if kept():
        _start_keeper(var)
    stack = ExitStack()
    stack.enter_context(embedded.in_use(var, who="the tests", throwaway=True))
    _running = stack


def stop() -> None:
    """Do without the servers; who started them stops them when nobody uses them any more."""
    global _running
    if _running is not None:
        _running.close()
        _running = None


def new_folder() -> Path:
    """A new folder for servers of a test's own, with a path that is short enough for sockets."""
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{_RUN}-")).resolve()


def left_behind(base: Path) -> list[Path]:
    """What this run's tests left of their servers: folders, and data in root's folder.

    A test's servers belong to an installation in a `new_folder()` or below `base`.
    """
    ours = f"{_PREFIX}{_RUN}-"
    left = list(Path(tempfile.gettempdir()).glob(f"{ours}*"))
    for note in ROOT_HOME.glob("*/checkout"):
        var = Path(note.read_text().strip())
        if var.name.startswith(ours) or var.is_relative_to(base):
            left.append(note.parent)
    return left


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


# --- Kept servers ----------------------------------------------------------------------------


def _start_keeper(var: Path) -> None:
    """A process that runs the servers until `stop_kept` ends it; nothing when there is one."""
    with (var / "keeper.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _keeper(var) is not None:
            return
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.servers", "keep", str(var)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert keeper.stdout is not None
        with keeper.stdout:
            if keeper.stdout.readline() != b"up\n":
                raise embedded.EmbeddedError("The test servers did not start.")
        keeper.returncode = 0  # it outlives this process on purpose; nobody waits for it


def _keeper(var: Path) -> int | None:
    """The process number of the keeper, when it runs."""
    try:
        pid = int((var / "keeper.pid").read_text())
    except (OSError, ValueError):
        return None
    return pid if "tests.servers" in processes.command_line(pid) else None


def _keep(var: Path) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with embedded.in_use(var, who="the kept test servers", throwaway=True):
        (var / "keeper.pid").write_text(str(os.getpid()))
        os.write(1, b"up\n")
        while True:
            signal.pause()


def stop_kept() -> None:
    """Stop the kept servers and delete their data."""
    if (pid := _keeper(KEPT)) is not None:
        os.kill(pid, signal.SIGTERM)
        if not processes.wait_until(lambda: _keeper(KEPT) is None, seconds=60):
            sys.exit("A test run still uses the servers; end it first.")
    if KEPT.is_dir():
        embedded.destroy(embedded.layout(KEPT))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["keep", folder]:
            _keep(Path(folder))
        case ["stop"]:
            stop_kept()
        case _:
            sys.exit("python -m tests.servers stop")
