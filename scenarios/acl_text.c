/* acl_text.c - goes through a configuration line by line: which list or group is a line about?
 *
 * Lists may come in pieces, so each collects its rules until the end of the text; then they are put
 * in the order of their sequence numbers.
 */
#include "scenarios/acl_text.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/acl_ace.h"
#include "scenarios/text_lines.h"
#include "sim/arena.h"
#include "sim/error.h"

#define MAX_WRONG_LINES 20
#define MAX_SEQUENCE 2147483647u
#define SEQUENCE_STEP 10u

/* One line of a list. */
struct entry {
    uint32_t sequence, line;
    uint32_t first_rule, n_rules; /* in builder's rules */
};

struct builder {
    const char *name;
    bool standard;
    struct entry *entries;
    struct acl_rule *rules;
    struct acl_text_remark *remarks;
    uint32_t n_entries, n_rules, n_remarks;
    uint32_t entries_room, rules_room, remarks_room;
    uint32_t last_sequence;
    struct builder *next;
};

struct reader {
    struct acl_cursor at;
    struct arena *mem, *scratch;
    struct acl_groups groups;
    struct builder *first, **last; /* in the order of the text */
    struct builder *open;          /* the list that the next lines belong to; NULL: none */
    struct acl_text_warning *warnings;
    uint32_t n_lists, n_rules, n_warnings, warnings_room, n_wrong;
    bool edits; /* lines typed in the mode of the open list */
};

/* Room for n more elements of an array that grows by doubling. */
static void *make_room(struct arena *mem, void *array, uint32_t n, uint32_t more, uint32_t *room,
                       size_t bytes)
{
    uint32_t old = *room;
    while (*room < n + more) {
        *room = *room == 0 ? 16 : 2 * *room;
    }
    return *room > old ? arena_grow(mem, array, old * bytes, *room * bytes) : array;
}

/* ---- what is left out ---- */

static void warn(struct reader *r, const char *list, const char *word, size_t length,
                 unsigned column)
{
    r->warnings =
        make_room(r->mem, r->warnings, r->n_warnings, 1, &r->warnings_room, sizeof *r->warnings);
    r->warnings[r->n_warnings++] = (struct acl_text_warning){
        r->at.line, column,
        arena_printf(r->mem, "'%.*s' is not modelled: the line is left out",
                     length < 40 ? (int)length : 40, word),
        list};
}

/* ---- lists ---- */

static struct builder *find_list(const struct reader *r, const char *name, size_t length)
{
    struct builder *b = r->first;
    while (b != NULL && (strlen(b->name) != length || memcmp(b->name, name, length) != 0)) {
        b = b->next;
    }
    return b;
}

/* The list that the word at the cursor names, a new one if need be; NULL: it is of the other kind. */
static struct builder *take_list(struct reader *r, bool standard)
{
    struct builder *b = find_list(r, r->at.word, r->at.length);
    if (b == NULL) {
        b = arena_take(r->scratch, sizeof *b);
        b->name = arena_printf(r->mem, "%.*s", (int)r->at.length, r->at.word);
        b->standard = standard;
        *r->last = b;
        r->last = &b->next;
        r->n_lists++;
    } else if (b->standard != standard) {
        acl_cursor_wrong(&r->at, b->standard ? "a name that no standard list has"
                                             : "a name that no extended list has");
        return NULL;
    }
    acl_cursor_next(&r->at);
    return b;
}

static bool add_entry(struct reader *r, struct builder *b, const struct acl_ace *ace,
                      uint32_t sequence)
{
    const uint64_t n = acl_ace_n_rules(ace);
    const struct acl_cursor *c = &r->at;
    if (n == 0) {
        return error_at(c->err, c->path, c->line, 0,
                        "an object group without members; expected "
                        "that it has some above this line");
    }
    if (n > ACL_TEXT_MAX_ACE_RULES || n > ACL_TEXT_MAX_RULES - r->n_rules) {
        return error_at(c->err, c->path, c->line, 0,
                        "too many rules; expected at most %u of a line with its object groups, and "
                        "%u of all lists",
                        ACL_TEXT_MAX_ACE_RULES, ACL_TEXT_MAX_RULES);
    }
    b->rules =
        make_room(r->scratch, b->rules, b->n_rules, (uint32_t)n, &b->rules_room, sizeof *b->rules);
    b->entries =
        make_room(r->scratch, b->entries, b->n_entries, 1, &b->entries_room, sizeof *b->entries);
    acl_ace_expand(ace, b->rules + b->n_rules);
    b->entries[b->n_entries++] = (struct entry){sequence, c->line, b->n_rules, (uint32_t)n};
    b->n_rules += (uint32_t)n;
    r->n_rules += (uint32_t)n;
    b->last_sequence = sequence > b->last_sequence ? sequence : b->last_sequence;
    return true;
}

