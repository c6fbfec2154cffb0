/* test_packet.c - ids are used again, columns keep what they hold when they grow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/packet.h"
#include "sim/arena.h"
#include "sim/rng.h"

/* Packets come and go at random; no two alive share an id, and each keeps its fields. */
static void packets_alive_keep_their_fields(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct packets p;
    packets_open(&p, 0, mem);
    struct rng rng = rng_open(1, "test", "packets");
    uint32_t alive[3000], n_alive = 0;
    uint64_t name = 1;
    for (uint64_t i = 0; i < 20000; i++) {
        struct rng_draw draw = rng_at(&rng, i);
        uint32_t n = (uint32_t)rng_below(draw.b, 65);
        if (draw.a >> 63 && n_alive + n <= 3000) {
            uint32_t ids[200];
            packets_take(&p, n, ids);
            for (uint32_t k = 0; k < n; k++) {
                uint32_t id = ids[k];
                assert_int_equal(p.base[id].name, 0);
                p.base[id].name = p.dst6_hi[id] = p.dst6_lo[id] = name;
                p.base[id].born_ps = (int64_t)name;
                p.base[id].dst4 = p.base[id].flow = p.adjacency[id] = (uint32_t)name;
                p.base[id].head.bytes = (uint16_t)name++;
                alive[n_alive++] = id;
            }
        }
        for (uint32_t k = 0; !(draw.a >> 63) && k < n && n_alive > 0; k++) {
            uint32_t at = (uint32_t)rng_below(rng_at(&rng, ~name - k).a, n_alive);
            uint32_t id = alive[at];
            uint64_t own = p.base[id].name;
            assert_true(own != 0 && own == p.dst6_hi[id] && own == p.dst6_lo[id]);
            assert_true((int64_t)own == p.base[id].born_ps &&
                        (uint16_t)own == p.base[id].head.bytes);
            assert_true((uint32_t)own == p.base[id].dst4 && (uint32_t)own == p.base[id].flow);
            assert_int_equal((uint32_t)own, p.adjacency[id]);
            p.base[id].name = 0;
            packet_free(&p, id);
            alive[at] = alive[--n_alive];
        }
        assert_true(p.n_used <= p.capacity && p.n_used - p.n_free == n_alive);
    }
    assert_true(p.n_used <= 3000 + 64);
    arena_close(mem);
}

static void the_first_freed_comes_first(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct packets p;
    packets_open(&p, 16, mem);
    uint32_t a = packet_new(&p), b = packet_new(&p);
    assert_int_not_equal(a, b);
    packet_free(&p, b);
    packet_free(&p, a);
    assert_int_equal(packet_new(&p), b);
    assert_int_equal(packet_new(&p), a);
    arena_close(mem);
}

static void a_drop_ends_a_punt(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct packets p;
    packets_open(&p, 16, mem);
    uint64_t drops[2] = {0};
    struct batch b = {.drops = drops};
    uint32_t plain = packet_new(&p), punted = packet_new(&p);
    p.base[plain].head.flags = PACKET_NOT_ROUTED;
    p.base[punted].head.flags = PACKET_NOT_ROUTED | PACKET_PUNTED;
    p.n_punted = 1;
    packet_drop(&p, &b, 1, plain, 7);
    assert_int_equal(p.n_punted, 1);
    packet_drop(&p, &b, 0, punted, 7);
    assert_int_equal(p.n_punted, 0);
    assert_int_equal(p.n_free, 2);
    assert_int_equal(b.n_dropped, 2);
    assert_true(drops[0] == 1 && drops[1] == 1);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_alive_keep_their_fields),
        cmocka_unit_test(the_first_freed_comes_first),
        cmocka_unit_test(a_drop_ends_a_punt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
