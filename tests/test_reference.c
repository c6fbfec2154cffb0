/* test_reference.c - the chassis against a plain event-by-event one, packet by packet; and against
 * itself in other windows. CAT6K_RANDOM sets the number of scenarios, CAT6K_FIRST the first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "models/chassis.h"
#include "models/fingerprint.h"
#include "scenarios/loader.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"
#include "sim/scheduler.h"
#include "tests/journal.h"
#include "tests/random_chassis.h"
#include "tests/random_scenario.h"
#include "tests/reference.h"

#define N_SCENARIOS 400
#define US_PS 1000000

static uint64_t number_from(const char *variable, uint64_t fallback)
{
    const char *text = getenv(variable);

    return text == NULL ? fallback : strtoull(text, NULL, 10);
}

/* ---- scenarios --------------------------------------------------------------------------- */

#define MOST_ROUTES 5000 /* the reference looks through all of them */

/* Merged, lists can come to this many entries without anybody's TCAM being full, which the reference
 * does not work out (test_acl_tcam does). */
#define MOST_MERGED 10000

static bool lists_merge(const struct chassis_config *c)
{
    for (uint32_t i = 0; c->interfaces != NULL && i < config_n_all_ports(c); i++) {
        uint64_t n_in = 1, n_out = 1;
        for (uint32_t point = 0; point < ACCESS_N_POINTS; point++) {
            uint32_t list = c->interfaces[i].lists[point];
            *(point < ACCESS_ROUTER_OUT ? &n_in : &n_out) *=
                list == 0 ? 1 : c->acls[list - 1].n_rules;
        }
        if (n_in > MOST_MERGED || n_out > MOST_MERGED) {
            return false;
        }
    }
    return true;
}

/* A scenario of the catalogue's cards; NULL: refused, or not one for the reference. */
static struct chassis_config *catalog_chassis(uint64_t number, struct arena *mem)
{
    struct catalog_text texts[CATALOG_N_TEXTS];
    struct catalog *catalog = arena_take(mem, sizeof *catalog);
    struct scenario *s = arena_take(mem, sizeof *s);
    struct route_table *table = arena_take(mem, sizeof *table);
    struct error err = {0};
    int file = memfd_create("scenario", 0);
    const char *path = arena_printf(mem, "/proc/self/fd/%d", file);

    catalog_built_in(texts);
    assert_true(catalog_load(texts, mem, catalog, &err));
    const char *text = random_scenario(number, catalog, mem);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    bool good = load_scenario(catalog, path, NULL, 0, mem, s, &err) &&
                s->synthetic.n_ipv4 <= MOST_ROUTES && lists_merge(&s->config) &&
                scenario_load_routes(s, mem, table, &err);
    close(file);
    error_free(&err);
    s->config.table = table;
    return good ? &s->config : NULL;
}

/* Where scenarios come from. */
typedef struct chassis_config *draw_config(uint64_t number, struct arena *mem);

/* ---- a run of the chassis ---------------------------------------------------------------- */

struct result {
    struct fingerprint print;
    struct scheduler_counts counts;
    struct histogram latency_ps;
    char *csv;
    size_t n_csv;
};

/* Nothing does more than it can; a CPU counts whole packets, of which it may have begun one before. */
static bool does_what_it_can(const struct report_resource *it)
{
    uint64_t begun = strcmp(it->kind, "cpu") == 0;

    return it->served <= begun || (double)(it->served - begun) * 1e12 <=
                                      (double)it->rate * (double)it->interval_ps * (1 + 1e-12);
}

static void check_resources(const struct report *r)
{
    for (size_t i = 0; i < r->n_resources; i++) {
        const struct report_resource *it = &r->resources[i];
        if (it->busy_ps < 0 || it->busy_ps > it->interval_ps || it->backlog_first_ps < 0 ||
            it->backlog_last_ps < 0) {
            fail_msg("%s: busy %jd of %jd ps", it->module, (intmax_t)it->busy_ps,
                     (intmax_t)it->interval_ps);
        }
        if (!does_what_it_can(it)) {
            fail_msg("%s: did %ju in %jd ps", it->module, (uintmax_t)it->served,
                     (intmax_t)it->interval_ps);
        }
    }
}

