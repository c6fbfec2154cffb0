/* program.c - see program.h. */
#include "tests/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char scenario_text[] = "cat6k: 1\n"
                                    "title: %s\n"
                                    "chassis: WS-C6509-E\n"
                                    "supervisor: {slot: 5, model: WS-SUP720-3BXL}\n"
                                    "slots:\n"
                                    "  - {slot: 1, model: WS-X6704-10GE, forwarding: %s}\n"
                                    "  - {slot: 2, model: WS-X6704-10GE, forwarding: %s}\n"
                                    "routes: {synthetic: {year: 2024, ipv4: 1000, ipv6: 0}}\n"
                                    "traffic:\n"
                                    "  - {name: mesh, from: all, rate: 100%%, frames: 64B,\n"
                                    "     arrivals: poisson, to: prefixes, flows: 64}\n"
                                    "run: {warmup: 10us, duration: 100us, seed: 1}\n";

char folder[] = "/tmp/cat6k-test-XXXXXX";
const char *program;
char out[PROGRAM_OUTPUT_BYTES], said[PROGRAM_OUTPUT_BYTES];

char *read_file(const char *name, size_t *length)
{
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    struct stat what;
    assert_int_equal(fstat(fileno(file), &what), 0);
    char *text = arena_take(mem, (size_t)what.st_size + 1);
    *length = fread(text, 1, (size_t)what.st_size, file);
    assert_int_equal(*length, what.st_size);
    fclose(file);
    return text;
}

void read_output(const char *name, char *text)
{
    size_t length;
    const char *all = read_file(name, &length);
    assert_true(length < PROGRAM_OUTPUT_BYTES);
    memcpy(text, all, length + 1);
}

/* Ends with the exit status of `cat6k ARGUMENTS`, as a shell understands them. */
int cat6k(const char *arguments)
{
    const char *line = arena_printf(mem, "'%s' %s >out.txt 2>said.txt", program, arguments);
    int status = system(line);
    assert_true(WIFEXITED(status));
    read_output("out.txt", out);
    read_output("said.txt", said);
    return WEXITSTATUS(status);
}

void assert_says(const char *text, const char *words)
{
    if (strstr(text, words) == NULL) {
        fail_msg("expected \"%s\" in:\n%s", words, text);
    }
}

bool exists(const char *name)
{
    return access(name, F_OK) == 0;
}

void write_scenario(const char *name, const char *title, const char *forwarding)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fprintf(file, scenario_text, title, forwarding, forwarding);
    fclose(file);
}

json_t *load_json(const char *name)
{
    json_error_t error;
    json_t *json = json_load_file(name, 0, &error);
    if (json == NULL) {
        fail_msg("%s:%d: %s", name, error.line, error.text);
    }
    return json;
}

json_t *at(json_t *json, const char *key)
{
    json_t *value = json_object_get(json, key);
    if (value == NULL) {
        fail_msg("no key \"%s\"", key);
    }
    return value;
}

json_int_t number(json_t *json, const char *key)
{
    assert_true(json_is_integer(at(json, key)));
    return json_integer_value(at(json, key));
}

/* Signature of PNG: RFC 2083 section 3.1. */
static void assert_is_png(const char *name)
{
    size_t length;
    const char *bytes = read_file(name, &length);
    assert_true(length > 1000);
    assert_memory_equal(bytes, "\211PNG\r\n\032\n", 8);
}

static void assert_is_svg(const char *name)
{
    size_t length;
    const char *text = read_file(name, &length);
    assert_says(text, "<svg");
    assert_says(text, "</svg>");
}

void assert_pictures(const char *dir, const char *const *names)
{
    for (; *names != NULL; names++) {
        assert_is_png(arena_printf(mem, "%s/%s.png", dir, *names));
        assert_is_svg(arena_printf(mem, "%s/%s.svg", dir, *names));
    }
}

bool gnuplot_is_missing(void)
{
    bool missing = system("command -v gnuplot >/dev/null") != 0;
    if (missing) {
        puts("gnuplot is missing: skipped");
    }
    return missing;
}

/* The program is beside the folder of this test. */
int enter(void **state)
{
    (void)state;
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    mem = arena_open();
    self[n < 0 ? 0 : n] = '\0';
    for (int up = 0; up < 2; up++) {
        *strrchr(self, '/') = '\0';
    }
    program = getenv("CAT6K") == NULL ? arena_printf(mem, "%s/cat6k", self)
                                      : realpath(getenv("CAT6K"), NULL);
    if (program == NULL || mkdtemp(folder) == NULL || chdir(folder) != 0) {
        return -1;
    }
    write_scenario("a.yaml", "Central", "CFC");
    write_scenario("b.yaml", "Distributed", "DFC3BXL");
    return 0;
}

int leave(void **state)
{
    (void)state;
    int status = system(arena_printf(mem, "rm -r %s", folder));
    arena_close(mem);
    return status;
}
