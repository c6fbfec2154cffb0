/* YAML with places: what is read stands where it stood, what is unsafe is refused in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/places.h"
#include "sim/arena.h"
#include "sim/error.h"

struct fixture {
    struct arena *mem;
    struct error err;
    struct places places;
};

static void begin(struct fixture *f)
{
    *f = (struct fixture){.mem = arena_open()};
    places_open(&f->places, f->mem, &f->err);
}

static void end(struct fixture *f)
{
    error_free(&f->err);
    arena_close(f->mem);
}

static uint32_t read_text(struct fixture *f, const char *text)
{
    return places_read(&f->places, "f.yaml", text, strlen(text));
}

static const struct place *child(const struct fixture *f, uint32_t map, const char *key)
{
    uint32_t id = places_child(&f->places, map, key);
    assert_int_not_equal(id, 0);
    return &f->places.all[id];
}

static void test_tree(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    uint32_t root = read_text(&f, "# comment\n"
                                  "run:\n"
                                  "  seed: 7\n"
                                  "slots: [{slot: 1}, 'x y']\n"
                                  "empty:\n"
                                  "wide: \"\xc3\xbc\"  # two bytes, one column\n");
    assert_int_not_equal(root, 0);
    const struct place *run = child(&f, root, "run");
    assert_int_equal(run->kind, PLACE_MAP);
    assert_int_equal(run->key_line, 2);
    assert_int_equal(run->key_column, 1);
    const struct place *seed = child(&f, (uint32_t)(run - f.places.all), "seed");
    assert_string_equal(seed->text, "7");
    assert_int_equal(seed->line, 3);
    assert_int_equal(seed->column, 9);
    assert_int_equal(seed->key_column, 3);
    const struct place *slots = child(&f, root, "slots");
    assert_int_equal(slots->kind, PLACE_LIST);
    assert_int_equal(slots->n_children, 2);
    const struct place *second = &f.places.all[slots->last];
    assert_string_equal(second->text, "x y");
    assert_int_equal(second->line, 4);
    assert_int_equal(second->column, 20);
    assert_string_equal(child(&f, root, "empty")->text, "");
    assert_string_equal(child(&f, root, "wide")->text, "\xc3\xbc");
    assert_int_equal(places_child(&f.places, root, "Run"), 0);
    places_error(&f.places, slots->last, "is wrong");
    places_key_error(&f.places, slots->first, "has no key");
    assert_string_equal(f.err.text, "f.yaml:4:20: slots[1]: is wrong\n"
                                    "f.yaml:4:9: slots[0]: has no key\n");
    end(&f);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message; /* the beginning of it */
    } cases[] = {
        {"", "f.yaml:1:1: nothing in it"},
        {"# only a comment\n", "f.yaml:1:1: nothing in it"},
        {"a: &x 1\n", "f.yaml:1:4: anchors"},
        {"a: &x [1]\n", "f.yaml:1:4: anchors"},
        {"&x a: 1\n", "f.yaml:1:1: anchors"},
        {"a: 1\nb: *x\n", "f.yaml:2:4: aliases"},
        {"a:\n  <<: {b: 1}\n", "f.yaml:2:3: merge keys"},
        {"a: !!int 1\n", "f.yaml:1:4: tags"},
        {"a: !x {b: 1}\n", "f.yaml:1:4: tags"},
        {"%YAML 1.1\n---\na: 1\n", "f.yaml:1:1: directives"},
        {"# x\n%TAG ! a\n---\na: 1\n", "f.yaml:2:1: directives"},
        {"a: 1\n---\nb: 1\n", "f.yaml:2:1: a second document"},
        {"a: 1\n...\n---\nb: 1\n", "f.yaml:3:1: a second document"},
        {"a:\n\tb: 1\n", "f.yaml:2:1: a tab"},
        {"a: 1 # x\ty\n", "f.yaml:1:9: a tab"},
        {"a: 1\nb: 2\xe2\x80\xa8", "f.yaml:2:5: a line end of another kind"},
        {"a: 1\nb: 2\na: 3\n", "f.yaml:3:1: a: the same key again (first in line 1)"},
        {"a:\n  b: 2\na: 3\n", "f.yaml:3:1: a: the same key again (first in line 1)"},
        {"x: {a: 1, 'a': 3}\n", "f.yaml:1:11: x.a: the same key again (first in line 1)"},
        {"? [a]\n: 1\n", "f.yaml:1:3: a list or mapping as a key"},
        {"{a: 1}: 1\n", "f.yaml:1:1: a list or mapping as a key"},
        {"a: [1, 2\nb: 3\n", "f.yaml:2:2: not YAML: did not find expected ',' or ']'"},
        {"a: {b: ::1}\n", "f.yaml:1:8: not YAML: did not find expected node content while parsing "
                          "a flow node; between { } what begins with : stands in quotes"},
        {"a: 1\n  b: 2\n", "f.yaml:2:4: not YAML: mapping values are not allowed"},
        {"a: 'x\n", "f.yaml:2:1: not YAML: found unexpected end of stream"},
        {"a: \"\\q\"\n", "f.yaml:1:5: not YAML: found unknown escape"},
        {"a: 1\nb: Z\xfcrich\n", "f.yaml:2:5: not YAML: invalid leading UTF-8 octet"},
        {"a: \x07\n", "f.yaml:1:4: not YAML: control characters are not allowed"},
        {"a: @x\n", "f.yaml:1:4: not YAML: found character that cannot start any token"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        begin(&f);
        read_text(&f, cases[i].text);
        const char *got = f.err.text != NULL ? f.err.text : "nothing wrong\n";
        if (strncmp(got, cases[i].message, strlen(cases[i].message)) != 0) {
            fail_msg("%s--> %sexpected %s", cases[i].text, got, cases[i].message);
        }
        end(&f);
    }
    struct fixture f;
    begin(&f);
    assert_int_equal(places_read(&f.places, "f.yaml", "a: b\0c\n", 7), 0);
    assert_string_equal(f.err.text, "f.yaml:1:5: a NUL byte; expected text in UTF-8\n");
    end(&f);
}

