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
#define MAX_LEFT_OUT 8 /* lines of lists of one text that are told one by one */
#define MAX_RANGES 60  /* of the others */

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

/* " 2, 7-9", of lines that are not told one by one. */
static const char *line_numbers(const struct acl_text *text, const bool *told, struct arena *mem)
{
    const char *numbers = "";
    uint32_t n = 0;
    for (uint32_t i = 0, next; i < text->n_warnings; i = next) {
        uint32_t last = text->warnings[i].line;
        next = i + 1;
        if (told[i]) {
            continue;
        }
        while (next < text->n_warnings && !told[next] && text->warnings[next].line == last + 1) {
            last = text->warnings[next++].line;
        }
        if (++n > MAX_RANGES) {
            return arena_printf(mem, "%s and more", numbers);
        }
        numbers = arena_printf(mem, "%s%s %u", numbers, n > 1 ? "," : "", text->warnings[i].line);
        numbers =
            last > text->warnings[i].line ? arena_printf(mem, "%s-%u", numbers, last) : numbers;
    }
    return numbers;
}

/* Lines of lists one by one, with what they say; of others too, where they are few; else where they
 * are. */
void note_acl_left_out(struct loader *l, const char *path, const struct acl_text *text)
{
    bool *told = arena_take_array(l->mem, text->n_warnings, sizeof *told);
    const bool few = text->n_warnings <= MAX_LEFT_OUT;
    uint32_t n_told = 0;
    for (uint32_t i = 0; i < text->n_warnings && n_told < MAX_LEFT_OUT; i++) {
        const struct acl_text_warning *w = &text->warnings[i];
        if ((few || w->list != NULL) && l->scenario->n_notes + 1 < LOADER_MAX_NOTES) {
            add_note(l, arena_printf(l->mem, "%s:%u:%u: %s", path, w->line, w->column, w->what));
            told[i] = true;
            n_told++;
        }
    }
    if (n_told < text->n_warnings && l->scenario->n_notes < LOADER_MAX_NOTES) {
        add_note(l, arena_printf(l->mem, "%s: left out as not modelled, or of no list: %s%s", path,
                                 text->n_warnings - n_told == 1 ? "line" : "lines",
                                 line_numbers(text, told, l->mem)));
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

/* Names of lists that are left out as a whole. */
static bool is_left_out(const struct acl_text *text, const char *name)
{
    for (uint32_t i = 0; i < text->n_warnings; i++) {
        if (text->warnings[i].list != NULL && strcmp(text->warnings[i].list, name) == 0) {
            return true;
        }
    }
    return false;
}

static void take_list(struct loader *l, uint32_t place, const struct acl_text *text,
                      struct acl_list *list, struct loaded_acl *loaded)
{
    const struct acl_text_list *found = text == NULL ? NULL : acl_text_find(text, list->name);
    if (found != NULL) {
        *list = found->list;
        *loaded = (struct loaded_acl){found, &text->groups};
    } else if (text != NULL && place != 0 && is_left_out(text, list->name)) {
        places_error(&l->places, place,
                     "list %s is an IPv6 list there, which is not modelled; "
                     "expected one of IPv4, as %s",
                     list->name, text->lists[0].list.name);
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
    l->scenario->n_acl_sources = n;
}
