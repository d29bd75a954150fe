# `make` alone prints what can be done.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
# Some images forbid Python to keep what it compiled; then each of thousands of processes would compile all again.
unexport PYTHONDONTWRITEBYTECODE
# More than there are cores: much of a test is waiting for a server.
WORKERS ?= $(shell echo $$((7 * $$(nproc) / 2)))
N ?= 100000
M ?= 1000000
IDS ?= 20000
ENGINE ?= docker

.PHONY: help setup demo demo-raids run test test-alerts test-outage chaos chaos-raids fuzz check format sql sql-proofs bench-sql \
	bench-memory bench-queue bench-raids bench-bot soak-bot bench-data bench-api bench-scale bench-backup upgrade-test \
	check-infra check-image audit sbom \
	clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install what is missing: Python packages, RabbitMQ (nothing to do: 0.1 s)
	@infra/setup

demo: setup ## Show the main job on real servers, from a submitted map to a restored backup
	@$(BIN)/python -m genjilib.local.demo

run: setup ## Keep the whole system up until Ctrl-C, with people and runs in it; prints its addresses
	@$(BIN)/python -m genjilib.local.system

demo-raids: setup ## Crawl IDS simulated reports with faults and kills, and compare every table with the truth
	@$(BIN)/python -m genjilib.local.bungie.demo $(IDS)

bench-raids: setup ## Measure the raids' way from Bungie to the tables, and storing with 5 million rows
	@$(BIN)/python -m benchmarks.raids

test: check ## Check, then run all tests
	$(BIN)/pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder

test-alerts: setup ## Watch the whole system with Prometheus, make real trouble, and see that its alerts fire
	$(BIN)/pytest -q --timeout 600 tests/ops/alerts_on_stack.py

chaos: setup ## Break everything on purpose, N messages a row; the results go to docs/reliability.md
	@rm -f .local/chaos.jsonl
	CHAOS_MESSAGES=$(N) CHAOS_RESULTS=.local/chaos.jsonl $(BIN)/pytest -sq -m row tests/chaos
	@$(BIN)/python -m tests.chaos.table .local/chaos.jsonl

chaos-raids: setup ## Kill crawler and ClickHouse KILLS times, store 10,000 reports in five orders at once, and compare all rows
	KILLS=$(or $(KILLS),30) REPORTS=$(or $(REPORTS),10000) $(BIN)/pytest -q tests/raids --timeout 3600 -k 'kill or haste'

fuzz: setup ## Send N generated requests of each kind to every operation (N=100 takes minutes)
	SCHEMA_EXAMPLES=$(if $(filter command line,$(origin N)),$(N),100) $(BIN)/pytest -q -n $(WORKERS) --timeout 3600 tests/web/test_schema.py

check: setup ## Lint, types, import rules, generated code
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/python cli.py sql check
	$(BIN)/python cli.py db roles --check

format: setup ## Format the code and fix what can be fixed by a tool
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

sql: setup ## Generate genjilib/queries from sql/queries, and the runners' rights from both
	$(BIN)/python cli.py sql generate
	$(BIN)/python cli.py sql generate --project examples/shop
	$(BIN)/python cli.py db roles --yes

sql-proofs: setup ## Test the proofs about queries on the PostgreSQL at DATABASE_URL (15 to 18)
	$(BIN)/pytest -q tests/db/nullability

upgrade-test: setup ## Replace the API of commit FROM (without: this one) twenty times under load; no request may fail
	UPGRADE_FROM=$(FROM) UPGRADE_REPLACEMENTS=20 $(BIN)/pytest -q -s --timeout 900 tests/infra/test_upgrade.py | grep -v '^{"'

check-infra: .local/peers/infra ## Hold Dockerfile, compose files and dashboards to hadolint, Docker Compose and Grafana's models
	@$</bin/hadolint infra/docker/Dockerfile
	@$</bin/python -m tests.infra.grafana
	@cd infra/compose && for place in staging production; do \
		ENVIRONMENT=$$place RELEASE=none AWS_ACCESS_KEY_ID=none ../../$</bin/docker-compose --env-file settings.example.env \
			-f compose.yaml -f $$place.yaml --profile raids --profile tunnel --profile tools config --quiet || exit; \
	done && ../../$</bin/docker-compose -f local.yaml config --quiet

