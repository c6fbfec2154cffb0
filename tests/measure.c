#include "tests/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, compare_doubles);
    return values[ROUNDS / 2];
}

void print_figure(bool as_json, const char *name, double value, const char *unit, double reference)
{
    if (as_json) {
        printf("{\"name\": \"%s\", \"value\": %.2f, \"unit\": \"%s\"", name, value, unit);
        if (reference > 0) {
            printf(", \"dpdk\": %.2f, \"ratio\": %.3f", reference, value / reference);
        }
        printf("}\n");
    } else {
        printf("%-48s %9.2f %-8s", name, value, unit);
        if (reference > 0) {
            printf(" DPDK's best %9.2f  ratio %5.2f", reference, value / reference);
        }
        printf("\n");
    }
}
