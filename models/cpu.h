/* cpu.h - the time of the route processor: interrupts that switch packets, processes that work.
 *
 *   inband --> [ receive ring ] --> interrupt level, switch_ps each ---------------> done
 *      '--> ring full                  '--> [ hold queue of its kind ] --> process --> done
 *                                                 '--> hold queue full
 *
 * Interrupts go first: a packet that arrives stops the process that runs, which goes on later where
 * it was. Processes take turns, a packet each. Each packet costs switch_ps at interrupt level; those
 * of a kind with work then wait for a process, which takes work_ps, but no less than switch_ps: its
 * last switch_ps are with interrupts off, as it touches the transmit ring. So a packet's end is known
 * switch_ps before it comes.
 *
 * Interrupts that went on for netint_ps - mask_ps without a pause are masked for mask_ps when a
 * process waits: under any flood, processes keep mask_ps of each netint_ps.
 * source: [CMDREF] `show platform netint`: netint usec=3999, netint mask usec=800 (vendor); that the
 * period holds the mask (derived: about 20 % is left for processes)
 *
 * At one time, what ends goes first, then arrivals, then the choice of what to do next. A ring or
 * queue holds its packets until they are done with there. Urgent packets (IP precedence 6 and 7:
 * routing protocols) find headroom in a hold queue that is full for others, as by selective packet
 * discard.
 *
 * Differs from the hardware: a mask ends when no process has work left. Processes have no
 * priorities, and their switching costs nothing. Choosing routes and writing FIBs takes none of this
 * time (assume.fib_cef has a time of its own), so a flood does not slow them. Times are whole
 * picoseconds.
 */
#ifndef MODELS_CPU_H
#define MODELS_CPU_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct report;

#define CPU_MOST_KINDS 16

struct cpu_config {
    int64_t switch_ps;          /* > 0 */
    int64_t netint_ps, mask_ps; /* 0 <= mask_ps <= netint_ps; mask_ps 0: never masked */
    uint64_t ring_packets, hold_packets, headroom_packets;
    uint32_t n_kinds;
    int64_t work_ps[CPU_MOST_KINDS]; /* 0: switched by the interrupt itself */
    int64_t from_ps, to_ps;          /* times are shown of these */
};

struct cpu_job {
    int64_t at_ps;   /* at the CPU */
    int64_t work_ps; /* the CPU's */
    int64_t came_ps; /* the caller's, as is the packet */
    uint32_t packet;
    uint8_t kind;
    bool urgent;
};

enum cpu_fate { CPU_DONE, CPU_RING_FULL, CPU_HOLD_FULL };

/* Told as soon as it is certain: at_ps is then, and of CPU_DONE switch_ps later. */
typedef void cpu_tell(void *context, const struct cpu_job *job, enum cpu_fate fate, int64_t at_ps);

struct cpu_queue { /* a ring that grows */
    struct cpu_job *jobs;
    uint32_t head, tail, mask;
};

enum cpu_level { CPU_INTERRUPT, CPU_PROCESS, CPU_N_LEVELS };

enum cpu_doing { CPU_IDLE, CPU_SWITCHES, CPU_WORKS, CPU_ENDS };

#define CPU_PARTS 10 /* of the interval that is shown */

struct cpu {
    struct cpu_config c;
    struct cpu_queue coming, ring, hold[CPU_MOST_KINDS];
    enum cpu_doing doing;
    int64_t since_ps, end_ps; /* of what it is doing */
    uint32_t turn;            /* whose packet the processes work on */
    int64_t burst_ps;         /* of interrupts without a pause */
    int64_t masked_until_ps;
    uint64_t n_held;
    int64_t busy_ps[CPU_N_LEVELS][CPU_PARTS];
    int64_t spent_ps[CPU_N_LEVELS]; /* in all; what may be stopped when it has been */
    struct arena *mem;
};

void cpu_open(struct cpu *cpu, const struct cpu_config *config, struct arena *mem);

/* A packet will be at the CPU at job->at_ps, behind all put before; it is held until it is told of.
 */
void cpu_put(struct cpu *cpu, const struct cpu_job *job);

/* All that happens before until_ps. */
void cpu_run(struct cpu *cpu, int64_t until_ps, cpu_tell *tell, void *context);

/* When something happens next; SIM_NEVER: nothing does. */
int64_t cpu_next_ps(const struct cpu *cpu);

/* Work that waits or is being done at now_ps, of packets that are at the CPU. */
int64_t cpu_backlog_ps(const struct cpu *cpu, int64_t now_ps);

/* Time spent at a level within the interval that is shown, up to now_ps: of part 0 .. CPU_PARTS - 1,
 * or (CPU_PARTS) all of it. */
int64_t cpu_busy_ps(const struct cpu *cpu, enum cpu_level level, uint32_t part, int64_t now_ps);

#endif /* MODELS_CPU_H */
