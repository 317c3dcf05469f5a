# Everything that is done with this repository. `make help` lists it.

.DEFAULT_GOAL := help
.PHONY: help run setup test test-suite test-fast test-browser check format bench rehearse lock words clean

BIN := .venv/bin
# The tests start many processes: what one has compiled the next one reads.
export PYTHONDONTWRITEBYTECODE :=
# The tests reach nothing outside this machine; two workers suit two cores.
PYTEST := $(BIN)/pytest
FRENCH := server/locale/fr/LC_MESSAGES/tambour.po

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start Tambour with a demonstration town (TAMBOUR_PORT, TAMBOUR_HOME)
	@deploy/setup
	@exec $(BIN)/tambour run --demo

setup: ## Install what the tests need too (as root on Debian: system packages included)
	@deploy/setup dev

test: setup ## Run every test, on SQLite and PostgreSQL, then in a browser
	$(PYTEST) -n 2 --dist worksteal -m "not browser" --ignore tests/browser
	$(PYTEST) -n 2 --dist loadfile -m browser

test-suite: setup ## Run the suite proper: every room's promises, on both databases (tests/natures.py says what lies around it)
	$(PYTEST) -n 2 --dist worksteal -m "not (browser or drill or corpus or walk or long)" --ignore tests/browser

test-fast: setup ## Run the tests that need no browser
	$(PYTEST) -n 2 --dist worksteal -m "not browser" --ignore tests/browser

test-browser: setup ## Run the tests that open pages in Chromium
	$(PYTEST) -n 2 --dist loadfile -m browser

check: setup ## Format, lint, types, architecture, migrations, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -q tests/architecture/test_migrations.py
	$(PYTEST) -q tests/architecture/test_translations.py

format: setup ## Put the code in the house's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

words: setup ## Bring the catalogue up to date with the words of the code
	@mkdir -p build
	$(BIN)/pybabel -q extract -F server/locale/babel.cfg -k sentence -k sentences:1,2 -k Message \
		--no-location --sort-output --omit-header -o build/tambour.pot .
	@cp $(FRENCH) build/words.po
	$(BIN)/pybabel -q update -l fr -i build/tambour.pot -o build/words.po \
		--no-fuzzy-matching --ignore-obsolete --omit-header
	@sed '/^$$/q' $(FRENCH) | cat - build/words.po > build/fr.po && mv build/fr.po $(FRENCH)

bench: setup ## Measure what docs/measurements.md promises
	$(BIN)/pip install -q -e '.[bench]'
	for part in web mail paper people urgent boards hosting; do $(BIN)/python -m bench.$$part || exit 1; done

rehearse: setup ## Install, hurt, lose, bring back and upgrade the compose project on this machine (needs Docker)
	$(BIN)/python -m deploy.rehearse

drills: setup ## Kill workers a hundred times on each database, and count what was lost: docs/measurements.md
	$(BIN)/python -m tests.drills

lock: setup ## Choose the newest libraries and write their hashes down
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header \
		--python-version 3.11 pyproject.toml -o deploy/requirements.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header \
		--python-version 3.11 --extra dev -c deploy/requirements.txt pyproject.toml -o deploy/requirements-dev.txt

clean: ## Remove what was installed and cached, never var/
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build *.egg-info
