#!/bin/bash
# tests/determinism.sh CAT6K OTHER...: the same scenario gives the same bytes of result, whatever
# the compiler and its level (each OTHER), the window, and the length of a batch: every figure,
# every bucket of the histograms, and the fingerprints of what happened to each packet.
set -euo pipefail
shopt -s nullglob
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
n_failed=0

# Runs a short piece of the scenario, as long as its traffic needs, and leaves its results in $results/NAME; what the scenario says
# of windows and batches, which the JSON repeats, is taken out.
result() { # NAME CAT6K [OPTION...]
    local name=$1 cat6k=$2
    shift 2
    "$cat6k" run "$scenario" -o "$results/$name" --fingerprint --no-plots --quiet \
        "${short[@]}" "$@" &&
        sed -i 's/, window: [^,]*, batch: [^}]*//' "$results/$name/result.json"
}

same() { # WHAT CAT6K [OPTION...]
    local what=$1
    shift
    if result other "$@" && cmp "$results/first/result.csv" "$results/other/result.csv" &&
        cmp "$results/first/result.json" "$results/other/result.json"; then
        echo "[       OK ] $scenario: $what"
    else
        echo "[  FAILED  ] $scenario: $what"
        n_failed=$((n_failed + 1))
    fi
}

cat6k=$1
shift
for scenario in scenarios/*.yaml tests/golden/*.yaml; do
    for duration in 1ms 60ms; do
        short=(--set run.warmup=100us --set "run.duration=$duration" --set 'expect=[]')
        "$cat6k" check "$scenario" "${short[@]}" >/dev/null 2>&1 && break
    done
    result first "$cat6k"
    for other in "$@"; do
        same "$other" "$other"
    done
    for option in run.window=1ns run.window=333ns run.window=7us run.batch=1 run.batch=1000; do
        same $option "$cat6k" --set $option
    done
done
echo "[  $n_failed FAILED ] determinism"
[ $n_failed = 0 ]
