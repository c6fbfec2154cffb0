/* catalog.c - rows of the catalogue's files, typed and checked.
 *
 * The files are ours, but people add cards to them: so they are read with the same care as
 * scenarios, and a figure without a source, or of unknown provenance, is refused.
 */
#include "scenarios/catalog.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/nearest.h"
#include "scenarios/places.h"
#include "scenarios/quantity.h"
#include "scenarios/schema.h"
#include "scenarios/source.h"
#include "sim/arena.h"
#include "sim/error.h"

/* --- The files' structure ------------------------------------------------------------------- */

struct raw_figure {
    uint32_t here, value, source;
};
struct raw_chassis {
    uint32_t here, model;
    struct raw_figure slots, channels, supervisor_slots;
};
struct raw_supervisor {
    uint32_t here, model, engine;
    struct raw_figure software, inband, channel;
};
struct raw_engine {
    uint32_t here, model;
    struct raw_figure central, cef720, cef256, ipv6_lookups, tcam_slots, ipv4_slots, ipv6_entries,
        latency;
};
struct raw_linecard {
    uint32_t here, model;
    struct raw_figure class, bus, forwarding, ports, port_rate, groups, group_link, buffers_per,
        rx_buffer, tx_buffer, channels, channel_rate;
};
struct raw_file { /* each file has one of them */
    struct raw_chassis *chassis;
    struct raw_supervisor *supervisors;
    struct raw_engine *engines;
    struct raw_linecard *linecards;
    uint32_t chassis_count, supervisors_count, engines_count, linecards_count;
};

