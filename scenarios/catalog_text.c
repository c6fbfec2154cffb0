/* catalog_text.c - the files of scenarios/catalog/, byte for byte, inside the program: it needs no
 * installed files, and what it was built with is what it runs.
 */
#include "scenarios/catalog.h"

#define TEXT_OF_FILE(name)                                                                         \
    __asm__(".pushsection .rodata\n"                                                               \
            "catalog_" #name "_begin:\n"                                                           \
            ".incbin \"scenarios/catalog/" #name ".yaml\"\n"                                       \
            "catalog_" #name "_end:\n"                                                             \
            ".popsection\n");                                                                      \
    extern const char catalog_##name##_begin[], catalog_##name##_end[]

TEXT_OF_FILE(chassis);
TEXT_OF_FILE(supervisors);
TEXT_OF_FILE(engines);
TEXT_OF_FILE(linecards);

#define TEXT(name)                                                                                 \
    (struct catalog_text)                                                                          \
    {                                                                                              \
        "catalog/" #name ".yaml", catalog_##name##_begin,                                          \
            (size_t)(catalog_##name##_end - catalog_##name##_begin)                                \
    }

void catalog_built_in(struct catalog_text *texts)
{
    texts[CATALOG_CHASSIS] = TEXT(chassis);
    texts[CATALOG_SUPERVISORS] = TEXT(supervisors);
    texts[CATALOG_ENGINES] = TEXT(engines);
    texts[CATALOG_LINECARDS] = TEXT(linecards);
}
