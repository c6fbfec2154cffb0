#include "tools/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000ll
#define SILENT_NS NS_PER_S
#define REDRAW_NS (NS_PER_S / 10)
#define BAR_WIDTH 40

static int64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

void progress_open(struct progress *p, int64_t total_ps, bool quiet)
{
    p->on = !quiet && total_ps > 0 && isatty(STDERR_FILENO);
    p->total_ps = total_ps;
    p->start_ns = p->drawn_ns = clock_ns();
    atomic_init(&p->done_ps, 0);
    pthread_mutex_init(&p->drawing, NULL);
    p->shown = false;
}

void progress_close(struct progress *p)
{
    if (p->shown) {
        fputs("\r\033[K", stderr);
    }
    pthread_mutex_destroy(&p->drawing);
}

static void draw(const struct progress *p, int64_t seconds)
{
    double done = (double)p->done_ps / (double)p->total_ps;
    int full = (int)(done * BAR_WIDTH);
    char bar[BAR_WIDTH + 1];
    for (int i = 0; i < BAR_WIDTH; i++) {
        bar[i] = i < full ? '#' : '.';
    }
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r[%s] %3d %%, %d s", bar, (int)(done * 100), (int)seconds);
    fflush(stderr);
}

void progress_tell(void *context, int64_t now_ps)
{
    struct progress_part *part = context;
    struct progress *p = part->all;
    p->done_ps += now_ps - part->told_ps;
    part->told_ps = now_ps;
    if (!p->on || pthread_mutex_trylock(&p->drawing) != 0) {
        return;
    }
    int64_t now_ns = clock_ns();
    if (now_ns - p->start_ns > SILENT_NS && now_ns - p->drawn_ns > REDRAW_NS) {
        draw(p, (now_ns - p->start_ns) / NS_PER_S);
        p->drawn_ns = now_ns;
        p->shown = true;
    }
    pthread_mutex_unlock(&p->drawing);
}
