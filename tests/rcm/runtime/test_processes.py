"""Child processes: what the kernel does on Linux, and what is done instead elsewhere."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rcm.runtime import binaries, embedded, processes
from rcm.runtime.supervisor import end_leftovers, note_running

pytestmark = pytest.mark.kill

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.kill
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]

# A parent that starts a child, says its number, and waits to be killed.
PARENT = """
import sys, time
sys.path.insert(0, {root!r})
from rcm.runtime import processes
processes._LINUX = {linux}
print(processes.spawn([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
time.sleep(600)
"""

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc and prctl")


@pytest.fixture(params=[pytest.param(True, marks=on_linux), False], ids=["linux", "elsewhere"])
def linux(request, monkeypatch):
    monkeypatch.setattr(processes, "_LINUX", request.param)
    return request.param


@pytest.fixture
def sleeper(linux):
    child = processes.spawn(SLEEP)
    yield child
    child.kill()
    child.wait()


def test_child_of_a_killed_parent_ends_on_linux_and_stays_elsewhere(linux):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(root=str(ROOT), linux=linux)],
        stdout=subprocess.PIPE,
        text=True,
    )
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    if linux:
        assert processes.wait_until(lambda: not processes.birth(child), seconds=60)
    else:
        assert processes.birth(child)
        os.kill(child, signal.SIGKILL)


def test_running_process_has_a_start_and_a_command(sleeper):
    assert processes.birth(sleeper.pid)
    assert processes.birth(sleeper.pid) == processes.birth(sleeper.pid)
    assert "time.sleep(600)" in processes.command_line(sleeper.pid)


def test_ended_process_counts_as_gone_before_its_parent_has_noticed(sleeper):
    sleeper.kill()
    assert processes.wait_until(lambda: not processes.birth(sleeper.pid), seconds=60)
    assert sleeper.returncode is None  # nobody has asked: it is a zombie
    sleeper.wait()
    assert processes.birth(sleeper.pid) == processes.command_line(sleeper.pid) == ""


def test_next_start_ends_what_a_killed_supervisor_left(sleeper, tmp_path):
    note_running(tmp_path / "run.json", "", {"sleeper": sleeper.pid})
    end_leftovers(tmp_path / "run.json")
    assert sleeper.wait(60) == -signal.SIGKILL


def test_next_start_leaves_another_process_with_a_noted_number_alone(
    sleeper, tmp_path, monkeypatch
):
    note_running(tmp_path / "run.json", "", {"sleeper": sleeper.pid})
    noted = (tmp_path / "run.json").read_text()
    (tmp_path / "run.json").write_text(noted.replace(processes.birth(sleeper.pid), "earlier"))
    end_leftovers(tmp_path / "run.json")
    assert sleeper.poll() is None


def test_process_ties_itself_to_its_parent_on_linux_only(linux, monkeypatch):
    asked = []
    monkeypatch.setattr(
        processes, "_libc", type("Libc", (), {"prctl": lambda *a: asked.append(a)})()
    )
    processes.end_with_parent(signal.SIGTERM)
    assert [call[1:3] for call in asked] == ([(1, signal.SIGTERM)] if linux else [])


def test_shared_memory_is_not_asked_for_where_there_is_no_table_of_it(tmp_path, monkeypatch):
    table = tmp_path / "shm"
    monkeypatch.setattr(embedded, "_SHARED_MEMORY", table)
    assert embedded._attached(["7", "8"]) is False
    table.write_text("key shmid perms size cpid lpid nattch\n7 8 600 56 1 1 2\n")
    assert embedded._attached(["7", "8"]) is True
    assert embedded._attached(["7", "9"]) is False


def test_ordinary_user_runs_the_servers_as_itself(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 501)
    assert binaries.unprivileged() is None
    assert binaries.run_as(None) == {}


def test_root_without_a_way_to_make_a_user_is_told_what_to_do(monkeypatch):
    """A Mac has no useradd."""

    def unknown(name):
        raise KeyError(name)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", unknown)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(binaries.EmbeddedError, match="no useradd.*Run as an ordinary user"):
        binaries.unprivileged()
