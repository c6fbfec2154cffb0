#include "tools/table.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "sim/arena.h"

#define TABLE_CELL 256

void table_open(struct table *t, const char *columns, struct arena *mem)
{
    *t = (struct table){.mem = mem, .columns = columns, .n_columns = strlen(columns)};
}

static void add_cell(struct table *t, const char *text)
{
    if (t->n_cells == t->room) {
        size_t room = t->room == 0 ? 64 : 2 * t->room;
        t->cells =
            arena_grow(t->mem, t->cells, t->room * sizeof *t->cells, room * sizeof *t->cells);
        t->room = room;
    }
    t->cells[t->n_cells++] = text;
}

void table_cell(struct table *t, const char *format, ...)
{
    char text[TABLE_CELL];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add_cell(t, arena_printf(t->mem, "%s", text));
}

/* Its other cells are none. */
void table_row(struct table *t, const char *const *cells)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        table_cell(t, "%s", cells[i]);
    }
}

void table_line(struct table *t, const char *text)
{
    add_cell(t, arena_printf(t->mem, "%s", text));
    for (size_t c = 1; c < t->n_columns; c++) {
        add_cell(t, NULL);
    }
}

/* Of the row that begins there. */
static bool is_line(const struct table *t, const char *const *cells)
{
    return t->n_columns > 1 && cells[1] == NULL;
}

static int width(const struct table *t, size_t column)
{
    size_t widest = 0;
    for (size_t row = 0; row + t->n_columns <= t->n_cells; row += t->n_columns) {
        size_t length = is_line(t, &t->cells[row]) ? 0 : strlen(t->cells[row + column]);
        widest = length > widest ? length : widest;
    }
    return (int)widest;
}

static void print_row(const struct table *t, const char *const *cells, FILE *out)
{
    size_t n = is_line(t, cells) ? 1 : t->n_columns;
    while (n > 0 && *cells[n - 1] == '\0') {
        n--; /* no line ends with spaces */
    }
    for (size_t c = 0; c < n; c++) {
        int w = width(t, c);
        if (n > 1 && t->columns[c] == 'r') {
            fprintf(out, "  %*s", w, cells[c]);
        } else if (c + 1 < n) {
            fprintf(out, "  %-*s", w, cells[c]);
        } else {
            fprintf(out, "  %s", cells[c]);
        }
    }
    fputc('\n', out);
}

static void print_line(const struct table *t, FILE *out)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        fputs("  ", out);
        for (int i = width(t, c); i > 0; i--) {
            fputc('-', out);
        }
    }
    fputc('\n', out);
}

void table_print(const struct table *t, FILE *out)
{
    for (size_t i = 0; i + t->n_columns <= t->n_cells; i += t->n_columns) {
        print_row(t, &t->cells[i], out);
        if (i == 0) {
            print_line(t, out);
        }
    }
    fputc('\n', out);
}

void text_wrapped(const char *text, unsigned first, unsigned rest, FILE *out)
{
    size_t column = first;
    fprintf(out, "%*s", (int)first, "");
    for (bool begins = true; *text != '\0'; begins = false) {
        size_t word = strcspn(text, " ");
        bool fits = column + 1 + word <= TEXT_WIDTH;
        if (!begins && !fits) {
            fprintf(out, "\n%*s", (int)rest, "");
            column = rest;
        } else if (!begins) {
            fputc(' ', out);
            column++;
        }
        fwrite(text, 1, word, out);
        column += word;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}
