#include "tests/reference_tables.h"

#include <stdlib.h>

/* ---- what a flow chooses ------------------------------------------------------------------- */

/* As models/sharing.h says. */
static uint64_t hash_of(uint64_t begin, const struct flow_key *flow, bool ports)
{
    const uint64_t words[] = {flow->from.hi, flow->from.lo, flow->to.hi, flow->to.lo,
                              flow->from_port * 65536ull + flow->to_port};
    const int n = ports ? 5 : 4;
    uint64_t h = begin;

    for (int i = 0; i < n; i++) {
        h ^= words[i];
        h ^= h >> 30;
        h *= 0xbf58476d1ce4e5b9;
        h ^= h >> 27;
        h *= 0x94d049bb133111eb;
        h ^= h >> 31;
    }
    return h;
}

static struct answer choose(const struct chassis_config *config, const struct choice *choice,
                            const struct flow_key *flow)
{
    enum load_sharing how = config->load_sharing;
    uint64_t id = how == SHARING_DEFAULT ? sharing_universal_id(config->seed) : 0;
    uint64_t way = hash_of(id, flow, how == SHARING_FULL || how == SHARING_FULL_SIMPLE) >> 35;
    struct answer answer = choice->of[way * choice->n >> 29];

    if ((answer.outcome == FORWARD || answer.outcome == PUNT) && answer.port >= config->n_ports) {
        const struct port_channel *c = &config->port_channels[answer.port - config->n_ports];
        answer.port = c->members[(hash_of(UINT64_MAX, flow, false) >> 61) % c->n_members];
    }
    return answer;
}

/* ---- tables ------------------------------------------------------------------------------ */

struct entry *table_find(const struct table *t, struct ip_prefix prefix)
{
    for (size_t i = 0; i < t->n; i++) {
        if (ip_prefix_compare(&t->entries[i].prefix, &prefix) == 0) {
            return &t->entries[i];
        }
    }
    return NULL;
}

struct choice table_choice(const struct table *t, struct ip_prefix prefix)
{
    static const struct choice none;
    const struct entry *entry = table_find(t, prefix);

    return entry == NULL ? none : entry->choice;
}

void table_put(struct table *t, struct entry entry)
{
    struct entry *old = table_find(t, entry.prefix);

    if (entry.choice.n == 0) {
        if (old != NULL) {
            *old = t->entries[--t->n];
        }
        return;
    }
    if (old == NULL && t->n == t->room) {
        t->room = 2 * t->room + 16;
        t->entries = realloc(t->entries, t->room * sizeof entry);
    }
    *(old != NULL ? old : &t->entries[t->n++]) = entry;
}

const struct entry *table_match(const struct table *t, struct ip_address to)
{
    const struct entry *best = NULL;

    for (size_t i = 0; i < t->n; i++) {
        const struct entry *e = &t->entries[i];
        if (e->prefix.family == to.family && ip_prefix_covers(e->prefix, to.hi, to.lo) &&
            (best == NULL || e->prefix.length > best->prefix.length)) {
            best = e;
        }
    }
    return best;
}

struct answer table_ask(const struct table *t, const struct chassis_config *config,
                        struct ip_address to, const struct flow_key *flow)
{
    static const struct answer missed = {.outcome = MISS};
    const struct entry *best = table_match(t, to);

    return best == NULL ? missed : choose(config, &best->choice, flow);
}

static bool answer_equal(const struct answer *a, const struct answer *b)
{
    return a->outcome == b->outcome && a->port == b->port && a->next_hop.hi == b->next_hop.hi &&
           a->next_hop.lo == b->next_hop.lo && a->next_hop.family == b->next_hop.family;
}

bool choice_equal(const struct choice *a, const struct choice *b)
{
    bool equal = a->n == b->n;

    for (uint32_t i = 0; equal && i < a->n; i++) {
        equal = answer_equal(&a->of[i], &b->of[i]);
    }
    return equal;
}
