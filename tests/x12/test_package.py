"""The codec stands alone: it runs where nothing else of the project can be imported."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command

import x12
from tests.x12_samples import build

PACKAGE = Path(x12.__file__).parent


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A directory that holds the package and nothing else."""
    place = tmp_path_factory.mktemp("alone")
    shutil.copytree(PACKAGE, place / "x12", ignore=shutil.ignore_patterns("__pycache__", "build"))
    return place


@pytest.fixture
def files(tmp_path):
    good, bad = tmp_path / "era.835", tmp_path / "bad.txt"
    good.write_bytes(build.data(build.remittance_835()))
    bad.write_text("no x12")
    return good, bad


def run(alone: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """``python -S -m x12`` without site packages, from the file's directory."""
    return subprocess.run(
        [sys.executable, "-S", "-m", "x12", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=alone.parent,
        env={**os.environ, "PYTHONPATH": str(alone), "PYTHONIOENCODING": "utf-8"},
    )


@pytest.mark.parametrize("mode", ["--json", "--tree", None])
@pytest.mark.parametrize("which", [0, 1])
def test_inspect_gives_the_same_as_the_product_s_command(alone, files, which, mode):
    arguments = [str(files[which]), *([mode] if mode else [])]
    out, err, status = io.StringIO(), io.StringIO(), 0
    try:
        call_command("x12", "inspect", *arguments, stdout=out, stderr=err, no_color=True)
    except SystemExit as end:
        status = int(str(end.code))
    done = run(alone, "inspect", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (status, out.getvalue(), err.getvalue())
    assert status == which


def test_wrong_usage_ends_with_2(alone, tmp_path):
    done = run(alone, "inspect", tmp_path / "none.835")
    assert done.returncode == 2
    assert done.stderr == f"{tmp_path / 'none.835'} is not a file\n"
    assert run(alone).returncode == 2


def test_project_lists_every_package_and_nothing_to_install():
    declared = tomllib.loads((PACKAGE / "pyproject.toml").read_text())
    found = {
        ".".join(("x12", *path.parent.relative_to(PACKAGE).parts))
        for path in PACKAGE.rglob("__init__.py")
        if "build" not in path.relative_to(PACKAGE).parts
    }
    assert set(declared["tool"]["setuptools"]["packages"]) == found
    assert declared["project"]["dependencies"] == []
    assert (PACKAGE / "py.typed").exists()
