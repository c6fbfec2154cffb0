/* test_server.c - a queue against its closed forms, and against a naive one row by row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "sim/arena.h"
#include "sim/report.h"
#include "sim/rng.h"
#include "sim/server.h"
#include "tests/exits.h"

__extension__ typedef __int128 wide;

#define SECOND_PS 1000000000000

/* A busy period that never ends: row k ends at floor(work so far * 10^12 / rate), at any rate. */
static void the_long_run_rate_is_exact(void **state)
{
    (void)state;
    const struct {
        uint64_t rate, most_work;
    } cases[] = {
        {30000000, 1},           /* engine: 33.33.. ns a lookup */
        {60000000000, 72000},    /* bits: 16.66.. ps each */
        {8000000000, 72000},     /* a whole number of picoseconds */
        {999999999989, 1000000}, /* a prime: the largest rest there is */
        {SECOND_PS, 1000000},    {7, 3}, {1, 3},
    };
    struct rng rng = rng_open(1, "test", "rate");
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct arena *arena = arena_open();
        struct server s;
        server_open(&s, cases[c].rate, arena);
        const uint64_t n = cases[c].rate < 1000 ? 1000 : 1000000;
        wide work_so_far = 0;
        for (uint64_t k = 0; k < n; k++) {
            uint64_t work = 1 + rng_below(rng_at(&rng, k).a, cases[c].most_work);
            int64_t start_ps;
            int64_t before_ps = (int64_t)(work_so_far * SECOND_PS / (wide)cases[c].rate);
            int64_t end_ps = server_serve(&s, 0, work, &start_ps);
            work_so_far += (wide)work;
            if (start_ps != before_ps ||
                end_ps != (int64_t)(work_so_far * SECOND_PS / (wide)cases[c].rate)) {
                fail_msg("rate %ju, row %ju", (uintmax_t)cases[c].rate, (uintmax_t)k);
            }
        }
        assert_int_equal(s.work_taken, work_so_far);
        assert_int_equal(server_busy_ps(&s, s.free_ps), s.free_ps);
        arena_close(arena);
    }
}

/* D/D/1 below capacity: nobody waits, and no remainder is carried over an idle time. */
static void regular_arrivals_below_the_rate_do_not_wait(void **state)
{
    (void)state;
    struct arena *arena = arena_open();
    struct server s;
    struct room room = {.limit = 1};
    server_open(&s, 30000000, arena);
    for (int64_t k = 0; k < 100000; k++) {
        int64_t start_ps, end_ps;
        assert_true(server_offer_in(&s, k * 33334, 1, &room, 1, &start_ps, &end_ps));
        assert_int_equal(start_ps, k * 33334);
        assert_int_equal(end_ps, k * 33334 + 33333);
    }
    arena_close(arena);
}

/* D/D/1 in bursts, the bound of network calculus: what arrives in any time t is at most burst + t *
 * rate, so nobody is inside for longer than burst / rate, and the last of each burst is, exactly.
 * source: Le Boudec and Thiran, "Network Calculus", theorem 1.4.2. */
static void the_delay_bound_is_met_exactly(void **state)
{
    (void)state;
    const int64_t burst = 300, period_ps = 10000000; /* 300 in 10 us is the rate itself */
    struct arena *arena = arena_open();
    struct server s;
    struct room room = {.limit = 300};
    server_open(&s, 30000000, arena);
    for (int64_t b = 0; b < 1000; b++) {
        int64_t start_ps, end_ps = 0;
        for (int64_t k = 0; k < burst; k++) {
            assert_true(server_offer_in(&s, b * period_ps, 1, &room, 1, &start_ps, &end_ps));
            assert_in_range(end_ps - b * period_ps, 0, burst * SECOND_PS / 30000000);
        }
        assert_int_equal(end_ps - b * period_ps, burst * SECOND_PS / 30000000);
    }
    int64_t start_ps, end_ps;
    assert_false(server_offer_in(&s, 1000 * period_ps - 1, 300, &room, 300, &start_ps, &end_ps));
    arena_close(arena);
}

