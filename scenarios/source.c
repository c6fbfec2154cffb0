#include "scenarios/source.h"

#include <string.h>

#include "scenarios/places.h"
#include "sim/arena.h"

bool source_read(struct places *places, uint32_t place, struct arena *mem, struct source *source)
{
    static const char *const names[] = {"standard", "vendor", "measured", "derived", "assumed"};
    const char *text = places_text(places, place), *open = strchr(text, '(');
    size_t length = strlen(text);
    if (open == NULL || text[length - 1] != ')') {
        return places_error(places, place, "expected [KEY] place (provenance: why)");
    }
    size_t n = strcspn(++open, ":)");
    unsigned i = 0;
    while (i < SOURCE_N_PROVENANCES && (strlen(names[i]) != n || strncmp(open, names[i], n) != 0)) {
        i++;
    }
    if (i == SOURCE_N_PROVENANCES) {
        return places_error(places, place,
                            "provenance must be standard, vendor, measured, derived or assumed");
    }
    bool reasoned = i == SOURCE_DERIVED || i == SOURCE_ASSUMED;
    if (reasoned && open[n] != ':') {
        return places_error(places, place, "expected (%s: why)", names[i]);
    }
    const char *why = open + n + strspn(open + n, ": ");
    *source = (struct source){(enum provenance)i,
                              arena_printf(mem, "%.*s", (int)(text + length - 1 - why), why)};
    return true;
}