static void read_report(struct chassis *c, struct arena *mem, struct result *o)
{
    struct report r;
    FILE *out = open_memstream(&o->csv, &o->n_csv);

    report_open(&r, mem);
    chassis_report(c, &r);
    report_write_csv(&r, "run", out);
    fclose(out);
    check_resources(&r);
    o->latency_ps = *report_get_histogram(&r, "run", "latency");
}

/* Scenario `number` in such windows. The journal and the outcome's csv are to be released. false:
 * some of its packets would have nowhere to go, the only reason not to be built. */
static bool run_chassis(draw_config *draw, uint64_t number, int64_t window_ps, uint32_t batch_rows,
                        struct journal *j, struct result *o)
{
    struct arena *mem = arena_open();
    struct chassis_config *config = draw(number, mem);
    struct error err = {0};

    config->window_ps = window_ps;
    config->batch_rows = batch_rows;
    journal_open(j, config->n_ports);
    struct chassis *c = chassis_open(config, &j->tap, mem, &err);
    if (c == NULL && strstr(err.text, ": no destination for ") != NULL) {
        error_free(&err);
        journal_close(j);
        arena_close(mem);
        return false;
    }
    if (c == NULL) {
        fail_msg("scenario %ju: %s", (uintmax_t)number, err.text);
    }
    journal_watch(j, c, config);
    chassis_run(c, NULL, NULL);
    if (!chassis_conserved(c, &err)) {
        fail_msg("scenario %ju: %s", (uintmax_t)number, err.text);
    }
    o->print = fingerprint_of(&j->print);
    o->counts = scheduler_counts(chassis_scheduler(c));
    read_report(c, mem, o);
    chassis_close(c);
    arena_close(mem);
    return true;
}

/* ---- against the reference --------------------------------------------------------------- */

struct expected {
    struct life *lives;
    struct histogram latency_ps; /* only n, sum, min, max */
    int64_t from_ps, until_ps;
    int64_t last_latency_ps;
};

static void expect_step(void *context, size_t packet, const struct step *step)
{
    struct expected *e = context;
    struct life *life = &e->lives[packet];

    life->steps[life->n_steps++] = *step;
    if (step->kind == STEP_DELIVERED && step->left_ps >= e->from_ps &&
        step->left_ps < e->until_ps) {
        histogram_record(&e->latency_ps, (uint64_t)e->last_latency_ps);
    }
}

static void expect_latency(void *context, size_t packet, int64_t latency_ps)
{
    (void)packet;
    ((struct expected *)context)->last_latency_ps = latency_ps;
}

static bool step_equal(const struct step *a, const struct step *b)
{
    return strcmp(a->stage, b->stage) == 0 && a->slot == b->slot && a->kind == b->kind &&
           a->arrived_ps == b->arrived_ps && a->left_ps == b->left_ps && a->dscp == b->dscp &&
           (a->reason == NULL) == (b->reason == NULL) &&
           (a->reason == NULL || strcmp(a->reason, b->reason) == 0);
}

/* When two lives part: when the first step that differs began; INT64_MAX when none does. */
static int64_t part_ps(const struct life *a, const struct life *b)
{
    uint32_t n = a->n_steps > b->n_steps ? a->n_steps : b->n_steps;

    for (uint32_t i = 0; i < n; i++) {
        if (i >= a->n_steps || i >= b->n_steps || !step_equal(&a->steps[i], &b->steps[i])) {
            return (i < a->n_steps ? a : b)->steps[i].arrived_ps;
        }
    }
    return INT64_MAX;
}

static void print_life(const char *whose, const struct life *life)
{
    static const char *const did[] = {"sent", "dropped", "delivered"};
    const struct reference_packet *p = &life->packet;

    printf("%s: packet %ju of port %u, %u bytes, IPv%c to %016jx %016jx, ready %jd\n", whose,
           (uintmax_t)(p->name & 0xffffffffff), p->ingress, p->bytes,
           p->flow.to.family == IPV4 ? '4' : '6', (uintmax_t)p->flow.to.hi,
           (uintmax_t)p->flow.to.lo, (intmax_t)p->ready_ps);
    for (uint32_t i = 0; i < life->n_steps; i++) {
        const struct step *s = &life->steps[i];
        printf("    %s %u: at %jd, %s at %jd %s\n", s->stage, s->slot, (intmax_t)s->arrived_ps,
               did[s->kind], (intmax_t)s->left_ps, s->reason == NULL ? "" : s->reason);
    }
}

