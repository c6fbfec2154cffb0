/* route_file.h - reads a user's route table: a line "prefix next-hop" each, plain, .gz or .xz.
 *
 * Blank lines and lines that begin with # are passed over. Wrong lines are reported as
 * file:line:column; so are a prefix with host bits, mixed families, a duplicate prefix with another
 * next hop, and tables over INTERNET_MAX_ROUTES routes of one family. Streamed: memory is for the
 * routes only.
 */
#ifndef SCENARIOS_ROUTE_FILE_H
#define SCENARIOS_ROUTE_FILE_H

#include <stdbool.h>

#include "models/route_table.h"

struct arena;
struct error;

bool route_file_read(const char *path, struct arena *mem, struct route_table *table,
                     struct error *err);

#endif /* SCENARIOS_ROUTE_FILE_H */
