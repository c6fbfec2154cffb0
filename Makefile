# make          builds build/cat6k              make CC=clang OPT=-O1   another compiler or level
# make demo     the main job                    make check              every test
SHELL := /bin/bash
OPT ?= -O3
ifeq ($(origin CC),default)
CC := gcc
endif
SAN ?=
# Each variant has its own folder; the default one is build/.
VARIANT := $(if $(filter-out gcc-O3,$(CC)$(OPT)$(SAN)),$(subst /,_,$(CC)$(OPT))$(if $(SAN),-san))
B := build$(if $(VARIANT),/$(VARIANT))

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
        -Wvla -Werror
CFLAGS := -std=c11 -D_GNU_SOURCE $(OPT) -g -ffp-contract=off $(WARN) -I. -I$(B) -MMD -MP $(SAN)
LIBS := -lcyaml -lyaml -ljansson -llzma -lz -lJudy -lm

LIB_C := $(wildcard sim/*.c models/*.c scenarios/*.c)
TOOL_C := $(wildcard tools/*.c)
TEST_C := $(wildcard tests/test_*.c)
LIB_O := $(LIB_C:%.c=$(B)/%.o)
TOOL_O := $(TOOL_C:%.c=$(B)/%.o)
TESTS := $(TEST_C:tests/%.c=$(B)/tests/%)

all: $(B)/cat6k

$(B)/cat6k: $(TOOL_O) $(B)/libcat6k.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

$(B)/libcat6k.a: $(LIB_O)
	@rm -f $@
	ar rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c -o $@ $<

$(B)/tests/test_%: $(B)/tests/test_%.o $(B)/libcat6k.a
	$(CC) $(CFLAGS) -o $@ $^ -lcmocka $(LIBS)

check: $(TESTS)
	@for t in $(TESTS); do echo "== $$t"; $$t || exit 1; done

clean:
	rm -rf build

-include $(LIB_O:.o=.d) $(TOOL_O:.o=.d) $(TESTS:=.d)
.PHONY: all check clean
.SECONDARY:
