/* test_arena.c - zeroed, aligned, kept while growing, refused when too large. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "sim/arena.h"
#include "sim/rng.h"
#include "tests/exits.h"

static void assert_all(const unsigned char *bytes, size_t n, unsigned char value)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != value) {
            fail_msg("byte %zu of %zu is %u, not %u", i, n, bytes[i], value);
        }
    }
}

static void blocks_are_zero_aligned_and_apart(void **state)
{
    (void)state;
    enum { N = 200 };
    struct arena *arena = arena_open();
    unsigned char *blocks[N];
    size_t total = 0;
    for (size_t i = 0; i < N; i++) {
        size_t bytes = i * i * 10; /* 0 to 396 kB: small and mapped */
        blocks[i] = i % 2 == 0 ? arena_take(arena, bytes) : arena_take_array(arena, i * i, 10);
        assert_int_equal((uintptr_t)blocks[i] % 64, 0);
        assert_all(blocks[i], bytes, 0);
        memset(blocks[i], (int)i, bytes);
        total += bytes;
        assert_int_equal(arena_bytes(arena), total);
    }
    for (size_t i = 0; i < N; i++) {
        assert_all(blocks[i], i * i * 10, (unsigned char)i);
    }
    arena_close(arena);
}

/* Arrays grow in random turns, from nothing to several hundred kB, past each other. */
static void growing_keeps_what_was_there(void **state)
{
    (void)state;
    enum { N = 20 };
    struct rng rng = rng_open(1, "test", "growing");
    struct arena *arena = arena_open();
    unsigned char *arrays[N] = {NULL};
    size_t bytes[N] = {0};
    size_t total = 0;
    for (uint64_t turn = 0; turn < 300; turn++) {
        struct rng_draw draw = rng_at(&rng, turn);
        size_t i = rng_below(draw.a, N);
        size_t more = bytes[i] + 1 + rng_below(draw.b, 2 * bytes[i] + 100);
        if (more > 2000000) {
            continue;
        }
        unsigned char *grown = arena_grow(arena, arrays[i], bytes[i], more);
        assert_int_equal((uintptr_t)grown % 64, 0);
        assert_all(grown, bytes[i], (unsigned char)(i + 1));
        assert_all(grown + bytes[i], more - bytes[i], 0);
        memset(grown, (int)i + 1, more);
        arrays[i] = grown;
        bytes[i] = more;
    }
    for (size_t i = 0; i < N; i++) {
        assert_all(arrays[i], bytes[i], (unsigned char)(i + 1));
        total += bytes[i] >= 262144;
    }
    assert_in_range(total, N / 2, N); /* else the mapped ones were not tried */
    arena_close(arena);
}

static size_t resident_bytes(void *array, size_t bytes)
{
    const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    char *first = (char *)((uintptr_t)array & ~(page_bytes - 1));
    size_t n = ((size_t)((char *)array - first) + bytes + page_bytes - 1) / page_bytes;
    unsigned char *pages = calloc(n, 1);
    assert_int_equal(mincore(first, n * page_bytes, pages), 0);
    size_t n_resident = 0;
    for (size_t i = 0; i < n; i++) {
        n_resident += pages[i] & 1;
    }
    free(pages);
    return n_resident * page_bytes;
}

/* Of this process. */
static size_t mapped_bytes(void)
{
    size_t n_pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    assert_non_null(statm);
    assert_int_equal(fscanf(statm, "%zu", &n_pages), 1);
    fclose(statm);
    return n_pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* Each doubling touches one place; what is outgrown is given back, else twice as much is mapped. */
static void what_is_not_touched_costs_nothing(void **state)
{
    (void)state;
    size_t before = mapped_bytes();
    struct arena *arena = arena_open();
    size_t bytes = 300000;
    char *array = arena_take(arena, bytes);
    for (int i = 0; i < 11; i++, bytes *= 2) {
        array[bytes - 1] = 'x';
        array = arena_grow(arena, array, bytes, 2 * bytes);
        assert_int_equal(array[bytes - 1], 'x');
    }
    assert_int_equal(arena_bytes(arena), bytes);
    assert_in_range(resident_bytes(array, bytes), 1, 64 << 20);
    assert_in_range(mapped_bytes() - before, bytes, bytes + bytes / 4);
    arena_close(arena);
    assert_in_range(mapped_bytes(), 0, before + bytes / 4);
}

/* There only when the address sanitizer is. */
int __asan_address_is_poisoned(void const volatile *address) __attribute__((weak));

static void what_is_in_no_block_is_fenced(void **state)
{
    (void)state;
    if (__asan_address_is_poisoned == NULL) {
        print_message("without the address sanitizer: ");
        skip();
    }
    const size_t sizes[] = {0, 1, 63, 64, 65, 4096, 262143, 262144, 4096 * 99 - 64};
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *block = arena_take(arena, sizes[i]);
        assert_true(sizes[i] == 0 || !__asan_address_is_poisoned(block + sizes[i] - 1));
        assert_true(__asan_address_is_poisoned(block + sizes[i]));
        char *grown = arena_grow(arena, block, sizes[i], sizes[i] + 300000);
        assert_true(!__asan_address_is_poisoned(grown + sizes[i] + 299999));
        assert_true(__asan_address_is_poisoned(grown + sizes[i] + 300000));
        assert_true(sizes[i] >= 262144 || __asan_address_is_poisoned(block));
    }
    arena_close(arena);
}

static void text_is_formatted(void **state)
{
    (void)state;
    struct arena *arena = arena_open();
    char *slot = arena_printf(arena, "slot %d", 5);
    char *padded = arena_printf(arena, "%1000d|", 7);
    assert_string_equal(slot, "slot 5");
    assert_string_equal(arena_printf(arena, "%s", ""), "");
    assert_int_equal(strlen(padded), 1001);
    assert_string_equal(padded + 999, "7|");
    arena_close(arena);
}

static void take_too_much(void *arena)
{
    arena_take(arena, SIZE_MAX - 100);
}

static void take_more_than_addresses(void *arena)
{
    arena_take(arena, (size_t)1 << 48);
}

static void take_a_product_that_wraps(void *arena)
{
    arena_take_array(arena, SIZE_MAX / 8 + 2, 8);
}

static void grow_beyond_addresses(void *arena)
{
    arena_grow(arena, arena_take(arena, 300000), 300000, (size_t)1 << 48);
}

static void shrink(void *arena)
{
    arena_grow(arena, arena_take(arena, 10), 10, 9);
}

static void grow_what_had_another_size(void *arena)
{
    arena_grow(arena, arena_take(arena, 300000), 400000, 500000);
}

static void the_impossible_stops_the_program(void **state)
{
    (void)state;
    const struct {
        void (*run)(void *arena);
        const char *says;
    } cases[] = {
        {take_too_much, "out of memory"},
        {take_more_than_addresses, "out of memory"},
        {take_a_product_that_wraps, "out of memory"},
        {grow_beyond_addresses, "out of memory"},
        {shrink, "new_bytes >= old_bytes"},
        {grow_what_had_another_size, "mapping_bytes(old_bytes)"},
    };
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char said[200] = "";
        assert_int_equal(exit_status_of(cases[i].run, arena, said, sizeof said), 3);
        assert_non_null(strstr(said, cases[i].says));
    }
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_zero_aligned_and_apart),
        cmocka_unit_test(growing_keeps_what_was_there),
        cmocka_unit_test(what_is_not_touched_costs_nothing),
        cmocka_unit_test(what_is_in_no_block_is_fenced),
        cmocka_unit_test(text_is_formatted),
        cmocka_unit_test(the_impossible_stops_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