static const cyaml_schema_field_t figure_fields[] = {
    SCHEMA_HERE(struct raw_figure),
    SCHEMA_REQUIRED(struct raw_figure, value),
    SCHEMA_REQUIRED(struct raw_figure, source),
    CYAML_FIELD_END,
};
#define FIGURE(type, member)                                                                       \
    CYAML_FIELD_MAPPING(#member, CYAML_FLAG_DEFAULT, type, member, figure_fields)
#define FIGURE_OPTIONAL(type, member)                                                              \
    CYAML_FIELD_MAPPING(#member, CYAML_FLAG_OPTIONAL, type, member, figure_fields)

static const cyaml_schema_field_t chassis_fields[] = {
    SCHEMA_HERE(struct raw_chassis),
    SCHEMA_REQUIRED(struct raw_chassis, model),
    FIGURE(struct raw_chassis, slots),
    FIGURE(struct raw_chassis, channels),
    FIGURE(struct raw_chassis, supervisor_slots),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t supervisor_fields[] = {
    SCHEMA_HERE(struct raw_supervisor),
    SCHEMA_REQUIRED(struct raw_supervisor, model),
    SCHEMA_REQUIRED(struct raw_supervisor, engine),
    FIGURE(struct raw_supervisor, software),
    FIGURE(struct raw_supervisor, inband),
    FIGURE(struct raw_supervisor, channel),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t engine_fields[] = {
    SCHEMA_HERE(struct raw_engine),
    SCHEMA_REQUIRED(struct raw_engine, model),
    FIGURE_OPTIONAL(struct raw_engine, central),
    FIGURE_OPTIONAL(struct raw_engine, cef720),
    FIGURE_OPTIONAL(struct raw_engine, cef256),
    FIGURE(struct raw_engine, ipv6_lookups),
    FIGURE(struct raw_engine, tcam_slots),
    FIGURE(struct raw_engine, ipv4_slots),
    FIGURE(struct raw_engine, ipv6_entries),
    FIGURE(struct raw_engine, latency),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t linecard_fields[] = {
    SCHEMA_HERE(struct raw_linecard),
    SCHEMA_REQUIRED(struct raw_linecard, model),
    FIGURE(struct raw_linecard, class),
    FIGURE(struct raw_linecard, bus),
    FIGURE(struct raw_linecard, forwarding),
    FIGURE(struct raw_linecard, ports),
    FIGURE(struct raw_linecard, port_rate),
    FIGURE(struct raw_linecard, groups),
    FIGURE(struct raw_linecard, group_link),
    FIGURE(struct raw_linecard, buffers_per),
    FIGURE(struct raw_linecard, rx_buffer),
    FIGURE(struct raw_linecard, tx_buffer),
    FIGURE(struct raw_linecard, channels),
    FIGURE_OPTIONAL(struct raw_linecard, channel_rate),
    CYAML_FIELD_END,
};

#define ROWS(name)                                                                                 \
    static const cyaml_schema_value_t name##_row = {                                               \
        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_##name, name##_fields)}
ROWS(chassis);
ROWS(supervisor);
ROWS(engine);
ROWS(linecard);

static const cyaml_schema_field_t files_fields[CATALOG_N_TEXTS][2] = {
    [CATALOG_CHASSIS] = {SCHEMA_LIST(0, struct raw_file, chassis, &chassis_row), CYAML_FIELD_END},
    [CATALOG_SUPERVISORS] = {SCHEMA_LIST(0, struct raw_file, supervisors, &supervisor_row),
                             CYAML_FIELD_END},
    [CATALOG_ENGINES] = {SCHEMA_LIST(0, struct raw_file, engines, &engine_row), CYAML_FIELD_END},
    [CATALOG_LINECARDS] = {SCHEMA_LIST(0, struct raw_file, linecards, &linecard_row),
                           CYAML_FIELD_END},
};

/* --- Figures -------------------------------------------------------------------------------- */

struct reader {
    struct places places;
    struct arena *mem;
    struct catalog *catalog;
    const char *model;           /* of the row being read ... */
    struct assumptions *assumed; /* ... and its list */
};

static const char *text_of(struct reader *r, uint32_t place)
{
    return places_text(&r->places, place);
}

/* Remembers what is assumed. */
static void take_source(struct reader *r, const struct raw_figure *figure, const char *name)
{
    struct source source;
    if (source_read(&r->places, figure->source, r->mem, &source) &&
        source.provenance == SOURCE_ASSUMED && r->assumed->n < CATALOG_MAX_ASSUMED) {
        r->assumed->of[r->assumed->n++] = (struct assumption){
            arena_printf(r->mem, "%s.%s", r->model, name),
            text_of(r, figure->value),
            NULL,
            NULL,
            source.why,
        };
    }
}

/* 0 for a figure that is not there (which the schema has reported when it must be). */
static uint64_t take_number(struct reader *r, const struct raw_figure *figure, const char *name,
                            enum unit unit, uint64_t min, uint64_t max)
{
    struct quantity q;
    char why[QUANTITY_WHY];
    if (figure->value == 0 || figure->source == 0) {
        return 0;
    }
    take_source(r, figure, name);
    if (!quantity_parse(text_of(r, figure->value), UNITS(unit), &q, why) ||
        !quantity_in_range(q, min, max, why)) {
        places_error(&r->places, figure->value, "%s", why);
        return 0;
    }
    return q.value;
}

/* The index of the word among words[n]. */
static unsigned take_word(struct reader *r, const struct raw_figure *figure, const char *name,
                          const char *const *words, unsigned n)
{
    if (figure->value == 0 || figure->source == 0) {
        return 0;
    }
    take_source(r, figure, name);
    for (unsigned i = 0; i < n; i++) {
        if (strcmp(text_of(r, figure->value), words[i]) == 0) {
            return i;
        }
    }
    const char *list = words[0];
    for (unsigned i = 1; i < n; i++) {
        list = arena_printf(r->mem, "%s%s%s", list, i + 1 < n ? ", " : " or ", words[i]);
    }
    places_error(&r->places, figure->value, "expected %s", list);
    return 0;
}

/* Splits a text at commas and spaces; false at its end. */
static bool next_item(const char **text, const char **item, size_t *length)
{
    *item = *text + strspn(*text, ", ");
    *length = strcspn(*item, ", ");
    *text = *item + *length;
    return *length > 0;
}

/* Numbers in a list, at most `room` of them: how many. */
static uint32_t take_numbers(struct reader *r, const struct raw_figure *figure, const char *name,
                             uint64_t max, uint32_t *numbers, uint32_t room)
{
    if (figure->value == 0 || figure->source == 0) {
        return 0;
    }
    take_source(r, figure, name);
    const char *text = text_of(r, figure->value), *item;
    uint32_t n = 0;
    for (size_t length; next_item(&text, &item, &length); n++) {
        struct quantity q;
        char why[QUANTITY_WHY], *word = arena_printf(r->mem, "%.*s", (int)length, item);
        if (n == room || !quantity_parse(word, UNITS(UNIT_COUNT), &q, why) || q.value > max) {
            places_error(&r->places, figure->value, "expected at most %u numbers up to %u", room,
                         (unsigned)max);
            return 0;
        }
        numbers[n] = (uint32_t)q.value;
    }
    return n;
}

static const char *take_model(struct reader *r, uint32_t place, struct assumptions *assumed)
{
    r->model = text_of(r, place);
    r->assumed = assumed;
    return r->model;
}

/* --- Rows ----------------------------------------------------------------------------------- */

#define NUMBER(figure, unit, min, max) take_number(r, &raw->figure, #figure, unit, min, max)
#define COUNT(figure, min, max) (uint32_t) NUMBER(figure, UNIT_COUNT, min, max)
#define WORD(figure, words) take_word(r, &raw->figure, #figure, words, sizeof words / sizeof *words)

#define MAX_RATE 1000000000000 /* per second */

static void read_chassis(struct reader *r, const struct raw_chassis *raw,
                         struct catalog_chassis *row)
{
    struct chassis_type *type = &row->type;
    type->model = take_model(r, raw->model, &row->assumed);
    type->n_slots = COUNT(slots, 1, CONFIG_MAX_SLOTS);
    uint32_t *channels = type->channels + 1;
    uint32_t n = take_numbers(r, &raw->channels, "channels", CONFIG_MAX_CHANNELS, channels,
                              CONFIG_MAX_SLOTS);
    for (uint32_t slot = 1; n == 1 && slot < type->n_slots; slot++) {
        channels[slot] = channels[0];
    }
    if (n != 1 && n != type->n_slots) {
        places_error(&r->places, raw->channels.here, "expected one number, or one for each slot");
    }
    take_numbers(r, &raw->supervisor_slots, "supervisor_slots", type->n_slots,
                 type->supervisor_slots, 3);
}

static const struct catalog_engine *find_engine(const struct catalog *c, const char *model)
{
    for (uint32_t i = 0; i < c->n_engines; i++) {
        if (strcmp(c->engines[i].type.model, model) == 0) {
            return &c->engines[i];
        }
    }
    return NULL;
}

static void read_engine(struct reader *r, const struct raw_engine *raw, struct catalog_engine *row)
{
    struct engine_type *type = &row->type;
    type->model = take_model(r, raw->model, &row->assumed);
    type->lookups_per_s = NUMBER(central, UNIT_PPS, 1, MAX_RATE);
    row->dfc_lookups_per_s[CEF256] = NUMBER(cef256, UNIT_PPS, 1, MAX_RATE);
    row->dfc_lookups_per_s[CEF720] = NUMBER(cef720, UNIT_PPS, 1, MAX_RATE);
    type->ipv6_lookups = COUNT(ipv6_lookups, 1, 16);
    type->tcam_slots = NUMBER(tcam_slots, UNIT_COUNT, 1024, 1 << 24);
    type->ipv4_slots = NUMBER(ipv4_slots, UNIT_COUNT, 0, 1 << 24);
    type->ipv6_entries = NUMBER(ipv6_entries, UNIT_COUNT, 0, 1 << 23);
    type->latency_ps = (int64_t)NUMBER(latency, UNIT_PS, 1, 1000000000);
    if (type->ipv4_slots + 2 * type->ipv6_entries > type->tcam_slots) {
        places_error(&r->places, raw->here, "the partitions are larger than tcam_slots");
    }
}

static void read_supervisor(struct reader *r, const struct raw_supervisor *raw,
                            struct catalog_supervisor *row)
{
    row->type.model = take_model(r, raw->model, &row->assumed);
    row->type.software_pps = NUMBER(software, UNIT_PPS, 1, MAX_RATE);
    row->type.inband_bps = NUMBER(inband, UNIT_BPS, 1, MAX_RATE);
    row->type.fabric_bps = NUMBER(channel, UNIT_BPS, 1, MAX_RATE);
    struct fabric_type *fabric = arena_take(r->mem, sizeof *fabric);
    *fabric = (struct fabric_type){row->type.model, {row->type.fabric_bps, 8000000000}};
    row->type.fabric = fabric;
    row->engine = find_engine(r->catalog, text_of(r, raw->engine));
    if (row->engine == NULL || row->engine->type.lookups_per_s == 0) {
        places_error(&r->places, raw->engine, "no engine of this name with a central rate");
        row->engine = NULL;
    } else {
        row->type.pfc = row->engine->type;
    }
}

static void read_forwarding(struct reader *r, const struct raw_linecard *raw,
                            struct catalog_linecard *row)
{
    const char *text = text_of(r, raw->forwarding.value), *item;
    for (size_t length; next_item(&text, &item, &length);) {
        const char *name = arena_printf(r->mem, "%.*s", (int)length, item);
        const struct catalog_engine *engine = find_engine(r->catalog, name);
        bool plain = strcmp(name, "CFC") == 0 || strcmp(name, "none") == 0;
        bool made = engine != NULL && engine->dfc_lookups_per_s[row->type.class] > 0;
        if ((!plain && !made) || row->n_forwarding == CATALOG_MAX_FORWARDING) {
            places_error(&r->places, raw->forwarding.value,
                         "%s: no engine of this name with a rate for this class", name);
            return;
        }
        row->forwarding[row->n_forwarding++] = (struct catalog_forwarding){name, engine};
    }
    if (row->n_forwarding == 0) {
        places_error(&r->places, raw->forwarding.here, "expected at least one, as CFC or none");
    }
}

/* Ports to port ASICs, and these to channels, in sequence. */
static void deal_ports(struct linecard_type *type, struct port_asic like)
{
    for (uint32_t a = 0; a < type->n_asics; a++) {
        type->asics[a] = like;
        type->asics[a].n_ports = type->n_ports / type->n_asics;
        type->asics[a].channel = a * type->n_channels / type->n_asics;
    }
    for (uint32_t p = 0; p < type->n_ports && type->n_asics > 0; p++) {
        type->port_number[p] = (uint8_t)(p + 1);
        type->port_asic[p] = (uint8_t)(p * type->n_asics / type->n_ports);
    }
}

static void read_linecard(struct reader *r, const struct raw_linecard *raw,
                          struct catalog_linecard *row)
{
    static const char *const classes[] = {"classic", "cef256",  "dcef256",
                                          "cef720",  "dcef720", "dcef2t"};
    static const char *const no_yes[] = {"no", "yes"};
    static const char *const sharing[] = {"port", "group"};
    struct linecard_type *type = &row->type;
    type->model = take_model(r, raw->model, &row->assumed);
    type->class = WORD(class, classes);
    type->on_bus = WORD(bus, no_yes) == 1;
    type->n_ports = COUNT(ports, 1, CONFIG_MAX_CARD_PORTS);
    type->n_asics = COUNT(groups, 1, CONFIG_MAX_ASICS);
    struct port_asic asic = {
        .port_bps = NUMBER(port_rate, UNIT_BPS, 1000000, MAX_RATE),
        .link_bps = NUMBER(group_link, UNIT_BPS, 1000000, MAX_RATE),
        .rx_buffer_bytes = NUMBER(rx_buffer, UNIT_BYTES, 9216, 1 << 30),
        .tx_buffer_bytes = NUMBER(tx_buffer, UNIT_BYTES, 9216, 1 << 30),
    };
    type->shared_buffers = WORD(buffers_per, sharing) == 1;
    type->n_channels = COUNT(channels, 0, CONFIG_MAX_CHANNELS);
    type->channel_bps = NUMBER(channel_rate, UNIT_BPS, 1000000, MAX_RATE);
    if (raw->forwarding.source != 0) {
        take_source(r, &raw->forwarding, "forwarding");
        read_forwarding(r, raw, row);
    }
    deal_ports(type, asic);
    uint32_t groups = type->n_asics == 0 ? 1 : type->n_asics;
    uint32_t channels = type->n_channels == 0 ? 1 : type->n_channels;
    if (type->n_ports % groups != 0 || groups % channels != 0) {
        places_error(&r->places, raw->here, "ports do not divide by groups, or groups by channels");
    }
    if ((type->n_channels == 0) != (type->class == CLASSIC) ||
        (type->n_channels == 0) != (type->channel_bps == 0)) {
        places_error(&r->places, raw->here,
                     "channels and channel_rate are for all classes but classic");
    }
}

/* --- Files ---------------------------------------------------------------------------------- */

/* Row i of rows names a model that no row before it has. Every row begins with its model. */
static void check_model(struct reader *r, uint32_t place, const void *rows, size_t row_bytes,
                        uint32_t i)
{
    const char *model, *other;
    memcpy(&model, (const char *)rows + i * row_bytes, sizeof model);
    for (uint32_t k = 0; k < i; k++) {
        memcpy(&other, (const char *)rows + k * row_bytes, sizeof other);
        if (strcmp(model, other) == 0) {
            places_error(&r->places, place, "a second row for %s", model);
            return;
        }
    }
}

#define READ_ROWS(name, rows)                                                                      \
    c->n_##rows = file->rows##_count;                                                              \
    c->rows = arena_take_array(r->mem, file->rows##_count, sizeof *c->rows);                       \
    for (uint32_t i = 0; i < file->rows##_count; i++) {                                            \
        read_##name(r, &file->rows[i], &c->rows[i]);                                               \
        check_model(r, file->rows[i].model, c->rows, sizeof *c->rows, i);                          \
    }

static void read_rows(struct reader *r, const struct raw_file *file, int which)
{
    struct catalog *c = r->catalog;
    switch (which) {
    case CATALOG_CHASSIS:
        READ_ROWS(chassis, chassis);
        break;
    case CATALOG_SUPERVISORS:
        READ_ROWS(supervisor, supervisors);
        break;
    case CATALOG_ENGINES:
        READ_ROWS(engine, engines);
        break;
    default:
        READ_ROWS(linecard, linecards);
        break;
    }
}

bool catalog_load(const struct catalog_text *texts, struct arena *mem, struct catalog *catalog,
                  struct error *err)
{
    /* Engines first: supervisors and linecards name them. */
    static const int order[CATALOG_N_TEXTS] = {CATALOG_ENGINES, CATALOG_SUPERVISORS,
                                               CATALOG_LINECARDS, CATALOG_CHASSIS};
    unsigned n_before = err->n_messages;
    struct reader r = {.mem = mem, .catalog = catalog};
    *catalog = (struct catalog){0};
    places_open(&r.places, mem, err);
    for (int i = 0; i < CATALOG_N_TEXTS; i++) {
        const struct catalog_text *text = &texts[order[i]];
        const cyaml_schema_value_t schema = {
            CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_file, files_fields[order[i]])};
        uint32_t root = places_read(&r.places, text->name, text->text, text->length);
        if (root != 0) {
            struct raw_file *file = schema_load(&r.places, root, &schema);
            read_rows(&r, file, order[i]);
            schema_free(&schema, file);
        }
    }
    return err->n_messages == n_before;
}
