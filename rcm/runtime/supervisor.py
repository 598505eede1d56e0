"""Runs the product's processes as one: starts them in order, prefixes what they print, starts
again what dies, and stops all of them in reverse order.

No process outlives it: each is in a process group of its own and is tied to this one by the
kernel (see `rcm.runtime.processes`). One thread, one loop.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Any

from rcm.runtime import processes

_TICK = 0.1
_LONGEST_PAUSE = 30.0
_STEADY = 60.0
"""A process that lived this long starts again at once, the next time it dies."""
_TRIES_TO_START = 3
_COLOURS = (36, 32, 33, 35, 34, 96)


class Stopped(Exception):
    """Somebody asked for the end (Ctrl-C, SIGTERM, a closed terminal)."""


class StartFailedError(Exception):
    """A process could not be brought up; the text names it."""


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep running."""

    name: str
    argv: Sequence[str]
    ready: Callable[[], bool] = lambda: True
    before: Callable[[], None] = lambda: None
    """Runs before each start."""
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    """What the kernel sends when the supervisor itself is killed."""
    user: tuple[int, int] | None = None
    cwd: Path | None = None
    seconds_to_start: float = 60.0
    seconds_to_stop: float = 20.0


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    started: float
    colour: int
    failures: int = 0
    due: float | None = None
    """When to start it again; None while it runs."""
    rest: bytes = field(default=b"")
    """The beginning of a line whose end was not printed yet."""


