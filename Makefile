# Medallion: composed by make, scheduled by cron. `make demo` and `make test` are the front door.
#
# Paths and names come from outside, and may have blanks, quotes and dollar signs: make takes them
# as they are, and a recipe has them from its environment, never as a part of its text.

SHELL     := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules

MAKEFILE  := $(MAKEFILE_LIST)

# What this call chose, which `make install-cron` keeps.
SETTINGS  := LAKE JOBS WAREHOUSE PREFIX BIN BACKUP BACKUP_KEY
CHOSEN    := $(foreach name,$(SETTINGS),$(if $(filter \
               command environment,$(firstword $(origin $(name)))),$(name)))

LAKE      ?= lake
JOBS      ?= jobs
PREFIX    ?= /usr/local
override LAKE := $(value LAKE)
override JOBS := $(value JOBS)
override PREFIX := $(value PREFIX)
override WAREHOUSE := $(if $(filter WAREHOUSE,$(CHOSEN)),$(value WAREHOUSE),$(LAKE)/warehouse.db)

# A backup beside the lake is a beginning: BACKUP= names a folder of another disk, or what rclone
# reaches, BACKUP_KEY= a file that is kept apart from it.
override BACKUP := $(if $(value BACKUP),$(value BACKUP),$(LAKE)-backup)
override BACKUP_KEY := $(if $(value BACKUP_KEY),$(value BACKUP_KEY),$(LAKE)-backup.key)
export MEDALLION_BACKUP := $(BACKUP)
export MEDALLION_BACKUP_KEY := $(BACKUP_KEY)
KEEP      ?= --keep-daily 7 --keep-weekly 5 --keep-monthly 12 --keep-yearly 7

# What `make build` makes, and what make and cron run: the installed tools where there are any.
BUILT     := .build/release
blank     := $(subst ,, )
INSTALLED := $(wildcard $(subst $(blank),\ ,$(PREFIX))/bin/bronze2silver)
override BIN := $(if $(filter BIN,$(CHOSEN)),$(value BIN),$(if \
               $(INSTALLED),$(PREFIX)/bin,$(BUILT)))
TOOLS     := ingest-pos ingest-files cdc-extract bronze2silver silver2gold dq-check load-dims \
             load-facts quarantine lineage lake-sql lake-log lake-vacuum lake-optimize lake-tier lake-restore \
             lake-verify run-job runs landing-watch alert ops-metrics ops-report catalog audit \
             erase lake-keys backup restore drill access pos-sim medallion-init
PACKAGES  := libsqlite3-dev zlib1g-dev libzstd-dev libsnappy-dev libsimdjson-dev libpq-dev libssl-dev \
             libpcre2-dev libyaml-dev pkg-config sqlite3 zstd
MODULES   := sqlite3 zlib libzstd snappy simdjson libpq libcrypto libpcre2-8 yaml-0.1
BUILD     := swift build --configuration release --static-swift-stdlib
# Tests run optimised, in a folder of their own: what links the standard library statically has no
# tests, and to turn from one to the other builds everything.
TESTED    := --configuration release --scratch-path .build/tests -Xswiftc -enable-testing

export MEDALLION_LAKE := $(LAKE)
export MEDALLION_JOBS := $(JOBS)
export MEDALLION_WAREHOUSE := $(WAREHOUSE)
export MEDALLION_BIN := $(BIN)

.DEFAULT_GOAL := help
.PHONY: help deps build demo sample test check interop soak hostile fuzz sanitize kafka cdc ops bench \
        histories quality maintain refresh full-refresh clean install install-cron postgres

help: export MAKEFILE := $(MAKEFILE)
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' -- "$${MAKEFILE# }" | sed -E 's/:.*## /\t/' | expand -t 16

deps: ## install the Debian packages that are missing
	@if ! pkg-config --exists $(MODULES) 2>/dev/null || ! command -v sqlite3 >/dev/null \
	    || ! command -v zstd >/dev/null; then \
	  as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	  $$as_root apt-get update -qq; \
	  DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq $(PACKAGES) >/dev/null; \
	fi

