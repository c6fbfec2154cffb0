/* Fuzz target: any bytes as a scenario file, and behind a byte 0xff as an override. They are
 * refused in words or loaded; what is loaded prints as a text that loads to the same print. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "tests/scenario_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    if (scenario_of_text(data, size, override, mem, &s, &err)) {
        char *first = print(&s);
        /* The copy has another name, and so maybe another default title and folder of routes. */
        bool loaded = scenario_of_text(first, strlen(first), NULL, mem, &again, &err);
        if (!loaded) {
            fprintf(stderr, "%s%s", first, err.text);
        }
        sim_assert(loaded);
        char *second = print(&again);
        sim_assert(strcmp(first, second) == 0);
        free(first);
        free(second);
    }
    error_free(&err);
    arena_close(mem);
    return 0;
}
