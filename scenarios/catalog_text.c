/* catalog_text.c - the files of scenarios/catalog/, and what their keys stand for, byte for byte
 * inside the program: it needs no installed files, and what it was built with is what it runs.
 */
#include <string.h>

#include "scenarios/catalog.h"
#include "sim/arena.h"

#define TEXT_OF_FILE(name, file)                                                                   \
    __asm__(".pushsection .rodata\n"                                                               \
            "catalog_" #name "_begin:\n"                                                           \
            ".incbin \"" file "\"\n"                                                               \
            "catalog_" #name "_end:\n"                                                             \
            ".popsection\n");                                                                      \
    extern const char catalog_##name##_begin[], catalog_##name##_end[]

TEXT_OF_FILE(chassis, "scenarios/catalog/chassis.yaml");
TEXT_OF_FILE(supervisors, "scenarios/catalog/supervisors.yaml");
TEXT_OF_FILE(fabrics, "scenarios/catalog/fabrics.yaml");
TEXT_OF_FILE(engines, "scenarios/catalog/engines.yaml");
TEXT_OF_FILE(linecards, "scenarios/catalog/linecards.yaml");
TEXT_OF_FILE(routers, "scenarios/catalog/routers.yaml");
TEXT_OF_FILE(ios, "scenarios/catalog/ios.yaml");
TEXT_OF_FILE(tables, "scenarios/catalog/tables.yaml");
TEXT_OF_FILE(sources, "models/SOURCES.md");

#define LENGTH(name) ((size_t)(catalog_##name##_end - catalog_##name##_begin))
#define TEXT(name)                                                                                 \
    (struct catalog_text)                                                                          \
    {                                                                                              \
        "catalog/" #name ".yaml", catalog_##name##_begin, LENGTH(name)                             \
    }

void catalog_built_in(struct catalog_text *texts)
{
    texts[CATALOG_CHASSIS] = TEXT(chassis);
    texts[CATALOG_SUPERVISORS] = TEXT(supervisors);
    texts[CATALOG_FABRICS] = TEXT(fabrics);
    texts[CATALOG_ENGINES] = TEXT(engines);
    texts[CATALOG_LINECARDS] = TEXT(linecards);
    texts[CATALOG_ROUTERS] = TEXT(routers);
    texts[CATALOG_IOS] = TEXT(ios);
    texts[CATALOG_TABLES] = TEXT(tables);
}

/* A line of the list: "- [KEY] title". */
const char *catalog_source(const char *key, size_t length, struct arena *mem)
{
    const char *entry = arena_printf(mem, "\n- [%.*s] ", (int)length, key);
    const char *found = memmem(catalog_sources_begin, LENGTH(sources), entry, strlen(entry));
    if (found == NULL) {
        return NULL;
    }
    const char *title = found + strlen(entry);
    const char *end = memchr(title, '\n', (size_t)(catalog_sources_end - title));
    return arena_printf(mem, "%.*s", (int)((end != NULL ? end : catalog_sources_end) - title),
                        title);
}
