/* Why a clock of its own: what a process ends depends on packets that come later, so packets are
 * held here, and time goes on from one thing that happens to the next. */
#include "models/cpu.h"

#include "sim/arena.h"
#include "sim/error.h"
#include "sim/stage.h"

/* ---- queues ------------------------------------------------------------------------------ */

#define FIRST_JOBS 16

static uint32_t n_in(const struct cpu_queue *q)
{
    return q->tail - q->head;
}

static struct cpu_job *first(const struct cpu_queue *q)
{
    return &q->jobs[q->head & q->mask];
}

/* Doubles the ring. Those that had wrapped round go behind the rest. */
static void more_room(struct cpu_queue *q, struct arena *mem)
{
    uint32_t n = q->jobs == NULL ? 0 : q->mask + 1, doubled = n == 0 ? FIRST_JOBS : 2 * n;

    sim_assert(n <= UINT32_MAX / 4);
    q->jobs = arena_grow(mem, q->jobs, n * sizeof *q->jobs, doubled * sizeof *q->jobs);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t number = q->head + i;
        if ((number & (doubled - 1)) != (number & q->mask)) {
            q->jobs[number & (doubled - 1)] = q->jobs[number & q->mask];
        }
    }
    q->mask = doubled - 1;
}

static void append(struct cpu *cpu, struct cpu_queue *q, const struct cpu_job *job)
{
    if (q->jobs == NULL || n_in(q) > q->mask) {
        more_room(q, cpu->mem);
    }
    q->jobs[q->tail++ & q->mask] = *job;
}

/* ---- time spent -------------------------------------------------------------------------- */

/* [from, to) within the parts of the interval that is shown. */
static void spend(struct cpu *cpu, enum cpu_level level, int64_t from_ps, int64_t to_ps)
{
    int64_t length_ps = cpu->c.to_ps - cpu->c.from_ps;

    cpu->spent_ps[level] += to_ps - from_ps;
    for (int64_t part = 0; part < CPU_PARTS; part++) {
        int64_t first_ps = cpu->c.from_ps + length_ps / CPU_PARTS * part;
        int64_t last_ps = part + 1 < CPU_PARTS ? first_ps + length_ps / CPU_PARTS : cpu->c.to_ps;
        first_ps = from_ps > first_ps ? from_ps : first_ps;
        last_ps = to_ps < last_ps ? to_ps : last_ps;
        cpu->busy_ps[level][part] += last_ps > first_ps ? last_ps - first_ps : 0;
    }
}

int64_t cpu_busy_ps(const struct cpu *cpu, enum cpu_level level, uint32_t part, int64_t now_ps)
{
    struct cpu then = *cpu;
    int64_t busy_ps = 0;

    if (cpu->doing == CPU_WORKS) {
        spend(&then, CPU_PROCESS, cpu->since_ps, now_ps);
    }
    for (uint32_t i = 0; i < CPU_PARTS; i++) {
        busy_ps += part == CPU_PARTS || part == i ? then.busy_ps[level][i] : 0;
    }
    return busy_ps;
}

int64_t cpu_backlog_ps(const struct cpu *cpu, int64_t now_ps)
{
    int64_t backlog_ps = n_in(&cpu->ring) * cpu->c.switch_ps;

    for (uint32_t k = 0; k < cpu->c.n_kinds; k++) {
        const struct cpu_queue *q = &cpu->hold[k];
        for (uint32_t i = q->head; i != q->tail; i++) {
            backlog_ps += q->jobs[i & q->mask].work_ps + cpu->c.switch_ps;
        }
    }
    return backlog_ps + (cpu->doing == CPU_SWITCHES ? cpu->end_ps - now_ps
                         : cpu->doing == CPU_WORKS  ? cpu->since_ps - now_ps
                         : cpu->doing == CPU_ENDS   ? cpu->end_ps - now_ps - cpu->c.switch_ps
                                                    : 0);
}

/* ---- what happens ------------------------------------------------------------------------ */

static void begin(struct cpu *cpu, enum cpu_doing doing, int64_t now_ps, int64_t takes_ps)
{
    cpu->doing = doing;
    cpu->since_ps = now_ps;
    cpu->end_ps = now_ps + takes_ps;
    if (doing != CPU_WORKS) { /* which may be stopped before */
        spend(cpu, doing == CPU_SWITCHES ? CPU_INTERRUPT : CPU_PROCESS, now_ps, cpu->end_ps);
    }
}

/* The process stops: what it has done of its packet is done. */
static void stop_work(struct cpu *cpu, int64_t now_ps)
{
    first(&cpu->hold[cpu->turn])->work_ps -= now_ps - cpu->since_ps;
    spend(cpu, CPU_PROCESS, cpu->since_ps, now_ps);
    cpu->doing = CPU_IDLE;
}

/* A packet has been taken off the receive ring. */
static void end_switching(struct cpu *cpu, int64_t now_ps, cpu_tell *tell, void *context)
{
    struct cpu_job *job = first(&cpu->ring);
    struct cpu_queue *hold = &cpu->hold[job->kind];
    uint64_t room = cpu->c.hold_packets + (job->urgent ? cpu->c.headroom_packets : 0);

    cpu->ring.head++;
    if (cpu->c.work_ps[job->kind] == 0) {
        return; /* told when it began */
    }
    if (n_in(hold) >= room) {
        cpu->n_held--;
        tell(context, job, CPU_HOLD_FULL, now_ps);
        return;
    }
    int64_t work_ps = cpu->c.work_ps[job->kind] - cpu->c.switch_ps;
    job->work_ps = work_ps > 0 ? work_ps : 0;
    append(cpu, hold, job);
}