check-image: ## Build the image with ENGINE (docker or podman) and start every runner's code in it as production does
	$(ENGINE) build -f infra/docker/Dockerfile --target runtime --build-arg RELEASE=check -t genji:check .
	$(ENGINE) run --rm --read-only --cap-drop ALL --security-opt no-new-privileges --entrypoint python genji:check \
		-c 'import cli, runners.api, runners.bot, runners.crawler, runners.worker'

test-outage: setup ## Take Discord away for SECONDS (60) while everything is posted that the bot posts
	@OUTAGE=$(or $(SECONDS),60) $(BIN)/pytest -q tests/chat/test_trouble.py -k outage

bench-bot: setup ## Measure suggestions among 100,000 codes, from the person who types to what they are offered
	@$(BIN)/python -m benchmarks.bot

soak-bot: setup ## Send a day's traffic, N interactions, to a bot and print its memory (ten minutes at least)
	@$(BIN)/python -m benchmarks.bot soak $(if $(filter command line,$(origin N)),$(N),20000)

audit: .local/peers/audit ## Look for known vulnerabilities in the locked packages; one that cannot be looked up fails
	@for lock in runtime dev bootstrap; do \
		$</bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements/$$lock.lock || exit; \
	done

sbom: .local/peers/audit ## Write dist/genji.cdx.json: what a deployment consists of, as CycloneDX
	@mkdir -p dist
	@$</bin/cyclonedx-py requirements requirements/runtime.lock --pyproject pyproject.toml --mc-type application \
		--output-reproducible --of JSON -o dist/genji.cdx.json
	@echo dist/genji.cdx.json

bench-sql: .local/peers/sql ## Measure statements beside psycopg, asyncpg, aiosql and SQLAlchemy Core, in ratios of one run
	@PYTHONPATH=.:examples:$$(echo $</lib/python3*/site-packages) $(BIN)/python -m benchmarks.sql

bench-memory: .local/peers/sql ## Run a million calls and print the memory along the way
	@PYTHONPATH=.:examples:$$(echo $</lib/python3*/site-packages) $(BIN)/python -m benchmarks.sql memory

bench-queue: .local/peers/queue ## Measure the queue, N messages a step and M for its memory, beside Celery and others
	@$(BIN)/python -m benchmarks.queue $(if $(filter command line,$(origin N)),$(N),20000) $(M)

bench-data: setup ## Fill the migrated database at DATABASE_URL, or one that is thrown away, with a community of rows
	@$(BIN)/python -m benchmarks.data

bench-api: setup ## Measure the API's hot routes against bare aiohttp and the ordinary way; ARGS="--rounds 1" is quick
	@command -v wrk >/dev/null || { echo "wrk sends the requests: apt-get install wrk"; exit 2; }
	@$(BIN)/python -m benchmarks.api $(ARGS)

bench-scale: setup ## Measure one API process and two, behind Caddy, through PgBouncer
	@$(BIN)/python -m benchmarks.scale

bench-backup: setup ## Hold backups of a database of MB megabytes to their bars: time, memory, corrupted bytes, kills
	@$(BIN)/python -m benchmarks.backup $(or $(MB),1000)

# What looks at us, and what we are measured beside, in environments of their own.
.local/peers/audit: requirements/audit.lock
.local/peers/infra: requirements/infra.lock
.local/peers/sql .local/peers/queue: .local/peers/%: requirements/bench-%.lock
.local/peers/audit .local/peers/infra .local/peers/sql .local/peers/queue: | setup
	@.local/tools/bin/uv venv -q --clear --no-python-downloads --python $(BIN)/python $@
	@VIRTUAL_ENV=$@ .local/tools/bin/uv pip sync -q --require-hashes $<
	@touch $@

clean: ## Stop the kept servers, remove their data, the environment and caches
	@[ ! -x $(BIN)/python ] || $(BIN)/python cli.py local down
	rm -rf .venv .local .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist
