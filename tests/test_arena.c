/* test_arena.c - zeroed, aligned, kept while growing, refused when too large. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/arena.h"

static void blocks_are_zero_aligned_and_apart(void **state)
{
    (void)state;
    struct arena *arena = arena_open();
    unsigned char *blocks[200];
    for (size_t i = 0; i < 200; i++) {
        size_t bytes = i * i * 40;
        blocks[i] = arena_take(arena, bytes);
        assert_int_equal((uintptr_t)blocks[i] % 64, 0);
        for (size_t k = 0; k < bytes; k++) {
            if (blocks[i][k] != 0) {
                fail_msg("block %zu is not zero at %zu", i, k);
            }
        }
        memset(blocks[i], (int)i, bytes);
    }
    for (size_t i = 0; i < 200; i++) {
        for (size_t k = 0; k < i * i * 40; k++) {
            if (blocks[i][k] != i) {
                fail_msg("block %zu was overwritten at %zu", i, k);
            }
        }
    }
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(blocks_are_zero_aligned_and_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
