/* The NetFlow table of an engine, searched from end to end: which flows have an entry. */
#include <stdlib.h>
#include <string.h>

#include "tests/reference_sim.h"

#define N_PAGES 8
#define N_ALIASES 128

struct table_size {
    uint64_t n_entries;
    uint32_t n_pages, hash_bits; /* pages 0: a TCAM, with aliases beside it */
};

static struct table_size size_of(const struct sim *s, const struct engine_type *type)
{
    struct table_size size = {.n_entries = type->netflow_entries};

    if (type->generation >= 3) {
        uint32_t own = type->generation == 3 && type->letter == 'A' ? 17 : 25;
        size.hash_bits = s->config->netflow.hash_bits > 0 ? s->config->netflow.hash_bits : own;
        return size;
    }
    size.n_pages = N_PAGES;
    for (size.hash_bits = 2; (uint64_t)N_PAGES << size.hash_bits < type->netflow_entries;) {
        size.hash_bits++;
    }
    size.n_entries = (uint64_t)N_PAGES << size.hash_bits;
    return size;
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* By what the packet is looked up; NETFLOW_N_MASKS: it is not. */
static enum netflow_mask mask_of(const struct sim *s, uint32_t ingress)
{
    static const enum netflow_mask masks[] = {[POLICE_FLOW] = NETFLOW_FULL,
                                              [POLICE_SOURCE] = NETFLOW_SOURCE,
                                              [POLICE_TARGET] = NETFLOW_DESTINATION};

    if (s->config->netflow_on) {
        return s->config->netflow.mask;
    }
    for (uint32_t i = 0; i < s->config->n_policers; i++) {
        const struct policer_config *p = &s->config->policers[i];
        for (uint32_t k = 0; k < p->n_ports && p->scope >= POLICE_FLOW; k++) {
            if (p->ports[k] == ingress) {
                return masks[p->scope];
            }
        }
    }
    uint32_t channel = s->config->ports[ingress].port_channel;
    uint32_t number =
        s->config->interfaces == NULL
            ? 0
            : s->config->interfaces[channel > 0 ? channel : ingress].service_policy[0];
    for (uint32_t i = 0; number > 0 && i < s->config->policy_maps[number - 1].n_classes; i++) {
        uint32_t policer = s->config->policy_maps[number - 1].classes[i].flow_police;
        if (policer > 0) {
            return masks[s->config->policers[policer - 1].scope];
        }
    }
    return NETFLOW_N_MASKS;
}

static void key_of(const struct sim *s, const struct reference_packet *p, enum netflow_mask mask,
                   uint64_t key[5])
{
    bool full = mask == NETFLOW_FULL || mask == NETFLOW_INTERFACE_FULL;
    bool ports = full && (p->protocol == 6 || p->protocol == 17);
    uint32_t channel = s->config->ports[p->ingress].port_channel;
    uint64_t last = (uint64_t)p->flow.to.family << 56;

    memset(key, 0, 5 * sizeof *key);
    if (mask != NETFLOW_DESTINATION) {
        key[0] = p->flow.from.hi;
        key[1] = p->flow.from.lo;
    }
    if (mask != NETFLOW_SOURCE) {
        key[2] = p->flow.to.hi;
        key[3] = p->flow.to.lo;
    }
    if (mask == NETFLOW_INTERFACE_FULL || mask == NETFLOW_INTERFACE_DESTINATION_SOURCE) {
        last |= (uint64_t)((channel > 0 ? channel : p->ingress) + 1) << 32;
    }
    if (full) {
        last |= (uint64_t)p->protocol << 48;
        last |= ports ? p->flow.from_port : 0;
        last |= (uint64_t)(ports ? p->flow.to_port : p->protocol == 1 ? p->icmp : 0) << 16;
    }
    key[4] = last;
}

static uint64_t folded(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)(product >> 64 ^ product);
}

