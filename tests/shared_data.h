/* shared_data.h - for tests and benchmarks: the real tables, kept beside the repository.
 *
 * Folder: $CAT6K_SHARED_DATA, or ../shared/data from where the program runs.
 */
#ifndef TESTS_SHARED_DATA_H
#define TESTS_SHARED_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "models/prefix.h"

#define SHARED_IPV4 "ipv4-full-2024-01.txt.xz"
#define SHARED_IPV6 "ipv6-full-2024-01.txt.xz"
#define SHARED_UPDATES "ipv4-updates-linx-2014-12-17.txt.xz"
#define SHARED_ACL "classbench-acl1_1k.rules"
#define SHARED_ACL_TRACE "classbench-acl1_1k.trace.xz"

struct shared_line {
    bool withdraw; /* updates only */
    struct ip_prefix prefix;
};

/* The lines of a table ("prefix next-hop") or of updates ("time a|w prefix next-hop"), to be freed.
 * Prints "skipped: ..." and returns NULL when there is no such file. */
struct shared_line *shared_lines(const char *name, size_t *n_lines);

/* The prefixes alone, in the order of the file: sorted. */
struct ip_prefix *shared_prefixes(const char *name, size_t *n_prefixes);

/* Writes where the file is. Prints "skipped: ..." and returns false when there is none. */
bool shared_path(const char *name, char *path, size_t room);

#endif /* TESTS_SHARED_DATA_H */
