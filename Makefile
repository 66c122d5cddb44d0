# `make` lists the targets. Needs Python 3.11-3.13, git and make; PyPI is the only source.
SHELL  := /bin/bash
PYTHON ?= python3
VENV   ?= .venv
EDITION ?=
DATA   ?= sample
JOBS   ?= 2
BIN    := $(VENV)/bin
# Without compiled modules each of the many short processes would compile them again.
export PYTHONDONTWRITEBYTECODE :=
FULL   := .[scale,postgres,test]
UV     := $(shell command -v uv 2>/dev/null)
FLAGS   = $(if $(EDITION),--edition $(EDITION)) --data $(DATA)

# The outputs of the case notebooks are what their cells give today; a number that moved is named, not shown as a diff.
CASES = $(BIN)/python -m pytest -q --tb=no -p nbval --nbval --nbval-sanitize-with tests/nbval.cfg notebooks/cases \
	|| { $(BIN)/bluebook case run --compare && echo "no number moved, but another output did (run pytest with --tb=short)"; \
	exit 1; }
# The notebooks to start an exploration from stand on built tables; their cells must run, whatever they show.
EXPLORE = $(BIN)/bluebook build >/dev/null && $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile -p nbval --nbval-lax \
	--nbval-sanitize-with tests/nbval.cfg notebooks/explore

# The longest file begins (tests/conftest.py); of itself xdist begins with the files of most tests.
# Files go to one process whole: pytest-xdist 3.8 knows no groups of tests under pytest 9.2 (findings/).
ALL = tests src/research

.PHONY: help book test test-all lint lab check clean distclean sample lock manual bench parity

help: ## list the targets
	@echo "The Common Prosperity Bluebook (共同富裕蓝皮书)"
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'
	@echo "  settings: EDITION=2024 DATA=sample|FOLDER JOBS=2 PYTHON=python3 VENV=.venv"

book: $(VENV)/.ready ## set up, then data -> both books (website, Word, PDF) in reports/output/
	$(BIN)/bluebook all $(FLAGS) --jobs $(JOBS)

test: $(VENV)/.ready-test ## set up, then run the fast tests (about half an hour on two cores)
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile --no-loadscope-reorder -m "not slow" $(ALL)
	$(CASES)
	$(EXPLORE)

test-all: $(VENV)/.ready-test ## all tests, the slow ones too
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ALL)
	$(CASES)
	$(EXPLORE)

lint: $(VENV)/.ready-test ## look over the source (ruff) and its types (mypy)
	$(BIN)/ruff check src tests
	$(BIN)/ruff format --check --quiet src tests || { echo "lay the source out: $(BIN)/ruff format src tests"; exit 1; }
	$(BIN)/mypy

lab: $(VENV)/.ready ## open JupyterLab on the notebooks
	$(BIN)/bluebook lab

check: $(VENV)/.ready ## look for faults in data, notebooks and chapters; writes nothing
	$(BIN)/bluebook check $(FLAGS)

sample: $(VENV)/.ready ## make data/sample again from its generator
	$(BIN)/python data/sample/generate.py

bench: $(VENV)/.ready-test ## time `make book` and print seconds, memory and sizes
	$(BIN)/python benchmarks/book.py

parity: $(VENV)/.ready ## compare what readers find in each format of the finished books; with quarto, both engines
	$(BIN)/python -m research.book.parity --books reports/output/bluebook reports/output/cases
	@if command -v quarto >/dev/null; then bad=0; for book in bluebook cases; do echo "$$book by both engines"; \
	  $(BIN)/python -m research.book.parity --quarto . $$book || bad=1; done; exit $$bad; \
	else echo "quarto is not on PATH: the engines were not compared"; fi

manual: $(VENV)/.ready ## make the manual (website, Word, PDF) in reports/output/manual; needs no data
	$(BIN)/bluebook render --book manual

lock: ## resolve requirements.lock anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --all-extras pyproject.toml \
	  --no-emit-index-url --no-annotate --no-header -o requirements.lock
	@sed -i '1i # Every package and version that was tested together, for Python 3.11 to 3.13. Made by `make lock`.' requirements.lock

clean: ## remove what was made (results, runs, books); data and settings stay
	rm -rf data/results reports/runs reports/output reports/bundles reports/manual/made _variables.yml .quarto

distclean: clean ## also remove the virtual environment
	rm -rf $(VENV)

# The environment is made once, and again when the pins change. uv is used where it is on PATH.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else f"Python 3.11, 3.12 or 3.13 is needed; $(PYTHON) is {v[0]}.{v[1]}. Name another: make PYTHON=python3.12")'
	@if [ -n "$(UV)" ]; then $(UV) venv -q --python $(PYTHON) $(VENV); \
	else $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt install python3-venv"; \
	  echo "Without root rights: $(PYTHON) -m pip install --user uv, put ~/.local/bin on PATH, and call make again."; exit 3; }; fi

$(VENV)/.ready: $(VENV)/bin/python pyproject.toml requirements.lock
	$(call install,.)
	@touch $@

$(VENV)/.ready-test: $(VENV)/bin/python pyproject.toml requirements.lock
	$(call install,$(FULL))
	@touch $@ $(VENV)/.ready

define install
	@echo "Setting up $(VENV) ..."
	@if [ -n "$(UV)" ]; then $(UV) pip install -q --python $(VENV)/bin/python -c requirements.lock -e '$(1)'; \
	else $(BIN)/python -m pip install -q --disable-pip-version-check --no-compile -c requirements.lock -e '$(1)'; fi
	@$(BIN)/jupyter kernelspec install --sys-prefix --name research-warm src/research/runs/kernelspec >/dev/null 2>&1
endef
