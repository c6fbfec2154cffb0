/* scenario_acls.c - access lists: from a configuration of the machine, in a file or in the scenario,
 * or from a ClassBench file. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/acl_classbench.h"
#include "scenarios/acl_synthetic.h"
#include "scenarios/acl_text.h"
#include "scenarios/loader.h"
#include "sim/arena.h"
#include "sim/error.h"

#define MAX_ACLS 4096
#define MAX_PATH_BYTES 4096
#define MAX_LEFT_OUT 8 /* lines of one text that are told */

/* A text holds several lists, and is read once. */
struct known_text {
    const char *path, *text;
    struct acl_text lists;
    bool good;
};

struct acl_loader {
    struct loader *l;
    struct known_text *texts;
    uint32_t n_texts;
};

void note_acl_left_out(struct loader *l, const char *path, const struct acl_text *text)
{
    uint32_t told = text->n_warnings < MAX_LEFT_OUT ? text->n_warnings : MAX_LEFT_OUT;
    for (uint32_t i = 0; i < told && l->scenario->n_notes + 1 < LOADER_MAX_NOTES; i++) {
        const struct acl_text_warning *w = &text->warnings[i];
        add_note(l, arena_printf(l->mem, "%s:%u:%u: %s", path, w->line, w->column, w->what));
    }
    if (text->n_warnings > told && l->scenario->n_notes < LOADER_MAX_NOTES) {
        add_note(l, arena_printf(l->mem, "%s: %u more lines are left out", path,
                                 text->n_warnings - told));
    }
}

/* Reads the file, or the text at a place; NULL: it is wrong, and says so. */
static const struct acl_text *read_text(struct acl_loader *a, uint32_t place, const char *path,
                                        const char *text)
{
    struct loader *l = a->l;
    for (uint32_t i = 0; i < a->n_texts; i++) {
        const struct known_text *t = &a->texts[i];
        if (strcmp(t->path, path) == 0 && t->text == text) {
            return t->good ? &t->lists : NULL;
        }
    }
    struct known_text *t = &a->texts[a->n_texts++];
    t->path = path;
    t->text = text;
    const struct place *it = &l->places.all[place];
    t->good = text == NULL ? acl_text_read(path, l->mem, &t->lists, l->places.err)
                           : acl_text_parse(path, text, it->text_line > 0 ? it->text_line : 1,
                                            it->indent, l->mem, &t->lists, l->places.err);
    if (t->good) {
        note_acl_left_out(l, path, &t->lists);
    }
    return t->good ? &t->lists : NULL;
}

