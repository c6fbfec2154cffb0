/* places.c - libyaml hands out events one at a time, so a text that goes too far is refused at the
 * event that does, long before it could explode: nothing is expanded, nothing recurses.
 */
#include "scenarios/places.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "sim/arena.h"
#include "sim/error.h"

struct reader {
    struct places *p;
    const char *name;
    bool has_lines; /* a file: its name is not its line */
    uint32_t root;
    unsigned n_documents, depth;
    uint32_t open[PLACES_MAX_DEPTH]; /* lists and mappings begun and not ended */
    const char *key;                 /* read, its value not yet */
    yaml_mark_t key_mark;
    const char *at, *end; /* in the text: where line at_line begins, from 0; never goes back */
    size_t at_line;
};

void places_open(struct places *p, struct arena *mem, struct error *err)
{
    *p = (struct places){.mem = mem, .err = err, .n = 1};
}

static uint32_t add_place(struct places *p)
{
    if (p->n >= p->room) {
        uint32_t room = p->room == 0 ? 256 : 2 * p->room;
        p->all = arena_grow(p->mem, p->all, p->room * sizeof *p->all, room * sizeof *p->all);
        p->room = room;
    }
    return p->n++;
}

static const char *keep_text(struct places *p, const char *text, size_t length)
{
    char *kept = arena_take(p->mem, length + 1);
    memcpy(kept, text, length);
    return kept;
}

static void link_child(struct places *p, uint32_t parent, uint32_t child)
{
    struct place *up = &p->all[parent];
    p->all[child].parent = parent;
    p->all[child].index = up->n_children++;
    *(up->last != 0 ? &p->all[up->last].next : &up->first) = child;
    up->last = child;
}

/* --- Messages ------------------------------------------------------------------------------- */

#define PATH_TEXT 200

/* Writes "slots[2].model" (behind what is in text). */
static void print_path(const struct places *p, uint32_t place, char *text)
{
    const struct place *it = &p->all[place];
    if (it->parent == 0) {
        return;
    }
    print_path(p, it->parent, text);
    size_t n = strlen(text);
    if (it->key == NULL) {
        snprintf(text + n, PATH_TEXT - n, "[%u]", it->index);
    } else {
        snprintf(text + n, PATH_TEXT - n, "%s%.40s", n == 0 ? "" : ".", it->key);
    }
}

const char *places_where(struct places *p, uint32_t place)
{
    const struct place *it = &p->all[place];
    uint32_t line = it->key != NULL ? it->key_line : it->line;
    return line == 0 ? it->file : arena_printf(p->mem, "line %u", line);
}

const char *places_prefix(struct places *p, uint32_t place)
{
    const struct place *it = &p->all[place];
    return it->line == 0 ? arena_printf(p->mem, "%s: ", it->file)
                         : arena_printf(p->mem, "%s:%u:%u: ", it->file, it->line, it->column);
}

static bool add_error(struct places *p, uint32_t place, bool at_key, const char *format,
                      va_list args)
{
    sim_assert(place != 0);
    if (p->err->n_messages >= ERROR_MAX_MESSAGES) {
        return error_add(p->err, "one more"); /* counted only */
    }
    char path[PATH_TEXT] = "", message[512];
    print_path(p, place, path);
    vsnprintf(message, sizeof message, format, args);
    const struct place *it = &p->all[place];
    at_key = at_key && it->key != NULL;
    return error_at(p->err, it->file, at_key ? it->key_line : it->line,
                    at_key ? it->key_column : it->column, "%s%s%s", path,
                    path[0] == '\0' ? "" : ": ", message);
}

bool places_error(struct places *p, uint32_t place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_error(p, place, false, format, args);
    va_end(args);
    return false;
}

bool places_key_error(struct places *p, uint32_t place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_error(p, place, true, format, args);
    va_end(args);
    return false;
}

static bool refuse(const struct reader *r, yaml_mark_t mark, const char *what)
{
    unsigned line = r->has_lines ? (unsigned)mark.line + 1 : 0;
    return error_at(r->p->err, r->name, line, (unsigned)mark.column + 1, "%s", what);
}

/* --- Events --------------------------------------------------------------------------------- */

static uint32_t add_value(struct reader *r, enum place_kind kind, yaml_mark_t mark)
{
    struct places *p = r->p;
    uint32_t id = add_place(p);
    struct place *it = &p->all[id];
    it->kind = kind;
    it->file = r->name;
    it->key = r->key;
    if (r->has_lines) {
        it->line = (uint32_t)mark.line + 1;
        it->column = (uint32_t)mark.column + 1;
        it->key_line = (uint32_t)r->key_mark.line + 1;
        it->key_column = (uint32_t)r->key_mark.column + 1;
    }
    r->key = NULL;
    if (r->depth == 0) {
        r->root = id;
    } else {
        link_child(p, r->open[r->depth - 1], id);
    }
    return id;
}

