# On a fresh Debian or Ubuntu with git, make and python3, `make demo` and `make test` do everything, installing included.
# `make` alone lists what else there is. ARGS goes to pytest or to the benchmarks: make test ARGS='-k epub --maxfail=1'

SHELL := bash
.DEFAULT_GOAL := help
.NOTPARALLEL:
.SUFFIXES:
.PHONY: help demo quick test soak fuzz coverage cluster setup check accept schema rule catalogues constraints docs site bench dist clean

py := .venv/bin/python
convert := .venv/bin/convert

# A process for each core; the tests of a file stay together, for what they share is made once, and the longest files
# begin first (tests/conftest.py).  `make accept` does without: there some tests write what others read.
parallel := -n auto --dist loadfile --no-loadscope-reorder

# What `make demo` makes of seeds/: folders with a file an article, books, and books with pictures that are drawn for it.
folders := markdown json site
books := jsonl parquet html epub pdf zim
pictured := html epub pdf

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /\1 /p' Makefile | while read -r target about; do printf '  make %-7s %s\n' $$target "$$about"; done

demo: ## convert seeds/ to every format, under out/
	@scripts/setup run
	@mkdir -p out && exec 3>&2 && TIMEFORMAT=%R && ledger='--ledger out/ledger.jsonl' && \
	row() { printf '%-18s%6s%12s%10s\n' "$$@"; } && \
	size() { row $$1 $$(find $$1 -type f | wc -l) $$(find $$1 -type f -exec cat {} + | wc -c) $$2; } && \
	row made files bytes seconds && \
	make() { \
	  seconds=$$({ time $(convert) --to $${1%:*} seeds -o out/$${1#*:} "$${@:2}" --quiet 2>&3; } 2>&1) && \
	  size out/$${1#*:} $$seconds; \
	} && \
	for made in $(foreach to,$(folders),$(to):$(to)) $(foreach to,$(books),$(to):seeds.$(to)); do \
	  make $$made $$ledger || exit; ledger=; \
	done && size out/ledger.jsonl - && \
	rm -rf out/pictures && $(py) scripts/draw_pictures.py seeds out/pictures >/dev/null && size out/pictures - && \
	for made in $(foreach to,$(pictured),$(to):pictures.$(to)); do make $$made --store out/pictures || exit; done

quick: ## run the tests that are not marked slow, in a minute
	@scripts/setup test
	@$(py) -m pytest -q $(parallel) -m 'not slow' $(ARGS)

test: ## run all tests but those of `make soak`
	@scripts/setup test
	@$(py) -m pytest -q -rs $(parallel) $(ARGS)

soak: ## run what takes long, and the laws with sixty times as many examples, other ones each time
	@scripts/setup bench
	@SOAK=1 $(py) -m pytest -q -rs $(parallel) -m 'soak or law' $(ARGS)

fuzz: ## convert damaged documents to every format for MINUTES (10), from a SEED that it prints
	@scripts/setup test
	@$(py) scripts/fuzz.py '$(or $(MINUTES),10)' '$(SEED)'

coverage: ## run all tests, which takes twice as long, and show which lines and branches they do not reach
	@scripts/setup test
	@rm -f .coverage .coverage.*
	@COVERAGE_FILE='$(CURDIR)/.coverage' COVERAGE_PROCESS_START='$(CURDIR)/pyproject.toml' $(py) -m pytest -q -rs $(parallel) $(ARGS)
	@$(py) -m coverage combine -q && $(py) -m coverage report

cluster: ## convert seeds/ in shards with a store of S3 and a scheduler of Dask on this machine, under out/cluster
	@scripts/setup test
	@$(py) scripts/cluster.py $(ARGS)

setup: ## install what running and testing need, where it is not there already
	@scripts/setup test

check: ## look at format, lint, types, floors, schema, catalogues, prose and docs; changes nothing
	@scripts/setup test
	@echo format: && $(py) -m ruff format --check .
	@echo lint: && $(py) -m ruff check .
	@echo types: && .venv/bin/mypy
	@echo floors: && .venv/bin/lint-imports --no-logo
	@echo schema: && mkdir -p build && $(py) -c "$$write_schema" build && \
	  for schema in article dialect list manifest parts pictures receipt row settings; do diff -u {schemas,build}/$$schema.schema.json || { echo 'run `make schema`'; exit 1; }; done
	@echo catalogues: && $(py) scripts/catalogues.py --check
	@echo prose: && $(py) scripts/prose.py
	@echo docs: && $(py) scripts/docs.py --check

accept: ## run the tests and take what comes out as the golden files; the diff is the review
	@scripts/setup test
	@ACCEPT=1 $(py) -m pytest -q $(ARGS); status=$$?; git status --short; exit $$status

schema: ## write schemas/ from the models of articles, dialects, lists, manifests, parts, pictures, receipts, rows and settings
	@scripts/setup run
	@$(py) -c "$$write_schema" schemas

rule: ## make the files of a new rule: make rule CODE=IMG007 NAME=broken-frame
	@scripts/setup run
	@$(py) scripts/new_rule.py '$(CODE)' '$(NAME)'

catalogues: ## gather the messages of the code into convert/locale/, and compile them
	@scripts/setup test
	@$(py) scripts/catalogues.py

constraints: ## write constraints.txt, the versions of all that the program needs, from what is installed here
	@scripts/setup run
	@$(py) scripts/constraints.py

docs: ## write what the documentation takes from the code: docs/rules/, tables of docs/formats.md, docs/images/
	@scripts/setup run
	@$(py) scripts/docs.py

site: ## build the documentation as a website, under out/docs/; a warning is an error
	@scripts/setup docs
	@rm -rf out/docs
	@$(py) -m sphinx -W --keep-going -q -j auto -b html -c docs/site -d build/doctrees . out/docs
	@echo out/docs/index.html

bench: ## measure speed and memory, beside other converters
	@scripts/setup bench
	@$(py) -m benchmarks $(ARGS)

dist: ## build wheel and sdist into dist/
	@scripts/setup test
	@rm -rf dist && $(py) -m build

clean: ## remove all that was made; .venv stays
	@rm -rf out build dist .coverage .coverage.* .hypothesis .import_linter_cache
	@find . -name .venv -prune -o -type d \( -name __pycache__ -o -name '.*_cache' \) -exec rm -rf {} +

# --- what `make schema` runs -------------------------------------------------------------------------------------------

define write_schema
import json, pathlib, sys
from convert import manifest
from convert.cli import settings
from convert.codec import article_json, row
from convert.readers.mirror.own import file as dialect
from convert.sharding import finishing, listing, receipts
from convert.writers import assets
for each in (article_json, assets, dialect, finishing, listing, manifest, receipts, row, settings):
    made = json.dumps(each.make_schema(), indent=2, ensure_ascii=False) + "\n"
    pathlib.Path(sys.argv[1], each.SCHEMA_NAME).write_text(made, encoding="utf-8")
endef

export write_schema
