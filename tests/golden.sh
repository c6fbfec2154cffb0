#!/bin/bash
# tests/golden.sh [--update] CAT6K: what `CAT6K run --fingerprint` says about each tests/golden/*.yaml,
# and `CAT6K memory` about each scenarios/memory/*.yaml, and how it ends, is what the .ok file of that
# name in tests/golden holds; --update writes it.
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

# compare OK SCENARIO COMMAND...
compare() {
    local ok=$1 scenario=$2 status
    shift 2
    "$cat6k" "$@" "$scenario" >"$said" 2>&1 && status=0 || status=$?
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
}

for scenario in tests/golden/*.yaml; do
    compare "${scenario%.yaml}.ok" "$scenario" run --fingerprint
done
for scenario in scenarios/memory/*.yaml; do
    compare "tests/golden/memory-$(basename "$scenario" .yaml).ok" "$scenario" memory
done
echo "[  $n_failed FAILED ] golden scenarios"
[ $n_failed = 0 ]
