/* lpm.c - single changes of the prefix table drawn in lpm_table.h.
 *
 * The slots of a prefix hold its id wherever nothing more specific does. So adding entry `to` below
 * its parent `from` turns `from` into `to` within the prefix, and taking an entry out turns it into
 * its parent: one procedure for both. Entries seen on the way whose parent was `from` become
 * children of `to`; those that more specifics hide are met by climbing from these.
 */
#include "models/lpm.h"

#include "models/lpm_table.h"
#include "sim/error.h"

#define MAX_DEPTH ((128 - LPM_ROOT_BITS) / LPM_LINE_BITS + 1)

uint32_t lpm_parent(const struct lpm *lpm, uint32_t id)
{
    return lpm->parent[id];
}

struct change {
    struct lpm *lpm;
    uint32_t from, to; /* values */
};

/* An entry within the changed prefix: the topmost of its ancestors below it gets its new parent. */
static void adopt(const struct change *c, uint32_t id)
{
    uint32_t *parent = c->lpm->parent;
    while (parent[id] != c->from && parent[id] != c->to) {
        id = parent[id];
    }
    parent[id] = c->to;
}

/* A whole cell of one run, as most below a wide prefix are. */
static bool change_plain_cell(const struct change *c, uint32_t index)
{
    struct lpm_cell *cell = &c->lpm->cells[index];
    if (cell->ends != 0 || cell->base != c->from) {
        return false;
    }
    cell->base = c->to;
    return true;
}

static void change_slots(const struct change *c, uint32_t table, uint32_t first, uint32_t last);

/* Slots first..last of one cell. */
static void change_cell(const struct change *c, uint32_t cell, uint32_t first, uint32_t last)
{
    struct lpm_runs old, new = {.n = 0};
    lpm_cell_read(c->lpm, cell, &old);
    for (uint32_t i = 0, begin = 0; i < old.n; begin = old.last[i++] + 1u) {
        uint32_t value = old.value[i], end = old.last[i];
        bool outside = end < first || begin > last;
        if (!outside && value == c->from) {
            if (begin < first) {
                lpm_runs_add(&new, first - 1, value);
            }
            lpm_runs_add(&new, end < last ? end : last, c->to);
            if (end <= last) {
                continue;
            }
        } else if (!outside && value & LPM_LINE) {
            change_slots(c, value & ~LPM_LINE, 0, (1u << LPM_LINE_BITS) - 1);
        } else if (!outside) {
            adopt(c, value);
        }
        lpm_runs_add(&new, end, value);
    }
    lpm_cell_write(c->lpm, cell, &new);
}

/* Slots first..last of a table. */
static void change_slots(const struct change *c, uint32_t table, uint32_t first, uint32_t last)
{
    for (uint32_t i = first / LPM_CELL_SLOTS; i <= last / LPM_CELL_SLOTS; i++) {
        uint32_t low = i * LPM_CELL_SLOTS, high = low + LPM_CELL_SLOTS - 1;
        if (first > low || last < high || !change_plain_cell(c, table + i)) {
            change_cell(c, table + i, first > low ? first - low : 0,
                        last < high ? last - low : LPM_CELL_SLOTS - 1);
        }
    }
}

/* Puts another value into one slot. */
static void set_slot(struct lpm *lpm, uint32_t table, uint32_t slot, uint32_t from, uint32_t to)
{
    struct change c = {lpm, from, to};
    change_slots(&c, table, slot, slot);
}

/* A prefix's place: the tables on the way, the slot in each, the slots it covers in the last. */
struct place {
    uint32_t n;
    uint32_t table[MAX_DEPTH], first[MAX_DEPTH];
    uint32_t n_slots;
};

static uint32_t slot_value(const struct lpm *lpm, uint32_t table, uint32_t slot)
{
    return lpm_cell_value(lpm, table + slot / LPM_CELL_SLOTS, slot);
}

/* Finds it, opening the lines that are not there yet. */
static struct place find_place(struct lpm *lpm, struct ip_prefix prefix)
{
    struct place p = {.n = 1, .table = {LPM_ROOT}};
    p.first[0] = (uint32_t)(prefix.hi >> (64 - LPM_ROOT_BITS));
    uint32_t known = LPM_ROOT_BITS;
    for (; known < prefix.length; known += LPM_LINE_BITS) {
        uint32_t table = p.table[p.n - 1], slot = p.first[p.n - 1];
        uint32_t value = slot_value(lpm, table, slot);
        if (!(value & LPM_LINE)) {
            uint32_t line = lpm_line_take(lpm);
            struct change all = {lpm, LPM_NONE, value};
            change_slots(&all, line, 0, (1u << LPM_LINE_BITS) - 1);
            set_slot(lpm, table, slot, value, LPM_LINE | line);
            value = LPM_LINE | line;
        }
        p.table[p.n] = value & ~LPM_LINE;
        p.first[p.n++] = lpm_byte(prefix.hi, prefix.lo, known);
    }
    p.n_slots = 1u << (known - prefix.length);
    return p;
}

/* A line that holds one value is not needed. */
static bool line_is_plain(const struct lpm *lpm, uint32_t line)
{
    const struct lpm_cell *cell = &lpm->cells[line];
    for (uint32_t i = 0; i < LPM_LINE_CELLS; i++) {
        if (cell[i].ends != 0 || cell[i].base != cell[0].base) {
            return false;
        }
    }
    return true;
}