/* A second value under a key is reported and kept out of reach of places_child(). */
static void report_duplicate(struct reader *r, uint32_t map, uint32_t id)
{
    struct places *p = r->p;
    uint32_t first = places_child(p, map, p->all[id].key);
    if (first != id) {
        places_key_error(p, id, "the same key again (first in %s)", places_where(p, first));
    }
}

static bool take_key(struct reader *r, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    if (event->type != YAML_SCALAR_EVENT) {
        return refuse(r, event->start_mark, "a list or mapping as a key; expected a word");
    }
    if (strcmp(text, "<<") == 0) {
        return refuse(r, event->start_mark, "merge keys (<<) are not used here: write it out");
    }
    if (r->p->all[r->open[r->depth - 1]].n_children == PLACES_MAX_KEYS) {
        return refuse(r, event->start_mark, "more than 100 keys in one mapping");
    }
    r->key = keep_text(r->p, text, event->data.scalar.length);
    r->key_mark = event->start_mark;
    return true;
}

/* Where a text begins, if what is between its ends, or its quotes, is just the text. */
static uint32_t text_column(const yaml_event_t *event)
{
    const yaml_mark_t *start = &event->start_mark, *end = &event->end_mark;
    size_t quotes = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? 0 : 2;
    bool as_it_is = start->line == end->line &&
                    end->column - start->column == event->data.scalar.length + quotes;
    return as_it_is ? (uint32_t)(start->column + quotes / 2) + 1 : 0;
}

/* Spaces before the first line of a block that is not blank. */
static uint32_t block_indent(struct reader *r, const yaml_event_t *event)
{
    const char *newline;
    while (r->at_line <= event->start_mark.line &&
           (newline = memchr(r->at, '\n', (size_t)(r->end - r->at))) != NULL) {
        r->at = newline + 1;
        r->at_line++;
    }
    const char *line = r->at, *p = r->at;
    for (; p < r->end && (*p == ' ' || *p == '\n'); p++) {
        line = *p == '\n' ? p + 1 : line;
    }
    return (uint32_t)(p - line);
}

/* Where a text stands line by line. */
static void keep_block(struct reader *r, const yaml_event_t *event, struct place *it)
{
    if (r->has_lines && event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE) {
        it->text_line = (uint32_t)event->start_mark.line + 2;
        it->indent = block_indent(r, event);
    }
}

static bool take_value(struct reader *r, const yaml_event_t *event, enum place_kind kind)
{
    uint32_t parent = r->depth == 0 ? 0 : r->open[r->depth - 1];
    if (r->p->n > PLACES_MAX_PLACES) {
        return refuse(r, event->start_mark, "more than 200000 values");
    }
    uint32_t id = add_value(r, kind, event->start_mark);
    if (r->p->all[id].key != NULL) {
        report_duplicate(r, parent, id);
    }
    if (kind == PLACE_TEXT) {
        r->p->all[id].text =
            keep_text(r->p, (const char *)event->data.scalar.value, event->data.scalar.length);
        r->p->all[id].text_column = r->has_lines ? text_column(event) : 0;
        keep_block(r, event, &r->p->all[id]);
        return true;
    }
    if (r->depth == PLACES_MAX_DEPTH) {
        return refuse(r, event->start_mark, "more than 64 levels deep");
    }
    r->open[r->depth++] = id;
    return true;
}

static bool is_safe(const struct reader *r, const yaml_event_t *event)
{
    const char *what = "anchors (&) are not used here: write it out";
    const yaml_char_t *anchor = NULL, *tag = NULL;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        anchor = event->data.alias.anchor;
        what = "aliases (*) are not used here: write it out";
        break;
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default:
        break;
    }
    if (anchor != NULL) {
        return refuse(r, event->start_mark, what);
    }
    return tag == NULL || refuse(r, event->start_mark, "tags (!) are not used here");
}

static bool take_event(struct reader *r, const yaml_event_t *event)
{
    if (!is_safe(r, event)) {
        return false;
    }
    bool in_map = r->depth > 0 && r->p->all[r->open[r->depth - 1]].kind == PLACE_MAP;
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return r->n_documents++ == 0 ||
               refuse(r, event->start_mark, "a second document; expected one in a file");
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        r->depth--;
        return true;
    case YAML_SCALAR_EVENT:
        return in_map && r->key == NULL ? take_key(r, event) : take_value(r, event, PLACE_TEXT);
    case YAML_SEQUENCE_START_EVENT:
        return in_map && r->key == NULL ? take_key(r, event) : take_value(r, event, PLACE_LIST);
    case YAML_MAPPING_START_EVENT:
        return in_map && r->key == NULL ? take_key(r, event) : take_value(r, event, PLACE_MAP);
    default:
        return true;
    }
}

