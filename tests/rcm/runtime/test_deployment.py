"""Image, compose file and lock files say the same as the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from rcm.celery_schedule import BEAT_SCHEDULE, QUEUES
from rcm.runtime import programs

ROOT = Path(__file__).resolve().parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("prepare", "web", "worker", "beat", "sandbox")


def command_of_the_image():
    return json.loads(re.findall(r"^CMD (\[.*\])$", DOCKERFILE, flags=re.MULTILINE)[-1])


def test_image_serves_with_the_same_command_as_the_run_command():
    assert command_of_the_image() == [*programs.WEB, "--bind", "0.0.0.0:8000"]
    assert "command" not in SERVICES["web"]


@pytest.mark.parametrize(
    ("service", "command"), [("worker", programs.WORKER), ("beat", programs.BEAT)]
)
def test_compose_runs_the_same_commands_as_the_run_command(service, command):
    assert tuple(SERVICES[service]["command"]) == command


def test_compose_has_every_process_of_the_product():
    assert set(SERVICES) == {"postgres", "redis", *OURS}


@pytest.mark.parametrize("service", OURS)
def test_compose_confines_each_container(service):
    settings = SERVICES[service]
    assert settings["read_only"] is True
    assert settings["cap_drop"] == ["ALL"]
    assert settings["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("service", [name for name in SERVICES if name not in ("prepare", "beat")])
def test_each_serving_container_has_a_health_check(service):
    if service == "web":  # the image's own
        assert "HEALTHCHECK" in DOCKERFILE
        assert "healthcheck" not in SERVICES["web"]
    else:
        assert SERVICES[service]["healthcheck"]["test"][0] == "CMD"


def test_web_worker_and_beat_wait_for_a_prepared_database():
    for service in ("web", "worker", "beat"):
        waits = SERVICES[service]["depends_on"]
        assert waits["prepare"] == {"condition": "service_completed_successfully"}
        assert waits["postgres"] == waits["redis"] == {"condition": "service_healthy"}


def test_compose_holds_no_secret_and_demands_each():
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("POSTGRES_PASSWORD", "SECRET_KEY", "ALLOWED_HOSTS"):
        assert f"${{{name}:?" in text
    example = (ROOT / ".env.example").read_text()
    assert re.findall(r"^(?:SECRET_KEY|POSTGRES_PASSWORD)=(.*)$", example, re.MULTILINE) == ["", ""]
    assert ".env" in (ROOT / ".gitignore").read_text().replace("/", "").split()


def test_each_setting_of_the_containers_is_a_described_one():
    described = set(
        re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    )
    of_libraries = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "DJANGO_SETTINGS_MODULE"}
    in_image = set(re.findall(r"(?:ENV| {4})\s*([A-Z_]+)=", DOCKERFILE)) - of_libraries
    in_image -= {"PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_CACHE_DIR"}
    assert set(COMPOSE["x-product"]["environment"]) | in_image <= described


def test_image_runs_as_an_unprivileged_user_and_gets_only_the_product():
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["firstpass"]
    assert DOCKERFILE.index("COPY . .") < DOCKERFILE.index("USER firstpass")
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert ignored[0] == "*"
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    kept = {line[1:] for line in ignored if line.startswith("!")}
    assert kept == packages | {"manage.py", "requirements.txt", "templates", "static"}


def pins(name):
    text = (ROOT / name).read_text()
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", text, re.MULTILINE))


def test_lock_files_hold_hashes_and_no_addresses():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert not re.search(r"://|--(?:index|extra-index|find-links|trusted)", text), name
        assert text.count("--hash=sha256:") >= len(pins(name)) > 20


def test_development_installs_the_same_versions_as_run_time():
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def test_each_scheduled_task_goes_to_a_queue_that_a_worker_serves():
    for name, entry in BEAT_SCHEDULE.items():
        assert entry["task"] == name
        assert entry["options"]["queue"] in QUEUES