static void close_lines(struct lpm *lpm, const struct place *p)
{
    for (uint32_t i = p->n - 1; i > 0 && line_is_plain(lpm, p->table[i]); i--) {
        uint32_t value = slot_value(lpm, p->table[i], 0);
        set_slot(lpm, p->table[i - 1], p->first[i - 1], LPM_LINE | p->table[i], value);
        lpm_line_give(lpm, p->table[i]);
    }
}

static void change_place(const struct change *c, const struct place *p)
{
    uint32_t first = p->first[p->n - 1];
    change_slots(c, p->table[p->n - 1], first, first + p->n_slots - 1);
}

/* A new entry above the one that its first address has now, or below it: its parent. */
static uint32_t new_entry(struct lpm *lpm, struct ip_prefix prefix, uint32_t id, uint32_t match)
{
    uint32_t parent = match;
    while (parent != LPM_NONE && lpm->length[parent] > prefix.length) {
        parent = lpm->parent[parent];
    }
    lpm->parent[id] = parent;
    lpm->length[id] = prefix.length;
    return parent;
}

void lpm_insert(struct lpm *lpm, struct ip_prefix prefix, uint32_t id)
{
    sim_assert(id > LPM_NONE && id <= LPM_MAX_ID && prefix.family == lpm->family);
    lpm_reserve_ids(lpm, id + 1);
    uint32_t parent = new_entry(lpm, prefix, id, lpm_match(lpm, prefix.hi, prefix.lo));
    struct place place = find_place(lpm, prefix);
    change_place(&(struct change){lpm, parent, id}, &place);
}

/* ---- many ---- */

#define CELL_BITS (LPM_ROOT_BITS - LPM_CELL_SLOT_BITS)

/* Within one cell of the root. */
static bool is_in_cell(struct ip_prefix p)
{
    return p.length >= CELL_BITS && p.length <= LPM_ROOT_BITS;
}

static uint32_t cell_of(struct ip_prefix p)
{
    return (uint32_t)(p.hi >> (64 - CELL_BITS));
}

/* Lays a cell of the root open slot by slot; false when a line is below it. */
static bool read_slots(const struct lpm *lpm, uint32_t cell, uint32_t values[LPM_CELL_SLOTS])
{
    struct lpm_runs runs;
    uint32_t slot = 0, any = 0;
    lpm_cell_read(lpm, cell, &runs);
    for (uint32_t i = 0; i < runs.n; i++) {
        any |= runs.value[i];
        while (slot <= runs.last[i]) {
            values[slot++] = runs.value[i];
        }
    }
    return !(any & LPM_LINE);
}

static void write_slots(struct lpm *lpm, uint32_t cell, const uint32_t values[LPM_CELL_SLOTS])
{
    struct lpm_runs runs = {.n = 0};
    for (uint32_t slot = 0; slot < LPM_CELL_SLOTS; slot++) {
        lpm_runs_add(&runs, slot, values[slot]);
    }
    lpm_cell_write(lpm, cell, &runs);
}

/* What change_cell() does, in a cell that is laid open. */
static void insert_in_slots(struct lpm *lpm, uint32_t values[LPM_CELL_SLOTS],
                            struct ip_prefix prefix, uint32_t id)
{
    uint32_t first = (uint32_t)(prefix.hi >> (64 - LPM_ROOT_BITS)) % LPM_CELL_SLOTS;
    uint32_t end = first + (1u << (LPM_ROOT_BITS - prefix.length));
    struct change c = {lpm, new_entry(lpm, prefix, id, values[first]), id};
    for (uint32_t slot = first; slot < end; slot++) {
        if (values[slot] == c.from) {
            values[slot] = id;
        } else {
            adopt(&c, values[slot]);
        }
    }
}

/* How many of the first prefixes lie in one cell, in which they can be put together. */
static size_t n_in_cell(const struct ip_prefix *prefixes, size_t n)
{
    size_t i = 0;
    while (i < n && is_in_cell(prefixes[i]) && cell_of(prefixes[i]) == cell_of(prefixes[0])) {
        i++;
    }
    return i;
}

/* Puts them; false when they have to go one by one. */
static bool insert_in_cell(struct lpm *lpm, const struct ip_prefix *prefixes, const uint32_t *ids,
                           size_t n)
{
    const uint32_t cell = LPM_ROOT + cell_of(prefixes[0]);
    uint32_t values[LPM_CELL_SLOTS];
    if (n < 2 || !read_slots(lpm, cell, values)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        lpm_reserve_ids(lpm, ids[i] + 1);
        insert_in_slots(lpm, values, prefixes[i], ids[i]);
    }
    write_slots(lpm, cell, values);
    return true;
}

void lpm_insert_all(struct lpm *lpm, const struct ip_prefix *prefixes, const uint32_t *ids,
                    size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t together = n_in_cell(prefixes + i, n - i);
        sim_assert(ids[i] > LPM_NONE && ids[i] <= LPM_MAX_ID && prefixes[i].family == lpm->family);
        if (insert_in_cell(lpm, prefixes + i, ids + i, together)) {
            i += together;
        } else {
            lpm_insert(lpm, prefixes[i], ids[i]);
            i++;
        }
    }
}

void lpm_remove(struct lpm *lpm, struct ip_prefix prefix, uint32_t id)
{
    sim_assert(lpm->length[id] == prefix.length);
    struct place place = find_place(lpm, prefix);
    change_place(&(struct change){lpm, id, lpm->parent[id]}, &place);
    close_lines(lpm, &place);
}