/* The rest of the line, from the cursor. */
static void add_remark(struct reader *r, struct builder *b)
{
    const struct acl_cursor *c = &r->at;
    b->remarks =
        make_room(r->mem, b->remarks, b->n_remarks, 1, &b->remarks_room, sizeof *b->remarks);
    b->remarks[b->n_remarks++] = (struct acl_text_remark){
        c->line, arena_printf(r->mem, "%.*s", (int)(c->end - c->word), c->word)};
}

/* From `permit`, `deny` or `remark` on. */
static bool read_entry(struct reader *r, struct builder *b, uint32_t sequence)
{
    struct acl_cursor *c = &r->at;
    if (acl_cursor_take(c, "remark")) {
        add_remark(r, b);
        return true;
    }
    if (!acl_cursor_is(c, "permit") && !acl_cursor_is(c, "deny")) {
        return acl_cursor_wrong(c, "permit, deny or remark");
    }
    struct acl_ace ace;
    struct acl_ace_result result = acl_ace_read(&ace, c, &r->groups, b->standard);
    if (result.unknown != NULL) {
        warn(r, b->name, result.unknown, result.unknown_length, result.unknown_column);
    }
    return result.unknown != NULL || (!result.wrong && add_entry(r, b, &ace, sequence));
}

/* ---- lines ---- */

/* "access-list 101 ...": the number says the kind. source: [CG-SX] chapter 34 (vendor) */
static bool read_numbered(struct reader *r)
{
    struct acl_cursor *c = &r->at, at = *c;
    uint32_t number;
    r->groups.open = NULL;
    r->open = NULL;
    if (c->length > 0 && (*c->word < '0' || *c->word > '9')) { /* compiled, dynamic-extended */
        warn(r, NULL, c->word, c->length, acl_cursor_column(c));
        return true;
    }
    if (!acl_cursor_take_number(&at, 2699, &number) || number == 0) {
        return acl_cursor_wrong(c, "the number of a list, 1 to 2699");
    }
    bool standard = number < 100 || (number >= 1300 && number < 2000);
    if (!standard && (number >= 200 && number < 2000)) { /* MAC, IPX and others */
        warn(r, NULL, c->word, c->length, acl_cursor_column(c));
        return true;
    }
    struct builder *b = take_list(r, standard);
    return b != NULL && read_entry(r, b, b->last_sequence + SEQUENCE_STEP);
}

/* "ip access-list standard|extended NAME"; *mine: false when it is about something else. */
static bool read_named(struct reader *r, bool *mine)
{
    struct acl_cursor *c = &r->at;
    bool standard = acl_cursor_take(c, "standard");
    *mine = standard || acl_cursor_take(c, "extended");
    if (!*mine) { /* resequence, logging */
        return true;
    }
    r->groups.open = NULL;
    if (acl_cursor_at_end(c)) {
        return acl_cursor_wrong(c, "the name of the list");
    }
    r->open = take_list(r, standard);
    return r->open != NULL && acl_cursor_done(c);
}

/* "10 permit ...", "permit ...", "remark ..." of the open list; *mine: false when it is none. */
static bool read_of_list(struct reader *r, bool *mine)
{
    struct acl_cursor *c = &r->at, at = *c;
    uint32_t sequence;
    bool numbered = acl_cursor_take_number(&at, MAX_SEQUENCE, &sequence);
    *mine = numbered || acl_cursor_is(c, "permit") || acl_cursor_is(c, "deny") ||
            acl_cursor_is(c, "remark");
    if (!*mine) {
        return true;
    }
    if (!numbered) {
        return read_entry(r, r->open, r->open->last_sequence + SEQUENCE_STEP);
    }
    if (sequence == 0) {
        return acl_cursor_wrong(c, "a sequence number from 1 on");
    }
    *c = at;
    return read_entry(r, r->open, sequence);
}

