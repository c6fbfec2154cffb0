/* test_frames.c - rates to the picosecond, arrivals and sizes within confidence. Deviations of four
 * standard ones are allowed; as the seeds are fixed, what passes once passes always. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "models/frames.h"
#include "sim/error.h"
#include "sim/rng.h"
#include "sim/stage.h"

__extension__ typedef __int128 wide;

#define SECOND_PS 1000000000000
#define N_RATES 9

static const struct frame_mix one_size = {.n = 1, .bytes = {64}, .weight = {1}};
static const struct frame_mix imix = {.n = 3, .bytes = {64, 594, 1518}, .weight = {7, 4, 1}};
static const struct frame_mix genome = {
    .n = 5, .bytes = {64, 64, 64, 1518, 9216}, .in_order = true};
static const struct rate rates[N_RATES] = {
    {RATE_PPS, 1},    {RATE_PPS, 9999},     {RATE_PPS, 14880952},
    {RATE_BPS, 1000}, {RATE_BPS, 30000007}, {RATE_BPS, 9999999999},
    {RATE_LINE, 100}, {RATE_LINE, 333333},  {RATE_LINE, 1000000},
};

/* The frames of a port, one after the other. */
struct walk {
    struct frames_plan plan;
    struct frames frames;
    uint32_t at;
    int64_t wanted_ps;
    uint32_t bytes, flow;
};

static void walk_open(struct walk *w, const struct stream_config *s, uint32_t byte_ps,
                      const char *stage)
{
    struct error err = {0};
    assert_true(frames_plan_open(&w->plan, s, byte_ps, &err));
    frames_open(&w->frames, &w->plan, rng_open(1, stage, s->name), 7, 10, 50);
    w->at = FRAMES_BLOCK;
}

static void next(struct walk *w)
{
    if (w->at == FRAMES_BLOCK) {
        frames_fill(&w->frames);
        assert_int_equal(w->frames.wanted_ps[FRAMES_BLOCK], SIM_NEVER);
        w->at = 0;
    }
    w->wanted_ps = w->frames.wanted_ps[w->at];
    w->bytes = w->frames.bytes[w->at];
    w->flow = w->frames.flow[w->at++];
}

/* The time a frame takes of its stream, times the rate's value. */
static wide share_of(const struct stream_config *s, uint32_t bytes, uint32_t byte_ps)
{
    switch (s->rate.unit) {
    case RATE_PPS:
        return SECOND_PS;
    case RATE_BPS:
        return (wide)bytes * 8 * SECOND_PS;
    default:
        return (wide)(bytes + 20) * byte_ps * 1000000;
    }
}

static double mean_gap_ps(const struct stream_config *s, uint32_t byte_ps)
{
    double sum = 0, weights = 0;
    for (uint32_t i = 0; i < s->frames.n; i++) {
        double weight = s->frames.in_order ? 1 : s->frames.weight[i];
        sum += weight * (double)share_of(s, s->frames.bytes[i], byte_ps);
        weights += weight;
    }
    return sum / weights / (double)s->rate.value;
}

/* Frame k is wanted at floor(sum of the shares before it / rate) after frame 0, for ever; frame 0
 * within one mean gap, not at the same time on every port. */
static void constant_rates_are_exact(void **state)
{
    (void)state;
    const struct frame_mix *mixes[] = {&one_size, &imix, &genome};
    for (uint32_t c = 0; c < 2 * N_RATES * 3; c++) {
        uint32_t byte_ps = c % 2 == 0 ? 800 : 8000;
        struct stream_config s = {.name = "a",
                                  .rate = rates[c / 2 % N_RATES],
                                  .frames = *mixes[c / 2 / N_RATES],
                                  .start_ps = 123};
        struct walk w, other;
        wide sum = 0;
        walk_open(&w, &s, byte_ps, "traffic 1/1");
        walk_open(&other, &s, byte_ps, "traffic 1/2");
        next(&w);
        next(&other);
        int64_t first_ps = w.wanted_ps;
        assert_in_range(first_ps, 123, 123 + (int64_t)mean_gap_ps(&s, byte_ps));
        assert_int_not_equal(first_ps, other.wanted_ps);
        for (uint32_t k = 0; k < 5000; k++, next(&w)) {
            int64_t wanted_ps = first_ps + (int64_t)(sum / (wide)s.rate.value);
            if (w.wanted_ps != wanted_ps) {
                fail_msg("case %u, frame %u: %jd, not %jd", c, k, (intmax_t)w.wanted_ps,
                         (intmax_t)wanted_ps);
            }
            sum += share_of(&s, w.bytes, byte_ps);
        }
    }
}

