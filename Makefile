# artsync: `make` builds build/artsync; `make help` lists the rest.
CC      ?= cc
PREFIX  ?= /usr/local
DESTDIR ?=
PYTHON  ?= /usr/bin/python3
BUILD   := build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))$(if $(COVERAGE),/coverage)
comma   := ,

WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla
CFLAGS  ?= -O2 -g
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE $(WARN) -Iinclude -I$(shell pg_config --includedir 2>/dev/null || echo /usr/include/postgresql) \
    $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all) \
    $(if $(COVERAGE),--coverage -O0) $(CFLAGS)
ALL_LDFLAGS := $(if $(SANITIZE),-fsanitize=$(SANITIZE)) $(if $(COVERAGE),--coverage) $(LDFLAGS)
LIBS    := -lpq -lcsv -lcrypto -lcjson -lutf8proc -lxxhash -lpthread -lm

SOURCES := $(sort $(wildcard src/*/*.c))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/%.o) $(BUILD)/embedded.o
MAIN    := $(BUILD)/main.o
SQL     := $(sort $(shell find sql -type f))
UNITS   := $(sort $(wildcard tests/unit/test_*.c))

.DELETE_ON_ERROR:
.PHONY: all help check check-unit check-e2e clean

all: $(BUILD)/artsync

$(BUILD)/artsync: $(MAIN) $(OBJECTS)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# sql/ as bytes: an index of .incbin, sorted by path
$(BUILD)/embedded.c: $(SQL) sql Makefile
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

$(BUILD)/embedded.o: $(BUILD)/embedded.c
	$(CC) -std=c11 -Iinclude -O1 -c -o $@ $<

# ---- unit tests: each tests/unit/test_<module>.c is a program with cmocka ----
$(BUILD)/unit/%: tests/unit/%.c $(OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests/unit -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(OBJECTS) $(LIBS) -lcmocka

check-unit: $(UNITS:tests/unit/%.c=$(BUILD)/unit/%)
	@for t in $^; do echo "== $$t"; $$t || exit 1; done

clean:
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
