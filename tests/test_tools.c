/* test_tools.c - runs the program itself: what it prints, what it writes, how it ends. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/program.h"

/* The title of one scenario: what a shell, gnuplot or a terminal might take for its own. */
#define EVIL_TITLE "'It''s `touch evil` $(touch evil) {/=40 x}_1^2 \"quoted\" \\ % @name #'"

/* --- The command line */

static void helps(void **state)
{
    (void)state;
    const char *lines[] = {"--help", "help", "help run",       "help compare", "help check",
                           "run -?", "-h",   "compare --help", "check --help"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_int_equal(cat6k(lines[i]), 0);
        assert_says(out, "Usage: cat6k ");
        assert_string_equal(said, "");
    }
    assert_int_equal(cat6k("--version"), 0);
    assert_says(out, "cat6k 0.");
}

static void refuses_wrong_command_lines(void **state)
{
    (void)state;
    const struct {
        const char *line, *words;
    } wrong[] = {
        {"", "Usage"},
        {"rnu a.yaml", "no command \"rnu\""},
        {"help rnu", "no command \"rnu\""},
        {"run", "expected FILE"},
        {"run a.yaml b.yaml", "one file too many"},
        {"run a.yaml --sed 1", "sed"},
        {"run a.yaml --load 50%", "load"},
        {"run a.yaml --set run.seed", "PATH=VALUE"},
        {"run a.yaml --set =1", "PATH=VALUE"},
        {"run no-such.yaml", "no-such.yaml"},
        {"run a.yaml --set run.sed=1", "sed"},
        {"run a.yaml --seed -1", "seed"},
        {"run a.yaml --set 'traffic[0].from=1/1' --set 'traffic[0].egress=1/1'",
         "a.yaml:10:5: stream mesh: no destination for what enters by port 1/1"},
        {"run a.yaml -o a.yaml", "not a folder"},
        {"run a.yaml -o a.yaml/x", "a.yaml/x"},
        {"compare a.yaml", "expected A B"},
        {"compare a.yaml b.yaml --jobs 0", "--jobs"},
        {"sensitivity", "expected FILE"},
        {"sensitivity a.yaml --load 50%", "load"},
        {"sensitivity no-such.yaml", "no-such.yaml"},
        {"sensitivity a.yaml --set run.sed=1", "sed"},
        {"compare a.yaml b.yaml --jobs 2x", "--jobs"},
        {"compare a.yaml b.yaml --load 10", "--load=10:"},
        {"compare a.yaml b.yaml --load 0%", "--load=0%:"},
        {"compare a.yaml b.yaml --load 101%", "--load=101%:"},
        {"compare a.yaml b.yaml --load 99999999999999999999%", "--load"},
        {"compare a.yaml b.yaml --load 1.00001%", "--load"},
        {"compare a.yaml b.yaml --load 50%..10%", "--load"},
        {"compare a.yaml b.yaml --load 10%..50%/0%", "--load"},
        {"compare a.yaml b.yaml --load 10%..50%/5", "--load"},
        {"compare a.yaml b.yaml --load 10%..", "--load"},
        {"compare a.yaml b.yaml --load 10%..20%x", "--load"},
        {"compare a.yaml b.yaml --load 0.001%..100%/0.001%", "points"},
        {"check", "expected FILE"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (cat6k(wrong[i].line) != 2) {
            fail_msg("accepted: %s", wrong[i].line);
        }
        assert_says(said, wrong[i].words);
        assert_string_equal(out, "");
    }
}

static void full_disk_is_told(void **state)
{
    (void)state;
    int status = system(arena_printf(mem, "'%s' check a.yaml >/dev/full 2>said.txt", program));
    read_output("said.txt", said);
    assert_int_equal(WEXITSTATUS(status), 2);
    assert_says(said, "standard output");
}

/* --- check */

static void check_prints_what_loads_again(void **state)
{
    (void)state;
    assert_int_equal(cat6k("check a.yaml"), 0);
    assert_says(out, "WS-X6704-10GE");
    assert_string_equal(said, "");
    char *once = arena_printf(mem, "%s", out);
    rename("out.txt", "again.yaml");
    assert_int_equal(cat6k("check again.yaml"), 0);
    assert_string_equal(out, once);
    assert_int_equal(cat6k("check --quiet a.yaml"), 0);
    assert_string_equal(out, "");
}

static void check_names_every_wrong_file(void **state)
{
    (void)state;
    assert_int_equal(system("sed s/chassis:/chasis:/ a.yaml >wrong.yaml"), 0);
    assert_int_equal(cat6k("check wrong.yaml a.yaml no-such.yaml"), 2);
    assert_says(said, "wrong.yaml:3:");
    assert_says(said, "no-such.yaml");
    assert_says(out, "WS-X6704-10GE");
}

/* --- run */

static void check_histogram(json_t *h, json_int_t n)
{
    size_t i;
    json_t *bucket;
    json_int_t sum = 0, low = -1;
    assert_int_equal(number(h, "n"), n);
    json_array_foreach(at(h, "buckets"), i, bucket)
    {
        assert_true(json_integer_value(json_array_get(bucket, 0)) > low);
        low = json_integer_value(json_array_get(bucket, 0));
        assert_true(json_integer_value(json_array_get(bucket, 1)) > low);
        sum += json_integer_value(json_array_get(bucket, 2));
    }
    assert_int_equal(sum, n);
    assert_true(number(h, "p50") <= number(h, "p99") && number(h, "p99") <= number(h, "max"));
}

static json_int_t lost(json_t *results)
{
    size_t i;
    json_t *loss;
    json_int_t sum = 0;
    json_array_foreach(at(results, "losses"), i, loss)
    {
        sum += number(loss, "packets");
    }
    return sum;
}

/* Two streams, each into half of the ports: together they are the run. */
static void run_tells_streams_apart(void **state)
{
    (void)state;
    static const char *const sums[] = {"offered_packets", "delivered_packets", "dropped_packets",
                                       "inside_start_packets", "inside_end_packets"};
    assert_int_equal(cat6k("run a.yaml -o two --no-plots --set 'traffic=[{name: left, from: 1/1-4, "
                           "rate: 100%, frames: 64B}, {name: right one, from: 2/1-4, rate: 10%}]' "
                           "--set run.duration=4ms"),
                     0);
    assert_says(out, "  Streams ");
    assert_says(out, "  right one ");
    assert_says(out, "  Stream  lost at  because ");
    json_t *json = load_json("two/result.json");
    json_t *results = at(json, "results"), *streams = at(results, "streams");
    assert_int_equal(json_array_size(streams), 2);
    json_t *left = json_array_get(streams, 0), *right = json_array_get(streams, 1);
    assert_string_equal(json_string_value(at(left, "name")), "left");
    assert_string_equal(json_string_value(at(right, "name")), "right one");
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        assert_int_equal(number(left, sums[i]) + number(right, sums[i]),
                         number(at(results, "summary"), sums[i]));
    }
    assert_true(number(left, "dropped_packets") > 0);
    assert_int_equal(lost(left), number(left, "dropped_packets"));
    assert_int_equal(lost(right), number(right, "dropped_packets"));
    json_decref(json);
    assert_int_equal(cat6k("run a.yaml"), 0);
    assert_null(strstr(out, "Streams"));
}