build: deps ## build every tool, optimised
	@$(BUILD)

# The sample: real receipts, orders and members (jobs/sample/NOTICE).
sample: landing/pos/pos_events.ndjson.zst sources/orders.db sources/rewards.db

landing/pos/pos_events.ndjson.zst: | jobs/sample/pos_events.ndjson.zst
	@mkdir -p $(@D) && cp $| $@.draft && mv $@.draft $@

sources/orders.db: | jobs/sample/order_db.sql.zst
sources/rewards.db: | jobs/sample/rewards_db.sql.zst
sources/%.db:
	@mkdir -p $(@D) && rm -f $@.draft
	@zstd -dcq $| | sqlite3 $@.draft && mv $@.draft $@

SOURCES ?= sqlite
demo: build sample ## take the sample from raw files to a star schema (SOURCES=sqlite|postgresql)
	@$(MAKE) --no-print-directory refresh BIN=$(BUILT)
	@echo; $(BUILT)/dq-check
	@echo; $(BUILT)/lake-sql --format table --file "$$MEDALLION_JOBS/demo.sql"
	@client=sqlite3; case $$MEDALLION_WAREHOUSE in postgres*:*) client=psql;; esac; \
	echo; echo "Look next: $(BUILT)/lake-sql 'SELECT …' · $$client '$$MEDALLION_WAREHOUSE' ·" \
	  "$(BUILT)/lineage impact silver.products.unit_cost · jobs/README.md"
	@$(if $(filter postgresql,$(SOURCES)),MEDALLION_BIN=$(BUILT) jobs/sample/on-postgresql)

SERVER := .build/postgres
postgres: ## start a PostgreSQL server of this checkout's own for WAREHOUSE=, and print its address
	@jobs/sample/warehouse-server $(SERVER)

# A step is a run of a job: one at a time, written down in the lake, with nothing left behind, tried
# again RETRIES times where that may help. Tools of before there was run-job run as they are.
RETRIES ?= 0
export RETRIES := $(value RETRIES)
define RUN
set -euo pipefail
[ -t 1 ] || exec >/dev/null
run() {
  if [ -x "$$MEDALLION_BIN/run-job" ]; then
    local job=$$1; shift; "$$MEDALLION_BIN/run-job" "$$job" --retries "$$RETRIES" "$$@"
  else
    while [ "$$1" != -- ]; do shift; done; shift; "$$@"
  fi
}
tool() { local job=$$1; shift; run "$$job" --wait 60s -- "$$MEDALLION_BIN/$$1" "$${@:2}"; }
endef

# Tools say on a terminal what they committed; elsewhere (cron) only what went wrong is worth a mail.
# Each tool goes on from what is committed, so that a source that is away, a file that is refused or
# a broken job file keeps none but those that need it. The status is that of the first that failed
# and that trying again does not mend, as the tools themselves have it.
define REFRESH
$(RUN)
status=0
note() { case "$$status $$1" in *" 0") ;; "0 "* | "75 "*) status=$$1;; esac; return $$1; }
step() { local code=0; tool "$$@" || code=$$?; note $$code; }
# With -j what waits for nothing is at work at once.
beside() { local one pids=() code
  if [[ " $$MAKEFLAGS " =~ \ -j([^1]|1[0-9]) ]]; then
    for one; do tool $${one/:/ } & pids+=($$!); done
    for one in "$${pids[@]}"; do code=0; wait $$one || code=$$?; note $$code || true; done
  else
    for one; do step $${one/:/ } || true; done
  fi; }
beside stream-intake:ingest-pos batch-files:ingest-files change-capture:cdc-extract
step bronze-to-silver bronze2silver || true
step silver-to-gold silver2gold || true
step dimensions load-dims && step facts load-facts || true
exit $$status
endef