/* --- Texts ---------------------------------------------------------------------------------- */

static yaml_mark_t mark_of(const char *text, size_t offset)
{
    yaml_mark_t mark = {.index = offset};
    for (size_t i = 0; i < offset; i++) {
        mark.column++;
        if (text[i] == '\n') {
            mark.line++;
            mark.column = 0;
        }
    }
    return mark;
}

/* What must not even reach libyaml: bytes it cuts texts at or takes for indentation, directives
 * (their check for duplicates takes quadratic time), line ends no editor counts. */
static const struct {
    const char *bytes;
    size_t n;
    const char *what;
} unsafe[] = {
    {"\0", 1, "a NUL byte; expected text in UTF-8"},
    {"\t", 1, "a tab; expected spaces"},
    {"\n%", 2, "directives (%) are not used here"},
    {"\r%", 2, "directives (%) are not used here"},
    {"\xc2\x85", 2, "a line end of another kind (NEL); expected a newline"},
    {"\xe2\x80\xa8", 3, "a line end of another kind (LS); expected a newline"},
    {"\xe2\x80\xa9", 3, "a line end of another kind (PS); expected a newline"},
};

static bool bytes_are_safe(const struct reader *r, const char *text, size_t length)
{
    if (length > 0 && text[0] == '%') {
        return refuse(r, mark_of(text, 0), "directives (%) are not used here");
    }
    for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++) {
        const char *found = memmem(text, length, unsafe[i].bytes, unsafe[i].n);
        if (found != NULL) {
            size_t offset = (size_t)(found - text) + (unsafe[i].bytes[unsafe[i].n - 1] == '%');
            return refuse(r, mark_of(text, offset), unsafe[i].what);
        }
    }
    return true;
}

static bool refuse_syntax(const struct reader *r, const yaml_parser_t *parser, const char *text,
                          size_t length)
{
    char what[300];
    yaml_mark_t mark = parser->problem_mark;
    bool colon = mark.index < length && text[mark.index] == ':';
    if (parser->error == YAML_READER_ERROR) {
        size_t offset = parser->problem_offset < length ? parser->problem_offset : length;
        mark = mark_of(text, offset);
    }
    snprintf(what, sizeof what, "not YAML: %s%s%s%s",
             parser->problem != NULL ? parser->problem : "out of memory",
             parser->context != NULL ? " " : "", parser->context != NULL ? parser->context : "",
             colon ? "; between { } what begins with : stands in quotes" : "");
    return refuse(r, mark, what);
}

static bool read_events(struct reader *r, const char *text, size_t length)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        return error_at(r->p->err, r->name, 0, 0, "out of memory");
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    bool ok = true, ended = false;
    while (ok && !ended) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            ok = refuse_syntax(r, &parser, text, length);
            break;
        }
        ended = event.type == YAML_STREAM_END_EVENT;
        ok = take_event(r, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return ok;
}

static uint32_t read_text(struct places *p, const char *name, bool has_lines, const char *text,
                          size_t length)
{
    struct reader r = {
        .p = p, .name = name, .has_lines = has_lines, .at = text, .end = text + length};
    if (!bytes_are_safe(&r, text, length) || !read_events(&r, text, length)) {
        return 0;
    }
    if (r.root == 0) {
        refuse(&r, (yaml_mark_t){0}, "nothing in it");
    }
    return r.root;
}

uint32_t places_read(struct places *p, const char *name, const char *text, size_t length)
{
    return read_text(p, name, true, text, length);
}

/* One byte more than allowed tells that there is more. */
uint32_t places_read_file(struct places *p, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        error_at(p->err, path, 0, 0, "cannot be read: %s", strerror(errno));
        return 0;
    }
    char *text = malloc(PLACES_MAX_BYTES + 1);
    size_t length = text == NULL ? 0 : fread(text, 1, PLACES_MAX_BYTES + 1, file);
    uint32_t root = 0;
    if (text == NULL || ferror(file)) {
        error_at(p->err, path, 0, 0, "cannot be read: %s", strerror(errno));
    } else if (length > PLACES_MAX_BYTES) {
        error_at(p->err, path, 0, 0, "longer than %u MiB", PLACES_MAX_BYTES >> 20);
    } else {
        root = places_read(p, path, text, length);
    }
    free(text);
    fclose(file);
    return root;
}

uint32_t places_child(const struct places *p, uint32_t map, const char *key)
{
    uint32_t child = p->all[map].kind == PLACE_MAP ? p->all[map].first : 0;
    while (child != 0 && strcmp(p->all[child].key, key) != 0) {
        child = p->all[child].next;
    }
    return child;
}

