"""The embedded servers: durable, alone on their data, and gone when their owner is."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
import redis

from rcm.runtime import binaries, embedded, processes
from tests import servers

pytestmark = pytest.mark.kill

ROOT = Path(__file__).resolve().parents[3]

# Runs the servers of a folder, does one statement, says so, and waits to be ended.
OWNER = """
import pathlib, sys, time
sys.path.insert(0, {root!r})
import psycopg2
from rcm.runtime import embedded
with embedded.in_use(pathlib.Path({var!r}), who="an owner") as place:
    with psycopg2.connect(host=str(place.run), user="firstpass", dbname="firstpass") as c:
        c.cursor().execute({sql!r})
    c.close()
    print("up", flush=True)
    sys.stdin.read()
print("down", flush=True)
"""


@pytest.fixture
def var():
    folder = servers.new_folder()
    yield folder
    embedded.destroy(embedded.layout(folder))


def own(var, sql="SELECT 1"):
    """Another process that runs the servers of `var`; back when they are up."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER.format(root=str(ROOT), var=str(var), sql=sql)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def ask(place, sql):
    connection = psycopg2.connect(host=str(place.run), user="firstpass", dbname="firstpass")
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()
    finally:
        connection.close()


def server_pids(place):
    files = (place.pg / "postmaster.pid", place.home / "redis.pid")
    return [int(file.read_text().split()[0]) for file in files]


def gone(pids):
    return processes.wait_until(lambda: not any(map(processes.birth, pids)), seconds=60)


def test_servers_start_from_nothing_and_keep_their_data(var):
    with embedded.in_use(var, who="a test") as place:
        assert ask(place, "SHOW server_version")[0][0].startswith("18.")
        assert ask(place, "SHOW fsync") == [("on",)]
        assert ask(place, "SHOW listen_addresses") == [("",)]
        ask(place, "CREATE TABLE kept AS SELECT 7 AS n; COMMIT; SELECT 1")
        pids = server_pids(place)
    assert gone(pids)
    with embedded.in_use(var, who="a test") as place:
        assert ask(place, "SELECT n FROM kept") == [(7,)]


def test_second_command_uses_the_running_servers_and_the_first_waits_for_it(var):
    first = own(var)
    with embedded.in_use(var, who="the second") as place:
        assert embedded.holder(var) == f"an owner (process {first.pid})"
        pids = server_pids(place)
        first.stdin.close()  # the first is done; its servers must outlive it for us
        with pytest.raises(subprocess.TimeoutExpired):
            first.wait(0.5)
        assert ask(place, "SELECT 1") == [(1,)]
    assert first.stdout.read() == "down\n"
    first.stdout.close()
    assert first.wait(60) == 0
    assert gone(pids)


def test_messages_that_redis_6_2_wrote_are_still_there(var):
    """The embedded server was Redis 6.2 once; `redis-6.2.aof` is its file after a crash."""
    place = embedded.layout(var)
    embedded.prepare(place)
    old = place.home / "redis" / "appendonly.aof"
    shutil.copy(Path(__file__).with_name("redis-6.2.aof"), old)
    shutil.chown(old, old.parent.stat().st_uid)
    for _ in range(2):  # the first start moves the file into the new form
        with (
            embedded.in_use(var, who="a test"),
            redis.Redis(unix_socket_path=str(place.redis_socket)) as client,
        ):
            assert client.info("server")["server_name"] == "valkey"
            assert client.lrange("post", 0, -1) == [b"second", b"first"]
            assert client.hgetall("unacked") == {b"tag": b"message"}


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_killed_owner_takes_its_servers_along_and_loses_nothing(var):
    owner = own(var, "CREATE TABLE kept AS SELECT 7 AS n")
    pids = server_pids(embedded.layout(var))
    owner.kill()
    owner.communicate()
    assert gone(pids)
    with embedded.in_use(var, who="a test") as place:
        assert ask(place, "SELECT n FROM kept") == [(7,)]


def test_everything_killed_at_once_recovers(var):
    owner = own(var, "CREATE TABLE kept AS SELECT generate_series(1, 5000) AS n")
    pids = server_pids(embedded.layout(var))
    os.kill(owner.pid, signal.SIGSTOP)  # so that it cannot tidy up
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    owner.kill()
    owner.communicate()
    assert (embedded.layout(var).pg / "postmaster.pid").exists()
    with embedded.in_use(var, who="a test") as place:
        assert ask(place, "SELECT count(*), sum(n) FROM kept") == [(5000, 12502500)]


def test_pid_file_that_names_a_stranger_does_not_keep_postgres_from_starting(var):
    with embedded.in_use(var, who="a test") as place:
        pass
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        (place.pg / "postmaster.pid").write_text(f"{stranger.pid}\n{place.pg}\n1\n5432\n")
        with embedded.in_use(var, who="a test"):
            assert ask(place, "SELECT 1") == [(1,)]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_crash_while_the_pid_file_was_written_does_not_keep_postgres_from_starting(var):
    with embedded.in_use(var, who="a test") as place:
        pass
    (place.pg / "postmaster.pid").touch()
    with embedded.in_use(var, who="a test"):
        assert ask(place, "SELECT 1") == [(1,)]


def test_server_that_does_not_start_says_why(var):
    with embedded.in_use(var, who="a test") as place:
        pass
    (place.pg / "PG_VERSION").write_text("9\n")
    with (
        pytest.raises(binaries.EmbeddedError, match="initialized by PostgreSQL version 9"),
        embedded.in_use(var, who="a test"),
    ):
        pass


def test_interrupted_making_of_the_cluster_is_made_again(var):
    place = embedded.layout(var)
    (place.home / "pg.new").mkdir(parents=True)
    (place.home / "pg.new" / "half").touch()
    with embedded.in_use(var, who="a test"):
        assert ask(place, "SELECT 1") == [(1,)]
    assert not (place.home / "pg.new").exists()


def test_long_checkout_path_gets_a_short_socket_folder(var, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    deep = var / ("deep-" * 20)
    place = embedded.layout(deep)
    assert len(str(place.run / ".s.PGSQL.5432")) < 107
    assert place.home == deep
    assert place.run != embedded.layout(var / ("other" * 20)).run


def test_copied_checkout_does_not_share_the_data_of_root(var, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    original = embedded.layout(var / "one")
    shutil.copytree(var / "one", var / "two")
    assert embedded.layout(var / "one") == original
    assert embedded.layout(var / "two").home != original.home


def test_kept_secret_is_made_once_and_for_the_owner_only(tmp_path):
    file = tmp_path / "var" / "secret-key"
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: embedded.kept_secret(file, 48), range(16)))
    assert len(secrets) == 1
    assert len(secrets.pop()) == 64
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret-key"]


def test_folder_of_another_user_is_refused(var, monkeypatch):
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    place = embedded.layout(var)
    place.home.mkdir(parents=True)
    monkeypatch.setattr(binaries, "unprivileged", lambda: None)
    os.chown(place.home, 12345, 12345)
    with pytest.raises(binaries.EmbeddedError, match="belongs to another user"):
        embedded.prepare(place)
