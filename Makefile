# Two commands do all: `make demo` and `make test`. Both make .venv from the lock first.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo test check browser nightly bench realdata soak faults audit lock clean

demo: $(STAMP)
	@$(BIN)/briefing demo demo

test: $(STAMP) check browser
	$(BIN)/pytest

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# The desk is tested in a real browser: the one that is there, else Debian's.
browser:
	@for name in chromium chromium-browser google-chrome; do \
	    if command -v $$name >/dev/null; then exit 0; fi; \
	done; \
	echo "no Chromium here; installing Debian's"; \
	if [ "$$(id -u)" = 0 ]; then root=; else root=sudo; fi; \
	$$root apt-get update -q && $$root apt-get install -q -y --no-install-recommends chromium

nightly: $(STAMP)
	$(BIN)/briefing nightly

bench: $(STAMP)
	$(BIN)/python -m tests.bench

realdata: $(STAMP)
	$(BIN)/python -m tests.realdata

soak: $(STAMP)
	$(BIN)/python -m tests.soak.month

faults: $(STAMP)
	$(BIN)/python -m tests.faults

# Asks the advisory service for known faults of what the lock pins, and fails too where it does not
# know one of them (a mirror of the registry has no advisories). pip-audit stays out of the lock.
AUDIT := $(VENV)/audit
audit: $(STAMP)
	test -x $(AUDIT)/bin/pip-audit || { $(PYTHON) -m venv $(AUDIT) && $(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.9'; }
	$(AUDIT)/bin/pip-audit --strict --require-hashes --disable-pip --requirement requirements.lock || { \
	    echo 'make audit: a version has a known fault, or could not be asked about; see above' >&2; exit 1; }

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