/* The lives of the journal's packets, as they should have been. */
static struct expected run_reference(const struct chassis_config *config, struct journal *j)
{
    struct expected e = {.lives = calloc(j->n + 1, sizeof *e.lives),
                         .from_ps = config->warmup_ps,
                         .until_ps = config->warmup_ps + config->duration_ps};
    struct reference_packet *packets = journal_packets(j);
    struct reference_hooks hooks = {expect_step, expect_latency, NULL, &e};

    for (size_t i = 0; i < j->n; i++) {
        e.lives[i].packet = packets[i];
    }
    reference_run(config, packets, j->n, &hooks);
    free(packets);
    return e;
}

/* The packet whose life parts first from what it should have been; n when none does. */
static size_t first_difference(const struct journal *j, const struct expected *e)
{
    size_t first = j->n;
    int64_t first_ps = INT64_MAX;

    for (size_t i = 0; i < j->n; i++) {
        int64_t ps = part_ps(&j->lives[i], &e->lives[i]);
        if (ps < first_ps) {
            first = i;
            first_ps = ps;
        }
    }
    return first;
}

static void compare_counts(uint64_t number, const struct result *o, const struct journal *j,
                           const struct expected *e)
{
    uint64_t n_dropped = 0, n_delivered = 0;

    for (size_t i = 0; i < j->n; i++) {
        const struct life *life = &e->lives[i];
        const struct step *last = &life->steps[life->n_steps - 1];
        n_dropped += life->n_steps > 0 && last->kind == STEP_DROPPED;
        n_delivered +=
            life->n_steps > 0 && last->kind == STEP_DELIVERED && last->left_ps < e->until_ps;
    }
    const struct histogram *latency = &o->latency_ps, *expected = &e->latency_ps;
    if (o->counts.n_created != j->n || o->counts.n_dropped != n_dropped ||
        o->counts.n_delivered != n_delivered ||
        o->counts.n_inside != j->n - n_dropped - n_delivered) {
        fail_msg("scenario %ju: %ju created, %ju dropped, %ju delivered, %ju inside; expected %zu, "
                 "%ju, %ju",
                 (uintmax_t)number, (uintmax_t)o->counts.n_created, (uintmax_t)o->counts.n_dropped,
                 (uintmax_t)o->counts.n_delivered, (uintmax_t)o->counts.n_inside, j->n,
                 (uintmax_t)n_dropped, (uintmax_t)n_delivered);
    }
    if (memcmp(latency, expected, sizeof *latency) != 0) {
        fail_msg("scenario %ju: latency of %ju packets, sum %ju ps; expected %ju, %ju",
                 (uintmax_t)number, (uintmax_t)latency->n, (uintmax_t)latency->sum,
                 (uintmax_t)expected->n, (uintmax_t)expected->sum);
    }
}

/* Every way in which a packet can be lost, and how often that was seen. */
static struct {
    const char *stage, *reason;
    uint64_t n;
} losses[] = {{"port", "receive_buffer_full", 0},
              {"engine", "receive_buffer_full", 0},
              {"engine", "not_router_mac", 0},
              {"engine", "no_route", 0},
              {"engine", "null_route", 0},
              {"bus", "receive_buffer_full", 0},
              {"bus", "supervisor_buffer_full", 0},
              {"uplink", "channel_queue_full", 0},
              {"fabric", "fabric_egress_full", 0},
              {"msfc", "inband_queue_full", 0},
              {"msfc", "cpu_queue_full", 0},
              {"msfc", "hold_queue_full", 0},
              {"msfc", "glean_unresolved", 0},
              {"msfc", "no_route_in_software", 0},
              {"egress", "link_queue_full", 0},
              {"egress", "transmit_buffer_full", 0},
              {"egress", "tail_drop", 0},
              {"egress", "wred_drop", 0},
              {"port", "receive_tail_drop", 0},
              {"port", "receive_wred_drop", 0},
              {"bus", "receive_tail_drop", 0},
              {"bus", "receive_wred_drop", 0},
              {"uplink", "receive_tail_drop", 0},
              {"uplink", "receive_wred_drop", 0},
              {"engine", "fib_exception_limiter", 0},
              {"port", "module_absent", 0},
              {"bus", "module_absent", 0},
              {"fabric", "module_absent", 0},
              {"uplink", "fabric_down", 0},
              {"fabric", "fabric_down", 0},
              {"engine", "policed", 0},
              {"engine", "rate_limited", 0},
              {"engine", "control_plane_policed", 0},
              {"msfc", "control_plane_policed", 0},
              {"msfc", "ttl_expired", 0},
              {"msfc", "mtu_exceeded", 0},
              {"engine", "acl_denied", 0},
              {"engine", "acl_updating", 0},
              {"engine", "rpf_failed", 0},
              {"msfc", "acl_denied", 0},
              {"msfc", "rpf_failed", 0}};

