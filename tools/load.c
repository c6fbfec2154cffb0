#include "tools/load.h"

#include <string.h>

#include "models/config.h"
#include "sim/arena.h"
#include "sim/error.h"

/* Reads "12.5%" to 125000 and moves *text behind it; -1 when there is none, or it is 0 or above
 * 100 %. */
static int64_t take_percent(const char **text)
{
    int64_t ppm = 0, digit_ppm = 10000;
    const char *c = *text;
    if (*c < '0' || *c > '9') {
        return -1;
    }
    for (; *c >= '0' && *c <= '9' && ppm <= LOAD_FULL; c++) {
        ppm = 10 * ppm + 10000 * (*c - '0');
    }
    if (*c == '.') {
        for (c++; *c >= '0' && *c <= '9' && digit_ppm > 1; c++) {
            digit_ppm /= 10;
            ppm += digit_ppm * (*c - '0');
        }
    }
    if (*c != '%' || ppm == 0 || ppm > LOAD_FULL) {
        return -1;
    }
    *text = c + 1;
    return ppm;
}

static bool take_word(const char **text, const char *word)
{
    size_t n = strlen(word);
    bool there = strncmp(*text, word, n) == 0;
    *text += there ? n : 0;
    return there;
}

static void fill_points(struct loads *l, int64_t low, int64_t high)
{
    for (size_t i = 0; i < l->n; i++) {
        l->ppm[i] = low + (high - low) * (int64_t)i / (int64_t)(l->n - 1);
    }
}

static void fill_steps(struct loads *l, int64_t low, int64_t high, int64_t step)
{
    for (size_t i = 0; i < l->n; i++) {
        int64_t ppm = low + step * (int64_t)i;
        l->ppm[i] = ppm < high ? ppm : high;
    }
}

bool loads_parse(const char *text, struct arena *mem, struct loads *loads, struct error *err)
{
    const char *rest = text;
    int64_t low = take_percent(&rest), high = low, step = 0;
    bool range = take_word(&rest, "..");
    if (range) {
        high = take_percent(&rest);
        step = take_word(&rest, "/") ? take_percent(&rest) : 0;
    }
    if (low < 0 || high < low || step < 0 || *rest != '\0') {
        return error_add(err,
                         "--load=%s: expected a share of the scenario's rates above 0%% and up to "
                         "100%%, as 50%%, 10%%..100%% or 5%%..100%%/5%%",
                         text);
    }
    loads->n = low == high ? 1
               : step == 0 ? LOAD_DEFAULT_POINTS
                           : (size_t)((high - low + step - 1) / step) + 1;
    if (loads->n > LOAD_MAX_POINTS) {
        return error_add(err, "--load=%s: that is %zu points, expected at most %d", text, loads->n,
                         LOAD_MAX_POINTS);
    }
    loads->ppm = arena_take_array(mem, loads->n, sizeof *loads->ppm);
    if (range && step == 0 && low != high) {
        fill_points(loads, low, high);
    } else {
        fill_steps(loads, low, high, step);
    }
    return true;
}

struct chassis_config load_scale(const struct chassis_config *config, int64_t ppm,
                                 struct arena *mem)
{
    __extension__ typedef unsigned __int128 wide;
    struct chassis_config scaled = *config;
    scaled.streams = arena_take_array(mem, config->n_streams, sizeof *scaled.streams);
    for (uint32_t i = 0; i < config->n_streams; i++) {
        scaled.streams[i] = config->streams[i];
        struct rate *rate = &scaled.streams[i].rate;
        wide parts = (wide)rate->value * (uint64_t)ppm + LOAD_FULL / 2;
        rate->value = (uint64_t)(parts / LOAD_FULL);
        rate->value = rate->value == 0 ? 1 : rate->value;
    }
    return scaled;
}