static void end(struct cpu *cpu, int64_t now_ps, cpu_tell *tell, void *context)
{
    if (cpu->doing == CPU_WORKS) {
        stop_work(cpu, now_ps);
    } else if (cpu->doing == CPU_SWITCHES) {
        end_switching(cpu, now_ps, tell, context);
    } else {
        cpu->hold[cpu->turn].head++;
        cpu->turn = (cpu->turn + 1) % cpu->c.n_kinds;
    }
    cpu->doing = CPU_IDLE;
}

static void arrive(struct cpu *cpu, int64_t now_ps, cpu_tell *tell, void *context)
{
    struct cpu_job *job = first(&cpu->coming);

    cpu->coming.head++;
    if (n_in(&cpu->ring) >= cpu->c.ring_packets) {
        cpu->n_held--;
        tell(context, job, CPU_RING_FULL, now_ps);
        return;
    }
    append(cpu, &cpu->ring, job);
    if (cpu->doing == CPU_WORKS && now_ps >= cpu->masked_until_ps) {
        stop_work(cpu, now_ps);
    }
}

/* The process whose turn it is, of those with packets; false when none has any. */
static bool take_turn(struct cpu *cpu)
{
    for (uint32_t i = 0; i < cpu->c.n_kinds; i++) {
        uint32_t kind = (cpu->turn + i) % cpu->c.n_kinds;
        if (n_in(&cpu->hold[kind]) > 0) {
            cpu->turn = kind;
            return true;
        }
    }
    return false;
}

/* Whether interrupts have to wait, as a process does. */
static bool masked(struct cpu *cpu, int64_t now_ps)
{
    if (n_in(&cpu->ring) > 0 && now_ps >= cpu->masked_until_ps &&
        cpu->burst_ps >= cpu->c.netint_ps - cpu->c.mask_ps) {
        cpu->masked_until_ps = now_ps + cpu->c.mask_ps;
    }
    return now_ps < cpu->masked_until_ps;
}

static void work(struct cpu *cpu, int64_t now_ps, bool is_masked, cpu_tell *tell, void *context)
{
    const struct cpu_job *job = first(&cpu->hold[cpu->turn]);
    int64_t mask_ps = is_masked ? cpu->masked_until_ps - now_ps : INT64_MAX;

    cpu->burst_ps = 0;
    if (job->work_ps > 0) {
        begin(cpu, CPU_WORKS, now_ps, job->work_ps < mask_ps ? job->work_ps : mask_ps);
        return;
    }
    begin(cpu, CPU_ENDS, now_ps, cpu->c.switch_ps);
    cpu->n_held--;
    tell(context, job, CPU_DONE, cpu->end_ps);
}

static void choose(struct cpu *cpu, int64_t now_ps, cpu_tell *tell, void *context)
{
    bool waiting = take_turn(cpu), is_masked = waiting && masked(cpu, now_ps);

    if (!waiting) {
        cpu->masked_until_ps = now_ps;
    }
    if (n_in(&cpu->ring) > 0 && !is_masked) {
        const struct cpu_job *job = first(&cpu->ring);
        begin(cpu, CPU_SWITCHES, now_ps, cpu->c.switch_ps);
        cpu->burst_ps += cpu->c.switch_ps;
        if (cpu->c.work_ps[job->kind] == 0) {
            cpu->n_held--;
            tell(context, job, CPU_DONE, cpu->end_ps);
        }
    } else if (waiting) {
        work(cpu, now_ps, is_masked, tell, context);
    } else {
        cpu->burst_ps = 0;
    }
}

/* ---- from outside ------------------------------------------------------------------------ */

void cpu_open(struct cpu *cpu, const struct cpu_config *config, struct arena *mem)
{
    sim_assert(config->switch_ps > 0 && config->n_kinds > 0 && config->n_kinds <= CPU_MOST_KINDS);
    sim_assert(0 <= config->mask_ps && config->mask_ps <= config->netint_ps);
    *cpu = (struct cpu){.c = *config, .mem = mem};
}

void cpu_put(struct cpu *cpu, const struct cpu_job *job)
{
    append(cpu, &cpu->coming, job);
    cpu->n_held++;
}

int64_t cpu_next_ps(const struct cpu *cpu)
{
    int64_t arrives_ps = n_in(&cpu->coming) > 0 ? first(&cpu->coming)->at_ps : SIM_NEVER;
    int64_t ends_ps = cpu->doing != CPU_IDLE ? cpu->end_ps : SIM_NEVER;

    return arrives_ps < ends_ps ? arrives_ps : ends_ps;
}

void cpu_run(struct cpu *cpu, int64_t until_ps, cpu_tell *tell, void *context)
{
    for (int64_t now_ps; (now_ps = cpu_next_ps(cpu)) < until_ps;) {
        if (cpu->doing != CPU_IDLE && cpu->end_ps == now_ps) {
            end(cpu, now_ps, tell, context);
        }
        while (n_in(&cpu->coming) > 0 && first(&cpu->coming)->at_ps == now_ps) {
            arrive(cpu, now_ps, tell, context);
        }
        if (cpu->doing == CPU_IDLE) {
            choose(cpu, now_ps, tell, context);
        }
    }
}
