#!/bin/bash
# For bench_bgp: BIRD announces the shared table to another BIRD and to `cat6k msfc` in turn. Prints the
# processor seconds of each round, "bird msfc"; leaves the receiving BIRD's table in FOLDER/rib.mrt.
#
#   bench_bgp.sh PROGRAM TABLE FOLDER
set -euo pipefail
program=$(realpath "$1")
table=$(realpath "$2")
cd "$3"
rounds=${BGP_ROUNDS:-3}

started=()
finish() {
    kill "${started[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
}
trap finish EXIT

wait_for() {
    local i
    for i in {1..600}; do
        if "$@"; then
            return
        fi
        sleep 0.1
    done
    echo "bench_bgp.sh: waited in vain for: $*" >&2
    exit 1
}

# Processor time of a process, in seconds.
used() { awk '{ printf "%.6f\n", $1 / 1e9 }' "/proc/$1/schedstat"; }

# Waits until a process has nothing to do any more.
idle() {
    local before=-1 now
    now=$(used "$1")
    while [ "$before" != "$now" ]; do
        sleep 0.7
        before=$now
        now=$(used "$1")
    done
}

n=$(xz -dc "$table" | wc -l)
{
    echo 'router id 192.0.2.99; protocol device {}; protocol static table4 { ipv4;'
    xz -dc "$table" | awk '{ print "route " $1 " blackhole { bgp_next_hop = " $2 "; };" }'
    echo '}'
} >table.conf

listening() { # NAME ADDRESS PORT
    cat <<END_OF_CONF
protocol bgp $1 {
    disabled; local 127.0.0.1 as 65002; neighbor $2 port $3 as 65000;
    multihop; connect delay time 1; connect retry time 1; error wait time 1, 2;
    ipv4 { import none; export all; next hop keep; };
}
END_OF_CONF
}

cat >msfc.yaml <<'END_OF_YAML'
cat6k: 1
chassis: WS-C6509-E
supervisor: {slot: 5, model: WS-SUP720-3BXL}
slots:
  - {slot: 1, model: WS-X6704-10GE, forwarding: DFC3BXL}
  - {slot: 2, model: WS-X6704-10GE, forwarding: CFC}
routes: {maximum_routes: {ip: 992}}
traffic:
  - {name: none, from: all, rate: 1%, frames: 64B, to: prefixes, flows: 8}
run: {duration: 1ms}
END_OF_YAML

"$program" msfc --listen 127.0.0.1:0 --as 65000 msfc.yaml >msfc.log 2>&1 &
msfc=$!
started+=($msfc)
wait_for grep -q listens msfc.log
port=$(sed -n 's/.* port //p' msfc.log)
{
    cat table.conf
    listening to_bird 127.0.0.2 1793
    listening to_msfc 127.0.0.1 "$port"
} >sender.conf
cat >receiver.conf <<'END_OF_CONF'
router id 192.0.2.98; protocol device {}
protocol bgp incoming {
    local 127.0.0.2 port 1793 as 65000; neighbor 127.0.0.1 as 65002; multihop; passive;
    ipv4 { import all; export none; };
}
END_OF_CONF
bird -f -c receiver.conf -s receiver.ctl -P receiver.pid >receiver.log 2>&1 &
receiver=$!
started+=($receiver)
bird -f -c sender.conf -s sender.ctl -P sender.pid >sender.log 2>&1 &
sender=$!
started+=($sender)
wait_for test -e sender.ctl
idle $sender

has_session() { birdc -s receiver.ctl show protocols incoming | grep -q Established; }
has_all() { birdc -s receiver.ctl show route count | grep -q "^Total: $n of"; }
established() { grep -c established msfc.log | grep -qx "$1"; }

# A whole table received, and given back when the session ends.
round() { # NAME PROCESS COMMAND...
    local before
    before=$(used "$2")
    birdc -s sender.ctl enable "$1" >/dev/null
    wait_for "${@:3}"
    idle "$2"
    echo "$(used "$2") $before" | awk '{ printf "%.3f ", $1 - $2 }'
}

for ((i = 1; i <= rounds; i++)); do
    round to_bird $receiver has_session
    wait_for has_all
    [ -e rib.mrt ] || {
        birdc -s receiver.ctl 'mrt dump table "master4" to "rib.mrt"' >/dev/null
        idle $receiver
    }
    birdc -s sender.ctl disable to_bird >/dev/null
    idle $receiver
    round to_msfc $msfc established "$i"
    echo
    birdc -s sender.ctl disable to_msfc >/dev/null
    idle $msfc
done
