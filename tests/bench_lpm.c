/* bench_lpm.c - what a lookup, an update and a build cost, beside DPDK's tables where those are
 * installed.
 *
 *   bench_lpm [--json]      one figure a line; with --json an object a line
 *
 * All contenders take turns over the same traces of the real tables, batch by batch. Each figure is
 * the median of its rounds, in processor time: other programs on the machine disturb it less.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_DPDK
#include <rte_eal.h>
#include <rte_fib.h>
#include <rte_fib6.h>
#include <rte_memory.h>
#include <sys/mman.h>
#endif

#include "models/fib.h"
#include "models/lpm.h"
#include "models/lpm_table.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/rng.h"
#include "tests/measure.h"
#include "tests/shared_data.h"
#include "tests/traces.h"

#define N_CHANGES 20000u
#define MAX_BATCH 256u
#define DPDK_WAYS 4
#define NEXT_HOPS 30000u /* of DPDK's: entry id modulo this, plus 1; fits 15 bits */

static bool as_json;

static void *take(size_t n, size_t bytes)
{
    void *data = calloc(n, bytes);
    sim_assert(data != NULL);
    return data;
}

/* --- Who looks it up. */

struct contender {
    const char *name;
    void (*lookup)(void *table, const struct trace *t, size_t first, size_t n);
    void *table;
    int (*select)(void *table, int how); /* NULL: there is only one way */
    int how;
    size_t batch;
    double ns[ROUNDS]; /* per lookup */
};

static void look_up(const struct contender *c, const struct trace *t, size_t n)
{
    for (size_t i = 0; i < n; i += c->batch) {
        c->lookup(c->table, t, i, c->batch);
    }
}

static void race(struct contender *contenders, size_t n, const struct trace *t)
{
    for (size_t round = 0; round < ROUNDS; round++) {
        for (struct contender *c = contenders; c < contenders + n; c++) {
            if (c->select != NULL) {
                sim_assert(c->select(c->table, c->how) == 0);
            }
            look_up(c, t, TRACE_ADDRESSES / 4); /* warms the caches for this one */
            int64_t start_ns = now_ns();
            look_up(c, t, TRACE_ADDRESSES);
            c->ns[round] = (double)(now_ns() - start_ns) / TRACE_ADDRESSES;
        }
    }
}

static void lookup_lpm4(void *table, const struct trace *t, size_t first, size_t n)
{
    uint32_t ids[MAX_BATCH];
    lpm_lookup4(table, t->a4 + first, ids, n);
}

static void lookup_lpm6(void *table, const struct trace *t, size_t first, size_t n)
{
    uint32_t ids[MAX_BATCH];
    lpm_lookup6(table, t->hi + first, t->lo + first, ids, n);
}

static void lookup_fib4(void *table, const struct trace *t, size_t first, size_t n)
{
    uint32_t adjacencies[MAX_BATCH];
    fib_lookup4(table, 0, t->a4 + first, adjacencies, n);
}

static void lookup_fib6(void *table, const struct trace *t, size_t first, size_t n)
{
    uint32_t adjacencies[MAX_BATCH];
    fib_lookup6(table, 0, t->hi + first, t->lo + first, adjacencies, n);
}

/* --- Changes. */

struct change {
    struct ip_prefix prefix;
    uint32_t id;
    bool add;
};

/* n different prefixes of the table withdrawn, at random. */
static struct change *random_changes(const struct ip_prefix *prefixes, size_t n_prefixes, size_t n)
{
    struct change *changes = take(n, sizeof *changes);
    bool *gone = take(n_prefixes, sizeof *gone);
    struct rng rng = rng_open(3, "bench", "changes");
    size_t n_changes = 0;
    for (uint64_t counter = 0; n_changes < n; counter++) {
        size_t i = rng_below(rng_at(&rng, counter).a, n_prefixes);
        if (!gone[i]) {
            gone[i] = true;
            changes[n_changes++] = (struct change){prefixes[i], (uint32_t)i + 1, false};
        }
    }
    free(gone);
    return changes;
}

static int compare_prefixes(const void *a, const void *b)
{
    return ip_prefix_compare(a, b);
}

