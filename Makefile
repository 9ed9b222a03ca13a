# The commands of the README; each is a few plain commands, listed there for machines without make.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python
SOURCES := _config.yml _toc.yml $(shell find chapters code data -type f -not -path '*/__pycache__/*' -not -path '*/.*')
NOTEBOOKS := $(wildcard chapters/*.ipynb)
BOOK := _build/html/index.html

book: $(BOOK)
	@echo "The book is in $(BOOK): open file://$(CURDIR)/$(BOOK)"

# ------------------------------------------------------------------ environments: each adds to the one before

.venv/book: requirements/uv.txt requirements/book.txt requirements/package-lock.json pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	$(INSTALL) --require-hashes -r requirements/book.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	$(BIN)/npm ci --silent --omit=dev --prefix requirements
	touch $@

.venv/lab: .venv/book requirements/lab.txt
	$(INSTALL) --require-hashes -r requirements/lab.txt
	touch $@

# ------------------------------------------------------------------ the book

$(BOOK): .venv/book $(SOURCES)
	$(BIN)/jupyter-book build . --warningiserror --nitpick --keep-going
	touch $@

# ------------------------------------------------------------------ tests

test: .venv/book $(BOOK) lint
	$(BIN)/pytest tests
	$(BIN)/pytest --nbval --nbval-current-env $(NOTEBOOKS)
