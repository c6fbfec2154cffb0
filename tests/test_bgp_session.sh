#!/bin/bash
# BIRD as the peer of `cat6k msfc`: it announces a table and withdraws parts of it, comes and goes; then
# every engine must hold what it has announced, and nothing else. With $ROUTES (or the shared table, where
# it is) real routes, else made ones; BGP_ROUTES of them. A second BIRD, inside, speaks of VPNs.
set -euo pipefail
program=$(realpath "${1:-build/cat6k}")
if ! command -v bird >/dev/null; then
    echo "skipped: there is no bird"
    exit 0
fi
table=$(realpath -m "${ROUTES:-${CAT6K_SHARED_DATA:-../shared/data}/ipv4-full-2024-01.txt.xz}")
n=${BGP_ROUTES:-20000}
dir=$(mktemp -d)
cd "$dir"

started=()
finish() {
    kill "${started[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    [ -n "${KEEP:-}" ] || rm -rf "$dir"
}
trap finish EXIT

fail() {
    echo "test_bgp_session: $*"
    cat msfc.log bird.log 2>/dev/null
    exit 1
}

# Tries a command for a minute.
wait_for() {
    local i
    for i in {1..600}; do
        if "$@"; then
            return
        fi
        sleep 0.1
    done
    fail "waited in vain for: $*"
}

cat >msfc.yaml <<'END'
cat6k: 1
chassis: WS-C6509-E
supervisor: {slot: 5, model: WS-SUP720-3BXL}
slots:
  - {slot: 1, model: WS-X6704-10GE, forwarding: DFC3BXL}
  - {slot: 2, model: WS-X6704-10GE, forwarding: CFC}
vrfs: [{name: RED, rd: "65000:1"}, {name: BLUE, rd: "192.0.2.1:7", import: "65000:7", label_mode: per-vrf}]
traffic:
  - {name: none, from: all, rate: 1%, frames: 64B, to: prefixes, flows: 8}
run: {duration: 1ms}
END

# Routes "prefix next-hop": two lists of IPv4, one of IPv6.
if [ -e "$table" ]; then
    xz -dc "$table" | awk -v n="$n" 'NR <= n' >routes4
else
    awk -v n="$n" 'BEGIN { for (i = 0; i < n; i++)
        printf "%d.%d.%d.0/24 100.64.0.%d\n", 20 + i / 65536, i / 256 % 256, i % 256, 1 + i % 9 }' >routes4
fi
awk 'NR % 3 != 0' routes4 >a4
awk 'NR % 3 == 0' routes4 >b4
for i in {1..1000}; do printf '2001:db9:%x::/48 2001:db8:ffff::%x\n' "$i" $((1 + i % 5)); done >a6

statics() { # NAME FAMILY FILE
    echo "protocol static $1 { $2;"
    awk '{ print "route " $1 " blackhole { bgp_next_hop = " $2 "; bgp_community.add((65001,7)); };" }' "$3"
    echo "}"
}

{
    echo 'router id 192.0.2.99; protocol device {}'
    statics a4 ipv4 a4
    statics b4 ipv4 b4
    statics a6 ipv6 a6
} >tables.conf

# BIRD turns the host bits of a next hop into nothing: what it is to announce it keeps.
# It listens, too, where no other BIRD does.
session() { # PORT
    cat tables.conf
    cat <<END
protocol bgp up {
    local 127.0.0.3 port $1 as 4200000001; strict bind;
    neighbor 127.0.0.1 port $1 as 65000;
    multihop; connect delay time 1; connect retry time 1; error wait time 1, 2;
    ipv4 { import none; export all; next hop keep; };
    ipv6 { import none; export all; next hop keep; };
}
END
}

# Labelled VPN-IPv4 routes; to an internal peer BIRD announces the gateway and its label.
vpn_statics() { # NAME VRF ROUTE_DISTINGUISHER ROUTE_TARGET
    local i hop
    echo "protocol static $1 { vpn4 { table vpns; };"
    for i in {1..600}; do
        hop=10.$((1 + i % 2)).$((1 + i % 3)).2
        echo "route $3 172.16.$((i / 256)).$((i % 256))/32 via $hop%lo onlink mpls $((1000 + i)) { bgp_ext_community.add((rt, $4)); };"
        echo "$2:172.16.$((i / 256)).$((i % 256))/32 $hop" >>"$1"
    done
    echo "}"
}

