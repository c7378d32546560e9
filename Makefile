# Everything runs from .venv, which is built from hash-locked requirements. `make help` lists the targets.
PY := .venv/bin/python
PREFIX ?= $(HOME)/cadenced
.DEFAULT_GOAL := help

.venv/ready: requirements-dev.txt pyproject.toml
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.PHONY: help install demo test lint types layers units interop browser bench explore lock clean
help:     ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12
install: .venv/ready  ## put it into PREFIX (default: ~/cadenced), in an environment of its own
	rm -rf build/wheel
	.venv/bin/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir build/wheel .
	python3 -m venv $(PREFIX)
	$(PREFIX)/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	$(PREFIX)/bin/pip install --quiet --disable-pip-version-check --no-deps --force-reinstall build/wheel/cadenced-*.whl
demo: .venv/ready     ## show the real daemon at work on real servers, on loopback
	@$(PY) -m cadenced demo
test: .venv/ready     ## all tests that need no Debian server and no browser
	$(PY) -m pytest -m 'not interop and not browser' -n 2 --dist loadfile $(ARGS)
lint: .venv/ready     ## ruff: rules and format
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
types: .venv/ready    ## mypy, strict
	.venv/bin/mypy
layers: .venv/ready   ## import-linter: the map in ARCHITECTURE.md
	.venv/bin/lint-imports
units:    ## systemd units: verified, and exposure at most 1.5
	systemd/check
interop: .venv/ready  ## the contract suites against Debian's Cyrus, Dovecot and Postfix (root; installs nothing)
	@$(PY) -m tests.interop.cyrus check
	@$(PY) -m tests.interop.mail check
	$(PY) -m pytest -m interop $(ARGS)
browser: .venv/ready  ## every mail and page in Chromium: axe, caniemail, widths, light and dark (Debian's chromium, npm)
	@$(PY) -m tests.browser.setup check
	$(PY) -m pytest -m browser $(ARGS)
simulation: .venv/ready  ## 200 seeded years of villages, some twenty seconds each (ARGS="--seeds 7 --trace")
	$(PY) -m tests.simulation --lives --seeds 1-200 $(ARGS)
bench: .venv/ready    ## ratios, each measured within one run
	$(PY) -m tests.bench $(ARGS)
explore: .venv/ready  ## every interleaving of one meeting and one mail: millions of states, a quarter of an hour
	$(PY) -m tests.explore $(ARGS)
lock:     ## renew both requirement files from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements.txt
	uv pip compile pyproject.toml --quiet --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements-dev.txt
clean:    ## remove what make built
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis tests/browser/node_modules