/* Above capacity, with room for K: the loss is 1 - rate / arrivals but for the K still inside. */
static void regular_arrivals_above_the_rate_lose_the_excess(void **state)
{
    (void)state;
    const int64_t n = 480000, limit = 64;
    struct arena *arena = arena_open();
    struct server s;
    struct room room = {.limit = (uint64_t)limit};
    server_open(&s, 30000000, arena);
    int64_t last_ps = 0;
    for (int64_t k = 0; k < n; k++) {
        int64_t start_ps, end_ps;
        last_ps = k * SECOND_PS / 48000000;
        server_offer_in(&s, last_ps, 1, &room, 1, &start_ps, &end_ps);
    }
    int64_t done = last_ps * 30 / 1000000;
    assert_in_range(s.work_taken, done + limit - 1, done + limit + 1);
    assert_int_equal(s.work_taken + s.n_refused, n);
    arena_close(arena);
}

/* Poisson arrivals of rows of one unit, as many of them as the caller asks for. */
struct source {
    struct rng rng;
    uint64_t n;
    uint64_t gap_ps; /* mean */
    int64_t now_ps;
};

static int64_t next_arrival(struct source *source)
{
    wide gap = (wide)rng_exponential(rng_at(&source->rng, source->n++).a) * source->gap_ps;
    return source->now_ps += (int64_t)(gap >> 32);
}

enum { REPLICATIONS = 20, WARM_UP = 5000, ROWS = 40000 };

/* One replication at a load of percent/100: mean waiting time in service times, and loss. A buffer
 * of the server's own must do the same as a room of limit rows. */
static void replicate(uint64_t percent, uint64_t limit, uint64_t seed, double *wait, double *loss)
{
    const int64_t service_ps = 100000;
    struct source source = {.rng = rng_open(seed, "test", "arrivals"),
                            .gap_ps = (uint64_t)service_ps * 100 / percent};
    struct arena *arena = arena_open();
    struct server s;
    struct room room = {.limit = limit};
    server_open(&s, (uint64_t)(SECOND_PS / service_ps), arena);
    struct server own;
    server_open(&own, (uint64_t)(SECOND_PS / service_ps), arena);
    server_own_room(&own, limit);
    double waited = 0;
    uint64_t n_served = 0;
    for (int k = 0; k < WARM_UP + ROWS; k++) {
        int64_t start_ps = 0, end_ps = 0, now_ps = next_arrival(&source), own_start_ps = 0;
        bool taken = server_offer_in(&s, now_ps, 1, &room, 1, &start_ps, &end_ps);
        assert_true(taken == server_offer(&own, now_ps, 1, &own_start_ps, &end_ps));
        assert_true(start_ps == own_start_ps);
        if (taken && k >= WARM_UP) {
            waited += (double)(start_ps - now_ps) / (double)service_ps;
            n_served++;
        }
    }
    *wait = waited / (double)n_served;
    *loss = 1 - (double)n_served / ROWS;
    arena_close(arena);
}

/* Is `theory` in the 99.9 % confidence interval of the mean of the replications, and is that no
 * wider than 5 % of it to either side? Student's t for 19 degrees of freedom: 3.883. */
static void assert_confident(const double values[REPLICATIONS], double theory)
{
    double mean = 0, squares = 0;
    for (int i = 0; i < REPLICATIONS; i++) {
        mean += values[i] / REPLICATIONS;
    }
    for (int i = 0; i < REPLICATIONS; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
    }
    double half = 3.883 * sqrt(squares / (REPLICATIONS - 1) / REPLICATIONS);
    if (fabs(mean - theory) > half || half > 0.05 * theory) {
        fail_msg("%.6f +- %.6f, expected %.6f", mean, half, theory);
    }
}

