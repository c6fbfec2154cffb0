/* route_file.h - reads a user's route table: a line "prefix next-hop" each, plain, .gz or .xz (told
 * by its first bytes).
 *
 * Blank lines and lines that begin with # are passed over; blanks and tabs separate; lines may come
 * in any order, and twice. Wrong lines are reported as file:line:column, at most 20 of them; so are
 * a prefix with host bits, a next hop of the other family, a prefix with two next hops, and more
 * than INTERNET_MAX_ROUTES routes of one family. What is no text, holds no route, is cut or damaged
 * is refused. Streamed: memory is for the routes only, time is bounded by 1 GiB of text.
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
