"""Delete everything that the embedded installation of one `var` folder keeps on this machine.

As root the databases are not in `var` but below /var/lib/firstpass (see `embedded.layout`), so
deleting `var` alone would leave every patient's data behind.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from core.errors import Refused
from rcm.runtime import binaries, embedded, processes


def folders(var: Path) -> list[Path]:
    """What `delete` removes: `var`, and root's data and sockets of this `var`, when they exist.

    A data folder names its `var` in its note `checkout`. All of those count: an earlier `var` at
    the same path had another key, and its data outlived it. So do those of folders inside `var`
    (the servers that the tests keep).
    """
    place = embedded.layout(var)
    owned = [home for home, owner in _homes() if var in (owner, *owner.parents)]
    found = [var, place.home, place.run, *owned]
    return [folder for folder in dict.fromkeys(found) if folder.is_dir()]


def abandoned() -> list[Path]:
    """Data folders below /var/lib/firstpass whose `var` folder does not exist any more."""
    return [home for home, owner in _homes() if not owner.exists()]


def _homes() -> Iterator[tuple[Path, Path]]:
    """Each data folder of root, with the `var` folder it belongs to."""
    for note in sorted(binaries.ROOT_HOME.glob("*/checkout")):
        yield note.parent, Path(note.read_text().strip())


def check_safe(var: Path, checkout: Path) -> None:
    """Refuse a `FIRSTPASS_VAR` that holds more than the installation's data."""
    real = var.resolve()
    for precious in (checkout.resolve(), Path.home().resolve(), Path("/")):
        if precious == real or real in precious.parents:
            raise Refused(
                f"{var} holds more than Firstpass's data ({precious}). Nothing was deleted.",
                fix="Point FIRSTPASS_VAR at a folder of its own.",
            )
    if var.is_symlink():
        raise Refused(f"{var} is a link. Nothing was deleted.", fix=f"Use FIRSTPASS_VAR={real}.")


def delete(var: Path) -> list[Path]:
    """Delete the folders of `var`; returns them. Refuses while anything of it runs.

    A folder that cannot be deleted raises OSError: data that stays is never passed over.
    """
    doomed = folders(var)
    with _nobody_runs(var):
        for folder in doomed:
            _refuse_running_server(folder, sockets=embedded.layout(var).run)
        for folder in doomed:
            if folder.exists():  # the sockets' folder is mostly inside another one
                shutil.rmtree(folder)
    return doomed


@contextmanager
def _nobody_runs(var: Path) -> Iterator[None]:
    """Hold the locks of `manage.py run` and of the servers, so that neither starts meanwhile."""
    with ExitStack() as held:
        product = held.enter_context((var / "run.lock").open("a"))
        if not _locked(product):
            raise _running(var)
        for folder in (var, *(lock.parent for lock in var.glob("*/servers.lock"))):
            servers = embedded.try_lock(folder, "`manage.py start_over`")
            if servers is None:
                raise _running(folder)
            held.enter_context(servers)
        yield


def _running(folder: Path) -> Refused:
    return Refused(
        f"Firstpass is running in {folder}. Nothing was deleted.",
        fix="Stop it (Ctrl-C, or wait for the running command; `make test-stop` for the tests' "
        "servers), then try again.",
    )


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _refuse_running_server(home: Path, *, sockets: Path) -> None:
    """A server can run although nobody holds the locks: its `var` was deleted while it ran."""
    for file in (home / "pg" / "postmaster.pid", home / "redis.pid"):
        try:
            pid = int(file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            continue
        command = processes.command_line(pid)
        if str(home) in command or str(sockets) in command:
            raise Refused(
                f"Process {pid} still works on {home}. Nothing was deleted.",
                fix=f"End it (`kill {pid}`), then try again.",
            )