/* Pollaczek-Khinchine: the mean wait of M/D/1 is load / (2 (1 - load)) service times. */
static void waiting_is_that_of_m_d_1(void **state)
{
    (void)state;
    const uint64_t percents[] = {20, 50, 80};
    for (size_t c = 0; c < sizeof percents / sizeof *percents; c++) {
        double waits[REPLICATIONS], loss;
        for (uint64_t i = 0; i < REPLICATIONS; i++) {
            replicate(percents[c], UINT64_MAX, 100 + i, &waits[i], &loss);
        }
        double load = (double)percents[c] / 100;
        assert_confident(waits, load / (2 * (1 - load)));
    }
}

/* Loss of M/D/1/K by the Markov chain at departures. With p[j] the chance that a departure leaves
 * j < K behind and a[i] that of i arrivals in one service,
 *
 *     p[j] = p[0] a[j] + sum over i = 1 .. j+1 of p[i] a[j+1-i],    j < K - 1
 *
 * gives p[j+1] from those before it, up to scale; then loss = 1 - 1 / (p[0] + load).
 * source: Gross et al., "Fundamentals of Queueing Theory", M/G/1/K. */
static double loss_of_m_d_1_k(double load, int room)
{
    double a[64], p[64] = {1}, sum = 1;
    a[0] = exp(-load);
    for (int i = 1; i < room; i++) {
        a[i] = a[i - 1] * load / i;
    }
    for (int j = 0; j + 1 < room; j++) {
        double rest = p[j] - p[0] * a[j];
        for (int i = 1; i <= j; i++) {
            rest -= p[i] * a[j + 1 - i];
        }
        p[j + 1] = rest / a[0];
        sum += p[j + 1];
    }
    return 1 - 1 / (1 / sum + load);
}

static void loss_is_that_of_m_d_1_k(void **state)
{
    (void)state;
    const struct {
        uint64_t percent;
        int room;
    } cases[] = {{50, 1}, {80, 3}, {95, 8}, {120, 5}, {200, 16}};
    /* one place, itself: Erlang's B */
    assert_true(fabs(loss_of_m_d_1_k(0.5, 1) - 0.5 / 1.5) < 1e-12);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double losses[REPLICATIONS], wait;
        for (uint64_t i = 0; i < REPLICATIONS; i++) {
            replicate(cases[c].percent, (uint64_t)cases[c].room, 200 + i, &wait, &losses[i]);
        }
        assert_confident(losses, loss_of_m_d_1_k((double)cases[c].percent / 100, cases[c].room));
    }
}

/* The same without a thought for speed: exact ends as fractions, every row ever taken, and one
 * room for all servers of the same rate. */
struct naive_row {
    wide start, end; /* in ps / rate */
    uint64_t server, takes;
};

struct naive {
    wide rate;
    uint64_t limit;
    struct naive_row rows[3000];
    size_t n;
};

static bool naive_offer(struct naive *q, uint64_t server, int64_t arrive_ps, uint64_t work,
                        uint64_t takes)
{
    uint64_t used = takes;
    wide start = arrive_ps * q->rate;
    for (size_t i = 0; i < q->n; i++) {
        const struct naive_row *row = &q->rows[i];
        used += row->end / q->rate > arrive_ps ? row->takes : 0;
        start = row->server == server && row->end > start ? row->end : start;
    }
    if (used > q->limit) {
        return false;
    }
    wide end = start + (wide)work * SECOND_PS;
    q->rows[q->n++] = (struct naive_row){start, end, server, takes};
    return true;
}

/* Time within [0, now) that falls into some row's service at this server. */
static int64_t naive_busy_ps(const struct naive *q, uint64_t server, int64_t now_ps)
{
    wide busy = 0, now = now_ps * q->rate;
    for (size_t i = 0; i < q->n; i++) {
        const struct naive_row *row = &q->rows[i];
        wide end = row->end < now ? row->end : now;
        busy += row->server == server && end > row->start ? end - row->start : 0;
    }
    return (int64_t)(busy / q->rate);
}

/* Whole units that it has done by now. */
static uint64_t naive_done(const struct naive *q, uint64_t server, int64_t now_ps)
{
    wide done = 0, now = now_ps * q->rate;
    for (size_t i = 0; i < q->n; i++) {
        const struct naive_row *row = &q->rows[i];
        wide end = row->end < now ? row->end : now;
        done += row->server == server && end > row->start ? end - row->start : 0;
    }
    return (uint64_t)(done / SECOND_PS);
}

