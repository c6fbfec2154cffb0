# make              builds build/cat6k (make CC=clang OPT=-O1: another compiler, another level)
# make demo         the main job: centralized against distributed   (ROUTES=file: your own routes)
# make check        everything that must be green: unit san golden determinism clang lint
# make bench        measures speed                     make fuzz    FUZZ_SECONDS each
# make nightly      NIGHTLY=10000 random scenarios and chassis, from number NIGHTLY_FIRST=1 on
# make golden-update  accepts what the golden scenarios give now
# make setup        installs every Debian package used          make clean    forgets what was built

SHELL := /bin/bash
ifeq ($(origin CC),default)
CC := gcc
endif
OPT ?= -O3
SAN ?=
# make V=1 shows whole commands.
Q := $(if $(V),,@)
FUZZ_SECONDS ?= 20
NIGHTLY ?= 10000
NIGHTLY_FIRST ?= 1

# Every core, also for a plain `make`; sub-makes share them.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc) --no-print-directory
endif

# --- Variants: the default one lives in build/, others in build/<compiler><level>[-<sanitizers>].
empty :=
space := $(empty) $(empty)
comma := ,
variant := $(subst $(space),,$(subst /,_,$(CC)$(OPT)))$(if $(SAN),-$(subst $(comma),-,$(SAN)))
B := build$(if $(filter-out gcc-O3,$(variant)),/$(variant))

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
        -Wvla -Werror
SAN_FLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
FLAGS := -std=c11 -D_GNU_SOURCE $(OPT) -g -ffp-contract=off $(WARN) -I. -I$(B) $(SAN_FLAGS) \
         $(CFLAGS)
COMPILE = $(CC) $(FLAGS) -MMD -MP
LIBS := -lcyaml -lyaml -ljansson -llzma -lbz2 -lz -lJudy -lm

