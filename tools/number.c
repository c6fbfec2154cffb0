#include "tools/number.h"

#include <stdio.h>

#define PS_PER_S 1000000000000ull

__extension__ typedef unsigned __int128 wide;

uint64_t rate_per_s(uint64_t count, int64_t interval_ps)
{
    if (interval_ps <= 0) {
        return 0;
    }
    return (uint64_t)((wide)count * PS_PER_S / (uint64_t)interval_ps);
}

int64_t share_ppm(uint64_t part, uint64_t whole)
{
    if (whole == 0) {
        return 0;
    }
    return (int64_t)(((wide)part * 1000000 + whole / 2) / whole);
}

/* Four significant digits of value / scale; value is less than 1000 times the scale. */
static void print_scaled(char *text, double value, const char *prefix, const char *unit)
{
    int digits = value < 9.9995 ? 3 : value < 99.995 ? 2 : value < 999.95 ? 1 : 0;
    snprintf(text, NUMBER_TEXT, "%.*f %s%s", digits, value, prefix, unit);
}

const char *number_si(char *text, uint64_t value, const char *unit)
{
    static const char *const prefixes[] = {"", "k", "M", "G", "T", "P", "E"};
    if (value < 1000) {
        snprintf(text, NUMBER_TEXT, "%u %s", (unsigned)value, unit);
        return text;
    }
    double scaled = (double)value;
    unsigned i = 0;
    while (scaled >= 999.95) {
        scaled /= 1000;
        i++;
    }
    print_scaled(text, scaled, prefixes[i], unit);
    return text;
}

const char *number_time(char *text, int64_t ps)
{
    static const char *const units[] = {"ps", "ns", "us", "ms", "s"};
    if (ps < 1000) {
        snprintf(text, NUMBER_TEXT, "%d ps", (int)ps);
        return text;
    }
    double scaled = (double)ps;
    unsigned i = 0;
    while (scaled >= 999.95 && i < 4) {
        scaled /= 1000;
        i++;
    }
    print_scaled(text, scaled, units[i], "");
    return text;
}

const char *number_us(char *text, uint64_t ps)
{
    snprintf(text, NUMBER_TEXT, "%.3f", (double)ps / 1e6);
    return text;
}

const char *number_percent(char *text, int64_t ppm)
{
    if (ppm > 0 && ppm < 100) {
        snprintf(text, NUMBER_TEXT, "< 0.01 %%");
    } else {
        snprintf(text, NUMBER_TEXT, "%.2f %%", (double)ppm / 1e4);
    }
    return text;
}

const char *number_count(char *text, uint64_t count)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    char *out = text;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            *out++ = ' ';
        }
        *out++ = digits[i];
    }
    *out = '\0';
    return text;
}