enum { MOST_SERVERS = 3 };

struct pair {
    struct naive naive;
    struct room room;
    uint64_t n_servers;
    struct server servers[MOST_SERVERS];
};

/* begin: head and tail of the rings. */
static void open_pair(struct pair *p, const struct rng *rng, uint32_t begin, struct arena *arena)
{
    static const uint64_t rates[] = {1000000000, 7777777777, 30000000, 999999999989, 3};
    struct rng_draw draw = rng_at(rng, UINT64_MAX);
    uint64_t rate = rates[rng_below(draw.a, 5)];
    p->room = (struct room){.limit = draw.b % 4 == 0 ? UINT64_MAX : draw.b % 4 * 1000};
    p->naive.rate = (wide)rate;
    p->naive.limit = p->room.limit;
    p->naive.n = 0;
    p->n_servers = 1 + rng_below(draw.b, MOST_SERVERS);
    for (uint64_t k = 0; k < p->n_servers; k++) {
        server_open(&p->servers[k], rate, arena);
        p->servers[k].head = p->servers[k].tail = begin;
    }
}

static bool offer_to_both(struct pair *p, uint64_t k, int64_t now_ps, uint64_t work, uint64_t takes)
{
    int64_t start_ps = 0, end_ps = 0;
    for (uint64_t other = 0; other < p->n_servers; other++) {
        server_release(&p->servers[other], now_ps);
    }
    bool taken = server_offer_in(&p->servers[k], now_ps, work, &p->room, takes, &start_ps, &end_ps);
    assert_int_equal(taken, naive_offer(&p->naive, k, now_ps, work, takes));
    if (taken) {
        const struct naive_row *row = &p->naive.rows[p->naive.n - 1];
        assert_int_equal(start_ps, row->start / p->naive.rate);
        assert_int_equal(end_ps, row->end / p->naive.rate);
    }
    return taken;
}

/* Offers n random rows to both, about as many as can be served. */
static void assert_same_as_naive(const struct rng *rng, uint32_t begin, uint64_t n)
{
    static struct pair pair;
    struct arena *arena = arena_open();
    open_pair(&pair, rng, begin, arena);
    uint64_t gap_ps = 10 * SECOND_PS / (uint64_t)pair.naive.rate / pair.n_servers + 1;
    int64_t now_ps = 0;
    uint64_t n_taken = 0;
    for (uint64_t i = 0; i < n; i++) {
        struct rng_draw draw = rng_at(rng, i);
        /* Half of the gaps are 0; now and then a pause empties the queue. */
        now_ps += (int64_t)(rng_below(draw.a, 2) * rng_below(draw.b, gap_ps * 4));
        now_ps += draw.b % 64 == 0 ? (int64_t)gap_ps * 100 : 0;
        uint64_t k = draw.a % pair.n_servers;
        n_taken += offer_to_both(&pair, k, now_ps, rng_below(draw.a << 8, 21),
                                 rng_below(draw.b << 8, 1500));
        /* Less than a picosecond is lost where a busy period ends. */
        int64_t lost_ps =
            naive_busy_ps(&pair.naive, k, now_ps) - server_busy_ps(&pair.servers[k], now_ps);
        assert_in_range(lost_ps + 1, 0, i + 2);
        assert_in_range(
            naive_done(&pair.naive, k, now_ps) - server_served(&pair.servers[k], now_ps), 0, 1);
    }
    assert_in_range(n_taken, n / 8, pair.room.limit == UINT64_MAX ? n : n - 1);
    arena_close(arena);
}

static void every_row_is_served_as_by_a_naive_queue(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 60; round++) {
        struct rng rng = rng_open(round, "test", "naive");
        assert_same_as_naive(&rng, 0, 300);
    }
    struct rng rng = rng_open(99, "test", "naive");
    assert_same_as_naive(&rng, 0, 3000);
}

