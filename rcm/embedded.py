"""The product's own PostgreSQL and Redis, for a machine that has neither."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

_LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes
_ROOT_HOME = Path("/var/lib/firstpass")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one installation's servers keep their data and their sockets."""

    var: Path
    home: Path
    """Data folder of both servers: `var`, or a folder below /var/lib when running as root."""
    run: Path
    """Folder of the unix sockets."""

    @property
    def database_url(self) -> str:
        return f"postgres://firstpass@/firstpass?host={self.run}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.run}/redis.sock?db=0"


def layout(var: Path) -> Layout:
    """The layout that belongs to the `var` folder, the same one at each call.

    PostgreSQL refuses to run as root, and the user it runs as may not be able to enter the
    checkout (a clone in root's home), so root's data stands below /var/lib, under a key made
    from a random token in `var` and from its path: a new clone or a copy starts empty and never
    meets another one's data.
    """
    token = _token(var)
    key = hashlib.sha256(f"{token} {var}".encode()).hexdigest()[:16]
    home = _ROOT_HOME / key if os.geteuid() == 0 else var
    run = home / "run"
    if len(str(run / ".s.PGSQL.5432")) > _LONGEST_SOCKET_PATH:
        run = Path(f"/tmp/firstpass-{os.geteuid()}-{key}")  # noqa: S108 - made 0700 and checked
    return Layout(var=var, home=home, run=run)


def _token(var: Path) -> str:
    """The installation's random token, made at the first call."""
    return kept_secret(var / "instance", 8)


def kept_secret(file: Path, size: int) -> str:
    """The secret in `file`; a random one of `size` bytes is written when there is none yet.

    Two processes that start together agree: the file appears whole, and only once.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
        draft.write_text(secrets.token_urlsafe(size) + "\n", encoding="ascii")
        try:
            os.link(draft, file)
        except FileExistsError:
            pass  # the other process was first; its secret is read below
        finally:
            draft.unlink()
    return file.read_text(encoding="ascii").strip()
