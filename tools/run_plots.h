/* run_plots.h - the pictures of one run: latency, utilisation, where the packets went. */
#ifndef TOOLS_RUN_PLOTS_H
#define TOOLS_RUN_PLOTS_H

#include <stdbool.h>

struct arena;
struct figures;
struct loaded;
struct output;
struct report;

/* Writes the scripts; draws them when `draw`. false with an error of the output when gnuplot is
 * missing or fails. */
bool run_plots(const struct loaded *l, const struct report *r, const struct figures *f, bool draw,
               struct output *o, struct arena *mem);

#endif /* TOOLS_RUN_PLOTS_H */
