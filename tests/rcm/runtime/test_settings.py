"""Settings from the environment: what they accept, what they refuse, and that each is described."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from rcm.runtime import env

ROOT = Path(__file__).resolve().parents[3]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def read_in_code():
    """Names given to `env.text`, `env.flag` … anywhere in the product."""
    call = re.compile(r"\benv\.(?:text|flag|integer|words|path)\(\s*\"([A-Z_]+)\"")
    sources = [*ROOT.glob("rcm/**/*.py"), *ROOT.glob("[a-z]*/**/*.py")]
    own = [path for path in sources if not {".venv", "tests", "var"} & set(path.parts)]
    return {name for path in own for name in call.findall(path.read_text(encoding="utf-8"))}


def described():
    section = OPERATIONS.partition("## Settings")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([A-Z_]+)`", section, flags=re.MULTILINE))


def test_each_setting_is_described_and_each_description_has_its_setting():
    assert described() == read_in_code()


def test_nothing_reads_the_environment_past_the_env_module():
    allowed = {"env.py", "run.py", "supervisor.py", "celery.py", "wsgi.py", "pgtools.py"}
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in ("rcm", "encounters", "coding", "claims", "payments", "denials")
        for path in (ROOT / folder).rglob("*.py")
        if path.name not in allowed and re.search(r"os\.(environ|getenv)", path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("Yes", True), ("off", False)])
def test_flag_reads_yes_and_no(monkeypatch, value, expected):
    monkeypatch.setenv("DEBUG", value)
    assert env.flag("DEBUG", default=not expected) is expected


def test_flag_refuses_anything_else(monkeypatch):
    monkeypatch.setenv("DEBUG", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="DEBUG='perhaps' is not a yes or a no"):
        env.flag("DEBUG", default=False)


@pytest.mark.parametrize("value", ["x", "1.5", "0", "-3"])
def test_integer_refuses_what_is_too_small_or_no_number(monkeypatch, value):
    monkeypatch.setenv("PORT", value)
    with pytest.raises(ImproperlyConfigured, match="PORT=.* must be a whole number of 1 or more"):
        env.integer("PORT", 8000, least=1)


def test_database_address_is_taken_apart():
    parsed = env.database("postgres://cli%40nic:p%2Fw@db.example:6432/rcm?sslmode=require")
    assert parsed == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "rcm",
        "USER": "cli@nic",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_database_address_may_name_a_socket_folder():
    parsed = env.database("postgresql://firstpass@/firstpass?host=/run/pg")
    assert (parsed["HOST"], parsed["PORT"], parsed["OPTIONS"]) == ("/run/pg", "", {})


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:///x.db", "PostgreSQL only"),
        ("mysql://h/db", "PostgreSQL only"),
        ("postgres://h", "names no database"),
        ("postgres://h:port/db", "Port could not be cast"),
    ],
)
def test_database_address_that_cannot_work_is_refused(url, reason):
    with pytest.raises(ImproperlyConfigured, match=reason):
        env.database(url)


def test_broker_address_follows_the_redis_address():
    assert env.broker("redis://h:6379/2") == "redis://h:6379/2"
    assert env.broker("unix:///run/r.sock?db=3") == "redis+socket:///run/r.sock?virtual_host=3"
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL starts with 'amqp'"):
        env.redis("amqp://h")


def manage(*arguments, **changes):
    """`manage.py` in a process of its own; a change to None removes the variable."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "rcm.settings"}
    for name, value in changes.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def setting(expression, **changes):
    code = f"from django.conf import settings; print({expression})"
    ran = manage("shell", "--no-imports", "-c", code, **changes)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


@pytest.mark.kill
def test_one_url_without_the_other_is_refused():
    ran = manage("check", DATABASE_URL="postgres://h/db", REDIS_URL=None)
    assert ran.returncode == 1
    assert ran.stderr.strip() == (
        "Set both DATABASE_URL and REDIS_URL, or neither of them for the embedded servers. "
        "Only DATABASE_URL is set."
    )


@pytest.mark.kill
def test_unreachable_database_is_told_without_a_traceback_or_the_password():
    ran = manage("migrate", DATABASE_URL="postgres://me:hidden@127.0.0.1:1/db")
    assert ran.returncode == 1
    assert ran.stderr.startswith("PostgreSQL at 127.0.0.1:1/db cannot be used: ")
    assert "unset both DATABASE_URL and REDIS_URL" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "hidden" not in ran.stderr


@pytest.mark.kill
def test_run_refuses_servers_it_cannot_reach(tmp_path):
    nowhere = {"DATABASE_URL": "postgres://127.0.0.1:1/db", "FIRSTPASS_VAR": str(tmp_path)}
    ran = manage("run", **nowhere)
    assert ran.returncode == 1
    assert "PostgreSQL at 127.0.0.1:1/db cannot be used" in ran.stderr
    # The tests' own database has another name than the address says; this one always exists.
    there = re.sub(r"/[^/?]+(?=\?|$)", "/postgres", os.environ["DATABASE_URL"], count=1)
    changes = {"DATABASE_URL": there, "FIRSTPASS_VAR": str(tmp_path)}
    ran = manage("run", REDIS_URL="redis://127.0.0.1:1/0", **changes)
    assert ran.returncode == 1
    assert "Redis at 127.0.0.1:1 cannot be used" in ran.stderr


@pytest.mark.kill
def test_secret_key_is_made_once_when_none_is_given(tmp_path):
    first = setting("settings.SECRET_KEY", SECRET_KEY=None, FIRSTPASS_VAR=str(tmp_path))
    assert len(first) == 64
    assert (tmp_path / "secret-key").read_text().strip() == first
    assert first == setting("settings.SECRET_KEY", SECRET_KEY=None, FIRSTPASS_VAR=str(tmp_path))


@pytest.mark.kill
def test_secret_key_that_cannot_be_kept_must_be_given(tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    ran = manage("check", SECRET_KEY=None, FIRSTPASS_VAR=str(blocked))
    assert ran.returncode == 1
    assert ran.stderr.startswith("SECRET_KEY is not set and none can be kept in ")


@pytest.mark.kill
def test_cookies_and_redirects_are_safe_by_default_with_outside_servers(tmp_path):
    outside = {"DATABASE_URL": "postgres://h/db", "REDIS_URL": "redis://h/0"}
    secure = (
        "settings.DEBUG, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, "
        "settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS > 0"
    )
    expected = "False True True True True"
    assert setting(secure, DEBUG=None, FIRSTPASS_HTTPS=None, **outside) == expected
    assert setting(secure, FIRSTPASS_HTTPS="0", **outside) == "False False False False False"


def test_content_security_policy_allows_no_inline_code(settings):
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    allowed = {source for sources in directives.values() for source in sources}
    assert allowed == {"'none'", "'self'"}
