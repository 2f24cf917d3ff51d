# make demo · make app · make test · make test-all · make lint · make bench · make docs · make notebooks · make screens · make lock
# Needs Python 3.11 or newer and make; uses uv where it is installed, otherwise venv and pip.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)
RUN_READY := $(VENV)/.ready-run
DEV_READY := $(VENV)/.ready-dev

# pip of the venv, or that of the system where a venv comes without one.
PIP = $$( $(BIN)/python -m pip --version >/dev/null 2>&1 \
	&& echo "$(BIN)/python -m pip" || echo "$(PYTHON) -m pip --python $(BIN)/python" )
ifneq ($(UV),)
INSTALL = uv pip install --quiet --python $(BIN)/python
else
INSTALL = $(PIP) --disable-pip-version-check install --quiet
endif

.PHONY: demo test test-all mutants lint bench docs notebooks screens lock clean
.DEFAULT_GOAL := demo

demo: $(RUN_READY)
	$(BIN)/gpsopt solve scenarios/baseline.toml

# Two processes share the files of tests between them.
PYTEST = $(BIN)/python -m pytest -n 2 --dist loadfile

test: $(DEV_READY)
	$(PYTEST) -m "not slow"

test-all: $(DEV_READY)
	$(PYTEST)

# Each clause dropped, shifted, turned round and loosened: the table of who notices.
mutants: $(DEV_READY)
	$(BIN)/python -m pytest -q tests/mutation

lint: $(DEV_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(DEV_READY)
	@for file in compile read solve; do echo "== $$file"; $(BIN)/python benchmarks/$$file.py || exit 1; done

notebooks: $(DEV_READY)
	$(BIN)/python notebooks/make.py

docs: $(DEV_READY)
	$(BIN)/python -m docs.make

screens: $(DEV_READY)
	$(BIN)/python -m docs.screenshots

.PHONY: app
app: $(RUN_READY)
	$(BIN)/gpsopt app

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed, this is `$(PYTHON) -V`: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(if $(UV),uv venv --quiet --python $(PYTHON) $(VENV),$(PYTHON) -m venv $(VENV) || $(PYTHON) -m venv --clear --without-pip $(VENV))

# The package is installed without its dependencies: those are the pinned ones, each with its hash.
$(RUN_READY): requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing the pinned packages and gpsopt into $(VENV) ..."
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_READY): requirements-dev.txt $(RUN_READY)
	@echo "Installing what the tests need into $(VENV) ..."
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

# Pin again after a change of dependencies (needs uv).
LOCK = uv pip compile pyproject.toml requirements.in --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet
lock:
	$(LOCK) -o requirements.txt
	$(LOCK) --extra dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
