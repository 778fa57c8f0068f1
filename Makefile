# `make` alone prints the targets. Everything is set up in .venv; nothing is installed on the system.
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
SOURCE ?=
WORKERS ?= 2
BIN := .venv/bin

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or later found; set PYTHON=/path/to/python3" >&2; exit 2; }
	"$(PYTHON)" -m venv .venv

.venv/installed: pyproject.toml .venv/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . && touch .venv/installed

.venv/installed-dev: pyproject.toml .venv/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' && touch .venv/installed .venv/installed-dev

.PHONY: audit
audit: .venv/installed ## audit supabase/migrations (SOURCE=… for another source)
	@$(BIN)/python -m policytool audit $(if $(SOURCE),"$(SOURCE)",supabase/migrations)

.PHONY: setup
setup: .venv/installed-dev ## set up .venv with everything for development

.PHONY: test
test: .venv/installed-dev ## run the whole suite
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(TESTS)

.PHONY: test-browser
test-browser: .venv/installed-dev ## install a headless browser, and run the tests that drive it
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[browser]'
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null 2>&1 || \
		if command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ]; then \
			apt-get update -qq && apt-get install -y -qq chromium; \
		else $(BIN)/python -m playwright install chromium; fi
	@POLICYTOOL_TEST_BROWSER=required $(BIN)/python -m pytest -m browser tests/report

.PHONY: check
check: .venv/installed-dev ## format, lint, types, layers, tests
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory test

.PHONY: format
format: .venv/installed-dev ## format the code
	$(BIN)/python -m ruff format .
	$(BIN)/python -m ruff check --fix-only --quiet .

.PHONY: bench
bench: .venv/installed-dev ## run the benchmarks
	$(BIN)/python benchmarks/audit_speed.py
	$(BIN)/python benchmarks/since_speed.py
	$(BIN)/python benchmarks/server_start.py
	$(BIN)/python benchmarks/introspection.py

.PHONY: clean
clean: ## remove what the other targets made
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
