/* figure.c - reading one figure of the catalogue: value, source and range. */
#include "scenarios/figure.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/nearest.h"
#include "scenarios/queue_name.h"
#include "sim/arena.h"

_Static_assert(QUEUE_NAME_WHY <= FIGURE_WHY, "one buffer for both");

static bool refuse(char *why, const char *format, const char *text)
{
    snprintf(why, FIGURE_WHY, format, text);
    return false;
}

bool figure_next(const char **text, char separator, char *item)
{
    if (*text == NULL) {
        return false;
    }
    const char *begin = *text + strspn(*text, " "), *stop = strchr(begin, separator);
    const char *end = stop != NULL ? stop : begin + strlen(begin);
    *text = stop != NULL ? stop + 1 : NULL;
    while (end > begin && end[-1] == ' ') {
        end--;
    }
    size_t length = (size_t)(end - begin);
    length = length < FIGURE_ITEM ? length : FIGURE_ITEM - 1;
    memcpy(item, begin, length);
    item[length] = '\0';
    return true;
}

/* --- Values --------------------------------------------------------------------------------- */

static bool parse(const struct figure_rule *rule, const char *text, struct quantity *q, char *why)
{
    return quantity_parse(text, UNITS(rule->unit), q, why) &&
           quantity_in_range(*q, rule->min, rule->max, why);
}

static uint32_t find_word(const struct figure_rule *rule, const char *text)
{
    uint32_t i = 0;
    while (rule->words[i] != NULL && strcmp(rule->words[i], text) != 0) {
        i++;
    }
    return i;
}

static bool check_word(const struct figure_rule *rule, const char *text, char *why)
{
    uint32_t word = find_word(rule, text), n = word;
    if (rule->words[word] != NULL) {
        return true;
    }
    int length = snprintf(why, FIGURE_WHY, "'%.40s'; expected ", text);
    for (uint32_t i = 0; i < n; i++) {
        const char *separator = i == 0 ? "" : i + 1 < n ? ", " : " or ";
        length +=
            snprintf(why + length, FIGURE_WHY - (size_t)length, "%s%s", separator, rule->words[i]);
    }
    return false;
}

static bool check_item(const struct figure_rule *rule, const char *text, char *why)
{
    struct quantity q;
    struct queue_structure queues;
    switch (rule->form) {
    case FIGURE_QUANTITY:
    case FIGURE_LIST:
        return parse(rule, text, &q, why);
    case FIGURE_WORD:
    case FIGURE_WORDS:
        return check_word(rule, text, why);
    case FIGURE_QUEUES:
        return queue_name_parse(text, &queues, why);
    default:
        return text[0] != '\0' || refuse(why, "expected a text%s", "");
    }
}

bool figure_check(const struct figure_rule *rule, const char *text, char *why)
{
    char item[FIGURE_ITEM];
    bool list = rule->form == FIGURE_LIST || rule->form == FIGURE_WORDS, ok = true;
    while (list && ok && figure_next(&text, ',', item)) {
        ok = check_item(rule, item, why);
    }
    return list ? ok : check_item(rule, text, why);
}

uint64_t figure_number(const struct figure *figure, const struct figure_rule *rule)
{
    uint64_t number = 0;
    figure_numbers(figure, rule, &number, 1);
    return number;
}

uint32_t figure_numbers(const struct figure *figure, const struct figure_rule *rule,
                        uint64_t *numbers, uint32_t room)
{
    const char *text = figure->value;
    char item[FIGURE_ITEM], why[QUANTITY_WHY];
    uint32_t n = 0;
    while (n < room && figure_next(&text, ',', item)) {
        struct quantity q = {rule->unit, 0};
        quantity_parse(item, UNITS(rule->unit), &q, why);
        numbers[n++] = q.value;
    }
    return n;
}

uint32_t figure_word(const struct figure *figure, const struct figure_rule *rule)
{
    return figure->value == NULL ? 0 : find_word(rule, figure->value);
}

/* --- Ranges --------------------------------------------------------------------- */

/* "100ns..1us" around the value. */
static bool take_ends(struct figure *figure, const struct figure_rule *rule, struct arena *mem,
                      char *why)
{
    const char *dots = strstr(figure->range, "..");
    struct quantity low, high;
    if (dots == NULL) {
        return refuse(why, "'%.40s'; expected a range as in 100ns..1us", figure->range);
    }
    figure->low = arena_printf(mem, "%.*s", (int)(dots - figure->range), figure->range);
    figure->high = dots + 2;
    if (!parse(rule, figure->low, &low, why) || !parse(rule, figure->high, &high, why)) {
        return false;
    }
    uint64_t value = figure_number(figure, rule);
    return (low.value <= value && value <= high.value) ||
           refuse(why, "the range does not hold the value, %.40s", figure->value);
}

/* "0, 1 | 1, 0" */
static bool take_choices(struct figure *figure, const struct figure_rule *rule, struct arena *mem,
                         char *why)
{
    const char *text = figure->range;
    char item[FIGURE_ITEM];
    while (figure_next(&text, '|', item)) {
        if (!figure_check(rule, item, why)) {
            return false;
        }
        figure->high = arena_printf(mem, "%s", item);
        figure->low = figure->low != NULL ? figure->low : figure->high;
    }
    return true;
}

bool figure_take_range(struct figure *figure, const struct figure_rule *rule, struct arena *mem,
                       char *why)
{
    bool quantity = rule->form == FIGURE_QUANTITY || rule->form == FIGURE_LIST;
    bool one = quantity && strchr(figure->value, ',') == NULL;
    if (figure->range == NULL) {
        return figure->taken.provenance != SOURCE_ASSUMED || !one ||
               refuse(why, "what is assumed needs its range%s", "");
    }
    if (figure->taken.provenance != SOURCE_ASSUMED) {
        return refuse(why, "a range is for what is assumed%s", "");
    }
    return one ? take_ends(figure, rule, mem, why) : take_choices(figure, rule, mem, why);
}
