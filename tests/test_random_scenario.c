/* test_random_scenario.c - scenarios that nobody thought of: each is refused in words, every one of
 * them with its place, or it runs, and no packet is lost count of. CAT6K_RANDOM sets the number of
 * scenarios, CAT6K_FIRST the first. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/chassis.h"
#include "scenarios/loader.h"
#include "sim/error.h"
#include "sim/report.h"
#include "tests/program.h"
#include "tests/random_scenario.h"

#define N_SCENARIOS 300
#define LEAST_BUILT_PERCENT 30
#define WINDOWS_EVERY 3  /* of them is run again in other windows */
#define MOST_S 60        /* that one scenario may take, with sanitizers on a busy machine */
#define PROGRAM_EVERY 30 /* of them is given to the program, too */

static struct catalog catalog;

/* The one that is being tried, for those that end the test program. */
static uint64_t current;

static uint64_t number_from(const char *variable, uint64_t fallback)
{
    const char *text = getenv(variable);
    return text == NULL ? fallback : strtoull(text, NULL, 10);
}

static void tell_current(void)
{
    if (current != 0) {
        fprintf(stderr, "scenario %" PRIu64 ": was the last one\n", current);
    }
}

static void give_up(int signal_number)
{
    (void)signal_number;
    fprintf(stderr, "scenario %" PRIu64 ": no end after %d s\n", current, MOST_S);
    _exit(1);
}

/* Every line is "path:line:column: words". */
static bool all_located(const char *text, const char *path)
{
    for (size_t n = strlen(path); *text != '\0'; text += strcspn(text, "\n") + 1) {
        unsigned line, column;
        int length = 0;
        if (strncmp(text, path, n) != 0 ||
            sscanf(text + n, ":%u:%u: %n", &line, &column, &length) != 2 || length == 0) {
            return false;
        }
    }
    return true;
}

static char *report_of(struct chassis *c, struct arena *run_mem)
{
    struct report report;
    char *csv;
    size_t length;
    FILE *file = open_memstream(&csv, &length);
    assert_non_null(file);
    report_open(&report, run_mem);
    chassis_report(c, &report);
    report_write_csv(&report, "1", file);
    fclose(file);
    assert_true(report_get(&report, "run", "interval", 0) > 0 && length > 0);
    return csv;
}

/* Its report, to be released; NULL: refused as it is built. */
static char *run(const struct chassis_config *config, struct error *err)
{
    struct arena *run_mem = arena_open();
    struct chassis *c = chassis_open(config, NULL, run_mem, err);
    char *report = NULL;
    if (c != NULL) {
        chassis_run(c, NULL, NULL);
        if (!chassis_conserved(c, err)) {
            fail_msg("scenario %" PRIu64 ": %s", current, err->text);
        }
        report = report_of(c, run_mem);
        chassis_close(c);
    }
    arena_close(run_mem);
    return report;
}

/* Other windows and batches give the same bytes. */
static void run_in_other_windows(struct chassis_config config, const char *report)
{
    struct error err = {0};
    config.window_ps = config.window_ps == 0 ? 77777 : 0;
    config.batch_rows = config.batch_rows == 0 ? 3 : 0;
    char *other = run(&config, &err);
    if (other == NULL || strcmp(report, other) != 0) {
        fail_msg("scenario %" PRIu64 ": another report in other windows", current);
    }
    free(other);
}

/* Whether it does not end in words. */
static bool run_scenario(const struct scenario *s, struct arena *table_mem, struct error *err)
{
    struct route_table table;
    struct chassis_config config = s->config;
    config.table = &table;
    char *report = scenario_load_routes(s, table_mem, &table, err) ? run(&config, err) : NULL;
    bool built = report != NULL;
    if (built && current % WINDOWS_EVERY == 0) {
        run_in_other_windows(config, report);
    }
    free(report);
    return built;
}

/* --- What is built obeys the rules, put here once more -------------------------------------- */

static void require(bool so, const char *what)
{
    if (!so) {
        fail_msg("scenario %" PRIu64 " is built, but %s", current, what);
    }
}

static bool is_among(uint32_t slot, const uint32_t *slots)
{
    while (*slots != 0 && *slots != slot) {
        slots++;
    }
    return *slots != 0;
}

static bool needs_fabric(const struct linecard_type *card)
{
    return card->class != CLASSIC && card->class != CEF256;
}

