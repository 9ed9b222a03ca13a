# The commands of the README. Each is a few plain commands, named there for machines without make.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python
SOURCES := _config.yml _toc.yml $(shell find chapters code data -type f -not -name '*.pyc' -not -path '*/.*')
BOOK := _build/html/index.html
MASTERS := $(wildcard coursework/source/*/*.ipynb)
NOTEBOOKS := $(wildcard chapters/*.ipynb) $(MASTERS)
RELEASE := coursework/release
# A failed build leaves no pages behind: Sphinx warns about a page only when it reads it, so the next build would pass.
build = $(BIN)/jupyter-book build . --quiet --warningiserror --nitpick --keep-going $(1) \
  || { rm -rf _build/html _build/.doctrees; exit 1; }

# Small matrices gain nothing from a second thread, and several tests run at once.
export OPENBLAS_NUM_THREADS := 1

.PHONY: book pdf lab test test-all fuzz bench weigh speed grading mutants chromium firefox-esr bwrap parity outputs lint format lock audit clean
.NOTPARALLEL: # every step works in the one .venv

book: $(BOOK)
	@echo "The book is in $(BOOK): open file://$(CURDIR)/$(BOOK)"

# The book on paper: printed from the pages, and then offered by them.
pdf: chromium $(BOOK) .venv/pdf
	$(BIN)/python -m descent.book.paper
	$(call build)

lab: .venv/lab
	$(BIN)/jupyter lab chapters

# A changed chapter is built alone; what shapes every page builds them all.
$(BOOK): .venv/book $(SOURCES) $(RELEASE)
	$(call build,$(if $(filter .venv/book _%.yml %.bib code/%,$?),--all))
	@touch $@

# What students download: the assignments without their solutions, and the package.
$(RELEASE): .venv/book $(MASTERS) $(filter code/% data/%,$(SOURCES)) coursework/grader/versions.py coursework/grader/course.py
	$(BIN)/python -m grader.versions $@
	@touch $@

# ------------------------------------------------------------------ tests

test: lint $(BOOK)
	$(BIN)/pytest --nbval --nbval-current-env --numprocesses=auto --dist=loadfile tests chapters coursework/source

test-all: chromium firefox-esr bwrap test .venv/full
	$(BIN)/pytest --numprocesses=auto --dist=loadfile tests/extras
	$(BIN)/node --test --test-concurrency=2 "tests/browser/*.test.mjs"
	$(BIN)/python -m descent.book.outputs --check $(NOTEBOOKS)

# Looks for input that breaks the package: other examples at every run, and many more than in the tests.
fuzz: .venv/book
	$(BIN)/pytest --hypothesis-profile=fuzz --numprocesses=auto tests/test_robust.py tests/test_robust_code.py

# Measurements, here and now: never part of the tests, since a busy machine is slower.

# How fast the loop is, against PyTorch and optax.
speed: .venv/full
	$(BIN)/python tests/extras/speed.py

# How fast the lab is.
bench: chromium $(BOOK) .venv/pdf
	$(BIN)/node tests/browser/bench.mjs

# How much the pages weigh and how Lighthouse scores them, beside a plain Jupyter Book of the same chapters.
weigh: chromium .venv/full $(BOOK)
	$(BIN)/node tests/browser/weigh.mjs

# How fast a class is graded, against plain nbgrader.
grading: .venv/book
	$(BIN)/python tests/extras/grading.py

# Whether the tests notice a change: mutation testing of the package's core. It goes on where it was stopped.
mutants: .venv/mutants
	$(BIN)/python tests/extras/mutants.py

# What neither pip nor npm brings is asked for before any work is done.
chromium firefox-esr bwrap:
	@command -v $@ > /dev/null || { echo "$@ is missing; on Debian, .ci/run installs it"; exit 1; }

lint: .venv/book
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy code coursework/grader
	$(BIN)/nbqa mypy chapters

format: .venv/book
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format
	$(BIN)/ruff check

# ------------------------------------------------------------------ what is stored in the repository

# What the libraries do: the book's table, and the walks that the tests compare with where no library is.
parity: .venv/full
	PYTHONPATH=tests:tests/extras $(BIN)/python tests/extras/record.py

outputs: .venv/book
	$(BIN)/python -m descent.book.outputs $(NOTEBOOKS)

# Keeps the versions that still fit; `make lock UPGRADE=--upgrade` looks for newer ones.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header --no-annotate
lock: .venv/book
	echo uv | $(COMPILE) $(UPGRADE) - --output-file requirements/uv.txt
	$(COMPILE) $(UPGRADE) pyproject.toml --all-extras --output-file requirements/full.txt
	$(COMPILE) $(UPGRADE) pyproject.toml --constraint requirements/full.txt \
	  --extra book --extra test --extra coursework --extra lab --output-file requirements/lab.txt
	$(COMPILE) $(UPGRADE) pyproject.toml --constraint requirements/full.txt \
	  --extra book --extra test --extra coursework --extra pdf --output-file requirements/pdf.txt
	$(COMPILE) $(UPGRADE) pyproject.toml --constraint requirements/full.txt \
	  --extra book --extra test --extra coursework --output-file requirements/book.txt
	printf 'hatchling\neditables\n' | $(COMPILE) $(UPGRADE) pyproject.toml - --constraint requirements/full.txt \
	  --extra lab --output-file .binder/requirements.txt
	echo cosmic-ray | $(COMPILE) $(UPGRADE) --constraint requirements/full.txt - --output-file requirements/mutants.txt
	printf 'pytorch-ranger\nqhoptim\ntorch-optimizer\n' | $(COMPILE) $(UPGRADE) --no-deps - --output-file requirements/authors.txt
	$(BIN)/npm install --package-lock-only --prefix requirements

# Asks the registries' advisories: a package that they can't tell of is a failure too.
audit: .venv/full
	$(BIN)/pip-audit --strict --disable-pip --require-hashes $(patsubst %,--requirement requirements/%.txt,uv full authors)
	echo $(TORCH) | $(BIN)/pip-audit --strict --disable-pip --no-deps --requirement /dev/stdin
	$(BIN)/npm audit --prefix requirements

# ------------------------------------------------------------------ environments, each adding to the one before

.venv/book: requirements/uv.txt requirements/book.txt requirements/package-lock.json pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "The book needs Python 3.11 or newer: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	$(INSTALL) --require-hashes -r requirements/book.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	$(BIN)/npm ci --silent --omit=dev --prefix requirements
	@touch $@

.venv/pdf: .venv/book requirements/pdf.txt
	$(INSTALL) --require-hashes -r requirements/pdf.txt
	$(BIN)/npm ci --silent --prefix requirements
	@touch $@

.venv/lab: .venv/book requirements/lab.txt
	$(INSTALL) --require-hashes -r requirements/lab.txt
	@touch $@

TORCH := torch==2.13.0

# PyTorch stands outside the lock, and what needs it is locked without it: its newest builds bring gigabytes.
.venv/full: .venv/lab requirements/full.txt requirements/authors.txt
	$(INSTALL) --require-hashes -r requirements/full.txt
	$(INSTALL) --require-hashes --no-deps -r requirements/authors.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps $(TORCH)
	$(BIN)/npm ci --silent --prefix requirements
	@touch $@

.venv/mutants: .venv/book requirements/mutants.txt
	$(INSTALL) --require-hashes -r requirements/mutants.txt
	@touch $@

clean:
	rm -rf .venv _build $(RELEASE) requirements/node_modules .*_cache .hypothesis
	find code coursework tests -name __pycache__ -prune -exec rm -r {} +
