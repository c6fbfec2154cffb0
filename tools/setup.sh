#!/bin/bash
# Looks for the packages of the groups named (see tools/packages) and, with --install, has apt-get
# install the missing ones. Ends with 0 when all are there; else says what to type, and ends with 2.
set -euo pipefail
cd "$(dirname "$0")"

install=no
if [ "${1:-}" = --install ]; then
    install=yes
    shift
fi
groups=" $* "

# The proof is a file (maybe a pattern) or a command.
is_there() {
    case $1 in
    /*) compgen -G "$1" >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

# Lines "package purpose".
list_missing() {
    local group package proof purpose
    while read -r group package proof purpose; do
        if [[ $groups == *" $group "* ]] && ! is_there "$proof"; then
            echo "$package $purpose"
        fi
    done <packages
}

# Why it cannot be done here, and the one command that helps.
give_up() {
    printf '%s Type this, then try again:\n\n    %s\n\n' "$1" "$2" >&2
    exit 2
}

missing=$(list_missing)
if [ -z "$missing" ]; then
    exit 0
fi
echo "Missing packages:" >&2
while read -r package purpose; do
    printf '    %-18s %s\n' "$package" "$purpose" >&2
done <<<"$missing"

names=$(cut -d' ' -f1 <<<"$missing" | xargs)
by_hand="apt-get update && apt-get install -y --no-install-recommends $names"
if ! command -v apt-get >/dev/null; then
    echo "There is no apt-get here: install what your system calls these." >&2
    exit 2
fi

as_root=()
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        by_hand="su -c '$by_hand'"
        [ $install = no ] || give_up "Installing them needs root, and there is no sudo." "$by_hand"
    else
        by_hand="sudo sh -c '$by_hand'"
        as_root=(sudo)
        # Without a terminal nobody can answer sudo's question.
        if [ $install = yes ] && ! sudo -n true 2>/dev/null && ! [ -t 0 ]; then
            give_up "Installing them needs a password." "$by_hand"
        fi
    fi
fi
[ $install = yes ] || give_up "(\`make setup\` does it, and installs what tests and plots need too.)" "$by_hand"

# Errors of apt-get are judged by what is still missing afterwards: that an archive nobody needs
# here cannot be reached does not matter.
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 \
        -o Acquire::http::Timeout=30 "$@" >>"$log" 2>&1 || true
}

echo "Installing them (apt-get, as root)..." >&2
mkdir -p ../build
log=../build/setup.log
: >$log
apt update
# shellcheck disable=SC2086 # a list
apt install --no-install-recommends $names

missing=$(list_missing)
if [ -n "$missing" ]; then
    { grep -E '^(E|W|Err)' $log || cat $log; } | tail -n 8 >&2
    echo >&2
    give_up "Not installed: $(cut -d' ' -f1 <<<"$missing" | xargs). Is the network there?" "$by_hand"
fi
echo "Installed." >&2
