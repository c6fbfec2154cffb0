/* progress.h - a bar on the terminal for what takes longer than a second; nothing elsewhere. */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Shared by all runs of a command, which may be on several threads. */
struct progress {
    bool on;
    int64_t total_ps; /* simulated time of all runs */
    int64_t start_ns;
    _Atomic int64_t done_ps;
    pthread_mutex_t drawing;
    int64_t drawn_ns;
    bool shown;
};

/* One run's share. */
struct progress_part {
    struct progress *all;
    int64_t told_ps;
};

void progress_open(struct progress *p, int64_t total_ps, bool quiet);
void progress_close(struct progress *p); /* wipes the bar */

/* context: a struct progress_part; now_ps: simulated time its run has reached. */
void progress_tell(void *context, int64_t now_ps);

#endif /* TOOLS_PROGRESS_H */
