#include "tests/reference_paths.h"

#include <stdlib.h>
#include <string.h>

static int compare_paths(const struct path *a, const struct path *b)
{
    int order = ip_prefix_compare(&a->prefix, &b->prefix);

    return order != 0 ? order : a->distance - b->distance;
}

/* Where the path of this prefix and distance is, or belongs. */
static size_t place_of(const struct path_list *list, const struct path *path)
{
    size_t i = list->n;

    while (i > 0 && compare_paths(path, &list->paths[i - 1]) <= 0) {
        i--;
    }
    return i;
}

void path_list_drop(struct path_list *list, struct path path)
{
    size_t i = place_of(list, &path);

    if (i < list->n && compare_paths(&path, &list->paths[i]) == 0) {
        memmove(&list->paths[i], &list->paths[i + 1], (--list->n - i) * sizeof path);
    }
}

void path_list_add(struct path_list *list, struct path path)
{
    path_list_drop(list, path);
    if (list->n == list->room) {
        list->room = 2 * list->room + 16;
        list->paths = realloc(list->paths, list->room * sizeof path);
    }
    size_t i = place_of(list, &path);
    memmove(&list->paths[i + 1], &list->paths[i], (list->n++ - i) * sizeof path);
    list->paths[i] = path;
}

const struct path *path_list_match(const struct path_list *list, struct ip_address to)
{
    const struct path *best = NULL;

    for (size_t i = 0; i < list->n; i++) {
        const struct path *path = &list->paths[i];
        if (path->prefix.family == to.family && ip_prefix_covers(path->prefix, to.hi, to.lo) &&
            (best == NULL || path->prefix.length > best->prefix.length)) {
            best = path;
        }
    }
    return best;
}

void path_list_put(struct path_list *list, struct path path, bool withdraw)
{
    if (path.distance == PATH_STATIC || path.distance == PATH_FLOATING) {
        struct path other = path;
        other.distance = path.distance == PATH_STATIC ? PATH_FLOATING : PATH_STATIC;
        path_list_drop(list, other);
    }
    if (withdraw) {
        path_list_drop(list, path);
    } else {
        path_list_add(list, path);
    }
}

bool path_list_leads_to(const struct path_list *list, struct ip_address to)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct path *path = &list->paths[i];
        if (path->prefix.family == to.family && path->distance != PATH_FEED &&
            ip_prefix_covers(path->prefix, to.hi, to.lo)) {
            return true;
        }
    }
    return false;
}