/* The real updates that change something, replayed on the table; NULL when they are not there. */
static struct change *real_changes(const struct ip_prefix *prefixes, size_t n_prefixes, size_t *n)
{
    size_t n_lines, n_others = 0;
    struct shared_line *lines = shared_lines(SHARED_UPDATES, &n_lines);
    if (lines == NULL) {
        return NULL;
    }
    struct change *changes = take(n_lines, sizeof *changes);
    struct ip_prefix *others = take(n_lines, sizeof *others);
    bool *held = take(n_prefixes + n_lines, sizeof *held);
    memset(held, true, n_prefixes);
    *n = 0;
    for (size_t k = 0; k < n_lines; k++) {
        struct ip_prefix p = lines[k].prefix, *at;
        size_t i = n_prefixes;
        if ((at = bsearch(&p, prefixes, n_prefixes, sizeof p, compare_prefixes)) != NULL) {
            i = (size_t)(at - prefixes);
        } else {
            others[n_others] = p; /* found at the latest there */
            while (ip_prefix_compare(&others[i - n_prefixes], &p) != 0) {
                i++;
            }
            n_others += i - n_prefixes == n_others;
        }
        if (held[i] == lines[k].withdraw) {
            held[i] = !held[i];
            changes[(*n)++] = (struct change){p, (uint32_t)i + 1, held[i]};
        }
    }
    free(lines);
    free(others);
    free(held);
    return changes;
}

typedef void change_function(void *table, const struct ip_prefix *prefix, uint32_t id, bool add);

static void change_lpm(void *table, const struct ip_prefix *prefix, uint32_t id, bool add)
{
    (add ? lpm_insert : lpm_remove)(table, *prefix, id);
}

/* Mean time of one change: all of them, then all taken back from the last. */
static double time_changes(change_function *apply, void *table, const struct change *changes,
                           size_t n)
{
    double ns[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        int64_t start_ns = now_ns();
        for (size_t i = 0; i < n; i++) {
            apply(table, &changes[i].prefix, changes[i].id, changes[i].add);
        }
        for (size_t i = n; i-- > 0;) {
            apply(table, &changes[i].prefix, changes[i].id, !changes[i].add);
        }
        ns[round] = (double)(now_ns() - start_ns) / (2.0 * (double)n);
    }
    return median(ns);
}

/* --- DPDK's tables. */

struct dpdk {
    void *table; /* struct rte_fib or rte_fib6; NULL: not installed */
    change_function *change;
    double build_ms;
};

#ifdef HAVE_DPDK

/* DPDK's heap gets large pages if there are any: its best. */
static int advise(const struct rte_memseg_list *list, void *context)
{
    (void)context;
    (void)madvise(list->base_va, list->len, MADV_HUGEPAGE);
    return 0;
}

static void dpdk_start(void)
{
    char text[] = "bench --no-huge --no-shconf --no-pci --no-telemetry --log-level=3 -m 2048 "
                  "--force-max-simd-bitwidth=512";
    char *words[16];
    int n = 0;
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        words[n++] = word;
    }
    sim_assert(rte_eal_init(n, words) >= 0);
    rte_memseg_list_walk(advise, NULL);
}

static void dpdk_change4(void *table, const struct ip_prefix *p, uint32_t id, bool add)
{
    uint32_t ip = (uint32_t)(p->hi >> 32);
    sim_assert((add ? rte_fib_add(table, ip, p->length, id % NEXT_HOPS + 1)
                    : rte_fib_delete(table, ip, p->length)) == 0);
}

static void dpdk_change6(void *table, const struct ip_prefix *p, uint32_t id, bool add)
{
    uint8_t ip[16];
    trace_bytes(p->hi, p->lo, ip);
    sim_assert((add ? rte_fib6_add(table, ip, p->length, id % NEXT_HOPS + 1)
                    : rte_fib6_delete(table, ip, p->length)) == 0);
}

static struct dpdk dpdk_open(const struct ip_prefix *prefixes, size_t n)
{
    struct rte_fib_conf c4 = {.type = RTE_FIB_DIR24_8,
                              .max_routes = 1 << 20,
                              .dir24_8 = {.nh_sz = RTE_FIB_DIR24_8_2B, .num_tbl8 = 1 << 13}};
    /* With next hops of 2 bytes it has room for 32,767 nodes only: too few for this table. */
    struct rte_fib6_conf c6 = {.type = RTE_FIB6_TRIE,
                               .max_routes = 1 << 20,
                               .trie = {.nh_sz = RTE_FIB6_TRIE_4B, .num_tbl8 = 1 << 18}};
    bool is_ipv4 = prefixes[0].family == IPV4;
    struct dpdk d = {.change = is_ipv4 ? dpdk_change4 : dpdk_change6};
    int64_t start_ns = now_ns();
    d.table = is_ipv4 ? (void *)rte_fib_create("fib4", -1, &c4)
                      : (void *)rte_fib6_create("fib6", -1, &c6);
    sim_assert(d.table != NULL);
    for (size_t i = 0; i < n; i++) {
        d.change(d.table, &prefixes[i], (uint32_t)i + 1, true);
    }
    d.build_ms = (double)(now_ns() - start_ns) / 1e6;
    return d;
}

