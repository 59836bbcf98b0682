# Two commands do all: `make demo` and `make test`. Both make .venv from the lock first.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo test check nightly bench realdata lock clean

demo: $(STAMP)
	@$(BIN)/briefing demo demo

test: $(STAMP) check
	$(BIN)/pytest

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

nightly: $(STAMP)
	$(BIN)/briefing nightly

bench: $(STAMP)
	$(BIN)/python -m tests.bench

realdata: $(STAMP)
	$(BIN)/python -m tests.realdata

# Hashes pin what is installed; the build backend is in the lock too, so nothing else is fetched.
$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=…")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --extra dev --extra bench --quiet --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) demo
