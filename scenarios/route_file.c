/* route_file.c - reads a route table of a million lines in the time that unpacking it takes.
 *
 * Lines are parsed where they lie in the buffer. A table that comes sorted and without duplicates
 * (most do) is finished when its last line is read; any other is sorted once, with the number of
 * each route's line beside it, so that a contradiction is reported with both places.
 */
#include "scenarios/route_file.h"

#include <string.h>

#include "models/internet.h"
#include "scenarios/address.h"
#include "scenarios/text_stream.h"
#include "sim/arena.h"
#include "sim/error.h"

#define MAX_LINE_BYTES 1024
#define MAX_TEXT_BYTES (1ull << 30) /* several times the longest lines of all routes allowed */
#define MAX_WRONG_LINES 20          /* then the file is something else */
#define CHUNK_BYTES (256u << 10)
#define FIRST_ROOM 4096u

struct reader {
    const char *path;
    struct error *err;
    struct arena *mem, *scratch;
    struct route_table *table;
    size_t n_of_family[IP_N_FAMILIES];
    uint32_t *lines; /* of each route */
    size_t room;     /* of routes and lines */
    size_t next_hop_room;
    uint32_t *buckets; /* open addressing, twice next_hop_room: 1 + index of a next hop, or 0 */
    uint32_t line;     /* the current one */
    const char *line_start;
    unsigned n_wrong;
    bool in_order; /* so far sorted, no two alike */
    bool stopped;
};

/* A message about the place `at` of the current line. Always false. */
#define wrong(reader, at, ...)                                                                     \
    ((reader)->n_wrong++, error_at((reader)->err, (reader)->path, (reader)->line,                  \
                                   (unsigned)((at) - (reader)->line_start) + 1, __VA_ARGS__))

/* For "%.*s": how much of a word a message quotes. */
static int quoted(const char *p, const char *end)
{
    return end - p < 40 ? (int)(end - p) : 40;
}

/* ---- routes ---- */

static uint32_t *next_hop_bucket(const struct reader *r, const struct ip_address *a)
{
    const uint64_t mask = 2 * r->next_hop_room - 1;
    uint64_t h = (a->hi ^ a->lo * 0x9e3779b97f4a7c15u ^ a->family) * 0xbf58476d1ce4e5b9u;
    for (h ^= h >> 32;; h++) {
        uint32_t *bucket = &r->buckets[h & mask];
        const struct ip_address *b = &r->table->next_hops[*bucket - 1];
        if (*bucket == 0 || (b->hi == a->hi && b->lo == a->lo && b->family == a->family)) {
            return bucket;
        }
    }
}

static void next_hops_grow(struct reader *r)
{
    struct route_table *t = r->table;
    const size_t bytes = sizeof *t->next_hops;
    size_t room = r->next_hop_room == 0 ? FIRST_ROOM : 2 * r->next_hop_room;
    t->next_hops = arena_grow(r->mem, t->next_hops, r->next_hop_room * bytes, room * bytes);
    r->next_hop_room = room;
    r->buckets = arena_take_array(r->scratch, 2 * room, sizeof *r->buckets);
    for (size_t i = 0; i < t->n_next_hops; i++) {
        *next_hop_bucket(r, &t->next_hops[i]) = (uint32_t)(i + 1);
    }
}

static uint32_t next_hop_index(struct reader *r, const struct ip_address *next_hop)
{
    struct route_table *t = r->table;
    if (t->n_next_hops == r->next_hop_room) {
        next_hops_grow(r);
    }
    uint32_t *bucket = next_hop_bucket(r, next_hop);
    if (*bucket == 0) {
        t->next_hops[t->n_next_hops] = *next_hop;
        *bucket = (uint32_t)++t->n_next_hops;
    }
    return *bucket - 1;
}

