/* schema.c - one walk over tables and places writes what libcyaml reads:
 *
 *     slots:                                 {"@": 1, slots: [
 *       - {slot: 1, modle: WS-X6704}    -->    {"@": 3, slot: 4, model: 0}]}
 *         "unknown key; did you mean model?"
 *         "the key model is missing"
 */
#include "scenarios/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/nearest.h"
#include "sim/arena.h"
#include "sim/error.h"

struct walk {
    struct places *p;
    FILE *out;
};

static void write_value(struct walk *w, uint32_t place, const cyaml_schema_value_t *schema);

static bool is_hidden(const cyaml_schema_field_t *field)
{
    return strcmp(field->key, SCHEMA_HERE_KEY) == 0;
}

/* Says which key was meant, or which there are. */
static void report_unknown(struct places *p, uint32_t child, const cyaml_schema_field_t *fields)
{
    const char *keys[PLACES_MAX_KEYS], *list = "";
    size_t n = 0;
    for (; fields->key != NULL; fields++) {
        if (!is_hidden(fields)) {
            list = arena_printf(p->mem, "%s%s%s", list, n == 0 ? "" : ", ", fields->key);
            keys[n++] = fields->key;
        }
    }
    const char *nearest = nearest_word(p->all[child].key, keys, n);
    if (nearest != NULL) {
        places_key_error(p, child, "unknown key; did you mean %s?", nearest);
    } else {
        places_key_error(p, child, "unknown key; expected one of %s", list);
    }
}

static void report_unknown_keys(struct places *p, uint32_t map, const cyaml_schema_field_t *fields)
{
    for (uint32_t child = p->all[map].first; child != 0; child = p->all[child].next) {
        const cyaml_schema_field_t *field = fields;
        while (field->key != NULL && (is_hidden(field) || strcmp(field->key, p->all[child].key))) {
            field++;
        }
        if (field->key == NULL && p->err->n_messages < ERROR_MAX_MESSAGES) {
            report_unknown(p, child, fields);
        }
    }
}

/* place 0: a mapping that is required and missing, itself already reported. */
static void write_map(struct walk *w, uint32_t place, const cyaml_schema_field_t *fields)
{
    const char *separator = "{";
    for (; fields->key != NULL; fields++) {
        uint32_t child = place == 0 ? 0 : places_child(w->p, place, fields->key);
        bool required = !(fields->value.flags & CYAML_FLAG_OPTIONAL);
        if (child == 0 && required && place != 0) {
            places_error(w->p, place, "the key %s is missing", fields->key);
        }
        if (is_hidden(fields)) {
            fprintf(w->out, "%s\"%s\": %u", separator, fields->key, place);
        } else if (child != 0 || required) {
            fprintf(w->out, "%s%s: ", separator, fields->key);
            write_value(w, child, &fields->value);
        } else {
            continue;
        }
        separator = ",\n";
    }
    fputs(*separator == '{' ? "{}" : "}", w->out);
}

static void write_list(struct walk *w, uint32_t place, const cyaml_schema_value_t *entry)
{
    fputc('[', w->out);
    for (uint32_t child = place == 0 ? 0 : w->p->all[place].first; child != 0;) {
        write_value(w, child, entry);
        child = w->p->all[child].next;
        fputs(child == 0 ? "" : ",\n", w->out);
    }
    fputc(']', w->out);
}

static bool is_kind(struct places *p, uint32_t place, enum place_kind kind)
{
    static const char *const names[] = {"a text or number", "a list", "a mapping of keys"};
    const struct place *it = &p->all[place];
    bool empty = it->kind == PLACE_TEXT && it->text[0] == '\0';
    return it->kind == kind || places_error(p, place, "%s; expected %s",
                                            empty ? "nothing here" : names[it->kind], names[kind]);
}

static void write_value(struct walk *w, uint32_t place, const cyaml_schema_value_t *schema)
{
    enum place_kind kind = schema->type == CYAML_MAPPING    ? PLACE_MAP
                           : schema->type == CYAML_SEQUENCE ? PLACE_LIST
                                                            : PLACE_TEXT;
    if (place != 0 && !is_kind(w->p, place, kind)) {
        place = 0;
    }
    if (kind == PLACE_MAP) {
        if (place != 0) {
            report_unknown_keys(w->p, place, schema->mapping.fields);
        }
        write_map(w, place, schema->mapping.fields);
    } else if (kind == PLACE_LIST) {
        write_list(w, place, schema->sequence.entry);
    } else {
        fprintf(w->out, "%u", place);
    }
}

static const cyaml_config_t config = {
    .mem_fn = cyaml_mem,
    .flags = CYAML_CFG_NO_ALIAS,
};

void *schema_load(struct places *p, uint32_t root, const cyaml_schema_value_t *schema)
{
    char *text = NULL;
    size_t length = 0;
    struct walk w = {p, open_memstream(&text, &length)};
    sim_assert(w.out != NULL);
    write_value(&w, root, schema);
    fclose(w.out);

    void *raw = NULL;
    cyaml_err_t result =
        cyaml_load_data((const uint8_t *)text, length, &config, schema, &raw, NULL);
    sim_assert(result == CYAML_OK);
    free(text);
    return raw;
}

void schema_free(const cyaml_schema_value_t *schema, void *raw)
{
    cyaml_free(&config, schema, raw, 0);
}
