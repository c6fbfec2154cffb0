/* run_acl.c - all from the report's values: modules "engine ...", "acl ...", "interface ...". */
#include "tools/run_acl.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/report.h"
#include "tools/number.h"
#include "tools/table.h"

#define MOST_LINES 16 /* of one list that are printed */
#define MOST_MESSAGES 3

static const char *of_many(const struct report *r, const char *module, const char *used,
                           const char *room, struct arena *mem)
{
    char a[NUMBER_TEXT], b[NUMBER_TEXT];
    return arena_printf(mem, "%s of %s", number_count(a, (uint64_t)report_get(r, module, used, 0)),
                        number_count(b, (uint64_t)report_get(r, module, room, 0)));
}

static void print_tcams(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {"ACL TCAM of", "entries",    "masks",
                                        "labels in",   "labels out", "LOUs"};
    struct table t;
    table_open(&t, "lrrrrr", mem);
    table_row(&t, cells);
    for (size_t i = 0; i < r->n_values; i++) {
        const char *engine = r->values[i].module;
        char text[NUMBER_TEXT];
        if (strcmp(r->values[i].statistic, "acl_entries") != 0) {
            continue;
        }
        int64_t n_lous = report_get(r, engine, "acl_lous_source", 0) +
                         report_get(r, engine, "acl_lous_destination", 0);
        table_cell(&t, "%s", engine);
        table_cell(&t, "%s", number_count(text, (uint64_t)r->values[i].value));
        table_cell(&t, "%s", of_many(r, engine, "acl_masks_used", "acl_masks", mem));
        table_cell(&t, "%s", of_many(r, engine, "acl_labels_in", "acl_labels", mem));
        table_cell(&t, "%s", of_many(r, engine, "acl_labels_out", "acl_labels", mem));
        table_cell(&t, "%s", number_count(text, (uint64_t)n_lous));
    }
    if (t.n_cells > t.n_columns) {
        table_print(&t, out);
    }
}

static void print_qos_tcams(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {"QoS TCAM of", "entries", "masks"};
    struct table t;
    table_open(&t, "lrr", mem);
    table_row(&t, cells);
    for (size_t i = 0; i < r->n_values; i++) {
        const struct report_value *v = &r->values[i];
        char text[NUMBER_TEXT];
        if (strcmp(v->statistic, "qos_entries") == 0) {
            table_cell(&t, "%s", v->module);
            table_cell(&t, "%s", number_count(text, (uint64_t)v->value));
            table_cell(&t, "%s", of_many(r, v->module, "qos_masks_used", "qos_masks", mem));
        }
    }
    if (t.n_cells > t.n_columns) {
        table_print(&t, out);
    }
}

static bool is_of_list(const struct report_value *v)
{
    return strncmp(v->module, "acl ", 4) == 0;
}

/* "line 7", "end of list", "in software" */
static const char *words_of(const char *statistic, struct arena *mem)
{
    char *text = arena_printf(mem, "%s", statistic);
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == '_' ? ' ' : *c;
    }
    return text;
}

static void print_hits(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {"Access list", "ACE", "packets"};
    const char *module = "";
    unsigned n_of_list = 0;
    struct table t;
    table_open(&t, "llr", mem);
    table_row(&t, cells);
    for (size_t i = 0; i < r->n_values; i++) {
        const struct report_value *v = &r->values[i];
        char text[NUMBER_TEXT];
        if (!is_of_list(v) || v->value == 0) {
            continue;
        }
        n_of_list = strcmp(v->module, module) == 0 ? n_of_list + 1 : 1;
        module = v->module;
        if (n_of_list <= MOST_LINES || strncmp(v->statistic, "line_", 5) != 0) {
            table_cell(&t, "%s", v->module + 4);
            table_cell(&t, "%s", words_of(v->statistic, mem));
            table_cell(&t, "%s", number_count(text, (uint64_t)v->value));
        } else if (n_of_list == MOST_LINES + 1) {
            table_line(&t, "... (all lines: in JSON and CSV)");
        }
    }
    if (t.n_cells > t.n_columns) {
        table_print(&t, out);
    }
}

/* What the machine logs, a line a message. */
static void print_messages(const struct report *r, struct arena *mem, FILE *out)
{
    unsigned n = 0;
    for (size_t i = 0; i < r->n_texts; i++) {
        const char *line = r->texts[i].text;
        if (strncmp(r->texts[i].statistic, "acl_", 4) != 0 || ++n > MOST_MESSAGES) {
            continue;
        }
        while (line != NULL) {
            const char *end = strchr(line, '\n');
            int length = end == NULL ? (int)strlen(line) : (int)(end - line);
            text_wrapped(arena_printf(mem, "%.*s", length, line), 2, 4, out);
            line = end == NULL ? NULL : end + 1;
        }
    }
    if (n > MOST_MESSAGES) {
        fprintf(out, "  ... and the same of %u more interfaces\n", n - MOST_MESSAGES);
    }
    fputs(n > 0 ? "\n" : "", out);
}

/* What was loaded while packets flowed, and who met the default result meanwhile. */
static void print_changes(const struct report *r, struct arena *mem, FILE *out)
{
    static const char module[] = "access changes";
    static const char *const results[] = {"denied", "permitted", "bridged"};
    char entries[NUMBER_TEXT], longest[NUMBER_TEXT], last[NUMBER_TEXT], n[NUMBER_TEXT];
    int64_t n_changes = report_get(r, module, "changes", 0);
    if (report_get(r, module, "changes", -1) < 0) {
        return;
    }
    const char *text =
        arena_printf(mem, "Changes of access lists: %jd, %jd of them refused; %s entries loaded.",
                     (intmax_t)n_changes, (intmax_t)report_get(r, module, "refused", 0),
                     number_count(entries, (uint64_t)report_get(r, module, "entries_loaded", 0)));
    if (report_get(r, module, "last_loaded", 0) > 0) {
        text = arena_printf(mem, "%s The longest took %s, the last was there at %s.", text,
                            number_time(longest, report_get(r, module, "longest", 0)),
                            number_time(last, report_get(r, module, "last_loaded", 0)));
    }
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        const char *statistic = arena_printf(mem, "%s_meanwhile", results[i]);
        int64_t n_meanwhile = report_get(r, module, statistic, 0);
        if (n_meanwhile > 0) {
            text = arena_printf(mem, "%s Meanwhile the default result %s %s packets.", text,
                                results[i], number_count(n, (uint64_t)n_meanwhile));
        }
    }
    text_wrapped(text, 2, 4, out);
    fputc('\n', out);
}

void run_acl_text(const struct report *r, struct arena *mem, FILE *out)
{
    print_tcams(r, mem, out);
    print_qos_tcams(r, mem, out);
    print_hits(r, mem, out);
    print_changes(r, mem, out);
    print_messages(r, mem, out);
}
