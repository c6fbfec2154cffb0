/* test_output.c - results are all there or not there, wherever the program is killed: here, before
 * each of the system calls that change the folder. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "tools/output.h"

static int n_left = -1; /* calls until the kill; none when negative */

static void another_call(void)
{
    if (n_left >= 0 && n_left-- == 0) {
        _exit(9);
    }
}

/* In place of the C library's. */
int rename(const char *from, const char *to)
{
    another_call();
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int unlink(const char *path)
{
    another_call();
    return unlinkat(AT_FDCWD, path, 0);
}

static char dir[] = "/tmp/test-output-XXXXXX";

static void put(struct output *o, const char *name, const char *text)
{
    FILE *file = output_file(o, name);
    fputs(text, file);
    output_close(o, file, name);
}

static bool write_all(const char *text, bool with_picture)
{
    struct arena *mem = arena_open();
    struct error err = {0};
    struct output o;
    output_open(&o, dir, mem, &err);
    put(&o, "result.json", text);
    put(&o, "a.csv", text);
    put(&o, "b.csv", text);
    if (with_picture) {
        put(&o, "c.png", text);
    } else {
        output_remove(&o, "c.png");
    }
    bool good = output_commit(&o);
    error_free(&err);
    arena_close(mem);
    return good;
}

static bool write_alone(const char *text)
{
    struct arena *mem = arena_open();
    struct error err = {0};
    struct output o;
    output_open(&o, dir, mem, &err);
    put(&o, "dump", text);
    bool good = output_commit(&o);
    error_free(&err);
    arena_close(mem);
    return good;
}

/* "" when there is none. */
static const char *content(const char *name)
{
    static char text[64];
    char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "r");
    text[0] = '\0';
    if (file != NULL) {
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
    }
    return text;
}

/* Where the proof is, the rest is of the same run. */
static void assert_whole(void)
{
    bool old = strcmp(content("result.json"), "old") == 0;
    if (!old && strcmp(content("result.json"), "new") != 0) {
        assert_string_equal(content("result.json"), "");
        return;
    }
    assert_string_equal(content("a.csv"), old ? "old" : "new");
    assert_string_equal(content("b.csv"), old ? "old" : "new");
    assert_string_equal(content("c.png"), old ? "old" : "");
}

static int killed_before(int n)
{
    pid_t child = fork();
    if (child == 0) {
        n_left = n;
        _exit(write_all("new", false) ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

static void a_kill_mixes_nothing(void **state)
{
    (void)state;
    int n = 0;
    for (int ended = 9; ended == 9; n++) {
        assert_true(write_all("old", true));
        ended = killed_before(n);
        assert_true(ended == 9 || ended == 0);
        assert_whole();
    }
    assert_string_equal(content("result.json"), "new");
    assert_true(n > 5);
}

static int n_hidden(void)
{
    char command[128];
    snprintf(command, sizeof command, "exit $(ls -A %s | grep -c '^[.]cat6k-')", dir);
    return WEXITSTATUS(system(command));
}

static void what_a_kill_left_goes(void **state)
{
    (void)state;
    assert_int_equal(n_hidden(), 0);
    killed_before(2);
    assert_int_equal(n_hidden(), 1);
    assert_true(write_all("old", true));
    assert_int_equal(n_hidden(), 0);
}

/* A file alone takes the place of the one before, which is there until then. */
static void a_file_alone_is_always_there(void **state)
{
    (void)state;
    int n = 0;
    for (int ended = 9; ended == 9; n++) {
        assert_true(write_alone("old"));
        pid_t child = fork();
        if (child == 0) {
            n_left = n;
            _exit(write_alone("new") ? 0 : 1);
        }
        waitpid(child, &ended, 0);
        ended = WEXITSTATUS(ended);
        assert_true(ended == 9 || ended == 0);
        assert_true(strcmp(content("dump"), "old") == 0 || strcmp(content("dump"), "new") == 0);
    }
    assert_string_equal(content("dump"), "new");
    assert_true(n > 1);
}

/* Two that write at the same time do not take each other's files away. */
static void what_is_in_use_stays(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct error err = {0};
    struct output first;
    output_open(&first, dir, mem, &err);
    put(&first, "result.json", "first");
    assert_true(write_all("second", true));
    assert_true(output_commit(&first));
    assert_string_equal(content("result.json"), "first");
    error_free(&err);
    arena_close(mem);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(dir) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kill_mixes_nothing),
        cmocka_unit_test(what_a_kill_left_goes),
        cmocka_unit_test(what_is_in_use_stays),
        cmocka_unit_test(a_file_alone_is_always_there),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