# --- What is built. tests/: one program per test_*.c and bench_*.c; the other files help them all.
LIB_C := $(wildcard sim/*.c models/*.c scenarios/*.c)
TOOL_C := $(wildcard tools/*.c)
TEST_C := $(wildcard tests/test_*.c)
BENCH_C := $(wildcard tests/bench_*.c)
FUZZ_C := $(wildcard tests/fuzz_*.c)
HELP_C := $(filter-out $(TEST_C) $(BENCH_C) $(FUZZ_C),$(wildcard tests/*.c))
objects = $(patsubst %.c,$(B)/%.o,$(1))
TESTS := $(TEST_C:%.c=$(B)/%)
BENCHES := $(BENCH_C:%.c=$(B)/%)
FUZZERS := $(FUZZ_C:%.c=$(B)/%)

all: $(B)/cat6k

$(B)/cat6k: $(call objects,$(TOOL_C)) $(B)/libcat6k.a
	@echo "  link     $@"
	$(Q)$(CC) $(FLAGS) -o $@ $^ $(LIBS)

$(TESTS): $(B)/tests/%: $(B)/tests/%.o $(B)/libtests.a $(B)/libcat6k.a
	@echo "  link     $@"
	$(Q)$(CC) $(FLAGS) -o $@ $^ -lcmocka $(LIBS)

$(B)/tests/test_output: $(B)/tools/output.o

$(FUZZERS): $(B)/tests/%: $(B)/tests/%.o $(B)/libtests.a $(B)/libcat6k.a
	@echo "  link     $@"
	$(Q)$(CC) $(FLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

# DPDK's tables are the yardstick of ours, where they are installed.
DPDK_FLAGS = $(if $(BENCH_C),$(shell pkg-config --exists libdpdk 2>/dev/null && echo -DHAVE_DPDK \
               && pkg-config --cflags libdpdk | sed 's/-I/-isystem /g'))
DPDK_LIBS = $(if $(DPDK_FLAGS),$(shell pkg-config --libs libdpdk))
$(call objects,$(BENCH_C)): COMPILE += $(DPDK_FLAGS)
$(BENCHES): $(B)/tests/%: $(B)/tests/%.o $(B)/libtests.a $(B)/libcat6k.a
	@echo "  link     $@"
	$(Q)$(CC) $(FLAGS) -o $@ $^ $(DPDK_LIBS) $(LIBS)

$(B)/libcat6k.a: $(call objects,$(LIB_C)) $(B)/members
$(B)/libtests.a: $(call objects,$(HELP_C)) $(B)/members
$(B)/lib%.a:
	@rm -f $@
	$(Q)ar rcs $@ $(filter %.o,$^)

$(B)/%.o: %.c $(B)/flags | build/has-packages
	@mkdir -p $(@D); echo "  compile  $@"
	$(Q)$(COMPILE) -c -o $@ $<

# The catalogue and what its keys stand for are inside the program, byte for byte.
$(B)/scenarios/catalog_text.o: $(wildcard scenarios/catalog/*.yaml) models/SOURCES.md
# So are the templates of the plots.
$(B)/tools/plot.o: $(wildcard tools/plot/*.gp)

# Files that change when what they hold does: other flags compile anew, another set of sources
# makes the archives anew.
$(B)/flags: text = $(shell $(CC) --version 2>/dev/null | head -n 1) $(FLAGS) $(LIBS)
$(B)/members: text = $(LIB_C) $(HELP_C)
$(B)/flags $(B)/members: FORCE
	@mkdir -p $(@D); echo '$(text)' | cmp -s - $@ || echo '$(text)' > $@

build/has-packages: tools/setup.sh tools/packages
	@mkdir -p $(@D)
	@tools/setup.sh build && touch $@

# --- The main job.
ROUTES ?=
demo:
	@tools/setup.sh --install build demo
	@$(MAKE) build/cat6k
	build/cat6k compare scenarios/centralized.yaml scenarios/distributed.yaml \
	    --load 5%..100%/5% -o demo $(if $(ROUTES),--set "routes.file=$$(realpath -m "$(ROUTES)")")
	@echo "The pictures: demo/*.svg, the same as demo/*.png; every number: demo/compare.csv"

# --- Everything that must be green. All of it runs even when some of it fails.
check:
	@tools/setup.sh --install build demo check
	@mkdir -p build
	@set -o pipefail; $(MAKE) -k -Otarget everything 2>&1 | tee build/check.log \
	  && echo "check: all green" \
	  || { echo "check: failed:"; grep -F '***' build/check.log; exit 1; }

everything: unit scripts san clang golden determinism lint

unit: $(TESTS:%=%.run)
$(TESTS:%=%.run): %.run: %
	@echo "== $<"; $<

PROGRAM_TESTS := test_tools test_sensitivity test_validate test_cmd_catalog test_cmd_acl test_cmd_memory \
                 test_cmd_trace test_random_scenario test_netflow_export
$(PROGRAM_TESTS:%=$(B)/tests/%.run): $(B)/cat6k

SCRIPTS := $(wildcard tests/test_*.sh)
scripts: $(SCRIPTS:%=%.run)
$(SCRIPTS:%=%.run): %.run: %
	@echo "== $<"; $<

# It runs the program.
tests/test_bgp_session.sh.run: build/cat6k

# Other compilers and levels: everything compiles without a warning, tests pass with sanitizers, and
# the same scenario gives the same bytes.
SAN_BUILD := OPT=-O1 SAN=address,undefined
CLANG_BUILD := CC=clang OPT=-O1
compiled: $(if $(TOOL_C),$(B)/cat6k) $(TESTS) $(call objects,$(BENCH_C) $(FUZZ_C))
san-compiled:
	@$(MAKE) $(SAN_BUILD) compiled
clang:
	@$(MAKE) $(CLANG_BUILD) compiled
san: san-compiled
	@$(MAKE) $(SAN_BUILD) unit
determinism: build/cat6k san-compiled clang
	@$(MAKE) OPT=-O0 build/gcc-O0/cat6k
	@tests/determinism.sh $< build/{gcc-O0,clang-O1,gcc-O1-address-undefined}/cat6k

golden: build/cat6k
	@tests/golden.sh $< && tests/validation.sh $<
golden-update: build/cat6k
	@tests/golden.sh --update $< && tests/validation.sh --update $<

lint: build/libcat6k.a
	@tools/lint.sh

# --- Not in check: they take as long as you give them.
fuzz:
	@tools/setup.sh --install build check
	@$(MAKE) CC=clang OPT=-O1 SAN=fuzzer-no-link,address,undefined fuzz-all
fuzz-all: $(FUZZERS:%=%.run)
$(B)/tests/fuzz_acl_text.run: SEEDS := tests/fuzz_acl_text.seeds
$(B)/tests/fuzz_route_file.run: SEEDS := tests/fuzz_route_file.seeds
$(B)/tests/fuzz_memory.run: SEEDS := tests/fuzz_memory.seeds scenarios/memory
$(B)/tests/fuzz_mrt.run: SEEDS := tests/fuzz_mrt.seeds
$(B)/tests/fuzz_bgp.run: SEEDS := tests/fuzz_bgp.seeds
$(B)/tests/fuzz_flows.run: SEEDS := tests/fuzz_flows.seeds
$(B)/tests/fuzz_expression.run: SEEDS := tests/fuzz_expression.seeds
$(B)/tests/fuzz_scenario.run $(B)/tests/fuzz_run.run: SEEDS := tests/fuzz_scenario.seeds tests/golden
$(FUZZERS:%=%.run): %.run: %
	@mkdir -p build/fuzz/$(*F)
	$< -max_total_time=$(FUZZ_SECONDS) -timeout=20 -verbosity=0 -print_final_stats=1 \
	    -artifact_prefix=build/fuzz/ build/fuzz/$(*F) $(SEEDS)

# With sanitizers; a number that fails is tried again by CAT6K_FIRST=number CAT6K_RANDOM=1.
nightly:
	@tools/setup.sh --install build check
	@$(MAKE) $(SAN_BUILD) nightly-run
nightly-run: export CAT6K_RANDOM := $(NIGHTLY)
nightly-run: export CAT6K_FIRST := $(NIGHTLY_FIRST)
nightly-run: $(B)/tests/test_random_scenario.run $(B)/tests/test_reference.run

bench: build/cat6k $(BENCHES)
	@set -o pipefail; rm -f build/bench.json; for b in $(BENCHES); do echo "== $$b"; \
	    $$b --json | tee -a build/bench.json | sed 's/[{}"]//g; s/^name: //' || exit 1; done
	@echo "The same as JSON, a figure a line: build/bench.json"

setup:
	@tools/setup.sh --install build demo check
help:
	@sed '/^$$/,$$d' Makefile
clean:
	rm -rf build

-include $(wildcard $(B)/*/*.d)
.PHONY: all demo check everything unit scripts compiled san-compiled clang san determinism golden \
        golden-update lint fuzz fuzz-all nightly nightly-run bench setup help clean FORCE
.PHONY: $(TESTS:%=%.run) $(SCRIPTS:%=%.run) $(FUZZERS:%=%.run)
.DELETE_ON_ERROR:
.SECONDARY:
