/* bench_acl.c - what classifying, building and changing an access list cost, on ClassBench's rules
 * and headers, beside the plain scan and DPDK's rte_acl where that is installed.
 *
 *   bench_acl [--json]      one figure a line; with --json an object a line
 *
 * All contenders take turns. Each figure is the median of its rounds, in processor time.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_DPDK
#include <rte_acl.h>
#include <rte_eal.h>
#endif

#include "models/acl_classify.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tests/acl_samples.h"
#include "tests/measure.h"

#define BATCH 256u
#define MAX_CONTENDERS 12

static bool as_json;

struct sample {
    struct acl_list list;
    struct acl_header *headers;
    uint32_t n;
    const uint8_t **keys; /* the headers as DPDK reads them */
};

struct contender {
    const char *name;
    void (*classify)(const void *table, int how, const struct sample *s, uint32_t first,
                     uint32_t *rule, uint32_t n);
    const void *table;
    int how;
    double ns[ROUNDS]; /* per header */
};

static void classify_set(const void *table, int how, const struct sample *s, uint32_t first,
                         uint32_t *rule, uint32_t n)
{
    (void)how;
    acl_classify(table, s->headers + first, rule, n);
}

static void classify_plain(const void *table, int how, const struct sample *s, uint32_t first,
                           uint32_t *rule, uint32_t n)
{
    (void)table;
    (void)how;
    for (uint32_t i = 0; i < n; i++) {
        rule[i] = acl_first_match(s->list.rules, s->list.n_rules, &s->headers[first + i]);
    }
}

/* --- DPDK's. */

#ifdef HAVE_DPDK

struct key {
    uint8_t protocol, spare[3];
    uint32_t src, dst;
    uint16_t sport, dport, flags, zero;
};

enum { PROTOCOL, SRC, DST, SPORT, DPORT, FLAGS, N_FIELDS };

RTE_ACL_RULE_DEF(dpdk_rule, N_FIELDS);

#define FIELD(kind, index, input, member, bytes)                                                   \
    {                                                                                              \
        .type = RTE_ACL_FIELD_TYPE_##kind, .size = bytes, .field_index = index,                    \
        .input_index = input, .offset = offsetof(struct key, member)                               \
    }

static const struct rte_acl_field_def fields[N_FIELDS] = {
    FIELD(BITMASK, PROTOCOL, 0, protocol, 1),
    FIELD(MASK, SRC, 1, src, 4),
    FIELD(MASK, DST, 2, dst, 4),
    FIELD(RANGE, SPORT, 3, sport, 2),
    FIELD(RANGE, DPORT, 3, dport, 2),
    FIELD(BITMASK, FLAGS, 4, flags, 4),
};

static void dpdk_start(void)
{
    char text[] = "bench --no-huge --no-shconf --no-pci --no-telemetry --log-level=3 -m 512 "
                  "--force-max-simd-bitwidth=512";
    char *words[16];
    int n = 0;
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        words[n++] = word;
    }
    sim_assert(rte_eal_init(n, words) >= 0);
}

static void dpdk_keys(struct sample *s)
{
    struct key *keys = calloc(s->n, sizeof *keys);
    s->keys = calloc(s->n, sizeof *s->keys);
    sim_assert(keys != NULL && s->keys != NULL);
    for (uint32_t i = 0; i < s->n; i++) {
        const struct acl_header *h = &s->headers[i];
        keys[i] = (struct key){.protocol = h->protocol,
                               .src = htonl(h->src),
                               .dst = htonl(h->dst),
                               .sport = htons(h->sport),
                               .dport = htons(h->dport),
                               .flags = htons(h->flags)};
        s->keys[i] = (const uint8_t *)&keys[i];
    }
}