class Supervisor:
    """Use as a context manager: leaving it, for whatever reason, stops everything."""

    def __init__(self, *, state: Path, env: Mapping[str, str], out: IO[str] = sys.stdout) -> None:
        self.state = state
        self.env = dict(env)
        self.out = out
        self.address = ""
        self._children: list[_Child] = []
        self._selector = selectors.DefaultSelector()
        self._asked_to_stop = 0
        self._handlers: dict[int, Any] = {}
        self._next_colour = 0
        self._width = 8
        self._colourful = out.isatty() and "NO_COLOR" not in os.environ

    # --- Life -------------------------------------------------------------------------------

    def __enter__(self) -> Supervisor:
        end_leftovers(self.state)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, self._ask_to_stop)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._stop_all()
        finally:
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
            self._selector.close()
            self.state.unlink(missing_ok=True)

    def start(self, *programs: Program) -> None:
        """Start them together and wait until all are ready; they are kept running from now on."""
        children = [self._launch(program) for program in programs]
        self._children.extend(children)
        self._note()
        began = time.monotonic()
        waiting = children
        while waiting := [c for c in waiting if c.due is not None or not c.program.ready()]:
            self._pass()
            for child in waiting:
                self._check_start(child, time.monotonic() - began)

    @staticmethod
    def _check_start(child: _Child, seconds: float) -> None:
        name = child.program.name
        if child.failures >= _TRIES_TO_START:
            raise StartFailedError(
                f"{name} ended {child.failures} times while starting "
                f"({_status(child.process.returncode)}); its output is above."
            )
        if seconds > child.program.seconds_to_start:
            raise StartFailedError(
                f"{name} was not ready after {seconds:.0f} s; its output is above."
            )

    def run_once(self, name: str, argv: Sequence[str]) -> None:
        """Run a command to its end; one that fails raises."""
        child = self._launch(Program(name, argv))
        while child.process.poll() is None:
            try:
                self._pass()
            except Stopped:
                processes.stop(child.process, with_signal=signal.SIGTERM, patience=10)
                raise
        self._drain(child)
        if child.process.returncode != 0:
            raise StartFailedError(
                f"{name} failed with status {child.process.returncode}; its output is above."
            )

    def keep_running(self) -> None:
        """Until somebody asks for the end (raises `Stopped`)."""
        while True:
            self._pass()

    def say(self, text: str, *, name: str = "run") -> None:
        """Print a line of the supervisor's own."""
        self._print(name, text, colour=1)

    # --- One pass of the loop ---------------------------------------------------------------

    def _pass(self) -> None:
        for key, _ in self._selector.select(_TICK):
            self._read(key.data)
        for child in self._children:
            self._look_after(child)
        if self._asked_to_stop:
            raise Stopped

    def _look_after(self, child: _Child) -> None:
        if child.due is not None:
            if time.monotonic() >= child.due:
                again = self._launch(child.program, colour=child.colour)
                child.process, child.started, child.due = again.process, again.started, None
                self._rewire(again, child)
                self._note()
            return
        if child.process.poll() is None:
            return
        self._drain(child)
        processes.signal_group(child.process.pid, signal.SIGKILL)  # what it left behind
        lived = time.monotonic() - child.started
        child.failures = 1 if lived > _STEADY else child.failures + 1
        pause = 0.0 if lived > _STEADY else min(_LONGEST_PAUSE, 0.5 * 2 ** (child.failures - 1))
        child.due = time.monotonic() + pause
        self.say(
            f"{child.program.name} ended ({_status(child.process.returncode)}); "
            f"starting it again{f' in {pause:g} s' if pause else ''}."
        )

    def _launch(self, program: Program, *, colour: int | None = None) -> _Child:
        program.before()
        process = processes.spawn(
            program.argv,
            death_signal=program.death_signal,
            cwd=program.cwd,
            env=self.env,
            user=program.user,
            output=subprocess.PIPE,
        )
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        if colour is None:
            colour, self._next_colour = self._next_colour, self._next_colour + 1
        child = _Child(program, process, time.monotonic(), colour)
        self._selector.register(process.stdout, selectors.EVENT_READ, child)
        return child

    def _rewire(self, again: _Child, child: _Child) -> None:
        """Let the restarted process's output count as the known child's."""
        assert again.process.stdout is not None
        self._selector.modify(again.process.stdout, selectors.EVENT_READ, child)

    # --- Output -----------------------------------------------------------------------------

    def _read(self, child: _Child) -> bool:
        """Print what came; False when there is nothing more now."""
        assert child.process.stdout is not None
        try:
            chunk = os.read(child.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return False
        if not chunk:
            self._selector.unregister(child.process.stdout)
            child.process.stdout.close()
            return False
        *lines, child.rest = (child.rest + chunk).split(b"\n")
        for line in lines:
            self._print(child.program.name, line.decode(errors="replace"), colour=child.colour)
        return True

    def _drain(self, child: _Child) -> None:
        """Print what is left of the output of a process that ended."""
        stdout = child.process.stdout
        if stdout is None or stdout.closed:
            return
        while self._read(child):
            continue
        if not stdout.closed:  # a grandchild still holds the other end
            self._selector.unregister(stdout)
            stdout.close()
        if child.rest:
            self._print(
                child.program.name, child.rest.decode(errors="replace"), colour=child.colour
            )
            child.rest = b""

    def _print(self, name: str, text: str, *, colour: int) -> None:
        prefix = f"{name:<{self._width}} │"
        if self._colourful:
            prefix = f"\x1b[{_COLOURS[colour % len(_COLOURS)]}m{prefix}\x1b[0m"
        try:
            self.out.write(f"{prefix} {text.rstrip()}\n")
            self.out.flush()
        except OSError:  # the reader is gone: a closed pipe or terminal
            self._asked_to_stop = max(self._asked_to_stop, 1)

    # --- The end ----------------------------------------------------------------------------

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop += 1

    def _stop_all(self) -> None:
        """In reverse order, each one only when what depends on it has ended."""
        for child in reversed(self._children):
            if child.due is not None:
                continue
            child.process.poll()
            if child.process.returncode is None:
                child.process.send_signal(child.program.stop_signal)
            deadline = time.monotonic() + child.program.seconds_to_stop
            while child.process.poll() is None and time.monotonic() < deadline:
                for key, _ in self._selector.select(_TICK):
                    self._read(key.data)
                if self._asked_to_stop > 1:  # a second Ctrl-C
                    break
            processes.signal_group(child.process.pid, signal.SIGKILL)
            child.process.wait()
            self._drain(child)
        self._children.clear()

    def _note(self) -> None:
        """Write to disk which processes run, for the next start."""
        note_running(
            self.state,
            self.address,
            {child.program.name: child.process.pid for child in self._children},
        )


def note_running(state: Path, address: str, children: Mapping[str, int]) -> None:
    """Write which processes make up the running product."""
    content = {
        "pid": os.getpid(),
        "address": address,
        "children": [
            {"name": name, "pid": pid, "birth": processes.birth(pid)}
            for name, pid in children.items()
        ],
    }
    draft = state.with_name(f".{state.name}.{os.getpid()}")
    draft.write_text(json.dumps(content, indent=1))
    draft.replace(state)


def running(state: Path) -> dict[str, Any]:
    """What `note_running` wrote last; empty when nothing was."""
    try:
        content: dict[str, Any] = json.loads(state.read_text())
    except (OSError, ValueError):
        return {}
    return content


def end_leftovers(state: Path) -> None:
    """End the processes of a product whose supervisor was killed, if any is still on its way out.

    Only processes that are the same ones (number and time of birth) as those noted.
    """
    noted = running(state).get("children", [])

    def left() -> list[int]:
        return [
            child["pid"]
            for child in noted
            if child["birth"] and processes.birth(child["pid"]) == child["birth"]
        ]

    processes.wait_until(lambda: not left(), seconds=5)
    for pid in left():
        processes.signal_group(pid, signal.SIGKILL)
    processes.wait_until(lambda: not left(), seconds=5)


def _status(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"status {code}"
