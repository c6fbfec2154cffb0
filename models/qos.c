#include "models/qos.h"

void qos_default_maps(struct qos_config *qos)
{
    for (uint8_t i = 0; i < 8; i++) {
        qos->cos_dscp[i] = (uint8_t)(i * 8);
        qos->precedence_dscp[i] = (uint8_t)(i * 8);
    }
    for (uint8_t i = 0; i < 64; i++) {
        qos->dscp_cos[i] = i / 8;
        qos->policed_dscp[i] = i;
    }
}

uint8_t qos_internal_dscp(const struct qos_config *qos, const struct port_config *port, uint8_t cos,
                          uint8_t dscp)
{
    if (!qos->on) {
        return dscp;
    }
    switch ((enum trust)port->trust) {
    case TRUST_COS:
        return qos->cos_dscp[cos == CONFIG_UNTAGGED ? port->cos : cos];
    case TRUST_IP_PRECEDENCE:
        return qos->precedence_dscp[dscp >> 3];
    case TRUST_DSCP:
        return dscp;
    default:
        return 0;
    }
}
