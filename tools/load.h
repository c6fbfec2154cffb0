/* load.h - a range of offered load, in 1e-6 of a scenario's own rates. */
#ifndef TOOLS_LOAD_H
#define TOOLS_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct chassis_config;
struct error;

#define LOAD_FULL 1000000
#define LOAD_MAX_POINTS 1000
#define LOAD_DEFAULT_POINTS 10

struct loads {
    size_t n;
    int64_t *ppm; /* rising, each above 0 and at most LOAD_FULL */
};

/* "10%..100%" (LOAD_DEFAULT_POINTS points), "5%..100%/5%" (a point every 5 %, and the upper end),
 * "50%" (one point). Percent have up to four digits behind the point. */
bool loads_parse(const char *text, struct arena *mem, struct loads *loads, struct error *err);

/* config with the rate of every stream at ppm of what it was, to the nearest unit and at least one
 * (1e-6 of line rate, 1 packet/s, 1 bit/s). */
struct chassis_config load_scale(const struct chassis_config *config, int64_t ppm,
                                 struct arena *mem);

#endif /* TOOLS_LOAD_H */
