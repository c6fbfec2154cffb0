/* prefix_map.c - prefixes in Judy arrays.
 *
 * One array per length, because a longest match asks length by length anyway, and because keys of
 * one length are dense. What it costs is the ordered walk, which has to merge the lengths: a heap
 * of one walker per length, where the top mostly stays the top (over half of the Internet is /24).
 *
 * Never JudyLInsArray(): with 31 entries it writes outside its block (facts on Judy 1.0.5).
 */
#include "models/prefix_map.h"

#include <Judy.h>

#include "sim/error.h"

_Static_assert(sizeof(Word_t) == sizeof(uint64_t), "a Judy word holds an IPv4 prefix or half an "
                                                   "IPv6 one");

#define N_LENGTHS 129

static Word_t key_hi(uint64_t hi, unsigned length)
{
    return length == 0 ? 0 : length >= 64 ? hi : hi >> (64 - length);
}

static Word_t key_lo(uint64_t lo, unsigned length)
{
    return lo >> (128 - length);
}

static void *insert(void **root, Word_t key)
{
    void *slot = JudyLIns(root, key, PJE0);
    sim_assert(slot != PPJERR); /* out of memory */
    return slot;
}

uint64_t *prefix_map_get(const struct prefix_map *map, struct ip_prefix p)
{
    const void *root = map->roots[p.length];
    if (map->last_word != NULL && ip_prefix_compare(&map->last, &p) == 0) {
        return map->last_word;
    }
    if (p.length <= 64) {
        return (uint64_t *)JudyLGet(root, key_hi(p.hi, p.length), PJE0);
    }
    void **rest = JudyLGet(root, p.hi, PJE0);
    return rest == NULL ? NULL : (uint64_t *)JudyLGet(*rest, key_lo(p.lo, p.length), PJE0);
}

uint64_t *prefix_map_put(struct prefix_map *map, struct ip_prefix p)
{
    void **root = &map->roots[p.length];
    uint64_t *word = p.length <= 64 ? insert(root, key_hi(p.hi, p.length))
                                    : insert(insert(root, p.hi), key_lo(p.lo, p.length));
    map->n_prefixes += *word == 0;
    map->last = p;
    map->last_word = word;
    return word;
}

void prefix_map_remove(struct prefix_map *map, struct ip_prefix p)
{
    void **root = &map->roots[p.length];
    int n_removed;
    if (p.length <= 64) {
        n_removed = JudyLDel(root, key_hi(p.hi, p.length), PJE0);
    } else {
        void **rest = JudyLGet(*root, p.hi, PJE0);
        sim_assert(rest != NULL);
        n_removed = JudyLDel(rest, key_lo(p.lo, p.length), PJE0);
        if (*rest == NULL) {
            JudyLDel(root, p.hi, PJE0);
        }
    }
    sim_assert(n_removed == 1);
    map->n_prefixes--;
    map->last_word = NULL;
}

uint64_t *prefix_map_match(const struct prefix_map *map, struct ip_address address,
                           struct ip_prefix *prefix)
{
    for (int length = address.family == IPV4 ? 32 : 128; length >= 0; length--) {
        if (map->roots[length] != NULL) {
            *prefix = ip_prefix_of(address, (unsigned)length);
            uint64_t *word = prefix_map_get(map, *prefix);
            if (word != NULL) {
                return word;
            }
        }
    }
    return NULL;
}

/* Whether a prefix of one length held lies inside outer: the first not below it does, or none. */
static bool any_inside(const void *root, unsigned length, struct ip_prefix outer)
{
    Word_t hi = key_hi(outer.hi, length), lo;
    if (length <= 64) {
        return JudyLFirst(root, &hi, PJE0) != NULL &&
               ip_prefix_covers(outer, length == 0 ? 0 : hi << (64 - length), 0);
    }
    void **rest = JudyLFirst(root, &hi, PJE0);
    if (rest == NULL || outer.length <= 64) {
        return rest != NULL && ip_prefix_covers(outer, hi, 0);
    }
    lo = key_lo(outer.lo, length);
    return JudyLFirst(*rest, &lo, PJE0) != NULL &&
           ip_prefix_covers(outer, hi, lo << (128 - length));
}