static void run_writes_everything(void **state)
{
    (void)state;
    static const char *const pictures[] = {"latency", "utilisation", "packets", NULL};
    bool no_gnuplot = gnuplot_is_missing();
    assert_int_equal(cat6k("run a.yaml -o made/of/two --set run.duration=4ms"), no_gnuplot ? 2 : 0);
    assert_says(out, "Bottleneck: engine 5 PFC3BXL, busy 100.00 %");
    assert_says(out, "WS-X6704-10GE");
    assert_says(out, "compact");
    json_t *json = load_json("made/of/two/result.json");
    json_t *results = at(json, "results"), *s = at(results, "summary");
    assert_int_equal(number(at(json, "scenario"), "seed"), 1);
    assert_int_equal(number(s, "interval_ps"), 4000000000);
    assert_true(number(s, "dropped_packets") > 0); /* 8 x 2 MB of receive buffer do not last */
    assert_int_equal(number(s, "offered_packets") + number(s, "inside_start_packets"),
                     number(s, "delivered_packets") + number(s, "dropped_packets") +
                         number(s, "inside_end_packets"));
    assert_int_equal(lost(results), number(s, "dropped_packets"));
    check_histogram(at(at(at(results, "histograms"), "run"), "latency_ps"),
                    number(s, "delivered_packets"));
    size_t length;
    assert_says(read_file("made/of/two/result.csv", &length),
                arena_printf(mem, "1,run,delivered,packets,%lld\n",
                             (long long)number(s, "delivered_packets")));
    assert_pictures("made/of/two", no_gnuplot ? pictures + 3 : pictures);
    assert_int_equal(system("ls -A made/of/two | grep '^[.]'"), 256); /* nothing half-done */
    json_decref(json);
}