static void check_slot(const struct chassis_config *c, const struct slot_config *slot)
{
    const struct linecard_type *card = slot->card;
    const struct engine_type *pfc = &c->supervisor->pfc, *dfc = slot->dfc;
    bool fabric = c->supervisor->fabric != NULL || c->n_fabric_modules > 0;
    require(slot->slot >= 1 && slot->slot <= c->chassis->n_slots, "has a card in no slot");
    require(card->n_channels <= c->chassis->channels[slot->slot], "a slot has too few channels");
    require(card->on_bus || dfc != NULL, "a card without a DFC is not on the bus");
    require(fabric || !needs_fabric(card), "a card that needs one has no fabric");
    require(dfc == NULL || dfc->generation == pfc->generation, "a DFC and the PFC cannot meet");
    require(dfc == NULL || (dfc->tcam_slots == pfc->tcam_slots && dfc->lookups_per_s > 0),
            "engines differ in size");
}

static uint32_t count(const char *text, const char *what)
{
    uint32_t n = 0;
    while ((text = strstr(text, what)) != NULL) {
        text++;
        n++;
    }
    return n;
}

/* Nothing that was asked for is left out, and nothing is where it cannot be. */
static void check_built(const struct chassis_config *c, const char *text)
{
    uint32_t n_cards = 0;
    require(is_among(c->supervisor_slot, c->chassis->supervisor_slots),
            "its supervisor is in a slot that takes none");
    for (uint32_t i = 0; i < c->n_slots; i++) {
        bool own = c->slots[i].slot == c->supervisor_slot;
        require(!own || c->slots[i].card == c->supervisor->uplinks, "has a card in its slot");
        require(i == 0 || c->slots[i - 1].slot < c->slots[i].slot, "has two cards in a slot");
        check_slot(c, &c->slots[i]);
        n_cards += !own;
    }
    require(n_cards + c->n_fabric_modules == count(text, "\n  - {slot: "), "a card is missing");
    require(c->n_streams == count(text, "\n  - {from: "), "a stream is missing");
    require(c->n_card_changes == count(text, "\n  - {at: "), "a card stays");
    require(c->n_static_routes == count(text, "\n    - {prefix: "), "a route is missing");
    require(c->n_route_changes == count(text, "\n    - {at: "), "a route does not change");
    require(c->n_port_channels == count(text, "\n  - {name: Po"), "a port channel is missing");
}

/* --- Trying them ---------------------------------------------------------------------------- */

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* Behind the lines of what may surprise, which are no refusal. */
static const char *after_notes(const char *text)
{
    static const char note[] = "random.yaml: note: ";
    while (strncmp(text, note, strlen(note)) == 0) {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return text;
}

/* The program agrees: it prints a result (and, to stderr, notes), or only what is wrong. */
static void ask_program(bool built)
{
    int status = cat6k("run random.yaml");
    bool agrees =
        built ? status == 0 && *out != '\0'
              : status == 2 && *out == '\0' && all_located(after_notes(said), "random.yaml");
    if (!agrees) {
        fail_msg("scenario %" PRIu64 ": exit %d, %s", current, status, said);
    }
}

static bool try_scenario(uint64_t number)
{
    struct arena *scenario_mem = arena_open();
    struct error err = {0};
    struct scenario s;
    const char *text = random_scenario(number, &catalog, scenario_mem);
    write_text("random.yaml", text);
    bool built = load_scenario(&catalog, "random.yaml", NULL, 0, scenario_mem, &s, &err) &&
                 run_scenario(&s, scenario_mem, &err);
    if (built != (err.n_messages == 0) || !(built || all_located(err.text, "random.yaml"))) {
        fail_msg("scenario %" PRIu64 ": %s, and says: %s", number, built ? "runs" : "is refused",
                 err.text);
    }
    if (built) {
        check_built(&s.config, text);
    }
    if (number % PROGRAM_EVERY == 0) {
        ask_program(built);
    }
    error_free(&err);
    arena_close(scenario_mem);
    return built;
}

static void any_scenario_runs_or_is_refused(void **state)
{
    (void)state;
    uint64_t first = number_from("CAT6K_FIRST", 1), n = number_from("CAT6K_RANDOM", N_SCENARIOS);
    uint64_t n_built = 0;
    signal(SIGALRM, give_up);
    atexit(tell_current);
    for (current = first; current < first + n; current++) {
        alarm(MOST_S);
        n_built += try_scenario(current);
    }
    alarm(0);
    current = 0;
    printf("%" PRIu64 " scenarios: %" PRIu64 " run, %" PRIu64 " refused\n", n, n_built,
           n - n_built);
    assert_true(n < N_SCENARIOS || n_built * 100 >= n * LEAST_BUILT_PERCENT);
    assert_true(n < N_SCENARIOS || n_built * 100 <= n * (100 - LEAST_BUILT_PERCENT / 2));
}

static int set_out(void **state)
{
    struct catalog_text texts[CATALOG_N_TEXTS];
    struct error err = {0};
    catalog_built_in(texts);
    return enter(state) == 0 && catalog_load(texts, mem, &catalog, &err) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_scenario_runs_or_is_refused),
    };
    return cmocka_run_group_tests(tests, set_out, leave);
}