static struct dpdk_rule dpdk_rule_of(const struct acl_rule *r, uint32_t index)
{
    struct dpdk_rule d = {.data = {.category_mask = 1,
                                   .priority = (int32_t)(RTE_ACL_MAX_PRIORITY - index),
                                   .userdata = index + 1}};
    d.field[PROTOCOL].value.u8 = r->protocol;
    d.field[PROTOCOL].mask_range.u8 = r->protocol_mask;
    d.field[SRC].value.u32 = r->src;
    d.field[SRC].mask_range.u32 = (uint32_t)__builtin_popcount(r->src_mask);
    d.field[DST].value.u32 = r->dst;
    d.field[DST].mask_range.u32 = (uint32_t)__builtin_popcount(r->dst_mask);
    d.field[SPORT].value.u16 = r->sport.low;
    d.field[SPORT].mask_range.u16 = r->sport.high;
    d.field[DPORT].value.u16 = r->dport.low;
    d.field[DPORT].mask_range.u16 = r->dport.high;
    d.field[FLAGS].value.u32 = (uint32_t)r->flags << 16;
    d.field[FLAGS].mask_range.u32 = (uint32_t)r->flags_mask << 16;
    return d;
}

/* n_fields: all six, or without the flags. */
static struct rte_acl_ctx *dpdk_open(const char *name, const struct acl_list *list,
                                     uint32_t n_fields, double *ms)
{
    struct rte_acl_param param = {.name = name,
                                  .socket_id = SOCKET_ID_ANY,
                                  .rule_size = RTE_ACL_RULE_SZ(N_FIELDS),
                                  .max_rule_num = list->n_rules};
    struct rte_acl_config config = {.num_categories = 1, .num_fields = n_fields};
    struct rte_acl_ctx *table = rte_acl_create(&param);
    sim_assert(table != NULL);
    memcpy(config.defs, fields, sizeof fields);
    int64_t start_ns = now_ns();
    for (uint32_t i = 0; i < list->n_rules; i++) {
        struct dpdk_rule rule = dpdk_rule_of(&list->rules[i], i);
        sim_assert(rte_acl_add_rules(table, (const struct rte_acl_rule *)&rule, 1) == 0);
    }
    sim_assert(rte_acl_build(table, &config) == 0);
    *ms = (double)(now_ns() - start_ns) / 1e6;
    return table;
}

static void classify_dpdk(const void *table, int how, const struct sample *s, uint32_t first,
                          uint32_t *rule, uint32_t n)
{
    rte_acl_classify_alg(table, s->keys + first, rule, n, 1, (enum rte_acl_classify_alg)how);
}

/* Its ways that this CPU has, over one table; returns how many. */
static uint32_t add_dpdk(struct contender *to, const struct rte_acl_ctx *table,
                         const char *const names[4], const struct sample *s)
{
    static const int ways[] = {RTE_ACL_CLASSIFY_SCALAR, RTE_ACL_CLASSIFY_AVX2,
                               RTE_ACL_CLASSIFY_AVX512X16, RTE_ACL_CLASSIFY_AVX512X32};
    uint32_t n = 0, rule[BATCH];
    for (int i = 0; i < 4; i++) {
        if (rte_acl_classify_alg(table, s->keys, rule, 1, 1, (enum rte_acl_classify_alg)ways[i]) ==
            0) {
            to[n++] = (struct contender){names[i], classify_dpdk, table, ways[i], {0}};
        }
    }
    return n;
}

/* With the flags, both give the same answers. */
static void check_against_dpdk(const struct rte_acl_ctx *table, const struct acl_set *set,
                               const struct sample *s)
{
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t ours, theirs;
        acl_classify(set, &s->headers[i], &ours, 1);
        sim_assert(rte_acl_classify(table, s->keys + i, &theirs, 1, 1) == 0);
        sim_assert(ours == theirs - 1);
    }
}