/* The records of all flows that were left at the end; the same bytes each time, and from each window. */
static void run_exports_flows(void **state)
{
    (void)state;
    size_t length, again;

    assert_int_equal(cat6k("run a.yaml -o flows --no-plots --set netflow.flow_mask=full"), 0);
    assert_says(out, "  NetFlow of ");
    const char *first = read_file("flows/netflow.pcap", &length);
    assert_true(length > 1000);
    assert_memory_equal(first, "\xa1\xb2\xc3\xd4", 4); /* pcap */
    assert_int_equal(cat6k("run a.yaml -o flows --no-plots --set netflow.flow_mask=full "
                           "--set run.window=777ns"),
                     0);
    assert_memory_equal(first, read_file("flows/netflow.pcap", &again), length);
    assert_int_equal(length, again);
    assert_int_equal(cat6k("run a.yaml -o plain --no-plots"), 0);
    assert_false(exists("plain/netflow.pcap"));
}

/* The scenario that a result holds gives that result. */
static void result_can_be_run_again(void **state)
{
    (void)state;
    assert_int_equal(system("mkdir first && touch first/latency.png"), 0);
    assert_int_equal(cat6k("run a.yaml --no-plots -o first --seed 7"), 0);
    assert_false(exists("first/latency.png")); /* of another run: it would not fit the numbers */
    json_t *json = load_json("first/result.json");
    assert_int_equal(number(at(json, "scenario"), "seed"), 7);
    FILE *file = fopen("effective.yaml", "w");
    fputs(json_string_value(at(at(json, "scenario"), "yaml")), file);
    fclose(file);
    json_decref(json);
    assert_int_equal(cat6k("run effective.yaml --no-plots -o second"), 0);
    assert_int_equal(system("cmp first/result.csv second/result.csv"), 0);
}

static void seed_decides(void **state)
{
    (void)state;
    assert_int_equal(cat6k("run a.yaml --quiet --no-plots -o seed1"), 0);
    assert_string_equal(out, "");
    assert_string_equal(said, "");
    assert_int_equal(cat6k("run a.yaml --quiet --no-plots -o seed1b"), 0);
    assert_int_equal(cat6k("run a.yaml --quiet --no-plots -o seed2 --seed 2"), 0);
    assert_int_equal(system("cmp seed1/result.json seed1b/result.json"), 0);
    assert_int_equal(system("cmp seed1/result.csv seed1b/result.csv"), 0);
    assert_int_not_equal(system("cmp -s seed1/result.csv seed2/result.csv"), 0);
}

