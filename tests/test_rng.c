/* test_rng.c - the streams are Random123's, apart from each other, and rightly distributed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <Random123/threefry.h>
#include <math.h>

#include "sim/rng.h"

/* Against the library, called here in its own right, at every length up to several vectors. */
static void filling_equals_random123(void **state)
{
    (void)state;
    struct rng rng = rng_open(7, "traffic", "arrivals");
    threefry2x64_key_t key = {{rng.key[0], rng.key[1]}};
    for (uint32_t n = 0; n < 70; n++) {
        struct rng_draw draws[71] = {{0, 0}};
        uint64_t first = UINT64_MAX - 20 + n; /* counters wrap */
        rng_fill(&rng, first, n, draws);
        for (uint32_t i = 0; i < n; i++) {
            threefry2x64_ctr_t want = threefry2x64_R(13, (threefry2x64_ctr_t){{first + i, 0}}, key);
            assert_int_equal(draws[i].a, want.v[0]);
            assert_int_equal(draws[i].b, want.v[1]);
            struct rng_draw one = rng_at(&rng, first + i);
            assert_int_equal(one.a, want.v[0]);
            assert_int_equal(one.b, want.v[1]);
        }
        assert_int_equal(draws[n].a, 0);
        assert_int_equal(draws[n].b, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(filling_equals_random123)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
