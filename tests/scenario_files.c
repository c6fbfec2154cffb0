/* scenario_files.c - see scenario_files.h. */
#include "tests/scenario_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct arena *mem;
const char *base;

static const char base_text[] = "cat6k: 1\n"
                                "title: base\n"
                                "chassis: WS-C6509-E\n"
                                "supervisor: {slot: 5, model: WS-SUP720-3BXL}\n"
                                "slots:\n"
                                "  - {slot: 1, model: WS-X6704-10GE, forwarding: DFC3BXL}\n"
                                "  - {slot: 2, model: WS-X6704-10GE, forwarding: DFC3BXL}\n"
                                "  - {slot: 3, model: WS-X6704-10GE, forwarding: DFC3BXL}\n"
                                "  - {slot: 4, model: WS-X6704-10GE, forwarding: DFC3BXL}\n"
                                "routes:\n"
                                "  synthetic: {year: 2024, ipv4: fill}\n"
                                "traffic:\n"
                                "  - {rate: 100%, egress: all}\n"
                                "run: {warmup: 5ms, duration: 2ms}\n";

int set_up(void **state)
{
    (void)state;
    mem = arena_open();
    base = write_file(base_text);
    return 0;
}

int tear_down(void **state)
{
    (void)state;
    unlink(base);
    arena_close(mem);
    return 0;
}

void load_with(struct scenario *s, const char *path, const char *const *set)
{
    size_t n = 0;
    struct error err = {0};
    while (set[n] != NULL) {
        n++;
    }
    if (!scenario_load(path, set, n, mem, s, &err)) {
        fail_msg("%s", err.text);
    }
}

const char *refusal(const char *path, const char *const *set, size_t n)
{
    struct scenario s;
    struct error err = {0};
    if (scenario_load(path, set, n, mem, &s, &err)) {
        fail_msg("%s with %s is not refused", path, n > 0 ? set[0] : "nothing set");
    }
    const char *text = arena_printf(mem, "%s", err.text);
    error_free(&err);
    return text;
}

static char *write_text(char *path, const char *text)
{
    int fd = mkstemps(path, 5);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    return path;
}

char *write_file(const char *text)
{
    return write_text(arena_printf(mem, "%s", "/tmp/cat6k-test-XXXXXX.yaml"), text);
}

/* Hidden in the folder of another, where what that names by relative paths is found. */
static char *write_beside(const char *other, const char *text)
{
    const char *slash = strrchr(other, '/');
    int n = slash == NULL ? 0 : (int)(slash + 1 - other);
    return write_text(arena_printf(mem, "%.*s.cat6k-test-XXXXXX.yaml", n, other), text);
}

char *print(const struct scenario *s)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    scenario_print(s, out);
    fclose(out);
    char *kept = arena_printf(mem, "%s", text);
    free(text);
    return kept;
}

void check_round_trip(const struct scenario *s)
{
    char *text = print(s), *path = write_beside(s->path, text);
    struct scenario again;
    load(&again, path, NULL);
    assert_string_equal(print(&again), text);
    unlink(path);
}