core() { # PORT
    echo 'router id 192.0.2.98; protocol device {}; vpn4 table vpns;'
    vpn_statics red RED 65000:1 65000,1
    vpn_statics blue BLUE 65000:3 65000,7
    vpn_statics others NOBODY 192.0.2.1:7 65000,2
    cat <<END
protocol bgp core {
    local 127.0.0.2 port $1 as 65000; strict bind;
    neighbor 127.0.0.1 port $1 as 65000;
    multihop; connect delay time 1; connect retry time 1; error wait time 1, 2;
    vpn4 mpls { table vpns; import none; export all; };
}
END
}

"$program" msfc --listen 127.0.0.1:0 --as 65000 --dump dump msfc.yaml >msfc.log 2>&1 &
msfc=$!
started+=($msfc)
wait_for grep -q listens msfc.log
port=$(sed -n 's/.* port //p' msfc.log)
session "$port" >bird.conf
bird -f -c bird.conf -s bird.ctl -P bird.pid >bird.log 2>&1 &
started+=($!)
core "$port" >core.conf
bird -f -c core.conf -s core.ctl -P core.pid >>bird.log 2>&1 &
started+=($!)
wait_for grep -q '127.0.0.3: established' msfc.log

# What the engines hold beside their own interfaces' entries: those with routes of this file.
dump_now() {
    rm -f dump
    kill -USR1 $msfc
    wait_for test -e dump
}

# Entries of an engine: prefix and next hop of all that BIRD could have announced (never the host
# routes of next hops, which are the router's own).
held() { # SLOT
    awk -v slot="$1" 'FNR == NR { hop[$2] = 1; next }
        $1 == slot && $3 in hop { p = $2; sub(/\/.*/, "", p); if (p != $3) print $2, $3 }' \
        announceable dump | sort
}
cat routes4 a6 >announceable

same() { # SLOT FILE
    dump_now
    held "$1" | cmp -s - "$2"
}

both_hold() { # FILE...: PFC and DFC
    cat "$@" | sort >wanted
    wait_for same 5 wanted
    wait_for same 1 wanted
    awk '$1 != 1 && $1 != 5' dump | grep . && fail "an engine that is not there"
    return 0
}

# Of VRFs an engine holds routes and labels: one for each prefix of RED, one for each of both VRFs.
same_vpn() { # SLOT FILE
    dump_now
    awk -v slot="$1" '$1 == slot && $2 ~ /^[A-Z]/ { print $2, $3 }' dump | sort | cmp -s - "$2" &&
        [ "$(grep -c "^$1 label:" dump)" = $((2 + $(grep -c ^RED: "$2"))) ]
}

both_hold_vpn() { # FILE...: PFC and DFC
    cat "$@" | sort >wanted
    wait_for same_vpn 5 wanted
    wait_for same_vpn 1 wanted
}

both_hold_vpn red blue
birdc -s core.ctl disable blue >/dev/null
both_hold_vpn red
birdc -s core.ctl enable blue >/dev/null
birdc -s core.ctl disable red >/dev/null
both_hold_vpn blue
kill -USR2 $msfc
both_hold_vpn blue
birdc -s core.ctl disable core >/dev/null
both_hold_vpn /dev/null
birdc -s core.ctl enable red >/dev/null
birdc -s core.ctl enable core >/dev/null
both_hold_vpn red blue

both_hold a4 b4 a6
birdc -s bird.ctl disable b4 >/dev/null
both_hold a4 a6
birdc -s bird.ctl enable b4 >/dev/null
birdc -s bird.ctl disable a6 >/dev/null
both_hold a4 b4
kill -USR2 $msfc # route refresh: all comes again, nothing changes
both_hold a4 b4
birdc -s bird.ctl disable up >/dev/null
wait_for grep -q 'NOTIFICATION 6/2 received' msfc.log
both_hold # nothing
birdc -s bird.ctl enable up >/dev/null
both_hold a4 b4
birdc -s bird.ctl disable up >/dev/null

rm -f dump
kill $msfc
wait $msfc || fail "ended with $?"
[ -e dump ] || fail "no dump at the end"
echo "test_bgp_session: $(wc -l <routes4) routes of IPv4, 1000 of IPv6, $(cat red blue | wc -l) of VPNs"