/* At each limit it is read, one beyond it is refused. */
static void check_limit(const char *head, const char *unit, const char *tail, size_t n, bool ok)
{
    struct fixture f;
    begin(&f);
    size_t room = strlen(head) + n * (strlen(unit) + 8) + strlen(tail) + 1, used;
    char *text = malloc(room);
    assert_non_null(text);
    used = (size_t)snprintf(text, room, "%s", head);
    for (size_t i = 0; i < n; i++) {
        const char *percent = strchr(unit, '#');
        used += percent != NULL ? (size_t)snprintf(text + used, room - used, "k%zu%s", i, unit + 1)
                                : (size_t)snprintf(text + used, room - used, "%s", unit);
    }
    snprintf(text + used, room - used, "%s", tail);
    uint32_t root = places_read(&f.places, "f.yaml", text, strlen(text));
    if ((root != 0 && f.err.n_messages == 0) != ok) {
        fail_msg("%zu times '%s': %s", n, unit, f.err.text != NULL ? f.err.text : "read");
    }
    free(text);
    end(&f);
}

static void test_limits(void **state)
{
    (void)state;
    char close[PLACES_MAX_DEPTH + 2];
    memset(close, ']', sizeof close);
    close[PLACES_MAX_DEPTH] = '\0';
    check_limit("", "[", close, PLACES_MAX_DEPTH, true);
    check_limit("", "[", "", PLACES_MAX_DEPTH + 1, false);
    check_limit("", "[", "", 1000000, false);
    check_limit("", "{a: ", "", 1000000, false);
    check_limit("", "- ", "", 1000000, false);
    check_limit("", "#: 1\n", "", PLACES_MAX_KEYS, true);
    check_limit("", "#: 1\n", "", PLACES_MAX_KEYS + 1, false);
    check_limit("a:\n", "- 1\n", "", PLACES_MAX_PLACES - 2, true);
    check_limit("a:\n", "- 1\n", "", PLACES_MAX_PLACES - 1, false);
}

