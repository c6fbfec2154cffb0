#include "tests/results_report.h"

#include "sim/arena.h"
#include "sim/histogram.h"
#include "sim/report.h"

void results_report(struct report *r, struct arena *mem)
{
    struct histogram *h = arena_take(mem, sizeof *h);
    histogram_record_many(h, 1000000, 3);
    histogram_record(h, 5000000);
    report_open(r, mem);
    report_value(r, "run", "interval", "ps", 2000000000);
    report_value(r, "run", "total_offered", "packets", 9000);
    report_value(r, "run", "inside_end", "packets", 7);
    report_value(r, "stream left", "offered", "packets", 4000);
    report_value(r, "stream left", "delivered", "packets", 3000);
    report_value(r, "stream left", "delivered_bytes", "bytes", 192000);
    report_value(r, "stream v1.5", "delivered", "packets", 1);
    report_value(r, "engine 1 A", "lookups", "lookups", 10);
    report_value(r, "engine 2 B", "lookups", "lookups", 32);
    report_value(r, "engine 2 B", "nothing", "lookups", 0);
    report_value(r, "engine 2 B", "share", "ppm", 250000);
    report_value(r, "policer p, engine 2 B", "rate", "bits/s", 9961472);
    report_text(r, "module 1", "switching_mode", "busmode");
    report_histogram(r, "run", "latency", "ps", h);
    report_resource(r, &(struct report_resource){.module = "channel 1/0",
                                                 .kind = "channel",
                                                 .work = "bits",
                                                 .rate = 20000000000,
                                                 .offered = 40000000,
                                                 .served = 30000000,
                                                 .busy_ps = 1500000000,
                                                 .interval_ps = 2000000000});
    report_resource(r, &(struct report_resource){.module = "engine 1 A",
                                                 .kind = "engine",
                                                 .work = "lookups",
                                                 .rate = 48000000,
                                                 .offered = 20,
                                                 .served = 10,
                                                 .interval_ps = 2000000000});
}
