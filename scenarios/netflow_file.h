/* netflow_file.h - flow records as the machine exports them: NetFlow version 9 (RFC 3954) in UDP, in a
 * capture file.
 *
 *   records of a flow --> datagram per engine and family --> UDP, IPv4, Ethernet --> pcap
 *
 * Why so: the datagrams are what a collector gets from the real machine, and a pcap file is how one
 * keeps them: tcpreplay sends them on, Wireshark and tshark decode them, and they go from 127.0.0.1 to
 * 127.0.0.1, so `tcpreplay -i lo` brings them to an nfcapd here. nfdump's own format is documented
 * only by its source, and IPFIX files (RFC 5655) nfdump does not read. Version 9 and not 5, because
 * version 5 has no IPv6 and counts to 2^32.
 *
 * The run, and the machine's up time, begin at 2000-01-01 00:00:00 UTC (collectors take the beginning
 * of 1970 for "not known"). A datagram is stamped with the next whole second, as its header has but
 * whole seconds to tell when that was.
 *
 * Every 20th datagram of an engine and family (and the first) begins with its template, as collectors
 * that come late expect it.
 */
#ifndef SCENARIOS_NETFLOW_FILE_H
#define SCENARIOS_NETFLOW_FILE_H

#include <stdint.h>
#include <stdio.h>

#include "models/config.h"
#include "models/netflow.h"

#define NETFLOW_FILE_PORT 9995 /* of UDP: where nfcapd listens when told nothing */
#define NETFLOW_FILE_PAYLOAD 1400
#define NETFLOW_FILE_EPOCH_S 946684800 /* Unix time when the run begins */

struct netflow_file;

/* A datagram that is being filled. */
struct netflow_datagram {
    struct netflow_file *file;
    uint32_t source; /* source id: the engine's slot */
    enum ip_family family;
    uint32_t n_sent;
    uint32_t n_records, n_bytes; /* in it so far */
    uint32_t set_at;             /* where its data flow set begins */
    uint8_t bytes[NETFLOW_FILE_PAYLOAD];
};

struct netflow_source {
    uint32_t n_datagrams; /* the sequence number of RFC 3954 */
    struct netflow_datagram datagrams[IP_N_FAMILIES];
};

struct netflow_file {
    FILE *out;
    int64_t now_ps;
    struct netflow_source sources[CONFIG_MAX_SLOTS + 1]; /* by slot of the engine */
};

/* Writes the head of the file. out stays the caller's: so do its errors (ferror) and its closing. */
void netflow_file_open(struct netflow_file *f, FILE *out);

/* From here on datagrams are sent at now_ps, which never falls; those begun are sent before. Call it
 * before each netflow_poll() or netflow_flush(), and once more at the end. */
void netflow_file_at(struct netflow_file *f, int64_t now_ps);

/* What to give netflow_poll() and netflow_flush() of the engine in that slot. */
struct netflow_exporter netflow_file_exporter(struct netflow_file *f, uint32_t slot);

#endif /* SCENARIOS_NETFLOW_FILE_H */
