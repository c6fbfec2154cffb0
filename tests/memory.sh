#!/bin/bash
# tests/memory.sh [--update] CAT6K: what `CAT6K memory` says about each scenarios/memory/*.yaml, and
# how it ends, is what tests/golden/memory-*.ok holds; --update writes it.
set -euo pipefail
shopt -s nullglob
update=no
if [ "$1" = --update ]; then
    update=yes
    shift
fi
cat6k=$1
said=$(mktemp)
trap 'rm -f "$said"' EXIT
n_failed=0

for scenario in scenarios/memory/*.yaml; do
    ok=tests/golden/memory-$(basename "$scenario" .yaml).ok
    "$cat6k" memory "$scenario" >"$said" 2>&1 && status=0 || status=$?
    echo "exit $status" >>"$said"
    if [ $update = yes ]; then
        cmp -s "$said" "$ok" || echo "golden: $ok moved"
        cp "$said" "$ok"
    elif diff -u "$ok" "$said"; then
        echo "[       OK ] $scenario"
    else
        echo "[  FAILED  ] $scenario"
        n_failed=$((n_failed + 1))
    fi
done
echo "[  $n_failed FAILED ] scenarios of memory"
[ $n_failed = 0 ]
