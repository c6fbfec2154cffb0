/* Fuzz target: any bytes as a file of `cat6k memory`, and behind a byte 0xff as an override. They are
 * refused in words or loaded; a router that is loaded takes the first prefixes, or says why not. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scenarios/memory_scenario.h"
#include "sim/arena.h"
#include "sim/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_PREFIXES 2000

/* The file needs a name: the one of a file in memory. */
static bool load(const uint8_t *text, size_t length, const char *override, struct arena *mem,
                 struct memory_scenario *s, struct error *err)
{
    int fd = memfd_create("memory", 0);
    sim_assert(fd >= 0 && write(fd, text, length) == (ssize_t)length);
    const char *path = arena_printf(mem, "/proc/self/fd/%d", fd);
    bool loaded = memory_load(path, &override, override != NULL, mem, s, err);
    close(fd);
    return loaded;
}

static void run(const struct memory_scenario *s, enum memory_into into)
{
    struct ios_outcome o;
    for (uint32_t end = 0; end <= NEED_DRAWN; end++) {
        memory_run(s, into, end, MOST_PREFIXES, &o);
        sim_assert(o.n_learned <= MOST_PREFIXES && o.end.total == o.end.used + o.end.free);
        sim_assert(o.failure.wanted_for == NULL || o.failure.largest < o.failure.bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open();
    struct error err = {0};
    struct memory_scenario s;
    const uint8_t *cut = size > 0 ? memchr(data, 0xff, size) : NULL;
    const char *override = NULL;
    if (cut != NULL) {
        override = arena_printf(mem, "%.*s", (int)(data + size - cut - 1), (const char *)cut + 1);
        size = (size_t)(cut - data);
    }
    if (load(data, size, override, mem, &s, &err)) {
        for (enum memory_into into = 0; into < MEMORY_N_INTO; into++) {
            run(&s, into);
        }
    } else {
        sim_assert(err.n_messages > 0);
    }
    error_free(&err);
    arena_close(mem);
    return 0;
}
