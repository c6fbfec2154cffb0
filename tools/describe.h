/* describe.h - a scenario in words. Texts come from mem. */
#ifndef TOOLS_DESCRIBE_H
#define TOOLS_DESCRIBE_H

#include <stdio.h>

struct arena;
struct chassis_config;
struct loaded;

/* "WS-C6509-E, WS-SUP720-3BXL in slot 5" */
const char *describe_chassis(const struct chassis_config *config, struct arena *mem);

/* "1 024 000 IPv4, 3 static routes" */
const char *describe_routes(const struct loaded *l, struct arena *mem);

/* Chassis, cards, routes, streams and notes, each on lines of its own. */
void describe_scenario(const struct loaded *l, unsigned indent, struct arena *mem, FILE *out);

/* "FILE: note: ..." for each note, on standard error: before a run, which may take long. */
void describe_notes(const struct loaded *l);

#endif /* TOOLS_DESCRIBE_H */
