/* table.h - text in columns, and in lines that are not too long. */
#ifndef TOOLS_TABLE_H
#define TOOLS_TABLE_H

#include <stddef.h>
#include <stdio.h>

struct arena;

/* Cells row by row; the first row is the heading. */
struct table {
    struct arena *mem;
    const char *columns; /* a letter each: 'l' left, 'r' right */
    size_t n_columns;
    const char **cells;
    size_t n_cells, room;
};

void table_open(struct table *t, const char *columns, struct arena *mem);

/* Adds the next cell; a row is full when every column has its cell. */
void table_cell(struct table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A whole row: a text for every column. */
void table_row(struct table *t, const char *const *cells);

/* A row of one text, of any length, across all columns. */
void table_line(struct table *t, const char *text);

/* Indented by two, the heading underlined, a blank line after. */
void table_print(const struct table *t, FILE *out);

/* Words in lines of at most TEXT_WIDTH, the first indented by `first`, the others by `rest`. */
#define TEXT_WIDTH 100
void text_wrapped(const char *text, unsigned first, unsigned rest, FILE *out);

#endif /* TOOLS_TABLE_H */
