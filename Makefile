# Firstpass: make run, make test. `make help` lists the rest.

SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
# The first Python that is new enough; PYTHON=/path/to/python overrides.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
export DJANGO_SETTINGS_MODULE ?= rcm.settings
# Without compiled modules every worker, and every process that a test starts, compiles them anew.
PYTEST := PYTHONDONTWRITEBYTECODE= $(PY) -m pytest

.PHONY: help run test test-fast test-loop test-stop check format bench fuzz shots install lock \
	start-over clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 — \2/p' Makefile

run: $(VENV)/.runtime ## start everything: http://127.0.0.1:8000 (PORT=… for another port)
	@$(PY) manage.py run

test: $(VENV)/.development ## all tests; ARGS="tests/claims -k scrub" for some
	@$(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-fast: $(VENV)/.development ## rules, codec and templates in half a minute: nothing is started
	@$(PYTEST) -n 2 --dist loadfile -m "unit and not slow" $(ARGS)

test-loop: $(VENV)/.development ## ARGS="tests/claims" on servers and a database that are kept
	@FIRSTPASS_TEST_KEEP=1 $(PYTEST) $(ARGS)

test-stop: ## stop the servers that test-loop kept, and delete their data
	@$(PY) -m tests.servers stop

check: $(VENV)/.development ## style, types, layers, templates, migrations, API document
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/djlint --lint --quiet templates
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py spectacular --validate --fail-on-warn --file /dev/null

format: $(VENV)/.development ## rewrite the code in the one style
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: $(VENV)/.runtime ## the benchmark NAME=pipeline (docs/operations.md)
	@$(PY) manage.py bench $(or $(NAME),pipeline)

# An environment of its own: atheris comes only for some Pythons, and only the fuzzer needs it.
# The corpus grows from run to run; what was found stands beside it as crash-… and becomes a test.
FUZZ := var/fuzz
fuzz: $(FUZZ)/.installed ## coverage-guided fuzzing of the X12 reader; MINUTES=10
	$(FUZZ)/venv/bin/python -m tests.x12.fuzz_read -max_total_time=$$(( $(or $(MINUTES),10) * 60 )) \
		-max_len=6000 -dict=$(FUZZ)/dictionary -artifact_prefix=$(FUZZ)/ $(FUZZ)/corpus

$(FUZZ)/.installed: requirements-fuzz.txt
	@mkdir -p $(FUZZ)
	$(PYTHON) -m venv $(FUZZ)/venv
	$(FUZZ)/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-fuzz.txt
	@touch $@

shots: $(VENV)/.development ## the pictures of docs/screenshots, taken from a running product
	@$(PY) scripts/screenshots.py

install: $(VENV)/.development ## the virtual environment with everything, exactly as locked

# Hashes are required: what is installed is what was locked. uv where it is there, else pip.
# The lock is complete, so nothing else is resolved: pip would take a newer release of a package
# that another asks for with an extra, and then refuse it for having no hash.
# Development's lock holds the same versions as run time's, so either order ends the same.
$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	@if [ -e $(VENV)/.development ] && [ ! requirements-dev.txt -nt $(VENV)/.development ]; then :; \
	elif command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(PY) --no-deps --require-hashes -r requirements.txt; \
	else echo "Installing (once) …" && $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt; fi
	@touch $@

$(VENV)/.development: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	@if command -v uv >/dev/null 2>&1; then uv pip sync --quiet --python $(PY) --require-hashes requirements-dev.txt; \
	else echo "Installing (once) …" && $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt; fi
	@touch $@ $(VENV)/.runtime

$(VENV)/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Firstpass needs Python 3.11 or newer (set PYTHON=/path/to/python)."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "No virtual environment could be made. On Debian: apt-get install python3-venv"; exit 1; }

lock: $(VENV)/.development ## requirements*.in → requirements*.txt; refuses what lacks a wheel
	$(VENV)/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
		--no-annotate --no-header requirements.in -o requirements.txt
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 \
		--no-annotate --no-header requirements.txt -o $(VENV)/pylock.toml
	$(PY) scripts/check_wheels.py $(VENV)/pylock.toml
	$(VENV)/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
		--no-annotate --no-header requirements-dev.in -c requirements.txt -o requirements-dev.txt
	$(VENV)/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
		--no-annotate --no-header requirements-fuzz.in -o requirements-fuzz.txt

start-over: $(VENV)/.runtime ## delete all data of this checkout, after asking (YES=1 does not ask)
	@$(PY) manage.py start_over $(if $(YES),--yes)

clean: ## remove caches (data in var/ stays)
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov .coverage
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
