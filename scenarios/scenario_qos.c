/* scenario_qos.c - `qos:` and `interfaces:`: what ports trust, and how marks are mapped. */
#include "models/policer.h"
#include "models/qos.h"

#include <string.h>

#include "scenarios/loader.h"
#include "sim/arena.h"

#define LEAST_MTU 68 /* source: [RFC-791] (standard) */
#define MOST_MTU 9216

/* "46:8, 26:0" over what is there: keys below n_keys become values below n_values. */
static void load_map(struct loader *l, uint32_t place, uint8_t *map, uint32_t n_keys,
                     uint32_t n_values)
{
    const char *text = places_text(&l->places, place);
    char item[ITEM_TEXT], why[QUANTITY_WHY];
    while (place != 0 && next_item(&text, item)) {
        struct quantity key, value = {0};
        char *colon = strchr(item, ':');
        if (colon == NULL) {
            places_error(&l->places, place, "'%s'; expected pairs as 46:8", item);
            return;
        }
        *colon = '\0';
        if (!quantity_parse(item, UNITS(UNIT_COUNT), &key, why) ||
            !quantity_in_range(key, 0, n_keys - 1, why) ||
            !quantity_parse(colon + 1, UNITS(UNIT_COUNT), &value, why) ||
            !quantity_in_range(value, 0, n_values - 1, why)) {
            places_error(&l->places, place, "%s", why);
            return;
        }
        map[key.value] = (uint8_t)value.value;
    }
}

/* A port is set once: taken[port]. */
static void load_settings(struct loader *l, const struct raw_interface *raw, bool *taken)
{
    static const char *const trusts[] = {"none", "cos", "ip-precedence", "dscp"};
    uint8_t trust = (uint8_t)load_word(l, raw->trust, "unknown trust", trusts, 4, TRUST_NOTHING);
    uint8_t cos = (uint8_t)load_count(l, raw->cos, 0, 7, 0);
    uint64_t mtu = load_quantity(l, raw->mtu, UNIT_BYTES, LEAST_MTU, MOST_MTU, 0);
    const uint32_t *ports = NULL;
    if (raw->ports == 0 ||
        ((raw->trust | raw->cos | raw->mtu) == 0 && interface_has_features(raw))) {
        return;
    }
    uint32_t n = load_ports(l, raw->ports, &ports);
    for (uint32_t i = 0; i < n && l->ports_known; i++) {
        struct port_config *port = &l->config->ports[ports[i]];
        if (taken[ports[i]]) {
            places_error(&l->places, raw->ports, "%u/%u is set by an entry before", port->slot,
                         port->number);
            return;
        }
        taken[ports[i]] = true;
        port->trust = trust;
        port->cos = cos;
        port->mtu_bytes = (uint16_t)mtu;
        l->config->qos.on |= trust != TRUST_NOTHING;
    }
}

/* What comes of `mls qos police serial`, and of `no mls qos rewrite ip dscp`. */
static void load_modes(struct loader *l, struct qos_config *qos)
{
    const struct raw_qos *raw = &l->raw->qos;
    const struct engine_type *pfc =
        l->config->supervisor == NULL ? NULL : &l->config->supervisor->pfc;
    const char *mode = l->config->pfc_mode;
    qos->serial_policing = load_yes(l, raw->serial_policing,
                                    pfc != NULL && pfc->generation != POLICER_PARALLEL_GENERATION);
    qos->keeps_dscp = !load_yes(l, raw->rewrite_dscp, true);
    if (pfc == NULL) {
        return;
    }
    if (qos->serial_policing && pfc->generation == POLICER_PARALLEL_GENERATION && mode != NULL &&
        strncmp(mode, "PFC3C", strlen("PFC3C")) != 0) {
        places_error(&l->places, raw->serial_policing,
                     "it takes the mode PFC3C; in %s policers of both sides are asked at once",
                     mode);
    } else if (!qos->serial_policing && pfc->generation > POLICER_PARALLEL_GENERATION) {
        places_error(&l->places, raw->serial_policing, "a %s knows no other way", pfc->model);
    }
    if (qos->keeps_dscp && pfc->generation < QOS_KEEPS_GENERATION) {
        places_error(&l->places, raw->rewrite_dscp, "a %s always rewrites it; a PFC3 need not",
                     pfc->model);
    }
}

void load_qos(struct loader *l)
{
    const struct raw_qos *raw = &l->raw->qos;
    struct qos_config *qos = &l->config->qos;
    bool *taken = arena_take_array(l->mem, l->config->n_ports, sizeof *taken);
    for (uint32_t i = 0; i < l->raw->interfaces_count; i++) {
        load_settings(l, &l->raw->interfaces[i], taken);
    }
    bool needed = qos->on || l->config->n_policers > 0 || l->raw->policy_maps_count > 0;
    qos->on = load_yes(l, raw->enabled, needed);
    if (needed && !qos->on) {
        places_error(&l->places, raw->enabled,
                     "policers, policy maps and ports that trust need it");
    }
    load_modes(l, qos);
    qos_default_maps(qos);
    load_map(l, raw->cos_dscp, qos->cos_dscp, 8, 64);
    load_map(l, raw->ip_precedence_dscp, qos->precedence_dscp, 8, 64);
    load_map(l, raw->dscp_cos, qos->dscp_cos, 64, 8);
    load_map(l, raw->policed_dscp, qos->policed_dscp, 64, 64);
    qos->marks_trusted = load_yes(l, raw->marking_ignore_port_trust, false);
    if (l->config->n_copp_classes > 0 && !qos->on) {
        add_note(l, "control_plane works in software only: in the engines it takes "
                    "qos: {enabled: yes}");
    }
}
