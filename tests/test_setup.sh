#!/bin/bash
# tools/setup.sh finds what is missing, installs it when it may, and else names the command to type.
# A folder of its own holds the machine it sees: package list, apt-get, id and sudo.
set -euo pipefail
machine=$(mktemp -d)
trap 'rm -rf "$machine"' EXIT
mkdir "$machine/tools" "$machine/bin" "$machine/build"
cp tools/setup.sh "$machine/tools"
n_failed=0

command_does() { # NAME WHAT
    printf '#!/bin/sh\n%s\n' "$2" >"$machine/bin/$1"
    chmod +x "$machine/bin/$1"
}

# A machine with a shell and no root, no sudo; `thing` is missing and apt-get can install it.
begin() {
    rm -rf "${machine:?}/bin" "$machine/thing.h"
    mkdir "$machine/bin"
    for c in bash sh env mkdir grep cat tail dirname; do
        ln -s "$(type -P $c)" "$machine/bin/"
    done
    command_does id 'echo 1000'
    command_does apt-get "case \"\$*\" in *install*thing-dev*) : >$machine/thing.h;; esac"
    printf '%s\n' '# comment' "build sh sh a shell" "build thing-dev $machine/thing.h a thing" \
        "demo plotter no-such-command plots" >"$machine/tools/packages"
}

# gives STATUS WORDS OPTION...: setup.sh OPTION... ends with STATUS and says WORDS.
gives() {
    local wanted=$1 words=$2 said status=0
    shift 2
    said=$(PATH=$machine/bin "$machine/tools/setup.sh" "$@" 2>&1 </dev/null) || status=$?
    if [ $status = "$wanted" ] && grep -qF -e "$words" <<<"$said"; then
        echo "[       OK ] setup $*: $words"
    else
        echo "[  FAILED  ] setup $*: wanted $wanted \"$words\", got $status:"
        echo "$said"
        n_failed=$((n_failed + 1))
    fi
}

begin
gives 2 'make setup' build
gives 2 'apt-get install -y --no-install-recommends thing-dev' build
gives 2 'thing-dev          a thing' --install build
gives 2 "su -c 'apt-get update && apt-get install -y" --install build
gives 2 'thing-dev plotter' --install build demo

begin
command_does sudo 'exit 1'
gives 2 "sudo sh -c 'apt-get update" --install build

begin
# shellcheck disable=SC2016 # for the new command to expand
command_does sudo '[ "$1" = -n ] && shift; "$@"'
gives 0 'Installed.' --install build
gives 0 '' build

begin
command_does id 'echo 0'
gives 0 'Installed.' --install build

begin
command_does id 'echo 0'
command_does apt-get 'echo "E: Unable to locate package thing-dev"; exit 100'
gives 2 'E: Unable to locate package thing-dev' --install build
gives 2 'apt-get did not bring thing-dev. Is the network there?' --install build

begin
rm "$machine/bin/apt-get"
gives 2 'There is no apt-get here' --install build

echo "[  $n_failed FAILED ] setup"
[ $n_failed = 0 ]
