#include "scenarios/amount.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/quantity.h"

#define PS_PER_S 1e12
#define PPM 1e6
#define BITS_PER_BYTE 8

static bool is_plain(const char *text)
{
    size_t whole = strspn(text, "0123456789");
    const char *rest = text + whole;
    size_t digits = *rest == '.' ? strspn(rest + 1, "0123456789") : 0;
    return whole > 0 && whole <= 18 && digits <= 18 && rest[digits + (digits > 0)] == '\0';
}

bool amount_parse(const char *text, struct amount *amount, char *why)
{
    const unsigned units =
        UNITS(UNIT_BYTES) | UNITS(UNIT_PS) | UNITS(UNIT_BPS) | UNITS(UNIT_PPS) | UNITS(UNIT_PPM);
    struct quantity q;
    if (is_plain(text)) {
        *amount = (struct amount){.number = strtod(text, NULL)};
        return true;
    }
    if (!quantity_parse(text, units, &q, why)) {
        return false;
    }
    double value = (double)q.value;
    switch (q.unit) {
    case UNIT_BYTES:
        *amount = (struct amount){.number = value * BITS_PER_BYTE, .bits = 1};
        break;
    case UNIT_PS:
        *amount = (struct amount){.number = value / PS_PER_S, .seconds = 1};
        break;
    case UNIT_BPS:
        *amount = (struct amount){.number = value, .bits = 1, .seconds = -1};
        break;
    case UNIT_PPS:
        *amount = (struct amount){.number = value, .seconds = -1};
        break;
    default:
        *amount = (struct amount){.number = value / PPM};
    }
    return true;
}

bool amount_alike(const struct amount *a, const struct amount *b)
{
    return (a->word == NULL) == (b->word == NULL) && a->bits == b->bits && a->seconds == b->seconds;
}

/* Dimensions that have a name, and how they are written. */
static const struct dimension {
    int bits, seconds;
    const char *kind;
    double unit;             /* of the first name below */
    const char *prefixes[6]; /* each 1000 times the one before */
} dimensions[] = {
    {0, 0, "a plain number", 1, {""}},
    {0, -1, "a rate per second", 1, {"pps", "kpps", "Mpps", "Gpps"}},
    {1, -1, "a rate in bits per second", 1, {"bps", "kbps", "Mbps", "Gbps", "Tbps"}},
    {1, 0, "a size", BITS_PER_BYTE, {"B", "kB", "MB", "GB", "TB"}},
    {0, 1, "a time", 1 / PS_PER_S, {"ps", "ns", "us", "ms", "s"}},
};

static const struct dimension *dimension_of(const struct amount *a)
{
    for (size_t i = 0; i < sizeof dimensions / sizeof dimensions[0]; i++) {
        if (dimensions[i].bits == a->bits && dimensions[i].seconds == a->seconds) {
            return &dimensions[i];
        }
    }
    return NULL;
}

const char *amount_kind(const struct amount *amount)
{
    const struct dimension *d = dimension_of(amount);
    return amount->word != NULL ? "a word" : d != NULL ? d->kind : "of no unit that has a name";
}

const char *amount_print(const struct amount *amount, bool percent, char *text)
{
    const struct dimension *d = dimension_of(amount);
    double number = amount->number;
    if (amount->word != NULL) {
        return amount->word;
    }
    if (d == NULL) {
        snprintf(text, AMOUNT_TEXT, "%.5g bit^%d s^%d", number, amount->bits, amount->seconds);
    } else if (d != dimensions) {
        unsigned i = 0;
        for (number /= d->unit; fabs(number) >= 999.995 && d->prefixes[i + 1] != NULL; i++) {
            number /= 1000;
        }
        snprintf(text, AMOUNT_TEXT, "%.5g %s", number, d->prefixes[i]);
    } else if (percent) {
        snprintf(text, AMOUNT_TEXT, "%.5g %%", number * 100);
    } else if (number == floor(number) && fabs(number) < 1e15) {
        snprintf(text, AMOUNT_TEXT, "%.0f", number);
    } else {
        snprintf(text, AMOUNT_TEXT, "%.5g", number);
    }
    return text;
}
