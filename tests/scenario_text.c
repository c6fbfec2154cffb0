/* The loader wants a file with a name: that of one in memory. */
#include "tests/scenario_text.h"

#include <sys/mman.h>
#include <unistd.h>

#include "scenarios/loader.h"
#include "sim/arena.h"
#include "sim/error.h"

/* The cards are not what is tested. */
static const struct catalog *catalog(void)
{
    static struct catalog cards;
    static struct arena *mem;
    struct catalog_text texts[CATALOG_N_TEXTS];
    struct error err = {0};

    catalog_built_in(texts);
    if (mem == NULL) {
        mem = arena_open();
        sim_assert(catalog_load(texts, mem, &cards, &err));
    }
    return &cards;
}

bool scenario_of_text(const void *text, size_t length, const char *override, struct arena *mem,
                      struct scenario *s, struct error *err)
{
    size_t n_before = err->n_messages;
    int file = memfd_create("scenario", 0);

    sim_assert(file >= 0 && write(file, text, length) == (ssize_t)length);
    const char *path = arena_printf(mem, "/proc/self/fd/%d", file);
    bool loaded = load_scenario(catalog(), path, &override, override != NULL, mem, s, err);
    sim_assert(loaded == (err->n_messages == n_before));
    close(file);
    return loaded;
}