static uint32_t dpdk_contenders(struct contender *to, struct sample *s, const struct acl_set *set,
                                double *build_ms)
{
    static const char *const names[2][4] = {
        {"rte_acl scalar, 5 fields", "rte_acl AVX2, 5 fields", "rte_acl AVX-512 x16, 5 fields",
         "rte_acl AVX-512 x32, 5 fields"},
        {"rte_acl scalar, flags too", "rte_acl AVX2, flags too", "rte_acl AVX-512 x16, flags too",
         "rte_acl AVX-512 x32, flags too"}};
    double ms;
    dpdk_start();
    dpdk_keys(s);
    struct rte_acl_ctx *five = dpdk_open("five", &s->list, FLAGS, build_ms);
    struct rte_acl_ctx *six = dpdk_open("six", &s->list, N_FIELDS, &ms);
    check_against_dpdk(six, set, s);
    uint32_t n = add_dpdk(to, five, names[0], s);
    return n + add_dpdk(to + n, six, names[1], s);
}

#else

static uint32_t dpdk_contenders(struct contender *to, struct sample *s, const struct acl_set *set,
                                double *build_ms)
{
    (void)to;
    (void)s;
    (void)set;
    *build_ms = 0;
    return 0;
}

#endif

/* --- All of it. */

static void race(struct contender *contenders, uint32_t n, const struct sample *s)
{
    uint32_t rule[BATCH];
    for (int round = 0; round < ROUNDS; round++) {
        for (struct contender *c = contenders; c < contenders + n; c++) {
            int64_t start_ns = 0;
            for (int pass = 0; pass < 2; pass++) { /* the first warms the caches */
                start_ns = now_ns();
                for (uint32_t i = 0; i < s->n; i += BATCH) {
                    c->classify(c->table, c->how, s, i, rule, s->n - i < BATCH ? s->n - i : BATCH);
                }
            }
            c->ns[round] = (double)(now_ns() - start_ns) / s->n;
        }
    }
}

static struct acl_set *bench_build(const struct acl_list *list, struct arena *mem, double *ms)
{
    double all[ROUNDS];
    struct acl_set *set = NULL;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t start_ns = now_ns();
        set = acl_set_open(list->rules, list->n_rules, mem);
        all[round] = (double)(now_ns() - start_ns) / 1e6;
    }
    *ms = median(all);
    return set;
}

/* A rule taken out and put back, until the next header sees it. */
static double bench_change(struct acl_set *set, uint32_t n)
{
    double us[ROUNDS];
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t at = round * (n - 1) / ROUNDS;
        struct acl_rule rule = *acl_set_rule(set, at);
        int64_t start_ns = now_ns();
        acl_set_remove(set, at);
        acl_set_insert(set, at, &rule);
        us[round] = (double)(now_ns() - start_ns) / 2e3;
    }
    return median(us);
}

int main(int n_words, char **words)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    as_json = n_words > 1 && strcmp(words[1], "--json") == 0;
    struct arena *mem = arena_open();
    struct sample s = {.keys = NULL};
    double build_ms, dpdk_ms;
    if (!acl_classbench_sample(mem, &s.list, &s.headers, &s.n)) {
        return 0;
    }
    struct acl_set *set = bench_build(&s.list, mem, &build_ms);
    struct contender all[MAX_CONTENDERS] = {
        {"acl_classify", classify_set, set, 0, {0}},
        {"one rule after the other", classify_plain, set, 0, {0}}};
    uint32_t n = 2 + dpdk_contenders(all + 2, &s, set, &dpdk_ms);
    race(all, n, &s);
    double ns[MAX_CONTENDERS], best = 0;
    for (uint32_t i = 0; i < n; i++) {
        ns[i] = median(all[i].ns);
        best = i >= 2 && (best <= 0 || ns[i] < best) ? ns[i] : best;
    }
    for (uint32_t i = 0; i < n; i++) {
        char name[100];
        snprintf(name, sizeof name, "acl1_1k, a header: %s", all[i].name);
        print_figure(as_json, name, ns[i], "ns", i < 2 ? best : 0);
    }
    print_figure(as_json, "acl1_1k, build", build_ms, "ms", dpdk_ms);
    print_figure(as_json, "acl1_1k, one rule changed", bench_change(set, s.list.n_rules), "us", 0);
    print_figure(as_json, "acl1_1k, memory", (double)acl_set_figures(set).bytes / 1024, "KiB", 0);
    arena_close(mem);
    return 0;
}