/* After 2^32 rows the ring's numbers start again from 0. */
static void the_ring_outlives_its_numbers(void **state)
{
    (void)state;
    for (uint32_t before = 0; before < 60; before++) {
        struct rng rng = rng_open(before, "test", "wrap");
        assert_same_as_naive(&rng, 0u - before, 300);
    }
}

static void the_report_covers_the_time_since_the_mark(void **state)
{
    (void)state;
    struct arena *arena = arena_open();
    struct report report;
    report_open(&report, arena);
    struct server s;
    int64_t start_ps, end_ps;
    struct room room = {.limit = 3};
    server_open(&s, SECOND_PS / 10, arena);                               /* 10 ps a unit */
    assert_true(server_offer_in(&s, 0, 4, &room, 1, &start_ps, &end_ps)); /* 0 to 40 */
    assert_true(server_offer_in(&s, 5, 1, &room, 1, &start_ps, &end_ps)); /* to 50 */
    server_mark(&s, 20);
    assert_true(server_offer_in(&s, 30, 2, &room, 1, &start_ps, &end_ps));  /* to 70 */
    assert_false(server_offer_in(&s, 39, 6, &room, 1, &start_ps, &end_ps)); /* full */
    assert_true(
        server_offer_in(&s, 40, 1, &room, 1, &start_ps, &end_ps)); /* a row has just left; to 80 */
    assert_true(server_offer_in(&s, 100, 11, &room, 1, &start_ps, &end_ps)); /* to 210 */
    server_report(&s, 200, "engine", "engine", "lookups", &report);
    const struct report_resource *x = &report.resources[0];
    assert_string_equal(x->module, "engine");
    assert_string_equal(x->kind, "engine");
    assert_string_equal(x->work, "lookups");
    assert_int_equal(x->rate, SECOND_PS / 10);
    assert_int_equal(x->offered, 20);
    assert_int_equal(x->served, 16); /* 3 of the first two rows, 13 of the others */
    assert_int_equal(x->n_dropped, 1);
    assert_int_equal(x->interval_ps, 180);
    assert_int_equal(x->busy_ps, 60 + 100);
    assert_int_equal(x->backlog_first_ps, 30);
    assert_int_equal(x->backlog_last_ps, 10);
    arena_close(arena);
}

static void a_row_larger_than_the_room_is_never_taken(void **state)
{
    (void)state;
    struct arena *arena = arena_open();
    struct server s;
    int64_t start_ps, end_ps;
    struct room room = {.limit = 1500};
    server_open(&s, 1000, arena);
    assert_false(server_offer_in(&s, 10, 1, &room, 1501, &start_ps, &end_ps));
    assert_int_equal(s.n_refused, 1);
    assert_int_equal(s.free_ps, 0);
    assert_true(server_offer_in(&s, 10, 1, &room, 1500, &start_ps, &end_ps));
    arena_close(arena);
}

static void open_at_rate(void *rate)
{
    struct server s;
    server_open(&s, *(const uint64_t *)rate, arena_open());
}

static void rates_out_of_range_stop_the_program(void **state)
{
    (void)state;
    char said[200] = "";
    uint64_t refused[] = {0, SECOND_PS + 1, UINT64_MAX};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(exit_status_of(open_at_rate, &refused[i], said, sizeof said), 3);
        assert_non_null(strstr(said, "rate >= 1"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_long_run_rate_is_exact),
        cmocka_unit_test(regular_arrivals_below_the_rate_do_not_wait),
        cmocka_unit_test(the_delay_bound_is_met_exactly),
        cmocka_unit_test(regular_arrivals_above_the_rate_lose_the_excess),
        cmocka_unit_test(waiting_is_that_of_m_d_1),
        cmocka_unit_test(loss_is_that_of_m_d_1_k),
        cmocka_unit_test(every_row_is_served_as_by_a_naive_queue),
        cmocka_unit_test(the_ring_outlives_its_numbers),
        cmocka_unit_test(the_report_covers_the_time_since_the_mark),
        cmocka_unit_test(a_row_larger_than_the_room_is_never_taken),
        cmocka_unit_test(rates_out_of_range_stop_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