static void dpdk_lookup4(void *table, const struct trace *t, size_t first, size_t n)
{
    uint64_t next_hops[MAX_BATCH];
    rte_fib_lookup_bulk(table, (uint32_t *)(uintptr_t)(t->a4 + first), next_hops, (int)n);
}

static void dpdk_lookup6(void *table, const struct trace *t, size_t first, size_t n)
{
    uint64_t next_hops[MAX_BATCH];
    rte_fib6_lookup_bulk(table, (uint8_t(*)[16])(uintptr_t)(t->bytes + first), next_hops, (int)n);
}

static int dpdk_select4(void *table, int how)
{
    return rte_fib_select_lookup(table, (enum rte_fib_lookup_type)how);
}

static int dpdk_select6(void *table, int how)
{
    return rte_fib6_select_lookup(table, (enum rte_fib6_lookup_type)how);
}

/* Those of its ways that this CPU has. */
static size_t add_dpdk(struct contender *to, const struct dpdk *d, enum ip_family family)
{
    const int scalar4 = RTE_FIB_LOOKUP_DIR24_8_SCALAR_INLINE;
    const int vector4 = RTE_FIB_LOOKUP_DIR24_8_VECTOR_AVX512;
    const int scalar6 = RTE_FIB6_LOOKUP_TRIE_SCALAR, vector6 = RTE_FIB6_LOOKUP_TRIE_VECTOR_AVX512;
    const struct contender all[IP_N_FAMILIES][DPDK_WAYS] = {
        {{"rte_fib scalar, by 32", dpdk_lookup4, d->table, dpdk_select4, scalar4, 32, {0}},
         {"rte_fib scalar, by 256", dpdk_lookup4, d->table, dpdk_select4, scalar4, 256, {0}},
         {"rte_fib AVX-512, by 64", dpdk_lookup4, d->table, dpdk_select4, vector4, 64, {0}},
         {"rte_fib AVX-512, by 256", dpdk_lookup4, d->table, dpdk_select4, vector4, 256, {0}}},
        {{"rte_fib6 scalar, by 32", dpdk_lookup6, d->table, dpdk_select6, scalar6, 32, {0}},
         {"rte_fib6 scalar, by 256", dpdk_lookup6, d->table, dpdk_select6, scalar6, 256, {0}},
         {"rte_fib6 AVX-512, by 64", dpdk_lookup6, d->table, dpdk_select6, vector6, 64, {0}},
         {"rte_fib6 AVX-512, by 256", dpdk_lookup6, d->table, dpdk_select6, vector6, 256, {0}}},
    };
    size_t n_added = 0;
    for (size_t i = 0; i < DPDK_WAYS; i++) {
        const struct contender *c = &all[family][i];
        if (c->select(c->table, c->how) == 0) {
            to[n_added++] = *c;
        }
    }
    return n_added;
}

/* Both tables give the same answers. */
static void check_against_dpdk(const struct lpm *lpm, const struct dpdk *d, enum ip_family family,
                               const struct trace *t)
{
    for (size_t i = 0; i < TRACE_ADDRESSES; i++) {
        uint32_t id;
        uint64_t next_hop;
        if (family == IPV4) {
            uint32_t ip = t->a4[i];
            lpm_lookup4(lpm, &ip, &id, 1);
            rte_fib_lookup_bulk(d->table, &ip, &next_hop, 1);
        } else {
            uint8_t ip[1][16];
            memcpy(ip, t->bytes[i], 16);
            lpm_lookup6(lpm, &t->hi[i], &t->lo[i], &id, 1);
            rte_fib6_lookup_bulk(d->table, ip, &next_hop, 1);
        }
        sim_assert(next_hop == (id == LPM_NONE ? 0 : id % NEXT_HOPS + 1));
    }
}

#else

static void dpdk_start(void)
{
}

static struct dpdk dpdk_open(const struct ip_prefix *prefixes, size_t n)
{
    (void)prefixes;
    (void)n;
    return (struct dpdk){.table = NULL};
}

static size_t add_dpdk(struct contender *to, const struct dpdk *d, enum ip_family family)
{
    (void)to;
    (void)d;
    (void)family;
    return 0;
}

static void check_against_dpdk(const struct lpm *lpm, const struct dpdk *d, enum ip_family family,
                               const struct trace *t)
{
    (void)lpm;
    (void)d;
    (void)family;
    (void)t;
}

#endif

/* --- All of it for one family. */

struct subject {
    enum ip_family family;
    const char *name;
    struct ip_prefix *prefixes;
    size_t n;
    struct arena *mem;
    struct lpm *lpm;
    struct fib *fib;
    struct dpdk dpdk;
};

static void say(const struct subject *s, const char *what, const char *detail, double value,
                const char *unit, double reference)
{
    char name[100];
    snprintf(name, sizeof name, "%s %s%s%s", s->name, what, detail[0] != 0 ? ": " : "", detail);
    print_figure(as_json, name, value, unit, reference);
}

