/* quantity.c - digits are gathered in an integer and scaled once, in 128 bits, so no value is ever
 * rounded and no text overflows silently.
 */
#include "scenarios/quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

struct unit_name {
    const char *name;
    enum unit unit;
    uint64_t steps; /* smallest steps in one */
};

/* By unit, then rising. */
static const struct unit_name unit_names[] = {
    {"", UNIT_COUNT, 1},
    {"B", UNIT_BYTES, 1},
    {"kB", UNIT_BYTES, 1000},
    {"KiB", UNIT_BYTES, 1024},
    {"MB", UNIT_BYTES, 1000000},
    {"MiB", UNIT_BYTES, 1048576},
    {"GB", UNIT_BYTES, 1000000000},
    {"ps", UNIT_PS, 1},
    {"ns", UNIT_PS, 1000},
    {"us", UNIT_PS, 1000000},
    {"ms", UNIT_PS, 1000000000},
    {"s", UNIT_PS, 1000000000000},
    {"bps", UNIT_BPS, 1},
    {"kbps", UNIT_BPS, 1000},
    {"Mbps", UNIT_BPS, 1000000},
    {"Gbps", UNIT_BPS, 1000000000},
    {"pps", UNIT_PPS, 1},
    {"kpps", UNIT_PPS, 1000},
    {"Mpps", UNIT_PPS, 1000000},
    {"%", UNIT_PPM, 10000},
};
#define N_UNIT_NAMES (sizeof unit_names / sizeof unit_names[0])

static const char *const expected[] = {
    [UNIT_COUNT] = "a whole number",
    [UNIT_BYTES] = "a size in B, kB, MB, GB, KiB or MiB",
    [UNIT_PS] = "a time in ps, ns, us, ms or s",
    [UNIT_BPS] = "a rate in bps, kbps, Mbps or Gbps",
    [UNIT_PPS] = "a rate in pps, kpps or Mpps",
    [UNIT_PPM] = "a share in %",
};

/* "a whole number", "a rate in bps, ... or a share in %". */
static void say_expected(unsigned units, char *text, size_t room)
{
    size_t n = 0;
    text[0] = '\0';
    for (unsigned unit = 0; unit <= UNIT_PPM && n < room; unit++) {
        if (units & UNITS(unit)) {
            const char * or = n == 0 ? "" : ", or ";
            n += (size_t)snprintf(text + n, room - n, "%s%s", or, expected[unit]);
        }
    }
}

/* Of `text`, which may be long, what fits into a message. */
#define SHOWN "%.40s"

static bool refuse(const char *text, const char *what, unsigned units, char *why)
{
    char list[128];
    say_expected(units, list, sizeof list);
    snprintf(why, QUANTITY_WHY, "'" SHOWN "' %s; expected %s", text, what, list);
    return false;
}

/* digits[.digits] --> number and how many digits follow the point; returns the rest of the text, or
 * NULL when it does not begin with a number we write. */
static const char *take_number(const char *text, uint64_t *number, unsigned *n_decimals)
{
    const char *p = text;
    bool point = false;
    *number = 0;
    *n_decimals = 0;
    for (; (*p >= '0' && *p <= '9') || (*p == '.' && !point && p > text); p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        if (__builtin_mul_overflow(*number, 10u, number) ||
            __builtin_add_overflow(*number, (uint64_t)(*p - '0'), number)) {
            return NULL;
        }
        *n_decimals += point;
    }
    bool leading_zero = text[0] == '0' && text[1] >= '0' && text[1] <= '9';
    return p == text || p[-1] == '.' || leading_zero || *n_decimals > 18 ? NULL : p;
}

static const struct unit_name *find_unit(const char *name, unsigned units)
{
    for (size_t i = 0; i < N_UNIT_NAMES; i++) {
        if ((units & UNITS(unit_names[i].unit)) && strcmp(unit_names[i].name, name) == 0) {
            return &unit_names[i];
        }
    }
    return NULL;
}

bool quantity_parse(const char *text, unsigned units, struct quantity *q, char *why)
{
    uint64_t number;
    unsigned n_decimals;
    const char *rest = take_number(text, &number, &n_decimals);
    if (rest == NULL && text[0] != '0' && strspn(text, "0123456789") >= 20) {
        return refuse(text, "is too large", units, why);
    }
    if (rest == NULL) {
        return refuse(text, "is not a number as written here (5, 0.5)", units, why);
    }
    const struct unit_name *name = find_unit(rest, units);
    if (name == NULL) {
        return refuse(text, *rest == '\0' ? "has no unit" : "has a unit that does not fit", units,
                      why);
    }
    uint64_t scale = 1;
    for (unsigned i = 0; i < n_decimals; i++) {
        scale *= 10;
    }
    wide steps = (wide)number * name->steps;
    if (steps % scale != 0) {
        return refuse(text, "is finer than can be told apart", units, why);
    }
    if (steps / scale > UINT64_MAX) {
        return refuse(text, "is too large", units, why);
    }
    *q = (struct quantity){name->unit, (uint64_t)(steps / scale)};
    return true;
}

bool quantity_in_range(struct quantity q, uint64_t min, uint64_t max, char *why)
{
    if (q.value >= min && q.value <= max) {
        return true;
    }
    char is[QUANTITY_TEXT], from[QUANTITY_TEXT], to[QUANTITY_TEXT];
    snprintf(why, QUANTITY_WHY, "%s is out of range: %s to %s", quantity_print(q, is),
             quantity_print((struct quantity){q.unit, min}, from),
             quantity_print((struct quantity){q.unit, max}, to));
    return false;
}

/* Parts in a million as "12.5%". */
static char *print_percent(uint64_t ppm, char *text)
{
    int n = snprintf(text, QUANTITY_TEXT, "%" PRIu64 ".%04" PRIu64, ppm / 10000, ppm % 10000);
    while (text[n - 1] == '0') {
        n--;
    }
    n -= text[n - 1] == '.';
    snprintf(text + n, QUANTITY_TEXT - (size_t)n, "%%");
    return text;
}

char *quantity_print(struct quantity q, char *text)
{
    if (q.unit == UNIT_PPM) {
        return print_percent(q.value, text);
    }
    const struct unit_name *best = NULL;
    for (size_t i = 0; i < N_UNIT_NAMES; i++) {
        const struct unit_name *name = &unit_names[i];
        bool decimal = strstr(name->name, "iB") == NULL;
        bool fits = q.value % name->steps == 0 && (q.value >= name->steps || best == NULL);
        best = name->unit == q.unit && decimal && fits ? name : best;
    }
    snprintf(text, QUANTITY_TEXT, "%" PRIu64 "%s", q.value / best->steps, best->name);
    return text;
}