bool prefix_map_any_inside(const struct prefix_map *map, struct ip_prefix outer)
{
    for (unsigned length = outer.length; length < N_LENGTHS; length++) {
        if (map->roots[length] != NULL && any_inside(map->roots[length], length, outer)) {
            return true;
        }
    }
    return false;
}

/* Goes through the prefixes of one length. */
struct walker {
    struct ip_prefix at;
    uint64_t word;
    const void *root;
    const void *rest; /* length > 64: the array of at.hi */
    Word_t key;       /* in root, or in rest */
};

static bool walker_step(struct walker *w)
{
    void **slot;
    if (w->at.length <= 64) {
        slot = JudyLNext(w->root, &w->key, PJE0);
        w->at.hi = w->at.length == 0 ? 0 : w->key << (64 - w->at.length);
    } else {
        slot = JudyLNext(w->rest, &w->key, PJE0);
        if (slot == NULL && (slot = JudyLNext(w->root, &w->at.hi, PJE0)) != NULL) {
            w->rest = *slot;
            w->key = 0;
            slot = JudyLFirst(w->rest, &w->key, PJE0);
        }
        w->at.lo = w->key << (128 - w->at.length);
    }
    w->word = slot == NULL ? 0 : *(uint64_t *)slot;
    return slot != NULL;
}

static struct walker walker_open(const void *root, enum ip_family family, unsigned length)
{
    struct walker w = {.at = {0, 0, (uint8_t)family, (uint8_t)length}, .root = root};
    void **slot;
    if (length <= 64) {
        slot = JudyLFirst(root, &w.key, PJE0);
        w.at.hi = length == 0 ? 0 : w.key << (64 - length);
    } else {
        w.rest = *(void **)JudyLFirst(root, &w.at.hi, PJE0);
        slot = JudyLFirst(w.rest, &w.key, PJE0);
        w.at.lo = w.key << (128 - length);
    }
    w.word = *(uint64_t *)slot;
    return w;
}

static bool before(const struct walker *a, const struct walker *b)
{
    return ip_prefix_compare(&a->at, &b->at) < 0;
}

/* Restores the heap after its member `i` moved on. */
static void sift_down(struct walker *heap, unsigned n, unsigned i)
{
    struct walker w = heap[i];
    for (unsigned child; (child = 2 * i + 1) < n; i = child) {
        child += child + 1 < n && before(&heap[child + 1], &heap[child]);
        if (before(&w, &heap[child])) {
            break;
        }
        heap[i] = heap[child];
    }
    heap[i] = w;
}

void prefix_map_each(const struct prefix_map *map, enum ip_family family,
                     void (*visit)(void *context, struct ip_prefix prefix, uint64_t word),
                     void *context)
{
    struct walker heap[N_LENGTHS];
    unsigned n = 0;
    for (unsigned length = 0; length < N_LENGTHS; length++) {
        if (map->roots[length] != NULL) {
            heap[n++] = walker_open(map->roots[length], family, length);
        }
    }
    for (unsigned i = n; i-- > 0;) {
        sift_down(heap, n, i);
    }
    while (n > 0) {
        visit(context, heap[0].at, heap[0].word);
        if (!walker_step(&heap[0])) {
            heap[0] = heap[--n];
        }
        sift_down(heap, n, 0);
    }
}

void prefix_map_clear(struct prefix_map *map)
{
    for (unsigned length = 0; length < N_LENGTHS; length++) {
        Word_t hi = 0;
        void **rest = length <= 64 ? NULL : JudyLFirst(map->roots[length], &hi, PJE0);
        for (; rest != NULL; rest = JudyLNext(map->roots[length], &hi, PJE0)) {
            JudyLFreeArray(rest, PJE0);
        }
        JudyLFreeArray(&map->roots[length], PJE0);
    }
    map->n_prefixes = 0;
    map->last_word = NULL;
}

size_t prefix_map_bytes(const struct prefix_map *map)
{
    size_t bytes = 0;
    for (unsigned length = 0; length < N_LENGTHS; length++) {
        Word_t hi = 0;
        void **rest = length <= 64 ? NULL : JudyLFirst(map->roots[length], &hi, PJE0);
        for (; rest != NULL; rest = JudyLNext(map->roots[length], &hi, PJE0)) {
            bytes += JudyLMemUsed(*rest);
        }
        bytes += JudyLMemUsed(map->roots[length]);
    }
    return bytes;
}