refresh: export RUN := $(RUN)
refresh: export REFRESH := $(REFRESH)
refresh: tools ## bring every layer up to date with what is new (-j)
	@eval "$$RUN"; run refresh -- "$$BASH" -c "$$REFRESH"

# The parts of it, each to be scheduled, tried again and made good apart (RETRIES=): what is given
# together is done in its order, and beside each other what may be (-j).
PARTS     := stream-intake batch-files change-capture bronze-to-silver silver-to-gold dimensions facts
.PHONY: ingestion transformation warehouse $(PARTS) history
ingestion: stream-intake batch-files change-capture ## take in what tills, partners and databases sent
transformation: bronze-to-silver silver-to-gold ## silver and gold of what came in
warehouse: dimensions facts ## the star schema of what is in the lake

intake    := $(filter ingestion stream-intake batch-files change-capture,$(MAKECMDGOALS))
layers    := $(filter transformation bronze-to-silver silver-to-gold,$(MAKECMDGOALS))
bronze-to-silver: | $(intake)
silver-to-gold: | $(intake) $(if $(filter transformation bronze-to-silver,$(layers)),bronze-to-silver)
dimensions: | $(intake) $(layers)
facts: | $(intake) $(layers) $(if $(filter warehouse dimensions,$(MAKECMDGOALS)),dimensions)

$(PARTS): export RUN := $(RUN)
stream-intake: tools
	@eval "$$RUN"; tool $@ ingest-pos
batch-files: tools
	@eval "$$RUN"; tool $@ ingest-files
change-capture: tools
	@eval "$$RUN"; tool $@ cdc-extract
bronze-to-silver: tools
	@eval "$$RUN"; tool $@ bronze2silver
silver-to-gold: tools
	@eval "$$RUN"; tool $@ silver2gold
dimensions: tools
	@eval "$$RUN"; tool $@ load-dims
facts: tools
	@eval "$$RUN"; tool $@ load-facts

# Plans which days of which tables are missing, failed or stale, and does just that: PLAN= names the
# file. A plan that was not done to its end goes on with PLAN= alone.
.PHONY: backfill
backfill: export FROM := $(value FROM)
backfill: export TO := $(value TO)
backfill: export TABLES := $(value TABLES)
backfill: export BACKFILL := $(value BACKFILL)
backfill: export PLAN := $(value PLAN)
backfill: tools ## make days good that are missing, failed or stale (FROM=, TO=, TABLES=, BACKFILL=)
	@read -ra tables <<<"$$TABLES"; read -ra options <<<"$$BACKFILL"; runs=$$MEDALLION_BIN/runs; \
	PLAN=$${PLAN:-$$MEDALLION_LAKE/_runs/backfill.plan}; \
	if [ -n "$$FROM$$TO" ]; then \
	  "$$runs" backfill --plan "$$PLAN" --from "$$FROM" --to "$$TO" "$${options[@]}" -- "$${tables[@]}"; \
	fi; \
	"$$runs" backfill --apply "$$PLAN" "$${options[@]}"

define FULL_REFRESH
$(RUN)
tool bronze-to-silver bronze2silver --full-refresh
tool silver-to-gold silver2gold --full-refresh
tool dimensions load-dims --full-refresh
tool facts load-facts --full-refresh
endef

full-refresh: export RUN := $(RUN)
full-refresh: export FULL_REFRESH := $(FULL_REFRESH)
full-refresh: tools ## rebuild silver, gold and the warehouse from bronze
	@eval "$$RUN"; run full-refresh --wait 60s -- "$$BASH" -c "$$FULL_REFRESH"

quality: export RUN := $(RUN)
quality: tools ## check the rules of jobs/quality on the published tables, if there are any
	@if [ ! -d "$$MEDALLION_JOBS/quality" ]; then exit 0; fi; \
	exec 8>&1; eval "$$RUN"; \
	if [ -t 8 ]; then tool quality dq-check >&8 8>&-; exit; fi; \
	report=$$(tool quality dq-check 8>&-) || \
	  { status=$$?; printf '%s\n' "$$report" >&8; exit $$status; }

