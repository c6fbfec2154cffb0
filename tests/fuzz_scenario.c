/* Fuzz target: any bytes as a scenario file, and behind a byte 0xff as an override. They are
 * refused in words or loaded; what is loaded prints as a text that loads to the same print. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scenarios/loader.h"
#include "sim/arena.h"
#include "sim/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The cards are not what is tested: they are read once. */
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

/* The file needs a name: the one of a file in memory. */
static bool load(const uint8_t *text, size_t length, const char *override, struct arena *mem,
                 struct scenario *s, struct error *err)
{
    int fd = memfd_create("scenario", 0);
    sim_assert(fd >= 0 && write(fd, text, length) == (ssize_t)length);
    const char *path = arena_printf(mem, "/proc/self/fd/%d", fd);
    bool loaded = load_scenario(catalog(), path, &override, override != NULL, mem, s, err);
    close(fd);
    return loaded;
}

static char *print(const struct scenario *s)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    sim_assert(out != NULL);
    scenario_print(s, out);
    fclose(out);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open();
    struct error err = {0};
    struct scenario s, again;
    const uint8_t *cut = size > 0 ? memchr(data, 0xff, size) : NULL;
    const char *override = NULL;
    if (cut != NULL) {
        override = arena_printf(mem, "%.*s", (int)(data + size - cut - 1), (const char *)cut + 1);
        size = (size_t)(cut - data);
    }
    if (load(data, size, override, mem, &s, &err)) {
        char *first = print(&s);
        /* The copy has another name, and so maybe another default title and folder of routes. */
        bool loaded = load((const uint8_t *)first, strlen(first), NULL, mem, &again, &err);
        if (!loaded) {
            fprintf(stderr, "%s%s", first, err.text);
        }
        sim_assert(loaded);
        char *second = print(&again);
        sim_assert(strcmp(first, second) == 0);
        free(first);
        free(second);
    } else {
        sim_assert(err.n_messages > 0);
    }
    error_free(&err);
    arena_close(mem);
    return 0;
}
