/* lpm_build.c - fills an empty table in one pass over sorted prefixes.
 *
 * In that order a prefix comes before all that lie within it. So each level (the root, a line) is
 * painted from left to right, with a stack of the prefixes that are open; a prefix too long for the
 * level opens a line below its slot, which takes all prefixes of that slot. What tops the stack
 * when a prefix comes is its parent.
 */
#include "models/lpm_table.h"
#include "sim/error.h"

struct feed {
    struct lpm *lpm;
    const struct ip_prefix *next, *end;
    uint32_t id; /* of next */
};

struct level {
    struct lpm *lpm;
    uint32_t table;       /* first cell */
    uint32_t painted;     /* slots so far */
    struct lpm_runs runs; /* of the cell being painted */
    uint32_t n_open;      /* open[0] lies under the whole level */
    struct {
        uint32_t last; /* slot */
        uint32_t id;
    } open[LPM_ROOT_BITS + 2];
};

/* Gives all slots up to `last` that are not painted yet this value. Cells are empty before. */
static void paint(struct level *level, uint32_t last, uint32_t value)
{
    while (level->painted <= last) {
        uint32_t cell_last = level->painted | (LPM_CELL_SLOTS - 1);
        uint32_t end = last < cell_last ? last : cell_last;
        lpm_runs_add(&level->runs, end % LPM_CELL_SLOTS, value);
        level->painted = end + 1;
        if (end == cell_last) {
            if (level->runs.n > 1 || value != LPM_NONE) {
                lpm_cell_write(level->lpm, level->table + end / LPM_CELL_SLOTS, &level->runs);
            }
            level->runs.n = 0;
        }
    }
}

static void close_last(struct level *level)
{
    level->n_open--;
    paint(level, level->open[level->n_open].last, level->open[level->n_open].id);
}

/* Paints all before this slot, which is about to be painted: the entry it lies under. */
static uint32_t advance(struct level *level, uint32_t slot)
{
    while (level->open[level->n_open - 1].last < slot) {
        close_last(level);
    }
    uint32_t under = level->open[level->n_open - 1].id;
    if (slot > 0) {
        paint(level, slot - 1, under);
    }
    return under;
}

/* Takes the next prefix, whose slots begin at `slot` of a level that knows `bits` of an address. */
static void open_next(struct feed *feed, struct level *level, uint32_t slot, uint32_t bits,
                      uint32_t parent)
{
    uint8_t length = feed->next->length;
    feed->lpm->parent[feed->id] = parent;
    feed->lpm->length[feed->id] = length;
    level->open[level->n_open].last = slot + (1u << (bits - length)) - 1;
    level->open[level->n_open++].id = feed->id++;
    feed->next++;
}

/* Fills the table at cell `table`, the root (known bits 24) or a line (32, 40, ...), with the
 * prefixes of the feed that lie within `within`; `under` is the entry that covers it. */
static void fill(struct feed *feed, uint32_t table, uint32_t known, struct ip_prefix within,
                 uint32_t under)
{
    bool root = known == LPM_ROOT_BITS;
    struct level level = {.lpm = feed->lpm, .table = table, .n_open = 1};
    level.open[0].last = (1u << (root ? LPM_ROOT_BITS : LPM_LINE_BITS)) - 1;
    level.open[0].id = under;
    while (feed->next < feed->end && ip_prefix_covers(within, feed->next->hi, feed->next->lo)) {
        struct ip_address first = {feed->next->hi, feed->next->lo, feed->next->family};
        uint32_t slot = root ? (uint32_t)(first.hi >> (64 - LPM_ROOT_BITS))
                             : lpm_byte(first.hi, first.lo, known - LPM_LINE_BITS);
        uint32_t parent = advance(&level, slot);
        if (feed->next->length <= known) {
            open_next(feed, &level, slot, known, parent);
        } else {
            uint32_t line = lpm_line_take(feed->lpm);
            fill(feed, line, known + LPM_LINE_BITS, ip_prefix_of(first, known), parent);
            paint(&level, slot, LPM_LINE | line);
        }
    }
    while (level.n_open > 0) {
        close_last(&level);
    }
}

void lpm_build(struct lpm *lpm, const struct ip_prefix *prefixes, size_t n, uint32_t first_id)
{
    sim_assert(first_id > LPM_NONE && n <= LPM_MAX_ID - first_id);
    for (size_t i = 1; i < n; i++) {
        sim_assert(ip_prefix_compare(&prefixes[i - 1], &prefixes[i]) < 0);
    }
    lpm_reserve_ids(lpm, first_id + (uint32_t)n);
    struct feed feed = {lpm, prefixes, prefixes + n, first_id};
    struct ip_prefix all = {.family = (uint8_t)lpm->family};
    fill(&feed, LPM_ROOT, LPM_ROOT_BITS, all, LPM_NONE);
    sim_assert(feed.next == feed.end);
}
