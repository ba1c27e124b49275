# Two commands matter: `make chat` opens the screen, `make test` passes the tests. Everything else is for those who work on it.
# All paths are relative, so that a checkout below a folder with a space in its name works.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help chat test setup demo lint types check train evals bench assurance mutation soak lock screenshots clean

help:  ## list the commands
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /  make \1|/' | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

chat: $(VENV)/.base  ## install what the screen needs (once), then open it at http://127.0.0.1:7860 (PORT=… moves it)
	@$(BIN)/python app.py

test: $(VENV)/.all  ## install what the tests need (once), then run them
	@echo "Running the tests …"
	@$(BIN)/python -m pytest -q

setup: $(VENV)/.all  ## install everything, run nothing
	@echo "Ready. Try: make chat, make demo, make test"

demo: $(VENV)/.base  ## print the analysis of a sample session and end
	@$(BIN)/rupture analyze corpus/samples/sleep-diary.txt --suggest

lint: $(VENV)/.all  ## ruff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .

types: $(VENV)/.all  ## mypy, strict
	@$(BIN)/mypy

check: lint types test  ## all of it, as CI does

train: $(VENV)/.all  ## train the detector again; ANNOMI=path/to/annomi.csv adds the public sessions, TEACH=1 the encoder
	@$(BIN)/rupture train $(if $(ANNOMI),--annomi "$(ANNOMI)",) $(if $(TEACH),--teach,)

evals: $(VENV)/.all  ## measure the detector; ANNOMI=path/to/annomi.csv adds the five folds
	@$(BIN)/rupture eval run detection $(if $(ANNOMI),--annomi "$(ANNOMI)",)

bench: $(VENV)/.all  ## speed and memory beside a plain sentence-transformers pipeline and the machine's own rate
	@$(BIN)/python bench/bench.py

assurance: $(VENV)/.all  ## prove again that nothing is lost or goes out (hours); writes evals/results/reliability.md
	@$(BIN)/python scripts/assurance.py

mutation: $(VENV)/.all  ## how much of the safety modules the tests hold (an hour); PARTS="risk masking" and SAMPLE=… narrow it
	@$(BIN)/python scripts/mutation.py $(PARTS) $(if $(SAMPLE),--sample $(SAMPLE),)

soak: $(VENV)/.all  ## half an hour at the real screen; MINUTES=… changes that
	@$(BIN)/python scripts/soak.py $(MINUTES)

lock: $(VENV)/.all  ## resolve the locked versions again
	@$(BIN)/python scripts/lock.py && $(BIN)/python scripts/sbom.py

screenshots: $(VENV)/.all  ## the pictures of README and docs, from the real screen
	@$(BIN)/python scripts/screenshots.py

clean:  ## remove the environment
	rm -rf $(VENV)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "rupture needs Python 3.11 or newer; set PYTHON=python3.12, for example"; exit 2; }
	@echo "Creating $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --quiet --upgrade pip

$(VENV)/.base: requirements/base.txt requirements/spared.txt pyproject.toml | $(BIN)/python
	@echo "Installing the screen and the analysis (a few minutes the first time) …"
	@$(PIP) install --quiet -r requirements/base.txt
	@$(PIP) uninstall --quiet --yes -r requirements/spared.txt
	@$(PIP) install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.all: requirements/all.txt requirements/apart.txt requirements/spared.txt pyproject.toml | $(BIN)/python
	@echo "Installing everything, training and test tools too (several minutes the first time) …"
	@$(PIP) install --quiet -r requirements/all.txt
	@$(PIP) install --quiet --no-deps -r requirements/apart.txt
	@$(PIP) uninstall --quiet --yes -r requirements/spared.txt
	@$(PIP) install --quiet --no-deps --editable .
	@touch $@ $(VENV)/.base