static void test_files(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    assert_int_equal(places_read_file(&f.places, "/nowhere/x.yaml"), 0);
    assert_string_equal(f.err.text, "/nowhere/x.yaml: cannot be read: No such file or directory\n");
    assert_int_equal(places_read_file(&f.places, "/dev/zero"), 0);
    assert_non_null(strstr(f.err.text, "/dev/zero: longer than 16 MiB\n"));
    assert_int_equal(places_read_file(&f.places, "/"), 0);
    assert_non_null(strstr(f.err.text, "/: cannot be read: Is a directory\n"));
    end(&f);
}

static void test_overrides(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    struct places *p = &f.places;
    uint32_t root = read_text(&f, "run: {seed: 1}\nlist: [{a: 1}, {a: 2}, {a: 3}]\ntext: x\n");
    assert_true(places_set(p, root, "run.seed=7"));
    assert_true(places_set(p, root, "run.new.deeper=a=b"));
    assert_true(places_set(p, root, "list[1]="));
    assert_true(places_set(p, root, "list[1].a=5"));
    assert_true(places_set(p, root, "text={x: [1, 2]}"));
    assert_true(places_set(p, root, "more[]=a"));
    assert_true(places_set(p, root, "more[].b=2"));
    uint32_t more = places_child(p, root, "more");
    assert_true(p->all[more].kind == PLACE_LIST && p->all[more].n_children == 2);
    assert_string_equal(places_text(p, p->all[more].first), "a");
    assert_string_equal(places_text(p, places_child(p, p->all[more].last, "b")), "2");
    assert_true(places_set(p, root, "list[]={a: 9}"));
    assert_true(places_set(p, root, "list[2]="));
    uint32_t run = places_child(p, root, "run"), list = places_child(p, root, "list");
    uint32_t seed = places_child(p, run, "seed"), last = p->all[list].last;
    assert_string_equal(places_text(p, seed), "7");
    assert_string_equal(places_text(p, places_child(p, places_child(p, run, "new"), "deeper")),
                        "a=b");
    assert_int_equal(p->all[list].n_children, 2);
    assert_int_equal(p->all[last].index, 1);
    assert_string_equal(places_text(p, places_child(p, last, "a")), "5");
    uint32_t x = places_child(p, places_child(p, root, "text"), "x");
    assert_int_equal(p->all[x].n_children, 2);
    places_error(p, seed, "wrong");
    places_error(p, places_child(p, last, "a"), "wrong");
    places_error(p, p->all[x].last, "wrong");
    assert_string_equal(f.err.text, "--set run.seed=7: run.seed: wrong\n"
                                    "--set list[1].a=5: list[1].a: wrong\n"
                                    "--set text={x: [1, 2]}: text.x[1]: wrong\n");
    end(&f);
}

static void test_overrides_refused(void **state)
{
    (void)state;
    static const struct {
        const char *assignment, *why;
    } cases[] = {
        {"", "expected path=value"},
        {"run", "expected path=value"},
        {"=5", "expected path=value"},
        {".run=5", "expected path=value"},
        {"run.=5", "expected path=value"},
        {"run..seed=5", "expected path=value"},
        {"list[1]x=5", "expected path=value"},
        {"run.seed.x=5", "x is not in a mapping"},
        {"list.x=5", "x is not in a mapping"},
        {"run[0]=5", "[0] of something that is not a list"},
        {"list[2]=5", "[2] is beyond the list: it has 2"},
        {"list[18446744073709551616]=5", "is beyond the list"},
        {"list[-1]=5", "expected a number in [ ]"},
        {"list[x]=5", "expected a number in [ ]"},
        {"run[]=5", "[] of something that is not a list"},
        {"run.seed[]=5", "[] of something that is not a list"},
        {"list[0=5", "expected a number in [ ]"},
        {"run.seed=[1", "not YAML"},
        {"run.seed=&a 1", "anchors"},
        {"run.seed=\t1", "a tab"},
        {"run.seed=1\n---\n2", "a second document"},
        {"run.seed=#", "nothing in it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        begin(&f);
        uint32_t root = read_text(&f, "run: {seed: 1}\nlist: [1, 2]\n");
        bool set = places_set(&f.places, root, cases[i].assignment);
        if (set || strstr(f.err.text, cases[i].why) == NULL ||
            strncmp(f.err.text, "--set ", 6) != 0) {
            fail_msg("--set %s --> %sexpected %s", cases[i].assignment,
                     set ? "taken\n" : f.err.text, cases[i].why);
        }
        end(&f);
    }
}

/* --- Random trees, written with a note of where each thing was put -------------------------- */

struct writer {
    char text[200000];
    size_t used;
    unsigned line, column; /* of the next character, from 1 */
    uint64_t random;
    unsigned n_written;
};

static unsigned draw(struct writer *w, unsigned n)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return (unsigned)(w->random % n);
}

