# `make setup` and all that needs it honour PYTHON=...; `make clean` first to change it.
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-lava lint clean

PY := .venv/bin/python
RUNS := .venv/.runs
READY := .venv/.ready
PINS := requirements/constraints.txt

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: $(READY) ## build .venv with everything, and the lava-ib command in it

$(RUNS): pyproject.toml $(PINS) scripts/setup.sh scripts/find_python.sh
	@sh scripts/setup.sh
	@touch $@

$(READY): $(RUNS)
	@$(PY) -m pip --disable-pip-version-check install --quiet --constraint $(PINS) --editable '.[dev]'
	@touch $@

demo: $(RUNS) ## train on the digits and write a report; needs no test tools
	@.venv/bin/lava-ib train configs/digits.toml --out runs/demo-$$(date +%Y%m%d-%H%M%S)

test: lint ## lint, then all tests
	$(PY) -m pytest -n auto --dist loadfile
	@$(PY) -c 'import sys; print("tested with Python", sys.version)'

# Lava's tests import pandas; where it is there, networkx imports it too, a third of a second for
# each network that starts.
test-lava: setup ## run Lava's own tests on this Python and compare with the kept list
	@$(PY) -m pip --disable-pip-version-check install --quiet --constraint $(PINS) pandas
	$(PY) scripts/test_lava.py

lint: setup ## ruff and mypy
	$(PY) -m ruff check
	$(PY) -m ruff format --check --quiet
	$(PY) -m mypy

clean: ## remove what make and the tools made (runs/ stays)
	rm -rf .venv .venv310 .tools .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find lava_ib tests scripts -name __pycache__ -prune -exec rm -rf {} +