/* In the text, in JSON and in CSV, and only when asked for. */
static void fingerprints_tell_runs_apart(void **state)
{
    (void)state;
    static const char *const names[] = {"where", "when", "count"};
    assert_int_equal(cat6k("run a.yaml --no-plots --fingerprint -o print1"), 0);
    json_t *json = load_json("print1/result.json");
    json_t *print = at(at(at(json, "results"), "values"), "fingerprint");
    size_t length;
    const char *csv = read_file("print1/result.csv", &length);
    for (size_t i = 0; i < 3; i++) {
        long long value = number(print, names[i]);
        assert_says(out, arena_printf(mem, "fingerprint %-5s %lld\n", names[i], value));
        assert_says(csv, arena_printf(mem, "1,fingerprint,%s,1,%lld\n", names[i], value));
    }
    json_decref(json);
    assert_int_equal(cat6k("run a.yaml -q --no-plots -f -o print2 --seed 2"), 0);
    assert_int_equal(system("cat print1/result.csv print2/result.csv | grep fingerprint |"
                            " sort -u | wc -l | grep -qx 6"),
                     0);
    assert_int_equal(cat6k("run a.yaml --no-plots -o unprinted"), 0);
    assert_null(strstr(out, "fingerprint"));
    assert_int_equal(system("grep -v fingerprint print1/result.csv | cmp - unprinted/result.csv"),
                     0);
}

static void without_gnuplot_the_rest_is_there(void **state)
{
    (void)state;
    assert_int_equal(system("mkdir -p bare empty && touch bare/latency.png"), 0);
    int status = system(
        arena_printf(mem, "PATH=%s/empty '%s' run a.yaml -q -o bare 2>said.txt", folder, program));
    read_output("said.txt", said);
    assert_int_equal(WEXITSTATUS(status), 2);
    assert_says(said, "gnuplot-nox");
    assert_true(exists("bare/result.json") && exists("bare/result.csv"));
    assert_true(exists("bare/latency.gp"));
    assert_false(exists("bare/latency.png"));
}

static void titles_are_only_words(void **state)
{
    (void)state;
    static const char *const pictures[] = {"compare-throughput", "compare-latency",
                                           "compare-utilisation", NULL};
    if (gnuplot_is_missing()) {
        skip();
    }
    write_scenario("evil.yaml", EVIL_TITLE, "CFC");
    assert_int_equal(cat6k("compare evil.yaml evil.yaml --load 50% -o hostile"), 0);
    assert_string_equal(said, "");
    assert_pictures("hostile", pictures);
    assert_false(exists("evil") || exists("hostile/evil"));
    size_t length;
    assert_says(read_file("hostile/compare-throughput.svg", &length), "$(touch evil) {/=40 x}_1^2");
}

/* kill -9 in the middle of a run that would be long: no result, half of one neither. */
static void killed_run_leaves_nothing(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        execl(program, "cat6k", "run", "a.yaml", "-q", "-o", "killed", "--set", "run.duration=10s",
              (char *)NULL);
        _exit(127);
    }
    while (!exists("killed")) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    int status;
    assert_int_equal(waitpid(child, &status, WNOHANG), 0); /* still at it */
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    assert_int_equal(system("[ -z \"$(ls killed)\" ]"), 0);
}

/* Ctrl-C and termination at any time, also while results are written: all of them or none. */
static void interrupted_run_leaves_all_or_nothing(void **state)
{
    (void)state;
    for (long ms = 0; ms < 40; ms += 2) {
        pid_t child = fork();
        if (child == 0) {
            execl(program, "cat6k", "run", "a.yaml", "-q", "--no-plots", "-o", "stopped",
                  (char *)NULL);
            _exit(127);
        }
        nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
        kill(child, ms % 4 == 0 ? SIGINT : SIGTERM);
        waitpid(child, NULL, 0);
        assert_int_equal(system("[ ! -e stopped ] || case $(ls -A stopped | wc -l) in\n"
                                "0) ;;\n"
                                "5) grep -q '^1,run,latency max' stopped/result.csv;;\n"
                                "*) false;;\n"
                                "esac"),
                         0);
        if (exists("stopped/result.json")) {
            json_decref(load_json("stopped/result.json"));
        }
        assert_int_equal(system("rm -rf stopped"), 0);
    }
}

