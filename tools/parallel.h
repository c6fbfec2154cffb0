/* parallel.h - independent jobs on several processors. */
#ifndef TOOLS_PARALLEL_H
#define TOOLS_PARALLEL_H

#include <stddef.h>

/* Processors this program may use, at most PARALLEL_MOST. */
unsigned parallel_processors(void);

/* More runs at a time than this would mostly wait for memory. */
#define PARALLEL_MOST 8

/* Calls job(context, i) once for each i in [0, n), in rising order, on n_threads threads. The jobs
 * share nothing but what context guards. Returns when all are done. */
void parallel(unsigned n_threads, size_t n, void (*job)(void *context, size_t i), void *context);

#endif /* TOOLS_PARALLEL_H */
