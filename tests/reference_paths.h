/* reference_paths.h - the RIB of the reference simulator: a sorted list. */
#ifndef TESTS_REFERENCE_PATHS_H
#define TESTS_REFERENCE_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/prefix.h"

enum target { NEXT_HOP, NEIGHBOUR, SUBNET, ROUTER, NOWHERE };

/* Distances; where a static one that floats is exactly, beyond BGP's, is all the same. */
enum { PATH_CONNECTED, PATH_STATIC, PATH_FEED = 20, PATH_FLOATING = 250 };

struct path {
    struct ip_prefix prefix;
    int distance;
    enum target target;
    struct ip_address next_hop;
    uint32_t port;
    bool punt;
    uint32_t n_others; /* next hops beside the first */
    const struct ip_address *others;
};

struct path_list {
    struct path *paths; /* the best of a prefix first */
    size_t n, room;
};

/* In the place of another of its prefix and distance. */
void path_list_add(struct path_list *list, struct path path);

/* The path of this prefix and distance, if there is one. */
void path_list_drop(struct path_list *list, struct path path);

/* A path comes or goes. A prefix has one static path, whether it floats or not. */
void path_list_put(struct path_list *list, struct path path, bool withdraw);

/* Whether anything but the feed leads to an address. */
bool path_list_leads_to(const struct path_list *list, struct ip_address to);

/* The best path of the longest prefix that covers the address. */
const struct path *path_list_match(const struct path_list *list, struct ip_address to);

#endif /* TESTS_REFERENCE_PATHS_H */
