/* test_fingerprint.c - what moves which of the three numbers, and what must move none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/fingerprint.h"
#include "sim/arena.h"
#include "sim/report.h"

#define N_PACKETS 4

struct told {
    uint32_t instance, where, packet;
    enum tap_kind kind;
    int64_t arrived_ps, ready_ps;
};

static const struct told usual[] = {
    {0, 0, 0, TAP_CREATE, 10, 10}, {0, 1, 1, TAP_CREATE, 20, 20}, {1, 0, 0, TAP_SEND, 10, 30},
    {1, 0, 1, TAP_SEND, 20, 40},   {2, 3, 0, TAP_DROP, 30, 30},   {2, 0, 1, TAP_DELIVER, 40, 50},
};
#define N_USUAL (sizeof usual / sizeof usual[0])

/* The fingerprint of n events; packet ids are names[id]. */
static struct fingerprint print_of(const struct told *events, size_t n, const uint64_t *names)
{
    struct arena *mem = arena_open();
    struct packets packets;
    struct fingerprint_tap f;

    packets_open(&packets, N_PACKETS, mem);
    for (uint32_t i = 0; i < N_PACKETS; i++) {
        packets.base[i].name = names[i];
    }
    fingerprint_open(&f, mem);
    f.packets = &packets;
    for (size_t i = 0; i < n; i++) {
        const struct told *t = &events[i];
        struct tap_event event = {.instance = t->instance,
                                  .kind = t->kind,
                                  .where = t->where,
                                  .packet = t->packet,
                                  .arrived_ps = t->arrived_ps,
                                  .ready_ps = t->ready_ps};
        f.tap.event(f.tap.context, &event);
    }
    struct fingerprint print = fingerprint_of(&f);
    arena_close(mem);
    return print;
}

static const uint64_t names[N_PACKETS] = {100, 101, 102, 103};

enum { WHERE = 1, WHEN = 2, COUNT = 4, ALL = 7 };

/* Which of the three differ from the usual ones. */
static int moved(const struct told *events, size_t n, const uint64_t *their_names)
{
    struct fingerprint a = print_of(usual, N_USUAL, names);
    struct fingerprint b = print_of(events, n, their_names);
    int which =
        (a.where != b.where) * WHERE | (a.when != b.when) * WHEN | (a.count != b.count) * COUNT;

    assert_int_equal(fingerprint_equal(&a, &b), which == 0);
    return which;
}

/* The usual events with one of them changed. */
static int moved_with(size_t at, struct told changed)
{
    struct told events[N_USUAL];

    for (size_t i = 0; i < N_USUAL; i++) {
        events[i] = i == at ? changed : usual[i];
    }
    return moved(events, N_USUAL, names);
}

static void each_change_moves_what_it_should(void **state)
{
    (void)state;
    assert_int_equal(moved(usual, N_USUAL, names), 0);
    assert_int_equal(moved_with(3, (struct told){1, 0, 1, TAP_SEND, 20, 41}), WHEN);
    assert_int_equal(moved_with(3, (struct told){1, 0, 1, TAP_SEND, 21, 40}), WHEN);
    assert_int_equal(moved_with(3, (struct told){1, 0, 2, TAP_SEND, 20, 40}), WHERE | WHEN);
    assert_int_equal(moved_with(3, (struct told){1, 1, 1, TAP_SEND, 20, 40}), ALL);
    assert_int_equal(moved_with(3, (struct told){2, 0, 1, TAP_SEND, 20, 40}), ALL);
    assert_int_equal(moved_with(4, (struct told){2, 2, 0, TAP_DROP, 30, 30}), ALL);
    assert_int_equal(moved_with(5, (struct told){2, 0, 1, TAP_DROP, 40, 50}), ALL);
    assert_int_equal(moved(usual, N_USUAL - 1, names), ALL);
}

static void packets_that_change_places_are_noticed(void **state)
{
    (void)state;
    struct told events[N_USUAL];

    for (size_t i = 0; i < N_USUAL; i++) {
        events[i] = usual[i];
    }
    events[2].packet = 1;
    events[3].packet = 0;
    assert_int_equal(moved(events, N_USUAL, names), WHERE | WHEN);
}

/* Ids are reused in another order when windows are cut otherwise; the names stay. */
static void ids_do_not_matter(void **state)
{
    (void)state;
    const uint64_t other_names[N_PACKETS] = {102, 103, 100, 101};
    struct told events[N_USUAL];

    for (size_t i = 0; i < N_USUAL; i++) {
        events[i] = usual[i];
        events[i].packet += 2;
    }
    assert_int_equal(moved(events, N_USUAL, other_names), 0);
}

/* Stages with shorter batches take turns more often. */
static void turns_of_instances_and_lanes_do_not_matter(void **state)
{
    (void)state;
    const struct told events[N_USUAL] = {usual[1], usual[0], usual[2],
                                         usual[4], usual[3], usual[5]};

    assert_int_equal(moved(events, N_USUAL, names), 0);
}

/* Numbers above 2^53 would lose their last digits on the way through a spreadsheet. */
static void report_is_exact_for_everyone(void **state)
{
    (void)state;
    static const char *const statistics[] = {"where", "when", "count"};
    struct arena *mem = arena_open();
    struct packets packets;
    struct fingerprint_tap f;
    struct report r;

    packets_open(&packets, N_PACKETS, mem);
    report_open(&r, mem);
    fingerprint_open(&f, mem);
    f.packets = &packets;
    for (uint32_t i = 0; i < 1000; i++) {
        f.tap.event(f.tap.context,
                    &(struct tap_event){i % 7, TAP_SEND, i % 40, i % N_PACKETS, i, i + 5});
    }
    fingerprint_show(&f, &r);
    for (size_t i = 0; i < 3; i++) {
        int64_t value = report_get(&r, "fingerprint", statistics[i], -1);
        assert_true(value > 0 && value < (int64_t)1 << 53);
        assert_true((int64_t)(double)value == value);
    }
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_change_moves_what_it_should),
        cmocka_unit_test(packets_that_change_places_are_noticed),
        cmocka_unit_test(ids_do_not_matter),
        cmocka_unit_test(turns_of_instances_and_lanes_do_not_matter),
        cmocka_unit_test(report_is_exact_for_everyone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
