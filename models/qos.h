/* qos.h - what a port believes of a frame's marks, and the internal DSCP that comes of it.
 *
 *   frame: CoS, DSCP --> trust state of its port --> map --> internal DSCP --> policers --> map --> CoS
 *                        nothing: 0                                                       of the
 *                        cos: of its tag, else   CoS -> DSCP                              egress
 *                             the port's own
 *                        ip-precedence: its ToS  precedence -> DSCP                       queue
 *                        dscp: as it is
 *
 * With QoS off (`no mls qos`, the default) frames keep what they carry. With it on a port trusts
 * nothing by default. The internal DSCP is a function of what a frame carries and of its port, so it
 * is worked out once for each stream and port, not for each packet.
 * source: [QOS-REF] off passes unchanged (vendor), [XERU] untrusted gets 0 (vendor)
 *
 * The internal DSCP takes the place of the packet's own, but where that is kept (DSCP transparency, from
 * the PFC3 on): then it decides about policers, queues and CoS only, and those who read the packet
 * behind the engine, as the MSFC does, find what it came with.
 * source: [CG-SX] 41-10 (vendor)
 *
 * Differs from the hardware: a tag makes a frame no longer.
 */
#ifndef MODELS_QOS_H
#define MODELS_QOS_H

#include <stdint.h>

#include "models/config.h"

#define QOS_KEEPS_GENERATION 3 /* from this one on a DSCP may be kept */

/* CoS and IP precedence times 8, DSCP by 8, DSCP marked down to itself.
 * source: [CG-SX] 41 (vendor, as recalled: assumed) */
void qos_default_maps(struct qos_config *qos);

/* Of a frame with these marks (CoS: or CONFIG_UNTAGGED) that enters by the port. */
uint8_t qos_internal_dscp(const struct qos_config *qos, const struct port_config *port, uint8_t cos,
                          uint8_t dscp);

/* What the packet has in its header behind an engine, for whom this is the internal one. */
static inline uint8_t qos_carried_dscp(const struct qos_config *qos,
                                       const struct stream_config *stream, uint8_t dscp)
{
    return qos->keeps_dscp ? stream->dscp : dscp;
}

/* What an egress queue goes by; with QoS off all frames are alike: 0. */
static inline uint8_t qos_egress_cos(const struct qos_config *qos, uint8_t dscp)
{
    return qos->on ? qos->dscp_cos[dscp] : 0;
}

#endif /* MODELS_QOS_H */