/* --- compare */

static json_t *points_of(json_t *json, size_t side)
{
    return at(json_array_get(at(json, "scenarios"), side), "points");
}

static void compare_keeps_its_order(void **state)
{
    (void)state;
    assert_int_equal(cat6k("compare a.yaml b.yaml --load 5%..20%/10% --no-plots -j 1 -o one"), 0);
    assert_says(out, "B delivers");
    assert_says(out, "15.00 %");
    char *table = arena_printf(mem, "%s", out);
    assert_int_equal(cat6k("compare a.yaml b.yaml --load 5%..20%/10% --no-plots -j 3 -o three"), 0);
    assert_string_equal(out, table);
    assert_int_equal(system("cmp one/compare.json three/compare.json"), 0);
    assert_int_equal(system("cmp one/compare.csv three/compare.csv"), 0);
    assert_int_equal(system("[ $(grep -c '^run,module' one/compare.csv) = 1 ]"), 0);
    json_t *json = load_json("one/compare.json");
    static const json_int_t loads[] = {50000, 150000, 200000};
    for (size_t side = 0; side < 2; side++) {
        json_t *points = points_of(json, side);
        assert_int_equal(json_array_size(points), 3);
        for (size_t i = 0; i < 3; i++) {
            assert_int_equal(number(json_array_get(points, i), "load_ppm"), loads[i]);
        }
    }
    json_decref(json);
}

/* 8 ports of 14.88 Mpps: 100 % is 119 Mpps, 20 % 23.8 Mpps; Poisson, so within 5 %. */
static void load_scales_every_stream(void **state)
{
    (void)state;
    assert_int_equal(cat6k("compare a.yaml b.yaml --load 20% --no-plots -o scaled"), 0);
    json_t *json = load_json("scaled/compare.json");
    for (size_t side = 0; side < 2; side++) {
        json_int_t pps =
            number(at(json_array_get(points_of(json, side), 0), "summary"), "offered_pps");
        assert_in_range(pps, 22600000, 25000000);
    }
    json_decref(json);
}

static void compare_refuses_either(void **state)
{
    (void)state;
    assert_int_equal(system("sed s/chassis:/chasis:/ a.yaml >wrong.yaml"), 0);
    assert_int_equal(cat6k("compare a.yaml wrong.yaml"), 2);
    assert_says(said, "wrong.yaml:3:");
    assert_int_equal(cat6k("compare wrong.yaml a.yaml"), 2);
    assert_string_equal(out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(helps),
        cmocka_unit_test(refuses_wrong_command_lines),
        cmocka_unit_test(full_disk_is_told),
        cmocka_unit_test(check_prints_what_loads_again),
        cmocka_unit_test(check_names_every_wrong_file),
        cmocka_unit_test(run_writes_everything),
        cmocka_unit_test(run_tells_streams_apart),
        cmocka_unit_test(run_exports_flows),
        cmocka_unit_test(result_can_be_run_again),
        cmocka_unit_test(seed_decides),
        cmocka_unit_test(fingerprints_tell_runs_apart),
        cmocka_unit_test(without_gnuplot_the_rest_is_there),
        cmocka_unit_test(titles_are_only_words),
        cmocka_unit_test(killed_run_leaves_nothing),
        cmocka_unit_test(interrupted_run_leaves_all_or_nothing),
        cmocka_unit_test(compare_keeps_its_order),
        cmocka_unit_test(load_scales_every_stream),
        cmocka_unit_test(compare_refuses_either),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
