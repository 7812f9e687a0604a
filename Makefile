# artsync: `make` builds build/artsync; `make help` lists the rest.
SHELL   := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
CC      ?= cc
PREFIX  ?= /usr/local
DESTDIR ?=
PYTHON  ?= /usr/bin/python3
JOBS    ?= $(shell nproc 2>/dev/null || echo 2)
comma   := ,
BUILD   := build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))$(if $(COVERAGE),/coverage)

WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla
CFLAGS  ?= -O2 -g
# pg_config may be installed by `make deps` in the same run: those targets call make again, which asks it again
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE $(WARN) -Iinclude -I$(shell pg_config --includedir 2>/dev/null || echo /usr/include/postgresql) \
    -include artsync/banned.h \
    $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all) \
    $(CFLAGS) $(if $(COVERAGE),--coverage -O0)
ALL_LDFLAGS := $(if $(SANITIZE),-fsanitize=$(SANITIZE)) $(if $(COVERAGE),--coverage) $(LDFLAGS)
LIBS    := -lpq -lcsv -lcurl -lcrypto -lcjson -lutf8proc -lxxhash -lpthread -lm

SOURCES := $(sort $(wildcard src/*/*.c src/*/*/*.c))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/%.o) $(BUILD)/embedded.o
MAIN    := $(BUILD)/main.o
SQL     := $(sort $(shell find sql -type f))
UNITS   := $(sort $(wildcard tests/unit/test_*.c))
FUZZERS := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SECONDS ?= 60

# Tests that need a server get one of their own, unless somebody gave them one.
WITH_SERVER = $(if $(ARTSYNC_TEST_URL),,tests/pg.sh run --)

# Short lines; V=1 shows the commands.
say = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$(2)';)

.DELETE_ON_ERROR:
.PHONY: all help build-deps deps demo check check-unit check-e2e totals lint docs coverage fuzz fuzz-replay bench install clean always

## make                build/artsync  (CC=clang, SANITIZE=address,undefined, COVERAGE=1)
all: $(BUILD)/artsync

$(BUILD)/artsync: $(MAIN) $(OBJECTS)
	$(call say,LINK,$@) $(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# How the objects were compiled: another compiler or other flags compile them again.
HOW := $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)
$(BUILD)/how: always
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(HOW))' | cmp -s - $@ || echo '$(subst ','\'',$(HOW))' > $@

$(BUILD)/%.o: src/%.c $(BUILD)/how
	@mkdir -p $(@D)
	$(call say,CC,$<) $(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# sql/ as bytes: an index of .incbin, sorted by path
$(BUILD)/embedded.c: $(SQL) $(shell find sql -type d) Makefile
	@mkdir -p $(@D)
	@{ \
	  echo '#include "artsync/embed.h"'; i=0; \
	  for f in $(SQL); do \
	    printf '__asm__(".section .rodata\\nembedded_%d: .incbin \\"%s\\"\\nembedded_%d_end: .byte 0\\n.previous\\n");\n' $$i "$$f" $$i; \
	    printf 'extern const char embedded_%d[], embedded_%d_end[];\n' $$i $$i; i=$$((i+1)); \
	  done; i=0; \
	  echo 'const EmbeddedFile embedded_files[] = {'; \
	  for f in $(SQL); do \
	    printf '    {"%s", embedded_%d, sizeof(char) * %d},\n' "$${f#sql/}" $$i "$$(wc -c < "$$f")"; i=$$((i+1)); \
	  done; \
	  echo '};'; printf 'const size_t embedded_count = %d;\n' $$i; \
	} > $@

$(BUILD)/embedded.o: $(BUILD)/embedded.c $(BUILD)/how
	$(call say,CC,$@) $(CC) -std=c11 -Iinclude -O1 -c -o $@ $<

# ---- two commands for a fresh machine ----

## make demo           install what is missing, build, start a private PostgreSQL, sync airtable_export/ and look at it
demo:
	@tests/deps.sh demo
	@$(MAKE) -s --no-print-directory -j$(JOBS) all
	@tests/demo.sh $(BUILD)/artsync

## make check          install what is missing, build, run every test, the fuzzers' seeds among them
check:
	@tests/deps.sh check
	@$(MAKE) -s --no-print-directory -j$(JOBS) all $(UNITS:tests/unit/%.c=$(BUILD)/unit/%) $(BUILD)/unit/field_tool $(BUILD)/unit/base_tool $(BUILD)/unit/reference
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory fuzz-replay
	@$(WITH_SERVER) $(MAKE) --no-print-directory check-unit
	@$(MAKE) --no-print-directory check-e2e E2E_JOBS=$(shell expr $(JOBS) + 1)
	@$(MAKE) --no-print-directory totals

## make build-deps     install what building needs (Debian, Ubuntu)
build-deps:
	@tests/deps.sh build

## make check-long     what takes minutes: both documents of a first day, line by line, on a bare Debian (root, mmdebstrap)
check-long:
	@tests/deps.sh long
	@$(MAKE) --no-print-directory deb
	@tests/install.sh docs/GUIDE.md
	@tests/install.sh docs/INSTALL.md

## make deps           install what building and testing need (Debian, Ubuntu)
deps:
	@tests/deps.sh check

# ---- tests: each tests/unit/test_<module>.c is a program with cmocka ----
$(BUILD)/unit/%: tests/unit/%.c $(OBJECTS)
	@mkdir -p $(@D)
	$(call say,TEST,$<) $(CC) $(ALL_CFLAGS) -Itests/unit -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(OBJECTS) $(LIBS) -lcmocka

## make check-unit     the unit tests alone
check-unit: $(UNITS:tests/unit/%.c=$(BUILD)/unit/%)
	@$(WITH_SERVER) tests/unit.sh $^ 2>&1 | tee $(BUILD)/unit.log

# How many processes run the end-to-end tests, each with a server of its own; empty: one, without pytest-xdist.
E2E_JOBS ?=

## make check-e2e      the end-to-end tests alone  (PYTEST_ARGS="-k rollback", E2E_JOBS=3)
check-e2e: $(BUILD)/artsync $(BUILD)/unit/field_tool $(BUILD)/unit/base_tool $(BUILD)/unit/reference
	@ARTSYNC_BIN=$(BUILD)/artsync $(if $(E2E_JOBS),,$(WITH_SERVER)) $(PYTHON) -B -m pytest -q -p no:cacheprovider \
	    $(if $(E2E_JOBS),-n $(E2E_JOBS)) $(PYTEST_ARGS) tests/e2e \
	    2>&1 | tee $(BUILD)/e2e.log

# What the runners said of themselves, once more, at the end.
totals:
	@echo; echo "== unit tests (cmocka)"; grep -E '^(== |\[  (PASSED|FAILED|SKIPPED)  \]|unit tests:)' $(BUILD)/unit.log
	@echo; echo "== end-to-end tests (pytest)"; tail -n 1 $(BUILD)/e2e.log

## make lint           which folder may use which, no circles, how long a file may be, what may not be called
lint: $(BUILD)/artsync $(BUILD)/unit/reference
	@BUILD=$(BUILD) tests/lint.sh

## make docs           write into docs/REFERENCE.md, docs/FIELD_TYPES.md and docs/base.json.5 what the tables in the code say
docs: $(BUILD)/artsync $(BUILD)/unit/reference
	@tests/reference.py write docs/REFERENCE.md $^ include/artsync
	@tests/reference.py write docs/FIELD_TYPES.md $^ include/artsync
	@tests/reference.py write docs/base.json.5 $^ include/artsync

## make coverage       line coverage of the unit and end-to-end tests, per module
coverage:
	@$(MAKE) -s --no-print-directory -j$(JOBS) COVERAGE=1 all
	@find build/coverage -name '*.gcda' -delete
	@tests/pg.sh run -- $(MAKE) --no-print-directory COVERAGE=1 check-unit check-e2e
	@tests/coverage.sh build/coverage

# ---- fuzzing ----

FUZZ := build/fuzz
## make fuzz           fuzz each target for FUZZ_SECONDS=60 (clang)
fuzz:
	@$(MAKE) --no-print-directory -j$(JOBS) CC=clang BUILD=$(FUZZ) SANITIZE=fuzzer-no-link,address,undefined \
	    $(FUZZERS:tests/fuzz/%.c=$(FUZZ)/%) $(FUZZ)/seeds
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run.sh $(FUZZ) $(FUZZERS:tests/fuzz/%.c=%)

## make fuzz-replay    run the seeds through every fuzz target, under ASan and UBSan
fuzz-replay:
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=build/replay SANITIZE=address,undefined \
	    $(FUZZERS:tests/fuzz/%.c=build/replay/%) build/replay/seeds
	@FUZZ_SECONDS=0 tests/fuzz/run.sh build/replay $(FUZZERS:tests/fuzz/%.c=%)

# libFuzzer has a main of its own; elsewhere replay.c is one
$(BUILD)/fuzz_%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(OBJECTS)
	$(call say,FUZZ,$<) $(CC) $(ALL_CFLAGS) -MMD -MP $(if $(findstring fuzzer,$(SANITIZE)),-fsanitize=fuzzer) $(ALL_LDFLAGS) -o $@ $< \
	    $(if $(findstring fuzzer,$(SANITIZE)),,tests/fuzz/replay.c) $(OBJECTS) $(LIBS)

$(BUILD)/seeds: tests/fuzz/seeds.c $(OBJECTS)
	$(call say,FUZZ,$<) $(CC) $(ALL_CFLAGS) -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(OBJECTS) $(LIBS)

# ---- the rest ----

## make bench          compare with what an expert writes by hand  (ROWS=1000000)
bench: $(BUILD)/artsync
	@ARTSYNC_BIN=$(BUILD)/artsync tests/bench/run.sh

# The one place of the version.
VERSION := $(shell sed -n 's/^\#define ARTSYNC_VERSION "\(.*\)"/\1/p' include/artsync/cli.h)
SHARE   := $(DESTDIR)$(PREFIX)/share
UNITDIR ?= $(PREFIX)/lib/systemd/system
INSTALLED := $(BUILD)/installed

## make install        binary, man pages, completion, units of systemd, examples  (PREFIX=/usr/local, DESTDIR=)
install: $(BUILD)/artsync
	install -D -m 755 $(BUILD)/artsync '$(DESTDIR)$(PREFIX)/bin/artsync'
	@mkdir -p $(INSTALLED)
	for page in artsync.1 base.json.5; do \
	    sed '1s/"artsync"/"artsync $(VERSION)"/' docs/$$page > $(INSTALLED)/$$page; \
	    install -D -m 644 $(INSTALLED)/$$page "$(SHARE)/man/man$${page##*.}/$$page"; \
	done
	for shell in bash zsh fish; do $(BUILD)/artsync completion $$shell > $(INSTALLED)/$$shell; done
	install -D -m 644 $(INSTALLED)/bash '$(SHARE)/bash-completion/completions/artsync'
	install -D -m 644 $(INSTALLED)/zsh '$(SHARE)/zsh/$(ZSHDIR)/_artsync'
	install -D -m 644 $(INSTALLED)/fish '$(SHARE)/fish/vendor_completions.d/artsync.fish'
	for unit in artsync.service artsync.timer artsync-watch.service; do \
	    sed 's|/usr/bin/artsync|$(PREFIX)/bin/artsync|' docs/systemd/$$unit > $(INSTALLED)/$$unit; \
	    install -D -m 644 $(INSTALLED)/$$unit "$(DESTDIR)$(UNITDIR)/$$unit"; \
	done
	sed 's|/usr/bin/artsync|$(PREFIX)/bin/artsync|' docs/examples/crontab > $(INSTALLED)/crontab
	install -D -m 644 $(INSTALLED)/crontab '$(SHARE)/doc/artsync/examples/crontab'
	install -D -m 644 .env.example '$(SHARE)/doc/artsync/examples/artsync.env'
	install -m 755 docs/examples/notify-* '$(SHARE)/doc/artsync/examples/'
	install -m 644 README.md docs/*.md '$(SHARE)/doc/artsync/'
	install -d '$(SHARE)/doc/artsync/examples/airtable_export'
	install -m 644 airtable_export/*.csv '$(SHARE)/doc/artsync/examples/airtable_export/'
# Debian's zsh looks into vendor-completions for packages
ZSHDIR ?= site-functions

## make deb            build/package/artsync_VERSION_ARCHITECTURE.deb  (DEB_MAINTAINER="Name <mail>"; needs dpkg-dev)
PACKAGE := build/package
deb:
	@$(MAKE) -s --no-print-directory -j$(JOBS) BUILD=$(PACKAGE)/objects all \
	    CFLAGS="$$(dpkg-buildflags --get CPPFLAGS) $$(dpkg-buildflags --get CFLAGS)" LDFLAGS="$$(dpkg-buildflags --get LDFLAGS) -Wl,-z,now"
	@$(MAKE) -s --no-print-directory package-of BUILD=$(PACKAGE)/objects PACKAGE=$(PACKAGE) \
	    CFLAGS="$$(dpkg-buildflags --get CPPFLAGS) $$(dpkg-buildflags --get CFLAGS)" LDFLAGS="$$(dpkg-buildflags --get LDFLAGS) -Wl,-z,now"

# The package of the program that BUILD holds.
package-of: $(BUILD)/artsync
	@rm -rf $(PACKAGE)/debian/artsync
	@$(MAKE) -s --no-print-directory install BUILD=$(BUILD) DESTDIR=$(PACKAGE)/debian/artsync PREFIX=/usr UNITDIR=/lib/systemd/system \
	    ZSHDIR=vendor-completions > /dev/null
	@docs/debian/build.sh $(PACKAGE) $(VERSION)

help:
	@sed -n 's/^## //p' $(firstword $(MAKEFILE_LIST))

clean:
	rm -rf build

-include $(shell find $(BUILD) -type f -name '*.d' 2>/dev/null)
