#!/bin/bash
# Looks for the packages of the groups named (see tools/packages) and, with --install, has apt-get
# install the missing ones. Ends with 0 when all are there; else says what to type, and ends with 2.
set -euo pipefail
cd "$(dirname "$0")/.."

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

# Fills names with the missing packages and purposes with what they are for.
find_missing() {
    local group package proof purpose
    names=() purposes=()
    while read -r group package proof purpose; do
        if [[ $groups == *" $group "* ]] && ! is_there "$proof"; then
            names+=("$package")
            purposes+=("$purpose")
        fi
    done <tools/packages
}

# Why it cannot be done here, and the one command that helps.
give_up() {
    printf '%s\nType this, then try again:\n\n    %s\n\n' "$1" "$by_hand" >&2
    exit 2
}

find_missing
if [ ${#names[@]} = 0 ]; then
    exit 0
fi
echo "Missing packages:" >&2
for i in "${!names[@]}"; do
    printf '    %-18s %s\n' "${names[i]}" "${purposes[i]}" >&2
done

by_hand="apt-get update && apt-get install -y --no-install-recommends ${names[*]}"
if ! command -v apt-get >/dev/null; then
    echo "There is no apt-get here: install what your system calls these." >&2
    exit 2
fi
if [ "$(id -u)" = 0 ]; then
    as_root=()
elif command -v sudo >/dev/null; then
    as_root=(sudo)
    by_hand="sudo sh -c '$by_hand'"
else
    as_root=(false)
    by_hand="su -c '$by_hand'"
fi

if [ $install = no ]; then
    give_up "\`make setup\` installs them, and those for tests and plots; or by hand."
elif [ "${as_root[*]}" = false ]; then
    give_up "Installing them needs root, and there is no sudo."
elif [ "${as_root[*]}" = sudo ] && ! sudo -n true 2>/dev/null && ! [ -t 0 ]; then
    give_up "Installing them needs a password, and there is no terminal to ask for it."
fi

# Errors of apt-get are judged by what is still missing afterwards: that an archive nobody needs
# here cannot be reached does not matter.
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 \
        -o Acquire::http::Timeout=30 "$@" >>"$log" 2>&1 || true
}

echo "Installing them with apt-get (build/setup.log has its words)..." >&2
mkdir -p build
log=build/setup.log
: >$log
apt update
apt install --no-install-recommends "${names[@]}"

find_missing
if [ ${#names[@]} != 0 ]; then
    grep -m 4 -E '^(E|W|Err)' $log >&2 || tail -n 4 $log >&2
    give_up "apt-get did not bring ${names[*]}. Is the network there?"
fi
echo "Installed." >&2
