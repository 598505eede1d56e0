#!/usr/bin/env python3
"""Refuse a lock that would need a compiler on a machine that README promises.

    python scripts/check_wheels.py pylock.toml

`make install` builds nothing on the machines in `TARGETS` only when each locked run-time package
has a wheel for each of them; a source archive alone does not count. `make lock` exports the lock
in the standard format (PEP 751), in which the resolver lists the files that the package index has
for each version, and runs this. Nothing is downloaded and nothing is built.

Exit status: 0 = every package has a wheel everywhere, 1 = the missing ones are listed.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging import tags
from packaging.markers import Marker
from packaging.utils import parse_wheel_filename

PYTHONS = ((3, 11), (3, 12), (3, 13), (3, 14))
GLIBC = 28  # 2.28: Debian 10, RHEL 8, Ubuntu 18.10 and everything newer
MACOS = (14, 0)

# (package, system, machine, Python) of a wheel that does not exist in any usable version. README's
# table of platforms names each one. Empty: every package has a wheel on every target.
EXCEPTIONS: frozenset[tuple[str, str, str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Target:
    """A machine and its CPython."""

    system: str
    """`platform.system()`: Linux or Darwin."""
    machine: str
    """`platform.machine()`."""
    python: tuple[int, int]

    @property
    def version(self) -> str:
        return "{}.{}".format(*self.python)

    def __str__(self) -> str:
        system = "macOS" if self.system == "Darwin" else self.system
        return f"{system} {self.machine}, Python {self.version}"

    def tags(self) -> set[tags.Tag]:
        """Every wheel tag that pip accepts there."""
        interpreter = "cp{}{}".format(*self.python)
        places = list(self._platforms())
        return {
            *tags.cpython_tags(self.python, platforms=places),
            *tags.compatible_tags(self.python, interpreter, places),
        }

    def _platforms(self) -> Iterator[str]:
        if self.system == "Darwin":
            yield from tags.mac_platforms(MACOS, self.machine)
            return
        yield from (f"manylinux_2_{minor}_{self.machine}" for minor in range(GLIBC, 4, -1))
        yield f"manylinux2014_{self.machine}"
        if self.machine == "x86_64":
            yield from ("manylinux2010_x86_64", "manylinux1_x86_64")
        yield f"linux_{self.machine}"

    def markers(self) -> dict[str, str]:
        """What an environment marker is evaluated against."""
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{self.version}.0",
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": self.system,
            "platform_version": "",
            "python_full_version": f"{self.version}.0",
            "python_version": self.version,
            "sys_platform": self.system.lower(),
        }


TARGETS = tuple(
    Target(system, machine, python)
    for system, machine in (
        ("Linux", "x86_64"),
        ("Linux", "aarch64"),
        ("Darwin", "arm64"),
        ("Darwin", "x86_64"),
    )
    for python in PYTHONS
)


@dataclass(frozen=True, slots=True)
class Locked:
    """A package of the lock, with the names of its wheels."""

    name: str
    version: str
    wheels: tuple[str, ...]
    marker: str = ""
    """Where it is installed; everywhere when empty."""

    def wanted(self, target: Target) -> bool:
        return not self.marker or Marker(self.marker).evaluate(dict(target.markers()))

    def fits(self, accepted: set[tags.Tag]) -> bool:
        return any(parse_wheel_filename(wheel)[3] & accepted for wheel in self.wheels)


@dataclass(slots=True)
class Verdict:
    """What is wrong with a lock; nothing when both are empty."""

    missing: list[tuple[Locked, Target]] = field(default_factory=list)
    """No wheel, and no exception that says so."""
    needless: set[tuple[str, str, str, str]] = field(default_factory=set)
    """Exceptions for what has a wheel by now: delete them, and their note in README."""


def judge(
    packages: Iterable[Locked],
    targets: Iterable[Target] = TARGETS,
    exceptions: Iterable[tuple[str, str, str, str]] = EXCEPTIONS,
) -> Verdict:
    """Which package lacks a wheel on which target, and which exceptions are not needed."""
    locked = list(packages)
    verdict = Verdict(needless=set(exceptions))
    excused = frozenset(verdict.needless)
    for target in targets:
        accepted = target.tags()
        for package in locked:
            if not package.wanted(target) or package.fits(accepted):
                continue
            key = (package.name, target.system, target.machine, target.version)
            if key in excused:
                verdict.needless.discard(key)
            else:
                verdict.missing.append((package, target))
    return verdict


def read_lock(content: Mapping[str, Any]) -> list[Locked]:
    """The packages of a parsed `pylock.toml`."""
    return [
        Locked(
            name=package["name"],
            version=package["version"],
            wheels=tuple(_file_name(wheel) for wheel in package.get("wheels", ())),
            marker=package.get("marker", ""),
        )
        for package in content["packages"]
    ]


def _file_name(wheel: Mapping[str, Any]) -> str:
    """A wheel's entry names its file, or its address or path ends in the name."""
    return str(wheel.get("name") or (wheel.get("url") or wheel["path"]).rpartition("/")[2])


def main(arguments: list[str]) -> int:
    (file,) = arguments
    packages = read_lock(tomllib.loads(Path(file).read_text(encoding="utf-8")))
    verdict = judge(packages)
    for package, target in verdict.missing:
        print(f"{package.name} {package.version} has no wheel for {target}")
    for key in sorted(verdict.needless):
        print(f"The exception {key} is not needed any more: delete it, and its note in README")
    if verdict.missing or verdict.needless:
        print("Pin a version that has the wheels in requirements.in; see docs/contributing.md.")
        return 1
    print(f"{len(packages)} run-time packages: a wheel for each of {len(TARGETS)} targets.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
