#include "tools/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

struct work {
    atomic_size_t next;
    size_t n;
    void (*job)(void *context, size_t i);
    void *context;
};

unsigned parallel_processors(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < PARALLEL_MOST ? (unsigned)n : PARALLEL_MOST;
}

static void *work(void *context)
{
    struct work *w = context;
    for (size_t i; (i = atomic_fetch_add(&w->next, 1)) < w->n;) {
        w->job(w->context, i);
    }
    return NULL;
}

/* The caller is one of the threads, so a machine that gives no other still does all the work. */
void parallel(unsigned n_threads, size_t n, void (*job)(void *context, size_t i), void *context)
{
    struct work w = {.n = n, .job = job, .context = context};
    pthread_t threads[256];
    unsigned n_started = 0;
    size_t most = sizeof threads / sizeof threads[0];
    while (n_started + 1 < n_threads && n_started + 1 < n && n_started < most &&
           pthread_create(&threads[n_started], NULL, work, &w) == 0) {
        n_started++;
    }
    work(&w);
    for (unsigned i = 0; i < n_started; i++) {
        pthread_join(threads[i], NULL);
    }
}
