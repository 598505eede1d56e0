"""`manage.py start_over`: nothing of an installation stays, and nothing is deleted by mistake."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import Refused
from rcm.runtime import binaries, embedded, processes, start_over
from tests import servers

pytestmark = pytest.mark.kill

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def var():
    folder = servers.new_folder()
    place = embedded.layout(folder)
    yield folder
    embedded.destroy(place)


@pytest.fixture
def root_home(tmp_path, monkeypatch):
    """Root's folder, somewhere that the test may fill."""
    home = tmp_path / "root-home"
    home.mkdir()
    for module in (binaries, embedded):
        monkeypatch.setattr(module, "ROOT_HOME", home)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return home


def command(var, *arguments, typed="", **settings):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "rcm.settings",
        "FIRSTPASS_VAR": str(var),
    }
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "manage.py", "start_over", *arguments],
        cwd=ROOT,
        env={**environment, **settings},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


def data_of(home, var):
    """A data folder of root, made for `var`."""
    (home / "pg").mkdir(parents=True)
    (home / "pg" / "patients").touch()
    (home / "checkout").write_text(f"{var}\n")
    return home


def test_database_is_deleted_with_everything_else(var):
    with embedded.in_use(var, who="a test") as place:
        assert (place.pg / "PG_VERSION").exists()
    done = command(var, "--yes")
    assert done.returncode == 0, done.stderr
    assert str(var) in done.stdout
    assert not var.exists()
    assert not place.home.exists()


def test_only_the_typed_word_deletes(var):
    asked = command(var, typed="yes\n")
    assert asked.returncode == 1
    assert f"  {var}\n" in asked.stdout
    assert "Nothing was deleted" in asked.stderr
    assert command(var).returncode == 1  # nobody there to answer
    assert var.is_dir()
    assert command(var, typed="delete\n").returncode == 0
    assert not var.exists()


def test_refuses_while_a_command_uses_the_servers(var):
    with embedded.in_use(var, who="a test") as place:
        refused = command(var, "--yes")
        assert embedded.postgres_ready(place)
    assert refused.returncode == 1
    assert f"Firstpass is running in {var}. Nothing was deleted." in refused.stderr


def test_refuses_while_the_tests_keep_servers_in_it(var):
    kept = var / "test-servers"
    kept.mkdir()
    with embedded.try_lock(kept, "the tests"), pytest.raises(Refused, match="make test-stop"):
        start_over.delete(var)
    assert kept.is_dir()


def test_refuses_a_server_whose_folder_was_deleted_while_it_ran(var, monkeypatch):
    place = embedded.layout(var)
    place.pg.mkdir(parents=True)
    (place.pg / "postmaster.pid").write_text("4711\n")
    monkeypatch.setattr(processes, "command_line", lambda pid: f"postgres -D {place.pg}")
    with pytest.raises(Refused, match=r"Process 4711 still works on .*Nothing was deleted"):
        start_over.delete(var)
    assert place.pg.is_dir()


def test_leaves_servers_outside_alone(var):
    refused = command(
        var,
        "--yes",
        DATABASE_URL="postgres://nobody@localhost/none",
        REDIS_URL="redis://localhost/0",
    )
    assert refused.returncode == 1
    assert "a database outside, which this command does not touch" in refused.stderr
    assert var.is_dir()


def test_data_of_an_earlier_var_at_the_same_path_goes_too(var, root_home):
    """Whoever deleted `var/` by hand left the database: its key was in that folder."""
    earlier = data_of(root_home / "0123456789abcdef", var)
    current = data_of(embedded.layout(var).home, var)
    kept = data_of(root_home / "00112233445566ff", var / "test-servers")
    stranger = data_of(root_home / "fedcba9876543210", var.with_name("another"))
    assert earlier != current
    assert set(start_over.folders(var)) == {var, current, earlier, kept}
    start_over.delete(var)
    assert not earlier.exists()
    assert not current.exists()
    assert not kept.exists()
    assert stranger.is_dir()
    assert start_over.abandoned() == [stranger]


def test_folder_that_cannot_be_deleted_is_an_error(var, monkeypatch):
    def fails(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    with monkeypatch.context() as broken:
        broken.setattr(shutil, "rmtree", fails)
        with pytest.raises(PermissionError):
            start_over.delete(var)


@pytest.mark.parametrize("precious", [Path("/"), Path.home(), ROOT, ROOT.parent])
def test_a_folder_that_holds_more_is_never_deleted(precious):
    with pytest.raises(Refused, match="holds more than Firstpass's data"):
        start_over.check_safe(precious, ROOT)


def test_a_linked_folder_is_not_followed(tmp_path):
    link = tmp_path / "var"
    link.symlink_to(tmp_path)
    with pytest.raises(Refused, match="is a link"):
        start_over.check_safe(link, ROOT)