static void add_route(struct reader *r, struct ip_prefix prefix, const struct ip_address *next_hop)
{
    struct route_table *t = r->table;
    if (t->n_routes == r->room) {
        size_t room = r->room == 0 ? FIRST_ROOM : 2 * r->room;
        t->routes =
            arena_grow(r->mem, t->routes, r->room * sizeof *t->routes, room * sizeof *t->routes);
        r->lines =
            arena_grow(r->scratch, r->lines, r->room * sizeof *r->lines, room * sizeof *r->lines);
        r->room = room;
    }
    struct route *route = &t->routes[t->n_routes];
    *route = (struct route){prefix, next_hop_index(r, next_hop)};
    r->lines[t->n_routes] = r->line;
    r->in_order = r->in_order &&
                  (t->n_routes == 0 || ip_prefix_compare(&route[-1].prefix, &route->prefix) < 0);
    t->n_routes++;
}

/* ---- lines ---- */

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t')) {
        p++;
    }
    return p;
}

static const char *skip_word(const char *p, const char *end)
{
    while (p < end && *p != ' ' && *p != '\t') {
        p++;
    }
    return p;
}

static bool read_prefix(struct reader *r, const char *p, const char *end, struct ip_prefix *prefix)
{
    bool host_bits;
    char text[ADDRESS_TEXT];
    if (!prefix_parse(p, (size_t)(end - p), prefix, &host_bits)) {
        return wrong(r, p, "'%.*s' is not a prefix; expected a line as \"10.0.0.0/8 192.0.2.1\"",
                     quoted(p, end), p);
    }
    if (host_bits) {
        return wrong(r, p, "'%.*s' has bits beyond its length; expected %s", quoted(p, end), p,
                     prefix_print(prefix, text));
    }
    return true;
}

static bool read_next_hop(struct reader *r, const char *p, const char *end,
                          const struct ip_prefix *prefix, struct ip_address *next_hop)
{
    if (p == end) {
        return wrong(r, p, "the next hop is missing");
    }
    if (!address_parse(p, (size_t)(end - p), next_hop)) {
        return wrong(r, p, "'%.*s' is not an address; expected the next hop", quoted(p, end), p);
    }
    if (next_hop->family != prefix->family) {
        return wrong(r, p, "the next hop is of another family than the prefix");
    }
    return true;
}

/* Whether the line is text and not too long; if not, nothing more of the file is read. */
static bool is_text(struct reader *r, const char *end)
{
    const char *p = r->line_start;
    if (end - p > MAX_LINE_BYTES) {
        r->stopped = true;
        return wrong(r, p, "the line is longer than %d bytes", MAX_LINE_BYTES);
    }
    while (p < end && ((unsigned char)*p >= ' ' || *p == '\t')) {
        p++;
    }
    r->stopped = p < end;
    return p == end || wrong(r, p, "a byte of value %u: this is not a text", (unsigned char)*p);
}

static bool read_line(struct reader *r, const char *line, const char *end)
{
    r->line++;
    r->line_start = line;
    if (end > line && end[-1] == '\r') {
        end--;
    }
    if (!is_text(r, end)) {
        return false;
    }
    const char *p = skip_blanks(line, end), *prefix_end = skip_word(p, end);
    if (p == end || *p == '#') {
        return true;
    }
    const char *hop = skip_blanks(prefix_end, end), *hop_end = skip_word(hop, end);
    const char *rest = skip_blanks(hop_end, end);
    struct ip_prefix prefix;
    struct ip_address next_hop;
    if (!read_prefix(r, p, prefix_end, &prefix) ||
        !read_next_hop(r, hop, hop_end, &prefix, &next_hop)) {
        return false;
    }
    if (rest != end) {
        return wrong(r, rest, "'%.*s' behind the next hop; expected the end of the line",
                     quoted(rest, end), rest);
    }
    if (r->n_of_family[prefix.family]++ == INTERNET_MAX_ROUTES) {
        r->stopped = true;
        return wrong(r, p, "more than %d routes of one family", INTERNET_MAX_ROUTES);
    }
    add_route(r, prefix, &next_hop);
    return true;
}

