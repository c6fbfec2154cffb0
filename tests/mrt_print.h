/* mrt_print.h - what an MRT file holds, as `bgpdump -m` prints it: a line for each prefix. */
#ifndef TESTS_MRT_PRINT_H
#define TESTS_MRT_PRINT_H

#include <stdbool.h>
#include <stdio.h>

struct error;

/* false with *err. */
bool mrt_print(const char *path, FILE *out, struct error *err);

#endif /* TESTS_MRT_PRINT_H */