# What one step cannot do keeps none of the others; only what went wrong is worth a mail.
maintain: export RUN := $(RUN)
maintain: tools ## join small files, clear away what no version needs, hold the lake against its logs
	@status=0; \
	exec 8>&1; eval "$$RUN"; \
	for call in lake-optimize lake-tier 'lake-vacuum --delete' lake-verify; do \
	  read -ra words <<<"$$call"; code=0; \
	  report=$$(tool "$${words[0]#lake-}" "$${words[@]}" 8>&-) || code=$$?; \
	  if [ -t 8 ] || [ "$$code" != 0 ]; then printf '%s' "$${report:+$$report$$'\n'}" >&8; fi; \
	  case "$$status $$code" in *" 0") ;; "0 "* | "75 "*) status=$$code;; esac; \
	done; \
	exit $$status

.PHONY: tools
tools:
	@if [ ! -x "$$MEDALLION_BIN/bronze2silver" ]; then \
	  echo "make: there are no tools in $$MEDALLION_BIN; make build" >&2; exit 1; fi

test: deps ## run every test
	@swift build $(TESTED) --build-tests
	@swift test $(TESTED) --skip-build --parallel

.PHONY: lint
lint: ## formatting
	@swift format lint --strict --recursive Sources Tests Package.swift

# The family's likeness, which needs the tools, is left to `make test`.
check: deps lint ## formatting and house rules
	@swift build --build-tests
	@swift test --skip-build --filter TidyTests --skip FamilyTests

# What is recorded is right only if a person has read the difference.
.PHONY: cases
cases: build ## record what each tool prints in its cases (Tests/ToolTests/Cases)
	@RECORD_CASES=1 swift test --filter CaseTests

interop: build ## compare with delta-rs, Spark and Debezium, from PyPI, in a throw-away environment
	@$(BUILD) --product fuzz
	@Tests/Interop/run "$$MEDALLION_LAKE" "$$MEDALLION_JOBS"

RUNS ?= 3000
SEED ?= $(shell date +%s)

soak: build ## kill and starve the tools thousands of times (RUNS=, SEED=; needs strace)
	@SOAK_RUNS=$(RUNS) SOAK_SEED=$(SEED) swift test --filter 'SoakTests|[Cc]rash|sampled steps'

hostile: build ## garbage, full disks, kills, doubled runs, a clock set back (SEED=)
	@SEED=$(SEED) Tests/Hostile/run

fuzz: RUNS = 1000
fuzz: deps ## damaged and made-up inputs to every parser of foreign bytes (RUNS=, SEED=, TARGETS=)
	@$(BUILD) --product fuzz
	@$(BUILT)/fuzz $(TARGETS) --runs $(RUNS) --seed $(SEED)

# In a folder of its own, since all is built otherwise. Swift on Linux knows the check of addresses
# only, C++ both. The run goes on to fuzz when a test has failed. The sanitizer reserves terabytes,
# hence no limit of memory but its own. Leaks are left out: pointers in Swift's enums carry the case
# in spare bits, and LeakSanitizer takes what they point at for lost.
SANITIZED   := JSONTests|TextFormatsTests|CompressionTests|ParquetTests|YAMLTests|DatabaseTests
SANITIZE    := --scratch-path .build/sanitize --sanitize=address -Xcxx -fsanitize=undefined \
               -Xcxx -fno-sanitize=vptr -Xcxx -fno-sanitize-recover=all
sanitize: export ASAN_OPTIONS := detect_leaks=0:max_allocation_size_mb=4096:hard_rss_limit_mb=4096
sanitize: export UBSAN_OPTIONS := print_stacktrace=1
sanitize: RUNS = 200
sanitize: deps ## tests and fuzzing with checks of addresses and undefined behaviour (RUNS=, SEED=)
	@swift build --build-tests $(SANITIZE)
	@status=0; \
	swift test --skip-build $(SANITIZE) --filter '$(SANITIZED)' || status=$$?; \
	.build/sanitize/debug/fuzz $(TARGETS) --memory 0 --patience 60 --runs $(RUNS) \
	  --seed $(SEED) || status=$$?; \
	exit $$status