/* The complete lines of text[0..n); returns how many bytes they take. */
static size_t read_lines(struct reader *r, const char *text, size_t n)
{
    const char *p = text, *end = text + n, *newline;
    while (!r->stopped && (newline = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        if (!read_line(r, p, newline) && !r->stopped && r->n_wrong == MAX_WRONG_LINES) {
            r->stopped = true;
            error_add(r->err, "%s: %d lines are wrong; the rest was not read", r->path,
                      MAX_WRONG_LINES);
        }
        p = newline + 1;
    }
    return (size_t)(p - text);
}

static void read_text(struct reader *r, struct text_stream *stream)
{
    char *buffer = arena_take(r->scratch, CHUNK_BYTES);
    size_t n, held = 0; /* bytes of a line not complete yet */
    uint64_t total = 0;
    bool failed = false;
    do {
        n = text_stream_read(stream, buffer + held, CHUNK_BYTES - held, &failed, r->err);
        size_t used = read_lines(r, buffer, held + n);
        held += n - used;
        memmove(buffer, buffer + used, held);
        total += n;
        if (total > MAX_TEXT_BYTES) {
            failed = !error_add(r->err, "%s: the text is longer than 1 GiB", r->path);
        }
        /* A line that has no end yet: the last of the text, or one that is refused. */
        bool endless = n == 0 ? held > 0 : held > MAX_LINE_BYTES + 1;
        if (endless && !failed && !r->stopped) {
            read_line(r, buffer, buffer + held);
        }
    } while (n > 0 && !failed && !r->stopped);
}

/* ---- the table ---- */

/* Sorts the routes and takes out those that say the same again; reports those that contradict. */
static void put_in_order(struct reader *r)
{
    struct route *routes = r->table->routes;
    size_t n = r->table->n_routes, n_kept = 0;
    /* While they are sorted, routes carry the position that they had. */
    uint32_t *next_hops = arena_take_array(r->scratch, n, sizeof *next_hops);
    for (size_t i = 0; i < n; i++) {
        next_hops[i] = routes[i].next_hop_index;
        routes[i].next_hop_index = (uint32_t)i;
    }
    route_table_sort(routes, n);
    for (size_t i = 0; i < n; i++) {
        struct route *last = n_kept > 0 ? &routes[n_kept - 1] : NULL;
        uint32_t position = routes[i].next_hop_index;
        if (last == NULL || ip_prefix_compare(&last->prefix, &routes[i].prefix) != 0) {
            routes[n_kept++] = routes[i];
        } else if (next_hops[last->next_hop_index] != next_hops[position]) {
            char text[ADDRESS_TEXT];
            error_at(r->err, r->path, r->lines[position], 0, "%s has another next hop in line %u",
                     prefix_print(&last->prefix, text), r->lines[last->next_hop_index]);
        }
    }
    for (size_t i = 0; i < n_kept; i++) {
        routes[i].next_hop_index = next_hops[routes[i].next_hop_index];
    }
    r->table->n_routes = n_kept;
}

bool route_file_read(const char *path, struct arena *mem, struct route_table *table,
                     struct error *err)
{
    const unsigned n_before = err->n_messages;
    struct reader r = {.path = path, .err = err, .mem = mem, .table = table, .in_order = true};
    *table = (struct route_table){0};
    r.scratch = arena_open();
    struct text_stream *stream = text_stream_open(path, r.scratch, err);
    if (stream != NULL) {
        read_text(&r, stream);
        text_stream_close(stream);
    }
    if (err->n_messages == n_before && table->n_routes == 0) {
        error_add(err, "%s: holds no routes; expected lines as \"10.0.0.0/8 192.0.2.1\"", path);
    }
    if (!r.in_order) {
        put_in_order(&r);
    }
    arena_close(r.scratch);
    return err->n_messages == n_before;
}
