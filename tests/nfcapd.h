/* nfcapd.h - captures of NetFlow, and the collector of Debian's nfdump. */
#ifndef TESTS_NFCAPD_H
#define TESTS_NFCAPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Calls back with every datagram of a capture (pcap), after a look at its headers. */
typedef void capture_visit(void *context, const uint8_t *p, uint32_t n, uint64_t seconds);
void capture_datagrams(const uint8_t *capture, size_t n_bytes, capture_visit *visit, void *context);

/* Says so when it is not. */
bool nfdump_is_there(void);

/* Starts nfcapd in dir, sends it the capture, stops it. */
void nfcapd_collect(const char *dir, const uint8_t *capture, size_t n_bytes);

#endif /* TESTS_NFCAPD_H */