ops: build ## kill what runs jobs at any moment, and see that nothing is left or told wrong (SEED=)
	@SEED=$(SEED) Tests/Operations/run

cdc: ROUNDS = 20
cdc: build ## change, kill and compare source databases at random (ROUNDS=, SEED=)
	@Tests/CDC/run $(ROUNDS) $(SEED)

SEEDS ?= 10000
histories: deps ## dimensions of random events, in random orders and cuts, on both databases (SEEDS=)
	@WAREHOUSE_SEEDS=$(SEEDS) swift test --filter 'DimensionPropertyTests|HistoryPropertyTests'

.PHONY: recovery
recovery: ROUNDS = 50
recovery: build ## backups under load, restored; a start from nothing (ROUNDS=, SEED=)
	@SEED=$(SEED) Tests/Recovery/run $(ROUNDS)
	@Tests/Recovery/cold-start

kafka: build ## read a Kafka cluster on loopback, killing the readers (needs kcat)
	@Tests/Kafka/run

SCALE ?= 1M
PART  ?= compare
bench: build ## run the same job with others in turn: SCALE=1M, PART=compare|micro|idle|scaling|cdc|warehouse|sealing|backup|all
	@Benchmarks/run --scale $(SCALE) --part $(PART) --bin $(BUILT)

clean: ## remove what was built, and the demo's lakes; sources and landing stay
	@[ ! -e $(SERVER)/data ] || jobs/sample/warehouse-server --stop $(SERVER)
	@rm -rf -- .build "$$MEDALLION_LAKE" "$$MEDALLION_LAKE-postgresql"

install: export PREFIX := $(PREFIX)
install: build ## install the tools under PREFIX
	@install -d -- "$${DESTDIR-}$$PREFIX/bin" "$${DESTDIR-}$$PREFIX/share/doc/medallion"
	@install -s -m 0755 -- $(addprefix $(BUILT)/,$(TOOLS)) "$${DESTDIR-}$$PREFIX/bin"
	@install -m 0644 -- LICENSE NOTICE "$${DESTDIR-}$$PREFIX/share/doc/medallion"
	@share=$${DESTDIR-}$$PREFIX/share; pages=$$share/man/man1; bash=$$share/bash-completion/completions; \
	zsh=$$share/zsh/site-functions; fish=$$share/fish/vendor_completions.d; \
	install -d -- "$$pages" "$$bash" "$$zsh" "$$fish"; \
	for tool in $(TOOLS); do \
	  $(BUILT)/$$tool --man-page >"$$pages/$$tool.1"; \
	  $(BUILT)/$$tool --generate-completion-script bash >"$$bash/$$tool"; \
	  $(BUILT)/$$tool --generate-completion-script zsh >"$$zsh/_$$tool"; \
	  $(BUILT)/$$tool --generate-completion-script fish >"$$fish/$$tool.fish"; \
	done

# What was chosen in this call is what the schedule runs with. The tools that it is to run are made
# first, where there are sources to make them of.
install-cron: export LAKE := $(LAKE)
install-cron: export JOBS := $(JOBS)
install-cron: export WAREHOUSE := $(WAREHOUSE)
install-cron: export PREFIX := $(PREFIX)
install-cron: export BACKUP := $(BACKUP)
install-cron: export BACKUP_KEY := $(BACKUP_KEY)
install-cron: export BIN := $(BIN)
install-cron: $(if $(filter $(BUILT),$(BIN)),$(if $(wildcard Package.swift),build))
install-cron: ## schedule the suite for this checkout (keeps your other lines)
	@cron/install $(CHOSEN)

