# make demo   plan the shipped street into out/demo
# make app    open the planner's page
# make test   all tests, in a real browser too
# make lint   ruff and mypy
# make bench   the siting engine against its peers, the page's map and the reports in a browser: tables
#              (make bench QUICK=1: a few cases of the engine, under 3 minutes)
# make pictures   the README's pictures, taken anew

# Python keeps what it compiled, whatever the environment says: the tests start dozens of programs, each anew otherwise.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.PHONY: demo app test lint bench format pictures browser clean

demo: $(VENV)/installed
	$(BIN)/planner demo --out out/demo

app: $(VENV)/installed
	$(BIN)/planner app

test: $(VENV)/installed-test browser
	$(BIN)/python -m pytest

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/installed-bench $(if $(QUICK),,$(VENV)/installed-test browser)
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick) --out out/bench.md
	$(if $(QUICK),,$(BIN)/python -m benchmarks.page)
	$(if $(QUICK),,$(BIN)/python -m benchmarks.reports)

format: $(VENV)/installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

pictures: $(VENV)/installed-test browser
	$(BIN)/python docs/take_pictures.py

$(VENV)/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say which: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/installed-test: pyproject.toml $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test]"
	@touch $@

$(VENV)/installed-bench: pyproject.toml $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[bench]"
	@touch $@

# Tests drive Debian's Chromium; Chinese text in it needs a Chinese font.
browser:
	@if ! command -v chromium >/dev/null || ! ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; \
	  else \
	    echo "The browser tests are skipped: they need the packages chromium and fonts-noto-cjk."; \
	    echo "Install them (Debian: sudo apt install chromium fonts-noto-cjk) and run make test again."; \
	  fi; \
	fi

clean:
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache
