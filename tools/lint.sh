#!/bin/bash
# What the compiler does not see: tools/lint.sh [RULE...] checks the project in the current folder
# by the rules named, or by all. Prints "file:line: what is wrong" and ends with 1 if anything is.
set -uo pipefail
shopt -s nullglob globstar
here=$(dirname "$(realpath "$0")")

ALL=(layout layers alone calls words globals sources length top cppcheck)
CODE=({sim,models,scenarios,tools,tests}/**/*.[ch])
HEADERS=({sim,models,scenarios,tools,tests}/**/*.h)

code() { # FILE...: lines "file:line:text" without comments
    awk -v want=code -f "$here/comments.awk" /dev/null "$@"
}

# Puts the message behind "file:line:".
say() {
    sed -E "s|^([^:]*:[0-9]+:) *(.*)|\1 $1: \2|"
}

# clang-format would change nothing.
rule_layout() {
    [ ${#CODE[@]} = 0 ] || clang-format --dry-run -Werror "${CODE[@]}" 2>&1
}

# Includes point to the same layer or down, by path from the root; only scenarios/ knows YAML.
rule_layers() {
    code "${CODE[@]}" | awk -F: '
        BEGIN { n = split("sim models scenarios tools tests", names, " ")
                for (i = 1; i <= n; i++) rank[names[i]] = i }
        $3 ~ /^ *# *include/ {
            from = $1; sub(/\/.*/, "", from)
            to = $3; gsub(/^[^"<]*["<]|[">].*/, "", to)
            if ($3 ~ /</) {
                if (to ~ /yaml/ && from != "scenarios" && from != "tests")
                    print $1 ":" $2 ": only scenarios/ knows YAML: " to
                next
            }
            path = to; sub(/\/.*/, "", to)
            if (!(to in rank))
                print $1 ":" $2 ": include by path from the root: " path
            else if (rank[to] > rank[from])
                print $1 ":" $2 ": " from "/ may not include " path
        }'
}

# Each header compiles on its own.
rule_alone() {
    local h
    for h in "${HEADERS[@]}"; do
        printf '#include "%s"\nextern int alone;\n' "$h" |
            gcc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror -I. -Ibuild \
                -fsyntax-only -xc - 2>&1 ||
            echo "$h:1: does not stand alone"
    done
}

# Models do not print, read files or clocks, allocate or draw from libc; time and state are integers
# (only sim/report.c divides for people).
rule_calls() {
    local print='(v?(f|s|sn|d|as)?printf|f?puts|putchar|fwrite|perror)'
    local read='(f?open|f?read|fgets|s?scanf|getenv)'
    local clock='(time|clock|clock_gettime|gettimeofday)'
    local memory='(malloc|calloc|realloc|aligned_alloc|free)'
    local chance='(rand|srand|random|drand48)'
    code models/*.[ch] |
        grep -E "[^A-Za-z0-9_>.]($print|$read|$clock|$memory|$chance) ?\(" |
        say "models/ may not call this"
    code {sim,models}/*.[ch] | grep -v '^sim/report.c:' | grep -wE 'float|double' |
        say "integers only"
}

# The kernel does not know the words of the models.
rule_words() {
    local parts='supervisor|linecard|chassis|adjacenc|prefix|punt'
    local tables='[pdc]fc|msfc|[fr]ib|tcam|acl|qos|netflow|bgp|ipv[46]|dbus'
    code sim/*.[ch] | grep -iE "cisco|catalyst|$parts|(^|[^a-z])($tables)" |
        say "sim/ knows no Cisco"
}

# No variable outlives a call, unless it is constant.
rule_globals() {
    [ ! -e build/libcat6k.a ] || objdump -t build/libcat6k.a | awk '
        /^[^ ]+\.o:/ { file = $1; sub(/\.o:/, ".c", file) }
        $0 ~ / O (\.t?data|\.t?bss|\*COM\*)/ && $0 !~ /\.data\.rel\.ro/ {
            print file ":1: a global that changes: " $NF }'
}

# "source: [KEY] place (kind)": the key is listed in models/SOURCES.md, the kind is one of five.
# Every key listed is used.
rule_sources() {
    local keys=models/SOURCES.md
    {
        awk -v want=comments -f "$here/comments.awk" /dev/null {models,scenarios}/*.[ch]
        grep -n 'source:' /dev/null scenarios/{catalog,validation,what-if}/*.yaml
    } | awk -v keys="$keys" '
        BEGIN {
            for (n = 1; (getline line < keys) > 0; n++)
                if (match(line, /^[|*` -]*\[[A-Z][A-Z0-9-]*\]/)) {
                    gsub(/^[^[]*\[|\].*/, "", line)
                    listed[line] = n
                }
        }
        {
            place = $0; sub(/:[^0-9].*/, "", place)
            n = split($0, parts, /source: */)
            for (i = 2; i <= n; i++) {
                if (parts[i] !~ /\((standard|vendor|measured|derived|assumed)/)
                    print place ": source without its (kind): " substr(parts[i], 1, 40)
                found = 0
                while (match(parts[i], /\[[A-Z][A-Z0-9-]*/)) {
                    key = substr(parts[i], RSTART + 1, RLENGTH - 1)
                    parts[i] = substr(parts[i], RSTART + RLENGTH)
                    used[key] = found = 1
                    if (!(key in listed))
                        print place ": " keys " does not list [" key "]"
                }
                if (!found && parts[i] !~ /\((derived|assumed)/)
                    print place ": source without its [KEY]: " substr(parts[i], 1, 40)
            }
        }
        END { for (key in listed) if (!(key in used))
                  print keys ":" listed[key] ": nothing uses [" key "]" }'
}

# A function is read in one sitting: 70 lines, a file 600.
rule_length() {
    awk 'FNR > 600 && FNR == 601 { print FILENAME ":601: more than 600 lines" }
        FNR == 1 { inside = 0 }
        /^[A-Za-z_]/ && !inside { start = FNR }
        /^\{/ { inside = 1 }
        /^\}/ && inside { inside = 0
            if (FNR - start + 1 > 70)
                print FILENAME ":" start ": function of " FNR - start + 1 " lines, 70 at most" }
    ' /dev/null "${CODE[@]}"
    grep -nE 'T[O]DO|F[I]XME' /dev/null "${CODE[@]}" | say "unfinished"
}

# The root holds the layers and little else.
rule_top() {
    local name
    for name in $({ git ls-files 2>/dev/null || ls; } | cut -d/ -f1 | sort -u); do
        case $name in
        sim | models | scenarios | tools | tests | build | demo) ;;
        Makefile | README.md | LICENSE | .*) ;;
        *) echo "$name:1: does not belong in the root" ;;
        esac
    done
}

# Suppressed: the catalogue's texts lie between two labels, which look like two objects.
rule_cppcheck() {
    [ ${#CODE[@]} = 0 ] && return
    mkdir -p build/cppcheck
    cppcheck -q --std=c11 -D_GNU_SOURCE --enable=warning,performance,portability --inline-suppr \
        --suppress=comparePointers:scenarios/catalog_text.c \
        -j "$(nproc)" --cppcheck-build-dir=build/cppcheck -I. \
        --template='{file}:{line}: {message} [{id}]' "${CODE[@]}" 2>&1
}

wrong=0
[ $# != 0 ] || set -- "${ALL[@]}"
for rule in "$@"; do
    found=$("rule_$rule")
    if [ -n "$found" ]; then
        echo "lint, $rule:"
        echo "$found"
        wrong=1
    fi
done
exit $wrong
