/* sensitivity_json.c - all constants, what they were set to, and what that changed:
 *
 *   {..., scenario, base {<answers>, limit, bottleneck, unsettled, expectations},
 *    constants [{name, value, low, high, why, effect_ppm, matters,
 *                runs [{set_to, as in base, changes_ppm {<answers>}, other_limit, other_verdicts}
 *                      or {set_to, error}]}],
 *    not_varied [name]}
 */
#include <string.h>

#include "sim/arena.h"
#include "tools/json.h"
#include "tools/sensitivity.h"

static void add(json_t *object, const char *key, json_t *value)
{
    sim_assert(json_object_set_new(object, key, value) == 0);
}

static json_t *text(const char *s)
{
    return s == NULL ? json_null() : json_string(s);
}

static void add_answers(json_t *object, const struct sensitivity *s, const struct trial *t)
{
    for (enum answer a = 0; a < sensitivity_n_answers(s); a++) {
        add(object, answer_kinds[a].key, json_integer(t->answers[a]));
    }
    add(object, "limit", text(t->limit));
    add(object, "bottleneck", text(t->bottleneck));
    add(object, "unsettled", text(t->unsettled));
    add(object, "expectations", verdicts_json(t->verdicts, t->n_verdicts, t->mem));
}

static json_t *json_changes(const struct sensitivity *s, const struct trial *t)
{
    json_t *changes = json_object();
    for (enum answer a = 0; a < sensitivity_n_answers(s); a++) {
        add(changes, answer_kinds[a].key, json_integer(sensitivity_change_ppm(s, t, a)));
    }
    return changes;
}

/* The points whose verdict is another one. */
static json_t *json_flips(const struct sensitivity *s, const struct trial *t)
{
    json_t *points = json_array();
    for (size_t i = 0; i < t->n_verdicts; i++) {
        if (t->verdicts[i].met != s->base.verdicts[i].met) {
            json_array_append_new(points, text(t->verdicts[i].expectation->point));
        }
    }
    return points;
}

static json_t *json_trial(const struct sensitivity *s, const struct trial *t, struct arena *mem)
{
    json_t *json = json_object();
    add(json, "set_to", text(t->set));
    if (t->good) {
        add_answers(json, s, t);
        add(json, "changes_ppm", json_changes(s, t));
        add(json, "other_limit", json_boolean(sensitivity_other_limit(s, t)));
        add(json, "other_verdicts", json_flips(s, t));
    } else {
        const char *why = t->err.text;
        add(json, "error", text(arena_printf(mem, "%.*s", (int)strcspn(why, "\n"), why)));
    }
    return json;
}

static json_t *json_constant(const struct sensitivity *s, const struct constant *c,
                             struct arena *mem)
{
    json_t *json = json_object(), *runs = json_array();
    add(json, "name", text(c->assumed->name));
    add(json, "value", text(c->assumed->value));
    add(json, "low", text(c->assumed->low));
    add(json, "high", text(c->assumed->high));
    add(json, "why", text(c->assumed->why));
    add(json, "effect_ppm", json_integer(c->effect_ppm));
    add(json, "matters", json_boolean(c->matters));
    for (size_t end = 0; end < SENSITIVITY_ENDS; end++) {
        if (!c->at[end].same) {
            json_array_append_new(runs, json_trial(s, &c->at[end], mem));
        }
    }
    add(json, "runs", runs);
    return json;
}

json_t *sensitivity_json(const struct sensitivity *s, struct arena *mem)
{
    json_t *json = json_head("sensitivity"), *base = json_object();
    json_t *constants = json_array(), *unranged = json_array();
    add_answers(base, s, &s->base);
    for (size_t i = 0; i < s->n_constants; i++) {
        json_array_append_new(constants, json_constant(s, &s->constants[i], mem));
    }
    for (size_t i = 0; i < s->n_unranged; i++) {
        json_array_append_new(unranged, text(s->unranged[i]->name));
    }
    add(json, "scenario", json_scenario(&s->loaded, mem));
    add(json, "base", base);
    add(json, "constants", constants);
    add(json, "not_varied", unranged);
    return json;
}