/* As netflow.h has it. */
static uint32_t value_of(const uint64_t key[5], uint32_t bits)
{
    static const uint64_t pi[] = {0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0,
                                  0x082efa98ec4e6c89};
    uint64_t addresses =
        folded(key[0] ^ pi[0], key[1] ^ pi[1]) ^ folded(key[2] ^ pi[2], key[3] ^ pi[3]);
    uint64_t hash = folded(folded(addresses ^ pi[0], key[4] ^ pi[2]), pi[1] | 1);

    return (uint32_t)(hash >> (64 - bits));
}

/* ---- entries --------------------------------------------------------------------------------- */

static uint64_t n_living(const struct flow_table *t, bool alias)
{
    uint64_t n = 0;

    for (size_t i = 0; i < t->n; i++) {
        n += t->entries[i].lives && t->entries[i].alias == alias;
    }
    return n;
}

static bool ends(const struct sim *s, const struct flow_table *t, const struct flow_entry *e,
                 int64_t now_ps)
{
    const struct netflow_config *c = &s->config->netflow;
    int64_t idle_ps = now_ps - e->last_ps, age_ps = now_ps - e->first_ps;

    return idle_ps >= c->normal_ps || (t->aggressive && idle_ps >= c->aggressive_ps) ||
           (e->n_packets < c->fast_packets && age_ps >= c->fast_ps) || age_ps >= c->long_ps;
}

/* All polls up to now, which come before whatever else happens then. */
static void poll(const struct sim *s, struct flow_table *t, const struct table_size *size)
{
    int64_t poll_ps = s->config->netflow.poll_ps;

    while (t->polled_ps + poll_ps <= s->now_ps) {
        t->polled_ps += poll_ps;
        t->aggressive = n_living(t, false) * 100 >= size->n_entries * NETFLOW_THRESHOLD_PERCENT;
        for (size_t i = 0; i < t->n; i++) {
            struct flow_entry *e = &t->entries[i];
            e->lives = e->lives && !ends(s, t, e, t->polled_ps);
        }
    }
}

/* Is there a place for a new entry, and is it among the aliases? */
static bool has_place(const struct flow_table *t, const struct table_size *size, uint32_t value,
                      bool *alias)
{
    uint32_t n[2] = {0};

    for (size_t i = 0; i < t->n; i++) {
        const struct flow_entry *e = &t->entries[i];
        n[e->alias] += e->lives && e->value == value;
    }
    *alias = size->n_pages == 0 && n[false] > 0;
    if (size->n_pages > 0) {
        return n[false] < size->n_pages;
    }
    return n_living(t, false) < size->n_entries &&
           (!*alias || (n[true] == 0 && n_living(t, true) < N_ALIASES));
}

/* The packet's entry, found or begun; NOBODY: there is no place. */
static size_t entry_of(struct flow_table *t, const struct table_size *size, const uint64_t key[5],
                       int64_t now_ps)
{
    struct flow_entry new = {.lives = true, .first_ps = now_ps};

    for (size_t i = 0; i < t->n; i++) {
        if (t->entries[i].lives && memcmp(t->entries[i].key, key, sizeof new.key) == 0) {
            return i;
        }
    }
    memcpy(new.key, key, sizeof new.key);
    new.value = value_of(key, size->hash_bits);
    if (!has_place(t, size, new.value, &new.alias)) {
        return NOBODY;
    }
    if (t->n == t->room) {
        t->room = 2 * t->room + 16;
        t->entries = realloc(t->entries, t->room * sizeof *t->entries);
    }
    t->entries[t->n] = new;
    return t->n++;
}

void reference_account(struct sim *s, size_t packet, const struct engine_type *type)
{
    const struct reference_packet *p = &s->packets[packet];
    struct flow_table *t = &s->cards[s->slot].flows;
    struct table_size size = size_of(s, type);
    enum netflow_mask mask = mask_of(s, p->ingress);
    uint64_t key[5];

    s->frames[packet].entry = NOBODY;
    if (p->other_mac || mask == NETFLOW_N_MASKS) {
        return;
    }
    poll(s, t, &size);
    key_of(s, p, mask, key);
    size_t i = entry_of(t, &size, key, s->now_ps);
    if (i != NOBODY) {
        t->entries[i].n_packets++;
        t->entries[i].last_ps = s->now_ps;
    }
    s->frames[packet].entry = i;
}