static void count_loss(const struct life *life)
{
    const struct step *last = &life->steps[life->n_steps - 1];

    for (size_t i = 0; life->n_steps > 0 && i < sizeof losses / sizeof *losses; i++) {
        losses[i].n += last->kind == STEP_DROPPED && strcmp(last->stage, losses[i].stage) == 0 &&
                       strcmp(last->reason, losses[i].reason) == 0;
    }
}

/* Every way in which a packet can be looked up beside the global table, and how many were delivered. */
static struct {
    const char *how;
    uint64_t n;
} lookups[] = {{"in a VRF", 0},
               {"in a VRF beyond the 511th", 0},
               {"by the label of a prefix", 0},
               {"by the label of a VRF", 0}};

static void count_lookup(const struct chassis_config *c, const struct life *life)
{
    const struct step *last = &life->steps[life->n_steps - 1];
    const struct reference_packet *p = &life->packet;
    uint64_t vrf = p->flow.to.family == IPV4 ? config_vrf(c, p->ingress) : 0;
    size_t way = p->label != 0 ? (p->label < 16 + c->n_vrfs ? 3 : 2) : vrf > 511 ? 1 : 0;

    if (life->n_steps > 0 && last->kind == STEP_DELIVERED && (p->label != 0 || vrf != 0)) {
        lookups[way].n++;
    }
}

static size_t compare_scenario(draw_config *draw, uint64_t number)
{
    const int64_t windows_ps[] = {US_PS, 1000 * US_PS, 3 * US_PS + 1, 100000};
    const uint32_t batches[] = {0, 64, 5, 1, 0};
    struct arena *mem = arena_open();
    struct chassis_config *config = draw(number, mem);
    struct journal j;
    struct result o;

    if (config == NULL ||
        !run_chassis(draw, number, windows_ps[number % 4], batches[number % 5], &j, &o)) {
        arena_close(mem);
        return 0;
    }
    struct expected e = run_reference(config, &j);
    size_t differs = first_difference(&j, &e);
    if (differs < j.n) {
        print_life("chassis", &j.lives[differs]);
        print_life("reference", &e.lives[differs]);
        fail_msg("scenario %ju: a packet's life differs", (uintmax_t)number);
    }
    compare_counts(number, &o, &j, &e);
    for (size_t i = 0; i < j.n; i++) {
        count_loss(&j.lives[i]);
        count_lookup(config, &j.lives[i]);
    }
    size_t n = j.n;
    free(e.lives);
    free(o.csv);
    journal_close(&j);
    arena_close(mem);
    return n;
}

static void packets_fare_as_in_the_reference(void **state)
{
    (void)state;
    uint64_t first = number_from("CAT6K_FIRST", 1);
    uint64_t n = number_from("CAT6K_RANDOM", N_SCENARIOS);
    size_t n_packets = 0;

    for (uint64_t number = first; number < first + n; number++) {
        n_packets += compare_scenario(random_chassis, number);
    }
    printf("%ju scenarios, %zu packets alike\n", (uintmax_t)n, n_packets);
    for (size_t i = 0; n >= N_SCENARIOS && i < sizeof losses / sizeof *losses; i++) {
        if (losses[i].n == 0) {
            fail_msg("no packet was lost as %s: %s", losses[i].stage, losses[i].reason);
        }
    }
    for (size_t i = 0; n >= N_SCENARIOS && i < sizeof lookups / sizeof *lookups; i++) {
        if (lookups[i].n == 0) {
            fail_msg("no packet was looked up %s", lookups[i].how);
        }
    }
}

