/* test_netflow_export.c - what a run with every feature on exports, read by nfdump, is what the run says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/nfcapd.h"
#include "tests/program.h"

static char *scenario; /* tests run in a folder of their own */

/* "1,MODULE,STATISTIC,UNIT,VALUE" of result.csv. */
static uint64_t result(const char *csv, const char *module, const char *statistic)
{
    const char *row = strstr(csv, arena_printf(mem, "\n1,%s,%s,", module, statistic));

    assert_non_null(row);
    const char *value = row + strcspn(row + 1, "\n");
    while (value[-1] != ',') {
        value--;
    }
    return strtoull(value, NULL, 10);
}

struct sums {
    uint64_t n_records, n_packets, n_bytes, n_spoofed;
};

/* Of the records that nfdump finds in the folder. */
static struct sums dumped(const char *dir)
{
    const char *command =
        arena_printf(mem, "nfdump -R %s -q -N -o 'fmt:%%sa %%da %%pkt %%byt'", dir);
    FILE *in = popen(command, "r");
    struct sums sums = {0};
    char source[64], to[64];
    uintmax_t packets, bytes;

    while (fscanf(in, "%63s %63s %ju %ju", source, to, &packets, &bytes) == 4) {
        assert_string_equal(to, "0.0.0.0"); /* the flow mask is the source's */
        sums.n_records++;
        sums.n_packets += packets;
        sums.n_bytes += bytes;
        sums.n_spoofed += strncmp(source, "172.", 4) == 0 ? packets : 0;
    }
    assert_int_equal(pclose(in), 0);
    return sums;
}

static void the_records_are_those_of_the_run(void **state)
{
    (void)state;
    const char *engine = "engine 1 DFC3B";
    size_t n;

    if (!nfdump_is_there()) {
        skip();
    }
    assert_int_equal(cat6k(arena_printf(mem,
                                        "run -q -o results -s run.warmup=0s "
                                        "-s run.duration=100us '%s'",
                                        scenario)),
                     0);
    const char *csv = read_file("results/result.csv", &n);
    const uint8_t *capture = (const uint8_t *)read_file("results/netflow.pcap", &n);
    assert_int_equal(mkdir("flows", 0700), 0);
    nfcapd_collect("flows", capture, n);
    struct sums sums = dumped("flows");
    assert_true(sums.n_records > 1000);
    assert_int_equal(sums.n_records, result(csv, engine, "netflow_created"));
    assert_int_equal(sums.n_packets, result(csv, engine, "netflow_packets"));
    assert_int_equal(sums.n_bytes, result(csv, engine, "netflow_bytes"));
    uint64_t n_offered = result(csv, "stream spoofed", "offered");
    assert_in_range(sums.n_spoofed, n_offered * 9 / 10, n_offered); /* some still are in ports */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_records_are_those_of_the_run)};

    scenario = realpath("scenarios/what-if/all-features.yaml", NULL);
    int n_failed = cmocka_run_group_tests(tests, enter, leave);
    free(scenario);
    return n_failed;
}