/* An indented line belongs to the list or group that is open: it must be something IOS knows. */
static bool is_no_member(const struct reader *r)
{
    static const struct acl_word known[] = {{"dynamic", 0}, {"evaluate", 0}, {"no", 0},
                                            {"default", 0}, {"exit", 0},     {"end", 0},
                                            {NULL, 0}};
    const struct acl_cursor *c = &r->at;
    uint32_t value;
    if ((r->open == NULL && r->groups.open == NULL) || c->word == c->start ||
        acl_word_find(known, c->word, c->length, &value)) {
        return true;
    }
    return acl_cursor_wrong(c,
                            r->open != NULL ? "permit, deny or remark" : "a member of the group");
}

/* The first words say what a line begins; else it belongs to what is open. *mine: false when it is
 * about something else. */
static bool read_line(struct reader *r, bool *mine)
{
    struct acl_cursor *c = &r->at, at = *c;
    *mine = true;
    if (acl_cursor_at_end(c) || *c->word == '!') {
        return true;
    }
    if (acl_cursor_take(c, "access-list")) {
        return read_numbered(r);
    }
    if (acl_cursor_take(c, "object-group")) {
        r->open = NULL;
        r->groups.open = NULL;
        return acl_groups_begin(&r->groups, c);
    }
    if (acl_cursor_take(c, "ip") && acl_cursor_take(c, "access-list")) {
        return read_named(r, mine);
    }
    *c = at;
    if (r->groups.open != NULL) {
        bool ok = acl_groups_member(&r->groups, c, mine);
        if (!ok || *mine) {
            return ok;
        }
        *c = at;
    }
    *mine = false;
    bool ok = r->open == NULL || read_of_list(r, mine);
    return ok && (*mine || is_no_member(r));
}

/* Words that close what is open, or open what is not modelled, or mean nothing. */
static void leave_out(struct reader *r)
{
    struct acl_cursor *c = &r->at;
    acl_cursor_open(c, c->start, c->end);
    if (acl_cursor_take(c, "ipv6") && acl_cursor_take(c, "access-list") && !acl_cursor_at_end(c)) {
        r->open = NULL;
        r->groups.open = NULL;
        warn(r, arena_printf(r->mem, "%.*s", (int)c->length, c->word), "ipv6", 4, 1 + r->at.indent);
        return;
    }
    acl_cursor_open(c, c->start, c->end);
    bool indented = c->word != c->start;
    const char *list = indented && r->open != NULL ? r->open->name : NULL;
    if (!indented || acl_cursor_is(c, "exit")) {
        r->open = NULL;
        r->groups.open = NULL;
    }
    if (!acl_cursor_is(c, "exit") && !acl_cursor_is(c, "end")) {
        warn(r, list, c->word, c->length, acl_cursor_column(c));
    }
}

/* ---- edits ---- */

static bool same_ports(struct acl_ports a, struct acl_ports b)
{
    return a.low == b.low && a.high == b.high && a.outside == b.outside;
}

/* All but where they stand. */
static bool same_rule(const struct acl_rule *a, const struct acl_rule *b)
{
    return a->src == b->src && a->src_mask == b->src_mask && a->dst == b->dst &&
           a->dst_mask == b->dst_mask && same_ports(a->sport, b->sport) &&
           same_ports(a->dport, b->dport) && a->flags == b->flags &&
           a->flags_mask == b->flags_mask && a->flags_any == b->flags_any &&
           a->protocol == b->protocol && a->protocol_mask == b->protocol_mask && a->tos == b->tos &&
           a->tos_mask == b->tos_mask && a->fragments == b->fragments && a->permit == b->permit &&
           a->log == b->log;
}

static bool same_entry(const struct builder *b, const struct entry *x, const struct entry *y)
{
    bool same = x->n_rules == y->n_rules;
    for (uint32_t i = 0; same && i < x->n_rules; i++) {
        same = same_rule(&b->rules[x->first_rule + i], &b->rules[y->first_rule + i]);
    }
    return same;
}

static void remove_entry(struct builder *b, uint32_t i)
{
    b->n_entries--;
    memmove(&b->entries[i], &b->entries[i + 1], (b->n_entries - i) * sizeof *b->entries);
    b->last_sequence = 0;
    for (uint32_t k = 0; k < b->n_entries; k++) {
        const uint32_t sequence = b->entries[k].sequence;
        b->last_sequence = sequence > b->last_sequence ? sequence : b->last_sequence;
    }
}