/* The file at a place, to be read; NULL: it cannot be. */
static const char *path_at(struct loader *l, uint32_t place, const char **as_written)
{
    *as_written = load_text(l, place, MAX_PATH_BYTES, NULL);
    if (*as_written == NULL) {
        return NULL;
    }
    const char *path = scenario_file_path(l->scenario, *as_written, l->mem);
    if (access(path, R_OK) != 0) {
        places_error(&l->places, place, "%s cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    return path;
}

static void take_list(struct loader *l, uint32_t place, const struct acl_text *text,
                      struct acl_list *list, struct loaded_acl *loaded)
{
    const struct acl_text_list *found = text == NULL ? NULL : acl_text_find(text, list->name);
    if (found != NULL) {
        *list = found->list;
        *loaded = (struct loaded_acl){found, &text->groups};
    } else if (text != NULL && place != 0) {
        places_error(&l->places, place, "no list has this name there; the first one is %s",
                     text->lists[0].list.name);
    }
}

/* Of a list without a text each rule is a line. */
static struct loaded_acl number_lines(struct loader *l, const struct acl_list *list)
{
    static const struct acl_groups no_groups;
    struct acl_text_list *text = arena_take(l->mem, sizeof *text);
    uint32_t *sequences = arena_take_array(l->mem, list->n_rules, sizeof *sequences);
    for (uint32_t i = 0; i < list->n_rules; i++) {
        sequences[i] = 10 * (i + 1);
    }
    text->list = *list;
    text->sequences = sequences;
    return (struct loaded_acl){text, &no_groups};
}

/* Its changes, as they are to be printed; scenario_access.c makes them. */
static void keep_edits(struct loader *l, const struct raw_acl *raw, struct acl_source *source)
{
    struct acl_edit *edits = arena_take_array(l->mem, raw->changes_count, sizeof *edits);
    for (uint32_t i = 0; i < raw->changes_count; i++) {
        const struct raw_acl_change *c = &raw->changes[i];
        edits[i] =
            (struct acl_edit){places_text(&l->places, c->at), places_text(&l->places, c->text)};
    }
    source->edits = edits;
    source->n_edits = raw->changes_count;
}

static void load_acl(struct acl_loader *a, uint32_t which, struct acl_list *list,
                     struct acl_source *source)
{
    struct loader *l = a->l;
    const struct raw_acl *raw = &l->raw->acls[which];
    struct loaded_acl *loaded = &l->acl_texts[which];
    const char *name = load_name(l, raw->name), *path;
    *list = (struct acl_list){.name = name != NULL ? name : "?"};
    if (raw->here == 0) {
        return; /* no mapping: that has been told */
    }
    if ((raw->file != 0) + (raw->classbench != 0) + (raw->text != 0) + (raw->synthetic != 0) != 1) {
        places_error(&l->places, raw->here, "expected one of file, classbench, text and synthetic");
    } else if (raw->file != 0 && (path = path_at(l, raw->file, &source->file)) != NULL) {
        take_list(l, raw->name, read_text(a, raw->file, path, NULL), list, loaded);
    } else if (raw->classbench != 0 &&
               (path = path_at(l, raw->classbench, &source->classbench)) != NULL) {
        acl_classbench_read(path, l->mem, list, l->places.err);
        list->name = name != NULL ? name : "?";
        *loaded = number_lines(l, list);
    } else if (raw->synthetic != 0) {
        source->synthetic = (uint32_t)load_count(l, raw->synthetic, 1, ACL_SYNTHETIC_MOST_LINES, 1);
        acl_synthetic(list->name, source->synthetic, l->config->seed, l->mem, list);
        *loaded = number_lines(l, list);
    } else if (raw->text != 0) {
        const struct place *it = &l->places.all[raw->text];
        const char *prefix = places_prefix(&l->places, raw->text);
        source->text = places_text(&l->places, raw->text);
        path = it->text_line > 0 ? it->file : arena_printf(l->mem, "%stext", prefix);
        take_list(l, raw->name, read_text(a, raw->text, path, source->text), list, loaded);
    }
}

void load_acls(struct loader *l)
{
    uint32_t n = l->raw->acls_count;
    struct acl_loader a = {.l = l};
    if (n > MAX_ACLS) {
        places_error(&l->places, l->raw->acls[MAX_ACLS].here, "more than %d lists", MAX_ACLS);
        n = MAX_ACLS;
    }
    struct acl_list *lists = arena_take_array(l->mem, n, sizeof *lists);
    struct acl_source *sources = arena_take_array(l->mem, n, sizeof *sources);
    l->acl_texts = arena_take_array(l->mem, n, sizeof *l->acl_texts);
    a.texts = arena_take_array(l->mem, n, sizeof *a.texts);
    for (uint32_t i = 0; i < n; i++) {
        load_acl(&a, i, &lists[i], &sources[i]);
        keep_edits(l, &l->raw->acls[i], &sources[i]);
        for (uint32_t k = 0; k < i && l->raw->acls[i].name != 0; k++) {
            if (strcmp(lists[k].name, lists[i].name) == 0) {
                places_error(&l->places, l->raw->acls[i].name, "the name of another list");
                break;
            }
        }
    }
    l->config->acls = lists;
    l->config->n_acls = n;
    l->scenario->acl_sources = sources;
}