static void bench_build(struct subject *s)
{
    double ms[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        if (round > 0) {
            arena_close(s->mem);
        }
        s->mem = arena_open();
        int64_t start_ns = now_ns();
        s->lpm = lpm_open(s->family, s->mem);
        lpm_build(s->lpm, s->prefixes, s->n, 1);
        ms[round] = (double)(now_ns() - start_ns) / 1e6;
    }
    say(s, "build", "", median(ms), "ms", s->dpdk.build_ms);
    say(s, "memory", "", (double)lpm_bytes(s->lpm) / (double)s->n, "B/prefix", 0);
}

static void bench_changes(struct subject *s)
{
    size_t n[2] = {N_CHANGES, 0};
    struct change *changes[2] = {random_changes(s->prefixes, s->n, N_CHANGES),
                                 s->family == IPV4 ? real_changes(s->prefixes, s->n, &n[1]) : NULL};
    const char *names[2] = {"at random", "an hour at LINX"};
    for (int i = 0; i < 2; i++) {
        if (changes[i] != NULL) {
            /* rte_fib6 of DPDK 22.11 loses room at each withdrawal and soon has none: left out. */
            bool dpdk_can = s->dpdk.table != NULL && s->family == IPV4;
            double reference_ns =
                dpdk_can ? time_changes(s->dpdk.change, s->dpdk.table, changes[i], n[i]) : 0;
            double ns = time_changes(change_lpm, s->lpm, changes[i], n[i]);
            say(s, "one change", names[i], ns / 1e3, "us", reference_ns / 1e3);
        }
        free(changes[i]);
    }
}

static void bench_lookups(struct subject *s, struct trace *t)
{
    bool is_ipv4 = s->family == IPV4;
    struct lpm singly = *s->lpm; /* what a CPU without vectors does */
    singly.has_vectors = false;
    struct contender all[4 + DPDK_WAYS] = {
        {"lpm, by 32", is_ipv4 ? lookup_lpm4 : lookup_lpm6, s->lpm, NULL, 0, 32, {0}},
        {"lpm, by 256", is_ipv4 ? lookup_lpm4 : lookup_lpm6, s->lpm, NULL, 0, 256, {0}},
        {"lpm singly, by 256", is_ipv4 ? lookup_lpm4 : lookup_lpm6, &singly, NULL, 0, 256, {0}},
        {"fib, by 256", is_ipv4 ? lookup_fib4 : lookup_fib6, s->fib, NULL, 0, 256, {0}},
    };
    const size_t n_ours = 4;
    size_t n = n_ours + add_dpdk(all + n_ours, &s->dpdk, s->family);
    if (s->dpdk.table != NULL) {
        check_against_dpdk(s->lpm, &s->dpdk, s->family, t);
    }
    race(all, n, t);
    double ns[4 + DPDK_WAYS], best = 0;
    for (size_t i = 0; i < n; i++) {
        ns[i] = median(all[i].ns);
        best = i >= n_ours && (best <= 0 || ns[i] < best) ? ns[i] : best;
    }
    for (size_t i = 0; i < n; i++) {
        say(s, t->name, all[i].name, ns[i], "ns", i < n_ours ? best : 0);
    }
    free(t);
}

static void open_fib(struct subject *s)
{
    s->fib = fib_open(s->mem);
    uint32_t engine = fib_add_engine(s->fib, s->n, s->n), n = (uint32_t)s->n;
    fib_reserve(s->fib, s->family, n);
    memcpy(s->fib->prefixes[s->family] + 1, s->prefixes, n * sizeof *s->prefixes);
    for (uint32_t id = 1; id <= n; id++) {
        s->fib->resolved[s->family][id] = FIB_ADJACENCY_DROP;
    }
    fib_build(s->fib, s->family, n);
    fib_install_all(s->fib, engine);
}

static void bench(enum ip_family family, const char *name, const char *file)
{
    struct subject s = {.family = family, .name = name};
    s.prefixes = shared_prefixes(file, &s.n);
    if (s.prefixes == NULL) {
        return;
    }
    s.dpdk = dpdk_open(s.prefixes, s.n);
    bench_build(&s);
    open_fib(&s);
    bench_lookups(&s, trace_uniform(s.prefixes, s.n));
    bench_lookups(&s, trace_zipf(s.prefixes, s.n));
    bench_changes(&s);
    free(s.prefixes);
    arena_close(s.mem);
}

int main(int n_words, char **words)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    as_json = n_words > 1 && strcmp(words[1], "--json") == 0;
    dpdk_start();
    bench(IPV4, "ipv4", SHARED_IPV4);
    bench(IPV6, "ipv6", SHARED_IPV6);
    return 0;
}