/* "no 20" */
static bool remove_numbered(struct reader *r, uint32_t sequence)
{
    struct builder *b = r->open;
    for (uint32_t i = 0; i < b->n_entries; i++) {
        if (b->entries[i].sequence == sequence) {
            remove_entry(b, i);
            return acl_cursor_done(&r->at);
        }
    }
    return error_at(r->at.err, r->at.path, r->at.line, 0,
                    "list %s has no entry %u; expected the sequence number of one", b->name,
                    sequence);
}

/* "no permit tcp any any": read as if it were added, then both go. */
static bool remove_alike(struct reader *r)
{
    struct builder *b = r->open;
    const uint32_t n = b->n_entries, n_warnings = r->n_warnings;
    const uint32_t last_sequence = b->last_sequence;
    if (!read_entry(r, b, MAX_SEQUENCE)) {
        return false;
    }
    b->last_sequence = last_sequence;
    if (b->n_entries == n) { /* a remark, or what is not modelled: it was not there before */
        return r->n_warnings > n_warnings || acl_cursor_wrong(&r->at, "permit or deny behind no");
    }
    const struct entry like = b->entries[--b->n_entries];
    for (uint32_t i = 0; i < n; i++) {
        if (same_entry(b, &b->entries[i], &like)) {
            remove_entry(b, i);
            return true;
        }
    }
    return error_at(r->at.err, r->at.path, r->at.line, 0,
                    "list %s has no such entry; expected one that it has behind no", b->name);
}

static bool edit_line(struct reader *r)
{
    struct acl_cursor *c = &r->at;
    uint32_t sequence;
    bool mine = true;
    if (acl_cursor_at_end(c) || *c->word == '!') {
        return true;
    }
    if (acl_cursor_take(c, "no")) {
        return acl_cursor_take_number(c, MAX_SEQUENCE, &sequence) ? remove_numbered(r, sequence)
               : acl_cursor_is(c, "remark") ? acl_cursor_wrong(c, "a number, permit or deny")
                                            : remove_alike(r);
    }
    bool ok = read_of_list(r, &mine);
    return mine ? ok : acl_cursor_wrong(c, "a sequence number, permit, deny, remark or no");
}

/* Its entries again, from rules of the same number. */
static struct builder *take_apart(struct reader *r, const struct acl_text_list *list)
{
    struct builder *b = arena_take(r->scratch, sizeof *b);
    const uint32_t n = list->list.n_rules;
    b->name = list->list.name;
    b->standard = list->standard;
    b->rules = make_room(r->scratch, NULL, 0, n + 1, &b->rules_room, sizeof *b->rules);
    b->entries = make_room(r->scratch, NULL, 0, n + 1, &b->entries_room, sizeof *b->entries);
    for (uint32_t i = 0; i < n; i++) {
        b->rules[i] = list->list.rules[i];
        if (i == 0 || list->sequences[i] != list->sequences[i - 1]) {
            b->entries[b->n_entries++] = (struct entry){list->sequences[i], 0, i, 0};
        }
        b->entries[b->n_entries - 1].n_rules++;
        b->last_sequence = list->sequences[i];
    }
    b->n_rules = r->n_rules = n;
    return b;
}

/* ---- all lines ---- */

static void read_lines(struct reader *r, struct text_lines *lines)
{
    const char *line, *end;
    while (text_lines_next(lines, &line, &end, &r->at.line)) {
        bool mine = true;
        acl_cursor_open(&r->at, line, end);
        if (r->edits ? !edit_line(r) : !read_line(r, &mine)) {
            r->n_wrong++;
        } else if (!r->edits && !mine) {
            leave_out(r);
        }
        if (r->n_wrong == MAX_WRONG_LINES) {
            error_add(r->at.err, "%s: %d lines are wrong; the rest was not read", r->at.path,
                      MAX_WRONG_LINES);
            return;
        }
    }
}

/* ---- the end ---- */

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return x->sequence != y->sequence ? (x->sequence < y->sequence ? -1 : 1)
                                      : (x->line > y->line) - (x->line < y->line);
}

