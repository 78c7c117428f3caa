# Two commands: `make run` starts the site, `make test` runs every test. `make check` is for a change.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What is installed is what the lock file says: names, versions and hashes.
SYNC := $(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes --python $(BIN)/python

# `make run DEMO=0 PORT=8001 HOST=0.0.0.0`: handed on to the server, as are BLOG_* variables.
ifdef DEMO
export DEMO
endif
ifdef PORT
export PORT
endif
ifdef HOST
export HOST
endif

.PHONY: run test check bench bench-postgres lock clean

run: $(VENV)/run
	@exec $(BIN)/python -m blog

test: $(VENV)/test
	$(BIN)/python -m pytest -n auto $(ARGS)

check: $(VENV)/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/codespell
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/vendor.py

# How fast everything is beside nginx and plain Flask, with a million comments; about ten minutes.
bench: $(VENV)/test
	$(BIN)/python -m benchmarks

# The moderation queue on the PostgreSQL that BENCH_DATABASE_URL names; it needs neither nginx nor wrk.
bench-postgres: $(VENV)/test
	$(BIN)/python -m benchmarks postgres

# The lock files are made anew from pyproject.toml; commit what changes.
lock: $(BIN)/uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --extra postgres --extra redis pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --all-extras --constraint requirements.lock pyproject.toml \
	  --output-file requirements-test.lock

clean:
	rm -rf $(VENV)

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit("Broadsheet needs Python 3.11 or newer: make run PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-uv.lock

# A marker for each set of packages; the larger one serves both.
$(VENV)/run: requirements.lock | $(BIN)/uv
	@test -e $(VENV)/test || $(SYNC) requirements.lock
	@touch $@

$(VENV)/test: requirements-test.lock | $(BIN)/uv
	@$(SYNC) requirements-test.lock
	@touch $@
