/* queue_name.c - a digit and a letter, three times; what is not written is none. */
#include "scenarios/queue_name.h"

#include <stdio.h>

/* "3q" at *text: takes it and gives 3. false when it is not there. */
static bool take_count(const char **text, char letter, uint8_t *n)
{
    const char *p = *text;

    if (p[0] < '0' || p[0] > '9' || p[1] != letter) {
        return false;
    }
    *n = (uint8_t)(p[0] - '0');
    *text = p + 2;
    return true;
}

bool queue_name_parse(const char *text, struct queue_structure *structure, char *why)
{
    struct queue_structure s = {0};
    const char *p = text;
    bool strict = take_count(&p, 'p', &s.n_strict);

    if (!take_count(&p, 'q', &s.n_weighted) || !take_count(&p, 't', &s.n_thresholds) || *p != 0) {
        snprintf(why, QUEUE_NAME_WHY, "'%.40s'; expected queues as in 1p3q8t", text);
        return false;
    }
    if (s.n_strict != strict || s.n_weighted < 1 || queue_count(s) > QUEUE_MOST ||
        s.n_thresholds > QUEUE_MOST_THRESHOLDS) {
        snprintf(why, QUEUE_NAME_WHY,
                 "'%s'; expected 1p or none, at least 1q, together at most %u, and at most %ut",
                 text, QUEUE_MOST, QUEUE_MOST_THRESHOLDS);
        return false;
    }
    *structure = s;
    return true;
}

char *queue_name_print(struct queue_structure s, char *text)
{
    char *p = text;

    if (s.n_strict != 0) {
        *p++ = '1';
        *p++ = 'p';
    }
    *p++ = (char)('0' + s.n_weighted);
    *p++ = 'q';
    *p++ = (char)('0' + s.n_thresholds);
    *p++ = 't';
    *p = '\0';
    return text;
}
