# Everything a developer or a newcomer calls. Needs Python 3.11 or newer; root for the lab.
PYTHON ?= python3
LAB := $(PYTHON) tests/lab/lab.py
CHECK := $(PYTHON) tests/tools/check.py

BENCH := $(PYTHON) tests/benchmarks/bench.py $(if $(ROWS),--rows $(ROWS)) $(if $(EVERYTHING),--everything) $(if $(WRITE_DOCS),--write-docs)

.DEFAULT_GOAL := help
.PHONY: help setup demo layouts test test-fast bench bench-quick lab-up lab-down lab-status sanity units lint ruff format docs changelog importer

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z -]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what the lab and the checks need: Debian packages, and virtualenvs in the cache folder
	@$(LAB) setup

demo: ## Show the main job on real parts: plain lab, deploy, image, six instances, proof, and the same again
	@$(PYTHON) tests/lab/demo.py

layouts: setup ## Run every layout of images and volumes, with the collection and with the stock driver alone (docs/layouts.md)
	@$(PYTHON) tests/lab/layouts.py $(LAYOUTS)

test: setup ## Run every check: gates, unit tests, simulator, integration targets, the demo's outcomes
	@$(CHECK) all

test-fast: setup ## Run the gates and the unit tests (about three minutes once set up)
	@$(CHECK) fast

bench: setup ## Measure speed beside the rivals (ROWS=clone,restit for some rows; WRITE_DOCS=1 writes docs/benchmarks.md)
	@$(BENCH)

bench-quick: setup ## The same, scaled down to five minutes
	@$(BENCH) --quick

lab-up: ## Bring the plain lab up: ONTAP simulator and a real OpenStack without ONTAP
	@$(LAB) up

lab-down: ## Take the lab down; nothing of it stays but the cache
	@$(LAB) down

lab-status: ## Say what of the lab runs, and where to find it
	@$(LAB) status

sanity units lint ruff docs changelog importer: ## Run this one gate
	@$(CHECK) $@

format: ## Format the Python files as the gate 'ruff' wants them
	@$(CHECK) format