static void put(struct writer *w, const char *text)
{
    for (; *text != '\0'; text++) {
        assert_true(w->used + 1 < sizeof w->text);
        w->text[w->used++] = *text;
        w->column = *text == '\n' ? 1 : w->column + 1;
        w->line += *text == '\n';
    }
}

/* What one place must be. */
struct expected {
    enum place_kind kind;
    unsigned line, column, key_line, key_column;
    char text[16];
};

static struct expected expected[20000];

static void write_node(struct writer *w, unsigned indent, struct expected *it)
{
    unsigned depth = indent / 2, kind = depth > 8 ? 0 : draw(w, 3), n = 1 + draw(w, 4);
    char word[16];
    if (kind == 0 || w->n_written > 15000) {
        it->kind = PLACE_TEXT;
        it->line = w->line;
        it->column = w->column;
        snprintf(it->text, sizeof it->text, "v%u", draw(w, 1000));
        put(w, it->text);
        put(w, draw(w, 4) == 0 ? "   # note\n" : "\n");
        return;
    }
    it->kind = kind == 1 ? PLACE_LIST : PLACE_MAP;
    put(w, "\n");
    for (unsigned i = 0; i < n; i++) {
        if (draw(w, 5) == 0) {
            put(w, "\n# between\n");
        }
        for (unsigned k = 0; k < indent; k++) {
            put(w, " ");
        }
        it->line = i == 0 ? w->line : it->line;
        it->column = i == 0 ? w->column : it->column;
        struct expected *below = &expected[w->n_written++];
        *below = (struct expected){.key_line = w->line, .key_column = w->column};
        snprintf(word, sizeof word, kind == 1 ? "- " : "k%u: ", i);
        put(w, word);
        write_node(w, indent + 2, below);
    }
}

/* Places are made in the order written, so they line up with what was noted. */
static void test_random_trees(void **state)
{
    (void)state;
    static struct writer w;
    unsigned n_places = 0;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        w = (struct writer){.line = 1, .column = 1, .random = seed * 0x9e3779b97f4a7c15u};
        struct expected *root = &expected[w.n_written++];
        *root = (struct expected){0};
        write_node(&w, 0, root);
        struct fixture f;
        begin(&f);
        uint32_t id = places_read(&f.places, "f.yaml", w.text, w.used);
        if (id == 0) {
            fail_msg("%s%s", w.text, f.err.text);
        }
        assert_int_equal(f.places.n, w.n_written + 1);
        for (unsigned i = 0; i < w.n_written; i++) {
            const struct place *it = &f.places.all[i + 1];
            const struct expected *want = &expected[i];
            assert_int_equal(it->kind, want->kind);
            assert_int_equal(it->line, want->line);
            assert_int_equal(it->column, want->column);
            assert_true(it->key == NULL || it->key_line == want->key_line);
            assert_true(it->key == NULL || it->key_column == want->key_column);
            assert_string_equal(it->kind == PLACE_TEXT ? it->text : "", want->text);
        }
        n_places += w.n_written;
        end(&f);
    }
    assert_true(n_places > 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree),         cmocka_unit_test(test_refused),
        cmocka_unit_test(test_limits),       cmocka_unit_test(test_files),
        cmocka_unit_test(test_overrides),    cmocka_unit_test(test_overrides_refused),
        cmocka_unit_test(test_random_trees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
