#!/bin/bash
# tests/validation.sh [--update] CAT6K: what `CAT6K validate` says about scenarios/validation, and
# about scenarios/what-if and the scenarios beside it that expect something, and how it ends, is what
# tests/golden/{validation,what-if}.ok hold, and the table of the first is the one in scenarios/validation/README.md;
# --update writes them.
set -euo pipefail
update=no
if [ "$1" = --update ]; then
    update=yes
    shift
fi
cat6k=$1
ok=tests/golden/validation.ok
readme=scenarios/validation/README.md
what_if=tests/golden/what-if.ok
others=$(grep -l '^expect:' scenarios/*.yaml)
begin='<!-- cat6k validate -->'
end='<!-- end of cat6k validate -->'
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

"$cat6k" validate -o "$made" scenarios/validation >"$made/said" 2>&1 && status=0 || status=$?
echo "exit $status" >>"$made/said"
"$cat6k" validate scenarios/what-if $others >"$made/answered" 2>&1 && status=0 || status=$?
echo "exit $status" >>"$made/answered"
[ -e "$made/validation.md" ] || echo 'no table: see above' >"$made/validation.md"
awk -v begin="$begin" -v end="$end" -v table="$made/validation.md" '
    $0 == end { inside = 0 }
    !inside { print }
    $0 == begin { inside = 1; while ((getline line < table) > 0) print line }
' "$readme" >"$made/README.md"

if [ $update = yes ]; then
    cmp -s "$made/said" "$ok" || echo "golden: $ok moved"
    cp "$made/said" "$ok"
    cp "$made/README.md" "$readme"
    cmp -s "$made/answered" "$what_if" || echo "golden: $what_if moved"
    cp "$made/answered" "$what_if"
elif diff -u "$ok" "$made/said" && diff -u "$readme" "$made/README.md" &&
    diff -u "$what_if" "$made/answered"; then
    echo "[       OK ] scenarios/validation, scenarios/what-if"
else
    echo "[  FAILED  ] scenarios/validation, its table, or scenarios/what-if"
    exit 1
fi
