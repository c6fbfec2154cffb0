/* arp.h - neighbours that the MSFC must ask for, and the drop adjacency meanwhile.
 *
 *   a glean is served by its process
 *     '-- arp_install --> /32 (IPv6: /128) to nowhere: the engines drop what comes for it
 *            |-- arp_answer:   it is among the hosts: the prefix leads to it from now on
 *            '-- arp_throttle: it is not: the prefix is gone, the next packet is punted again
 *
 * So of a flood for a host that is not there, one packet (and what comes until the engines are
 * written) reaches the CPU each arp_throttle. The prefix is a connected route: routes by that next
 * hop follow it, and the engines are written as for any change. source: [CATOS6] 13-6 `frc drp`
 * (vendor); 2 s, and how long each step takes (assumed)
 *
 * Differs from the hardware: what is known is never forgotten, nor asked for again. The packet that
 * asks is lost, and counted so, even when the answer comes.
 */
#ifndef MODELS_ARP_H
#define MODELS_ARP_H

#include "models/config.h"
#include "models/route_map.h"

struct arena;
struct control;
struct report;
struct scheduler;

struct arp {
    const struct chassis_config *config;
    struct control *control;
    struct scheduler *scheduler;
    struct route_map neighbours; /* words point to struct neighbour */
    struct arena *mem;
    uint64_t n_asked, n_answered, n_given_up;
};

/* *a must live as long as the run. */
void arp_open(struct arp *a, const struct chassis_config *config, struct control *control,
              struct scheduler *scheduler, struct arena *mem);
void arp_close(struct arp *a);

/* A process serves a packet whose next hop, at a port, is to be asked for: it is unless that has been
 * done. Times rise; nothing comes of it before now_ps + arp_install_ps. */
void arp_ask(struct arp *a, struct ip_address next_hop, uint32_t port, int64_t now_ps);

void arp_show(const struct arp *a, struct report *out);

#endif /* MODELS_ARP_H */