# What watches the lake needs nothing of what it watches: each has a line of cron's of its own.
override GAUGES := $(if $(value GAUGES),$(value GAUGES),$(LAKE)/_runs/medallion.prom)
override REPORTS := $(if $(value REPORTS),$(value REPORTS),$(LAKE)/_runs/reports)
override CATALOG := $(if $(value CATALOG),$(value CATALOG),$(LAKE)/_catalog/site)
export GAUGES
export REPORTS
export CATALOG

.PHONY: backup drill
backup: export RUN := $(RUN)
backup: export KEEP := $(value KEEP)
backup: tools ## take an epoch of lake, warehouse and jobs (BACKUP=, BACKUP_KEY=, KEEP=)
	@eval "$$RUN"; backup=$$MEDALLION_BIN/backup; read -ra keep <<<"$$KEEP"; \
	[ -e "$$MEDALLION_BACKUP_KEY" ] || "$$backup" key "$$MEDALLION_BACKUP_KEY"; \
	"$$backup" list >/dev/null 2>&1 || "$$backup" init; \
	tool backup backup create; \
	tool backup-forget backup forget "$${keep[@]}" --prune

# A table and a day each night with PARTIAL=1, everything without; BREAK= damages the drill's copies.
drill: export RUN := $(RUN)
drill: export PARTIAL := $(value PARTIAL)
drill: export BREAK := $(value BREAK)
drill: tools ## prove the backup by restoring it beside (PARTIAL=1, BREAK=disk|log|…)
	@exec 8>&1; eval "$$RUN"; options=(); \
	[ -z "$$PARTIAL" ] || options+=(--partial); \
	[ -z "$$BREAK" ] || options+=(--break "$$BREAK"); \
	code=0; report=$$(tool drill drill "$${options[@]}" 8>&-) || code=$$?; \
	if [ -t 8 ] || [ "$$code" != 0 ]; then printf '%s\n' "$$report" >&8; fi; \
	exit "$$code"

# A grant ends when the server learns of it; a load that reshapes a table drops the views on it.
.PHONY: access
access: export RUN := $(RUN)
access: tools ## bring a warehouse on a server to jobs/access.yml (a lake without both has nothing to do)
	@case $$MEDALLION_WAREHOUSE in postgres*:*) ;; *) exit 0;; esac; \
	[ -e "$$MEDALLION_JOBS/access.yml" ] || exit 0; \
	eval "$$RUN"; tool access access apply

.PHONY: alert deadlines metrics report catalog
alert: tools ## tell people of what went wrong, and of what is well again (jobs/alerts.yml)
	@"$$MEDALLION_BIN/alert"

deadlines: tools ## tell people of tables that are not there in time
	@"$$MEDALLION_BIN/alert" deadlines

metrics: tools ## write gauges for Prometheus (GAUGES=FILE)
	@"$$MEDALLION_BIN/ops-metrics" --output "$$GAUGES"

report: tools ## write how the night went on one page, a page a day (REPORTS=DIR)
	@"$$MEDALLION_BIN/ops-report" --archive "$$REPORTS"

catalog: tools ## write the catalog's pages (CATALOG=DIR; open index.html), a JSON file beside them
	@"$$MEDALLION_BIN/catalog" build --output "$$CATALOG"

# One table and what it needs: `make gold.sales`. The rules come from the job files, and are another
# make's: no name in them can be one of a target here.
silver.% gold.% warehouse.%: tables
	@:
history: tables ## the dimensions that keep versions, and what they need

.PHONY: tables
tables: export TABLES := $(filter silver.% gold.% warehouse.% history,$(MAKECMDGOALS))
tables: tools
	@rules=$$("$$MEDALLION_BIN/lineage" --make); read -ra names <<<"$$TABLES"; \
	BIN=$$MEDALLION_BIN MAKEFLAGS=$${MAKEFLAGS%% -- *} \
	  $(MAKE) --no-print-directory --file=- -- "$${names[@]}" <<<"$$rules"
