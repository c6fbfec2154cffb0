/* run_cpu.h - the part of a run's table on what the MSFC's CPU did, and what became of its sessions.
 */
#ifndef TOOLS_RUN_CPU_H
#define TOOLS_RUN_CPU_H

#include <stdio.h>

#include "sim/report.h"

/* Nothing of a CPU that was idle, and of sessions that there were not. */
void run_cpu_text(const struct report *r, struct arena *mem, FILE *out);

#endif /* TOOLS_RUN_CPU_H */