/* It is that of the entry before, which in an edit may be of the list as it was (line 0). */
static void wrong_number(const struct reader *r, const struct entry *e)
{
    if (e[-1].line == 0) {
        error_at(r->at.err, r->at.path, e->line, 0,
                 "sequence number %u is taken; expected another, or `no %u` above this line",
                 e->sequence, e->sequence);
    } else {
        error_at(r->at.err, r->at.path, e->line, 0,
                 "sequence number %u is that of line %u; expected another", e->sequence,
                 e[-1].line);
    }
}

/* The list's rules in the order of their numbers; two entries of one number are reported. */
static void finish_list(struct reader *r, struct builder *b, struct acl_text_list *list)
{
    struct acl_rule *rules = arena_take_array(r->mem, b->n_rules, sizeof *rules);
    uint32_t *sequences = arena_take_array(r->mem, b->n_rules, sizeof *sequences), n = 0;
    if (b->n_entries > 0) {
        qsort(b->entries, b->n_entries, sizeof *b->entries, compare_entries);
    }
    for (uint32_t i = 0; i < b->n_entries; i++) {
        const struct entry *e = &b->entries[i];
        if (i > 0 && e[-1].sequence == e->sequence) {
            wrong_number(r, e);
        }
        memcpy(rules + n, b->rules + e->first_rule, e->n_rules * sizeof *rules);
        for (uint32_t k = 0; k < e->n_rules; k++) {
            rules[n].line = r->edits ? e->sequence : rules[n].line;
            sequences[n++] = e->sequence;
        }
    }
    *list = (struct acl_text_list){.list = {b->name, rules, n},
                                   .sequences = sequences,
                                   .standard = b->standard,
                                   .remarks = b->remarks,
                                   .n_remarks = b->n_remarks};
}

static void finish(struct reader *r, struct acl_text *text)
{
    struct acl_text_list *lists = arena_take_array(r->mem, r->n_lists, sizeof *lists);
    uint32_t n = 0;
    for (struct builder *b = r->first; b != NULL; b = b->next) {
        finish_list(r, b, &lists[n++]);
    }
    r->groups.open = NULL;
    *text = (struct acl_text){lists, n, r->warnings, r->n_warnings, r->groups};
}

static bool read_all(struct reader *r, struct text_lines *lines, struct acl_text *text)
{
    struct error *err = r->at.err;
    const unsigned n_before = err->n_messages;
    r->groups.mem = r->mem;
    r->last = r->first == NULL ? &r->first : &r->first->next;
    *text = (struct acl_text){.lists = NULL};
    if (lines != NULL) {
        read_lines(r, lines);
        text_lines_close(lines);
    }
    if (lines != NULL && err->n_messages == n_before && r->n_lists == 0) {
        error_add(err,
                  "%s: holds no access list; expected lines as \"access-list 10 permit any\" or "
                  "\"ip access-list extended NAME\"",
                  r->at.path);
    }
    finish(r, text);
    arena_close(r->scratch);
    return lines != NULL && err->n_messages == n_before;
}

bool acl_text_read(const char *path, struct arena *mem, struct acl_text *text, struct error *err)
{
    struct reader r = {.at = {.path = path, .err = err}, .mem = mem, .scratch = arena_open()};
    return read_all(&r, text_lines_open(path, r.scratch, err), text);
}

bool acl_text_parse(const char *path, const char *lines, uint32_t first_line, uint32_t indent,
                    struct arena *mem, struct acl_text *text, struct error *err)
{
    struct reader r = {
        .at = {.path = path, .err = err, .indent = indent}, .mem = mem, .scratch = arena_open()};
    return read_all(&r, text_lines_of(path, lines, first_line, r.scratch, err), text);
}

bool acl_text_edit(const struct acl_text_list *list, const struct acl_groups *groups,
                   const char *path, const char *lines, uint32_t first_line, uint32_t indent,
                   struct arena *mem, struct acl_text *edited, struct error *err)
{
    struct reader r = {.at = {.path = path, .err = err, .indent = indent},
                       .mem = mem,
                       .scratch = arena_open(),
                       .groups = *groups,
                       .edits = true,
                       .n_lists = 1};
    r.first = r.open = take_apart(&r, list);
    return read_all(&r, text_lines_of(path, lines, first_line, r.scratch, err), edited);
}

const struct acl_text_list *acl_text_find(const struct acl_text *text, const char *name)
{
    for (uint32_t i = 0; i < text->n_lists; i++) {
        if (strcmp(text->lists[i].list.name, name) == 0) {
            return &text->lists[i];
        }
    }
    return NULL;
}