const char *places_text(const struct places *p, uint32_t place)
{
    return place != 0 && p->all[place].text != NULL ? p->all[place].text : "";
}

/* --- Overrides ------------------------------------------------------------------------------ */

static uint32_t add_child(struct places *p, uint32_t map, const char *key, const char *origin)
{
    uint32_t id = add_place(p);
    p->all[id] = (struct place){.kind = PLACE_MAP, .key = key, .file = origin};
    link_child(p, map, id);
    return id;
}

static bool refuse_set(struct places *p, const char *origin, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool refuse_set(struct places *p, const char *origin, const char *format, ...)
{
    char message[200];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return error_at(p->err, origin, 0, 0, "%s", message);
}

/* path begins with "[]": one more in the list at *place, which is made when it is not there. */
static bool step_behind_list(struct places *p, const char *origin, const char **path,
                             uint32_t *place)
{
    struct place *list = &p->all[*place];
    bool just_made = list->kind == PLACE_MAP && list->n_children == 0 && list->line == 0;
    if (!just_made && list->kind != PLACE_LIST) {
        return refuse_set(p, origin, "[] of something that is not a list");
    }
    list->kind = PLACE_LIST;
    *place = add_child(p, *place, NULL, origin);
    *path += 2;
    return true;
}

/* path begins with "[n]": the n-th of the list at *place. */
static bool step_into_list(struct places *p, const char *origin, const char **path, uint32_t *place)
{
    if ((*path)[1] == ']') {
        return step_behind_list(p, origin, path, place);
    }
    char *end;
    unsigned long index = strtoul(*path + 1, &end, 10);
    if ((*path)[1] < '0' || (*path)[1] > '9' || *end != ']') {
        return refuse_set(p, origin, "expected a number in [ ]");
    }
    const struct place *list = &p->all[*place];
    if (list->kind != PLACE_LIST) {
        return refuse_set(p, origin, "[%lu] of something that is not a list", index);
    }
    if (index >= list->n_children) {
        return refuse_set(p, origin, "[%lu] is beyond the list: it has %u, the first is [0]", index,
                          list->n_children);
    }
    *place = list->first;
    while (index-- > 0) {
        *place = p->all[*place].next;
    }
    *path = end + 1;
    return true;
}

/* path begins with a key: the child of the mapping at *place, made when it is not there. */
static bool step_into_map(struct places *p, const char *origin, const char **path, uint32_t *place)
{
    size_t length = strcspn(*path, ".[=");
    if (length == 0) {
        return refuse_set(p, origin, "expected path=value, as in run.seed=7");
    }
    if (p->all[*place].kind != PLACE_MAP) {
        return refuse_set(p, origin, "%.*s is not in a mapping", (int)(length & 63), *path);
    }
    const char *key = keep_text(p, *path, length);
    uint32_t child = places_child(p, *place, key);
    *place = child != 0 ? child : add_child(p, *place, key, origin);
    *path += length;
    return true;
}

static void take_out(struct places *p, uint32_t place)
{
    struct place *up = &p->all[p->all[place].parent];
    uint32_t child = up->first;
    up->first = up->last = up->n_children = 0;
    while (child != 0) {
        uint32_t next = p->all[child].next;
        p->all[child].next = 0;
        if (child != place) {
            link_child(p, p->all[place].parent, child);
        }
        child = next;
    }
}

/* What stood at `place` becomes what stands at `value`. */
static void replace(struct places *p, uint32_t place, uint32_t value)
{
    struct place *it = &p->all[place], *with = &p->all[value];
    it->kind = with->kind;
    it->text = with->text;
    it->first = with->first;
    it->last = with->last;
    it->n_children = with->n_children;
    it->file = with->file;
    it->key_line = it->key_column = it->line = it->column = it->text_column = it->text_line = 0;
    for (uint32_t child = it->first; child != 0; child = p->all[child].next) {
        p->all[child].parent = place;
    }
}

bool places_set(struct places *p, uint32_t root, const char *assignment)
{
    const char *origin = arena_printf(p->mem, "--set %s", assignment);
    const char *path = assignment;
    uint32_t place = root;
    if (!step_into_map(p, origin, &path, &place)) {
        return false;
    }
    while (*path != '=') {
        bool ok = *path == '['   ? step_into_list(p, origin, &path, &place)
                  : *path == '.' ? (path++, step_into_map(p, origin, &path, &place))
                                 : refuse_set(p, origin, "expected path=value, as in run.seed=7");
        if (!ok) {
            return false;
        }
    }
    if (path[1] == '\0') {
        take_out(p, place);
        return true;
    }
    uint32_t value = read_text(p, origin, false, path + 1, strlen(path + 1));
    if (value != 0) {
        replace(p, place, value);
    }
    return value != 0;
}
