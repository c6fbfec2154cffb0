#!/bin/bash
# Each rule of tools/lint.sh passes a small good project and refuses a small bad one.
set -euo pipefail
lint=$PWD/tools/lint.sh
sample=$(mktemp -d)
trap 'rm -rf "$sample"' EXIT
cp .clang-format "$sample"
cd "$sample"
n_failed=0

# A project without fault; every case below spoils one file of it.
begin() {
    rm -rf sim models scenarios tools tests build notes.txt
    mkdir -p sim models scenarios tools tests
    cat >sim/clock.h <<'END'
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include <stdint.h>

/* A printf( or a double in a comment, or DFC, is no fault. */
static inline int64_t clock_next_ps(int64_t time_ps)
{
    return time_ps + 1;
}

#endif /* SIM_CLOCK_H */
END
    cat >models/bus.h <<'END'
#ifndef MODELS_BUS_H
#define MODELS_BUS_H

#include "sim/clock.h"

/* Cycles per second. source: [DS-1] p. 3
 * (vendor) */
#define BUS_RATE 62500000

#endif /* MODELS_BUS_H */
END
    echo '- [DS-1] A data sheet.' >models/SOURCES.md
}

# refuses RULE WORDS: the rule says WORDS about the project.
refuses() {
    local said
    said=$("$lint" "$1" 2>&1) || true
    verdict "lint $1 refuses: $2" "$(grep -cF -e "$2" <<<"$said")" "$said"
}

# accepts RULE: the rule says nothing.
accepts() {
    local said
    said=$("$lint" "$1" 2>&1) || true
    verdict "lint $1 accepts" "$(grep -c '^$' <<<"$said")" "$said"
}

verdict() { # NAME N_FOUND SAID
    if [ "$2" != 0 ]; then
        echo "[       OK ] $1"
    else
        printf '[  FAILED  ] %s\n%s\n' "$1" "$3"
        n_failed=$((n_failed + 1))
    fi
}

begin
for rule in layout layers alone calls words globals sources length top cppcheck; do
    accepts $rule
done

begin
echo 'int  x ;' >models/bus.c
refuses layout models/bus.c:1

begin
echo '#include "models/bus.h"' >sim/clock.c
refuses layers 'sim/clock.c:1: sim/ may not include models/bus.h'
echo '#include "bus.h"' >models/bus.c
refuses layers 'models/bus.c:1: include by path'
echo '#include <cyaml/cyaml.h>' >models/bus.c
refuses layers 'models/bus.c:1: only scenarios/ knows YAML'

begin
echo 'uint32_t bus_rate(void);' >models/rate.h
refuses alone 'models/rate.h:1: does not stand alone'

for call in 'printf("x")' 'fopen("x", "r")' 'malloc(1)' 'time(0)' 'rand()' 'puts ("x")'; do
    begin
    printf 'int x;\n    y = %s;\n' "$call" >models/bus.c
    refuses calls "models/bus.c:2: models/ may not call this: y = $call"
done
begin
echo 'static double x;' >models/bus.c
refuses calls 'models/bus.c:1: integers only'
echo 'packet_free(1); list.free(2); x->time(3);' >models/bus.c
accepts calls

for word in Cisco pfc_rate N_DFC fib_lookup ipv4 Supervisor; do
    begin
    echo "int $word;" >sim/clock.c
    refuses words 'sim/clock.c:1: sim/ knows no Cisco'
done

begin
mkdir -p build
printf 'static int x;\nint f(void);\nint f(void) { return ++x; }\n' >models/bus.c
gcc -c -o bus.o models/bus.c
ar rcs build/libcat6k.a bus.o
refuses globals 'bus.c:1: a global that changes: x'
rm bus.o

begin
sed -i 's/DS-1/DS-2/' models/bus.h
refuses sources 'models/bus.h:6: models/SOURCES.md does not list [DS-2]'
refuses sources 'models/SOURCES.md:1: nothing uses [DS-1]'
sed -i 's/\[DS-2\]/somewhere/' models/bus.h
refuses sources 'models/bus.h:6: source without its [KEY]'
begin
sed -i 's/(vendor)//' models/bus.h
refuses sources 'models/bus.h:6: source without its (kind)'
begin
mkdir scenarios/catalog
echo 'source: "[DS-3] p. 1 (vendor)"' >scenarios/catalog/cards.yaml
refuses sources 'scenarios/catalog/cards.yaml:1: models/SOURCES.md does not list [DS-3]'
begin
rm models/SOURCES.md
refuses sources 'models/bus.h:6: models/SOURCES.md does not list [DS-1]'

begin
{ printf 'int f(int a)\n{\n'; printf '    a++;%.0s\n' {1..68}; echo '}'; } >models/bus.c
refuses length 'models/bus.c:1: function of 71 lines'
sed -i 3d models/bus.c
accepts length
printf '%.0s\n' {1..601} >models/bus.c
refuses length 'models/bus.c:601: more than 600 lines'
echo '/* TO''DO */' >models/bus.c
refuses length 'models/bus.c:1: unfinished'

begin
echo >notes.txt
refuses top 'notes.txt:1: does not belong in the root'

begin
printf 'int f(void)\n{\n    int a[2];\n    a[2] = 1;\n    return a[1];\n}\n' >models/bus.c
refuses cppcheck 'models/bus.c:4:'

echo "[  ${n_failed} FAILED ] lint rules"
[ $n_failed = 0 ]
