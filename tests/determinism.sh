#!/bin/bash
# tests/determinism.sh CAT6K OTHER...: each OTHER, built by another compiler or at another level,
# and CAT6K with other windows, give the bytes that CAT6K gives: result.csv, which holds the
# fingerprints of the order, times and counts of all packets.
set -euo pipefail
shopt -s nullglob
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
n_failed=0

# result NAME CAT6K SCENARIO [OPTION...]: runs it and leaves its result in $results/NAME.
result() {
    local name=$1 cat6k=$2 scenario=$3
    shift 3
    "$cat6k" run "$scenario" --quiet -o "$results/$name" \
        --set run.warm_up=20us --set run.duration=200us "$@"
}

same() { # NAME SCENARIO WHAT
    if cmp "$results/first/result.csv" "$results/$1/result.csv"; then
        echo "[       OK ] $2: $3"
    else
        echo "[  FAILED  ] $2: $3"
        n_failed=$((n_failed + 1))
    fi
}

cat6k=$1
shift
for scenario in scenarios/*.yaml tests/golden/*.yaml; do
    result first "$cat6k" "$scenario" || continue # one that must be refused
    for other in "$@"; do
        result other "$other" "$scenario"
        same other "$scenario" "$other"
    done
    for window in 10ns 333ns 7us; do
        result other "$cat6k" "$scenario" --set run.window=$window
        same other "$scenario" "window $window"
    done
done
echo "[  $n_failed FAILED ] determinism"
[ $n_failed = 0 ]