static void cards_of_the_catalogue_too(void **state)
{
    (void)state;
    uint64_t first = number_from("CAT6K_FIRST", 1);
    uint64_t n = number_from("CAT6K_RANDOM", N_SCENARIOS) / 2;
    size_t n_packets = 0;

    for (uint64_t number = first; number < first + n; number++) {
        n_packets += compare_scenario(catalog_chassis, number);
    }
    printf("%ju scenarios of the catalogue, %zu packets alike\n", (uintmax_t)n, n_packets);
    assert_true(n < N_SCENARIOS / 2 || n_packets > 30 * n);
}

/* One picosecond more through the crossbar: if that went unnoticed, so would be anything else. */
static void a_picosecond_is_noticed(void **state)
{
    (void)state;
    size_t n_noticed = 0;

    for (uint64_t number = 1; number <= 10; number++) {
        struct arena *mem = arena_open();
        struct chassis_config *config = random_chassis(number, mem);
        struct journal j;
        struct result o;
        run_chassis(random_chassis, number, US_PS, 0, &j, &o);
        config->fabric_transit_ps++;
        struct expected e = run_reference(config, &j);
        n_noticed += first_difference(&j, &e) < j.n;
        free(e.lives);
        free(o.csv);
        journal_close(&j);
        arena_close(mem);
    }
    assert_true(n_noticed > 0);
}

/* ---- windows ----------------------------------------------------------------------------- */

static void check_alike(uint64_t number, int64_t window_ps, uint32_t batch_rows,
                        const struct result *one, const struct result *other)
{
    if (!fingerprint_equal(&one->print, &other->print)) {
        fail_msg("scenario %ju: another %s in windows of %jd ps, batches of %u rows",
                 (uintmax_t)number,
                 one->print.count != other->print.count   ? "count"
                 : one->print.where != other->print.where ? "order"
                                                          : "time",
                 (intmax_t)window_ps, batch_rows);
    }
    if (one->n_csv != other->n_csv || memcmp(one->csv, other->csv, one->n_csv) != 0) {
        fail_msg("scenario %ju: another report in windows of %jd ps, batches of %u rows",
                 (uintmax_t)number, (intmax_t)window_ps, batch_rows);
    }
}

/* With windows of 1 ns, as with batches of one row, a batch holds one packet. */
static void windows_do_not_matter(void **state)
{
    (void)state;
    const struct {
        int64_t window_ps;
        uint32_t batch_rows;
    } cuts[] = {{1000, 0},  {7777, 3},        {100000, 0},      {US_PS, 1},        {US_PS, 3},
                {US_PS, 0}, {10 * US_PS, 64}, {100 * US_PS, 0}, {1000 * US_PS, 1}, {1, 0}};
    uint64_t first = number_from("CAT6K_FIRST", 1);
    uint64_t n = number_from("CAT6K_RANDOM", N_SCENARIOS) / 4;

    for (uint64_t number = first; number < first + n; number++) {
        struct result whole, cut;
        struct journal j;
        if (!run_chassis(random_chassis, number, 1000 * US_PS, 0, &j, &whole)) {
            continue;
        }
        journal_close(&j);
        for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
            if (i % 3 != number % 3 || (cuts[i].window_ps == 1 && number % 100 != 0)) {
                continue;
            }
            run_chassis(random_chassis, number, cuts[i].window_ps, cuts[i].batch_rows, &j, &cut);
            journal_close(&j);
            check_alike(number, cuts[i].window_ps, cuts[i].batch_rows, &whole, &cut);
            free(cut.csv);
        }
        free(whole.csv);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_fare_as_in_the_reference),
        cmocka_unit_test(cards_of_the_catalogue_too),
        cmocka_unit_test(a_picosecond_is_noticed),
        cmocka_unit_test(windows_do_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
