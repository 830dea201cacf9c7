# Two commands are enough: `make demo` and `make test`. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := src tests bench

.DEFAULT_GOAL := help
.PHONY: help demo test setup check soak bench lock

help:  ## say what each command does
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/run.done  ## set up, load demonstration data, issue one quote, serve until Ctrl-C (ONCE=1: stop after the PDF; PORT=8000)
	@$(BIN)/gardien demo

test: $(VENV)/dev.done  ## run all tests
	@GARDIEN_REAL_DATA=$${GARDIEN_REAL_DATA:-$$(test -d ../shared/data && cd ../shared/data && pwd)} $(BIN)/python -m pytest -q -m "not soak" --numprocesses 2 --dist loadfile --no-loadscope-reorder

setup: $(VENV)/dev.done  ## install everything for work on Gardien

check: $(VENV)/dev.done  ## format, lint, types, import contracts
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	GARDIEN_KEYS=$$($(BIN)/python bin/throwaway_keys.py) $(BIN)/mypy
	$(BIN)/lint-imports

soak: $(VENV)/dev.done  ## long storms: kills, full cross products, every look of every page
	$(BIN)/python -m pytest -q -m soak

bench: $(VENV)/dev.done  ## measure against the raw limit: PDF; quotes and their pages under the wall; tyres; search; the sweep (many minutes)
	$(BIN)/python -m bench.pdf
	$(BIN)/python -m bench.quotes
	$(BIN)/python -m bench.catalogue
	$(BIN)/python -m bench.search
	$(BIN)/python -m bench.retention

lock:  ## pin the newest versions that pyproject.toml allows, with hashes (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra embedded --group build pyproject.toml -o requirements/run.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra embedded --group build --group dev pyproject.toml -o requirements/dev.txt

$(VENV)/run.done: requirements/run.txt pyproject.toml bin/setup src/gardien/locale/fr/LC_MESSAGES/django.po
	@bin/setup $(PYTHON) $(VENV) run

$(VENV)/dev.done: requirements/dev.txt pyproject.toml bin/setup src/gardien/locale/fr/LC_MESSAGES/django.po
	@bin/setup $(PYTHON) $(VENV) dev
