"""The supervisor with small programs of its own: starts, restarts, stops, leaves nobody behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from rcm.runtime import processes
from rcm.runtime.supervisor import end_leftovers, note_running, running

pytestmark = pytest.mark.kill

ROOT = Path(__file__).resolve().parents[3]

# A parent with a child of its own, as gunicorn and celery are; each writes its process number.
FAMILY = """
import os, pathlib, sys, time
here = pathlib.Path(sys.argv[1])
def note(who):  # whole or not at all: the test reads it at any moment
    draft = here / f"{sys.argv[2]}.{who}.draft"
    draft.write_text(str(os.getpid()))
    draft.rename(here / f"{sys.argv[2]}.{who}")
if os.fork() == 0:
    note("child")
    while os.getppid() != 1:
        time.sleep(0.05)
    os._exit(0)
note("parent")
print("up", sys.argv[2], flush=True)
while not (here / f"{sys.argv[2]}.child").exists():
    time.sleep(0.01)
note("ready")
time.sleep(600)
"""

SUPERVISE = """
import pathlib, sys
sys.path.insert(0, {root!r})
from rcm.runtime.supervisor import Program, StartFailedError, Stopped, Supervisor
here = pathlib.Path({here!r})
family = [sys.executable, str(here / "family.py"), str(here)]
with Supervisor(state=here / "run.json", env={{}}) as supervisor:
    try:
        supervisor.run_once("once", [sys.executable, "-c", "print('prepared')"])
        supervisor.start(Program("one", [*family, "one"], ready=(here / "one.ready").exists))
        supervisor.start(Program("two", [*family, "two"], ready=(here / "two.ready").exists))
        supervisor.say("ready")
        supervisor.keep_running()
    except Stopped:
        supervisor.say("stopping")
"""


@pytest.fixture
def supervised(tmp_path):
    """A running supervisor over two families; ended with everything below it afterwards."""
    (tmp_path / "family.py").write_text(FAMILY)
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE.format(root=str(ROOT), here=str(tmp_path))],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = read_until(process, "ready")
    yield process, tmp_path, lines
    if process.poll() is None:
        process.kill()
    process.communicate()


def read_until(process, word):
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if word in line:
            return lines
    raise AssertionError("\n".join(lines))


def pids(folder):
    return [int((folder / f"{n}.{who}").read_text()) for n in ("one", "two") for who in FAMILY_WHO]


FAMILY_WHO = ("parent", "child")


def alive(numbers):
    return [number for number in numbers if processes.birth(number)]


def test_supervisor_prefixes_what_each_program_prints(supervised):
    process, _, lines = supervised
    if "two      │ up two" not in lines:  # each program has a reader of its own
        lines += read_until(process, "up two")
    assert sorted(lines) == [
        "once     │ prepared",
        "one      │ up one",
        "run      │ ready",
        "two      │ up two",
    ]


def test_supervisor_starts_a_killed_program_again_and_ends_its_children(supervised):
    process, folder, _ = supervised
    parent, child = pids(folder)[:2]
    os.kill(parent, signal.SIGKILL)
    assert (
        "one ended (killed by SIGKILL); starting it again in 0.5 s."
        in read_until(process, "ended")[-1]
    )
    read_until(process, "up one")
    assert processes.wait_until(lambda: not alive([parent, child]), seconds=60)
    assert pids(folder)[0] != parent
    noted = {c["name"]: c["pid"] for c in json.loads((folder / "run.json").read_text())["children"]}
    assert noted["one"] == pids(folder)[0]


def test_interrupted_supervisor_stops_everything_in_reverse_order(supervised):
    process, folder, _ = supervised
    everyone = pids(folder)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.splitlines() == ["run      │ stopping"]
    assert alive(everyone) == []
    assert not (folder / "run.json").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_killed_supervisor_leaves_no_orphan(supervised):
    process, folder, _ = supervised
    everyone = pids(folder)
    process.kill()
    process.wait()
    assert processes.wait_until(lambda: not alive(everyone), seconds=60), alive(everyone)


def supervise(tmp_path, body):
    script = (
        "import pathlib, sys\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from rcm.runtime.supervisor import Program, StartFailedError, Supervisor\n"
        f"with Supervisor(state=pathlib.Path({str(tmp_path)!r}) / 'run.json', env={{}}) as s:\n"
        "    try:\n" + textwrap.indent(textwrap.dedent(body).strip(), " " * 8) + "\n"
        "    except StartFailedError as error:\n"
        "        print('refused:', error)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    return ran.stdout.splitlines(), ran.stderr


def test_program_that_cannot_start_is_named_after_three_tries(tmp_path):
    lines, errors = supervise(
        tmp_path,
        """
        bad = [sys.executable, "-c", "print('no port'); raise SystemExit(3)"]
        s.start(Program("web", bad, ready=lambda: False))
        """,
    )
    assert errors == ""
    assert lines.count("web      │ no port") == 3
    assert lines[-1] == (
        "refused: web ended 3 times while starting (status 3); its output is above."
    )


def test_program_that_is_never_ready_is_given_up(tmp_path):
    lines, _ = supervise(
        tmp_path,
        """
        slow = [sys.executable, "-c", "import time; time.sleep(60)"]
        s.start(Program("web", slow, ready=lambda: False, seconds_to_start=0.3))
        """,
    )
    assert lines == ["refused: web was not ready after 0 s; its output is above."]


def test_preparation_that_fails_is_named_with_its_status(tmp_path):
    lines, _ = supervise(
        tmp_path, "s.run_once('prepare', [sys.executable, '-c', 'raise SystemExit(4)'])"
    )
    assert lines == ["refused: prepare failed with status 4; its output is above."]


def test_next_start_ends_what_a_killed_one_left(tmp_path):
    stubborn = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)",
        ],
        start_new_session=True,
    )
    state = tmp_path / "run.json"
    note_running(state, "http://localhost:8000", {"web": stubborn.pid})
    assert running(state)["address"] == "http://localhost:8000"
    end_leftovers(state)
    assert stubborn.wait(60) == -signal.SIGKILL


def test_next_start_spares_a_stranger_with_the_same_number(tmp_path):
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        state = tmp_path / "run.json"
        note_running(state, "", {"web": stranger.pid})
        content = json.loads(state.read_text())
        content["children"][0]["birth"] = "1"
        state.write_text(json.dumps(content))
        end_leftovers(state)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