/* Gaps have mean and variance of an exponential, are not correlated with the next one, and counts
 * in equal bins vary as Poisson's do. */
static void poisson_gaps_and_counts_are_poisson(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < N_RATES; c++) {
        struct stream_config s = {
            .name = "a", .rate = rates[c], .frames = imix, .arrivals = ARRIVALS_POISSON};
        double mean = mean_gap_ps(&s, 800), sum = 0, squares = 0, products = 0, before = 0;
        const uint32_t n = 200000, n_bins = 1000, per_bin = 190;
        uint32_t bins[1000] = {0};
        struct walk w;
        walk_open(&w, &s, 800, "traffic 1/1");
        int64_t last_ps = 0;
        for (uint32_t k = 0; k < n; k++) {
            next(&w);
            double gap = (double)(w.wanted_ps - last_ps) / mean - 1;
            sum += gap;
            squares += gap * gap;
            products += gap * before;
            before = gap;
            last_ps = w.wanted_ps;
            double bin = (double)w.wanted_ps / mean / per_bin;
            if (bin < n_bins) {
                bins[(uint32_t)bin]++;
            }
        }
        double dispersion = 0;
        for (uint32_t i = 0; i < n_bins; i++) {
            dispersion += ((double)bins[i] - per_bin) * ((double)bins[i] - per_bin) / per_bin;
        }
        /* Variances: of a unit exponential 1, of its square about the mean 8, of a chi-square 2. */
        assert_true(fabs(sum / n) < 4 / sqrt(n));
        assert_true(fabs(squares / n - 1) < 4 * sqrt(8.0 / n));
        assert_true(fabs(products / n) < 4 / sqrt(n));
        assert_true(fabs(dispersion / n_bins - 1) < 4 * sqrt(2.0 / n_bins));
    }
}

/* Long-run rate, mean burst m and its variance m (m - 1); the frames of a burst are back to back,
 * pauses are exponential. */
static void bursts_have_the_rate_and_length_asked_for(void **state)
{
    (void)state;
    const uint32_t bursts[] = {32, 1, 7};
    for (uint32_t c = 0; c < 3 * N_RATES; c++) {
        struct stream_config s = {.name = "a",
                                  .rate = rates[c % N_RATES],
                                  .frames = imix,
                                  .arrivals = ARRIVALS_ON_OFF,
                                  .burst_frames = bursts[c / N_RATES]};
        double m = s.burst_frames, mean = mean_gap_ps(&s, 800),
               wire = (4342.0 + 12 * 20) / 12 * 800;
        double pause = m * (mean - wire), squares = 0, pauses = 0, pause_squares = 0;
        if (pause < 1) { /* asked for more than the wire has */
            pause = 0;
        }
        struct walk w;
        walk_open(&w, &s, 800, "traffic 1/1");
        const uint32_t n_bursts = 10000;
        uint32_t length = 0, n = 0, ended = 0;
        next(&w);
        for (int64_t first_ps = w.wanted_ps, end_ps; ended < n_bursts && n < 1000000; n++) {
            end_ps = w.wanted_ps + (w.bytes + 20) * 800;
            next(&w);
            length++;
            assert_true(w.wanted_ps >= end_ps && w.wanted_ps > first_ps);
            if (w.wanted_ps > end_ps) {
                double is = (double)(w.wanted_ps - end_ps);
                pauses += is;
                pause_squares += (is - pause) * (is - pause);
                squares += (length - m) * (length - m);
                length = 0;
                ended++;
            }
        }
        if (pause == 0) {
            assert_int_equal(ended, 0);
            continue;
        }
        double spread = 4 / sqrt(n_bursts);
        assert_true(fabs(pauses / n_bursts / pause - 1) < spread);
        assert_true(fabs(pause_squares / n_bursts / pause / pause - 1) < spread * sqrt(8));
        assert_true(fabs(n / m / n_bursts - 1) < spread);
        assert_true(fabs(squares / n_bursts - m * (m - 1)) <= spread * 3 * m * (m - 1));
    }
}

static void sizes_come_in_order_or_by_weight(void **state)
{
    (void)state;
    const struct frame_mix odd = {
        .n = 4, .bytes = {64, 594, 1518, 128}, .weight = {4000000000, 280000, 2000000000, 0}};
    struct stream_config s = {.name = "a", .rate = {RATE_PPS, 1000}, .frames = genome};
    struct walk w;
    walk_open(&w, &s, 800, "traffic 1/1");
    for (uint32_t k = 0; k < 1000; k++) {
        next(&w);
        assert_int_equal(w.bytes, genome.bytes[k % 5]);
    }
    for (uint32_t c = 0; c < 2; c++) {
        s.frames = c == 0 ? imix : odd;
        walk_open(&w, &s, 800, "traffic 1/1");
        const uint32_t n = 1000000;
        uint32_t n_of[4] = {0}, n_pairs = 0, before = 0;
        double weights = 0;
        for (uint32_t k = 0; k < n; k++, before = w.bytes) {
            next(&w);
            for (uint32_t i = 0; i < s.frames.n; i++) {
                n_of[i] += w.bytes == s.frames.bytes[i];
            }
            n_pairs += before == 64 && w.bytes == 64;
        }
        for (uint32_t i = 0; i < s.frames.n; i++) {
            weights += s.frames.weight[i];
        }
        assert_int_equal(n_of[0] + n_of[1] + n_of[2] + n_of[3], n);
        for (uint32_t i = 0; i < s.frames.n; i++) {
            double want = s.frames.weight[i] / weights * n;
            assert_true(fabs(n_of[i] - want) <= 4 * sqrt(want));
        }
        double p = s.frames.weight[0] / weights;
        assert_true(fabs(n_pairs - p * p * n) < 4 * sqrt(3 * p * p * n));
    }
}

/* Flows 7, 17, ... 497, each alike, and not bound to a size. */
static void flows_are_drawn_alike(void **state)
{
    (void)state;
    struct stream_config s = {.name = "a", .rate = {RATE_PPS, 1000}, .frames = imix};
    struct walk w;
    walk_open(&w, &s, 800, "traffic 1/1");
    const uint32_t n = 500000;
    uint32_t n_of[50] = {0}, n_small[50] = {0};
    for (uint32_t k = 0; k < n; k++) {
        next(&w);
        assert_true(w.flow >= 7 && w.flow < 507 && w.flow % 10 == 7);
        n_of[w.flow / 10]++;
        n_small[w.flow / 10] += w.bytes == 64;
    }
    for (uint32_t f = 0; f < 50; f++) {
        assert_true(fabs(n_of[f] - n / 50.0) < 4 * sqrt(n / 50.0));
        assert_true(fabs(n_small[f] - n / 50.0 * 7 / 12) < 4 * sqrt(n / 50.0 * 7 / 12));
    }
}

static void assert_refused(const struct stream_config *s)
{
    struct error err = {0};
    struct frames_plan plan;
    assert_false(frames_plan_open(&plan, s, 800, &err));
    assert_string_equal(err.text, "stream slow: its rate leaves gaps of 1000 s and more\n");
    error_free(&err);
}

static void rates_next_to_nothing_are_refused(void **state)
{
    (void)state;
    struct stream_config s = {.name = "slow", .rate = {RATE_PPS, 0}, .frames = one_size};
    assert_refused(&s);
    s.rate = (struct rate){RATE_BPS, 1};
    s.frames.bytes[0] = 125; /* exactly 1000 s */
    assert_refused(&s);
    s.arrivals = ARRIVALS_POISSON;
    assert_refused(&s);
    s.arrivals = ARRIVALS_ON_OFF;
    s.rate = (struct rate){RATE_PPS, 1};
    s.burst_frames = 1001;
    assert_refused(&s);
    /* What is just not refused keeps time over a block. */
    s.burst_frames = 998;
    struct walk w;
    walk_open(&w, &s, 800, "traffic 1/1");
    for (int64_t k = 0, last_ps = 0; k < 100000; k++, last_ps = w.wanted_ps) {
        next(&w);
        assert_true(w.wanted_ps >= last_ps && w.wanted_ps < (k + 20000) * SECOND_PS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_rates_are_exact),
        cmocka_unit_test(poisson_gaps_and_counts_are_poisson),
        cmocka_unit_test(bursts_have_the_rate_and_length_asked_for),
        cmocka_unit_test(sizes_come_in_order_or_by_weight),
        cmocka_unit_test(flows_are_drawn_alike),
        cmocka_unit_test(rates_next_to_nothing_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
