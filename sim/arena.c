/* arena.c - small blocks are cut from chunks; large ones are mappings of their own.
 *
 *   arena --> mapping <--> mapping <--> ...     mapping: [ head: prev next bytes | data ... ]
 *
 * Everything comes from mmap: it is zero already, costs nothing until touched, and a mapping can be
 * grown by moving page tables instead of bytes, or given back before the run ends.
 */
#include "sim/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sanitizer/asan_interface.h>

#include "sim/error.h"

#define ALIGNMENT 64
#define LARGE_BYTES (256u << 10) /* from here on a mapping of its own */
#define CHUNK_BYTES ((1u << 20) - 4096)
#define PAGE_BYTES 4096u
#define LARGE_PAGE_BYTES (2u << 20)

struct mapping {
    _Alignas(ALIGNMENT) struct mapping *prev;
    struct mapping *next;
    size_t bytes; /* with this head */
};

struct arena {
    struct mapping *mappings;
    char *free, *chunk_end; /* the rest of the newest chunk */
    size_t bytes;
};

static _Noreturn void out_of_memory(size_t bytes)
{
    fprintf(stderr, "out of memory: %zu more bytes cannot be had\n", bytes);
    _exit(3);
}

/* The address sanitizer, where it is built in, refuses the rest of the room. */
static void *fence(void *data, size_t bytes, size_t room)
{
    ASAN_UNPOISON_MEMORY_REGION(data, bytes);
    ASAN_POISON_MEMORY_REGION((char *)data + bytes, room - bytes);
    return data;
}

/* Rounds up to whole units and leaves at least one byte that is nobody's, for the fence. */
static size_t room_for(size_t bytes, size_t unit)
{
    return (bytes & ~(unit - 1)) + unit;
}

/* The size of a mapping for `bytes` of data, or no return. */
static size_t mapping_bytes(size_t bytes)
{
    if (bytes > SIZE_MAX / 2) {
        out_of_memory(bytes);
    }
    size_t whole = room_for(bytes + sizeof(struct mapping), PAGE_BYTES);
    return whole < LARGE_PAGE_BYTES ? whole : room_for(whole - 1, LARGE_PAGE_BYTES);
}

/* Tables of many megabytes are read at random places: large pages save a miss in the address
 * translation. Where the kernel has none to give, nothing is lost. */
static void prefer_large_pages(struct mapping *m)
{
    if (m->bytes >= LARGE_PAGE_BYTES) {
        (void)madvise(m, m->bytes, MADV_HUGEPAGE);
    }
}

/* Fresh pages; large mappings begin where a large page can, so what lies before and behind is given
 * back. */
static struct mapping *fresh_pages(size_t whole)
{
    size_t spare = whole < LARGE_PAGE_BYTES ? 0 : LARGE_PAGE_BYTES;
    char *pages = mmap(NULL, whole + spare, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (pages == MAP_FAILED) {
        out_of_memory(whole);
    }
    size_t before = spare == 0 ? 0 : -(uintptr_t)pages % LARGE_PAGE_BYTES;
    if (before > 0) {
        munmap(pages, before);
    }
    if (spare > before) {
        munmap(pages + before + whole, spare - before);
    }
    return (struct mapping *)(void *)(pages + before);
}

static void *map(struct arena *arena, size_t bytes)
{
    size_t whole = mapping_bytes(bytes);
    struct mapping *m = fresh_pages(whole);
    m->bytes = whole;
    prefer_large_pages(m);
    m->next = arena->mappings;
    if (m->next != NULL) {
        m->next->prev = m;
    }
    arena->mappings = m;
    return fence(m + 1, bytes, whole - sizeof *m);
}

/* The same mapping, longer and maybe elsewhere; its neighbours learn where. */
static void *map_grow(struct arena *arena, void *old, size_t old_bytes, size_t new_bytes)
{
    struct mapping *m = (struct mapping *)old - 1;
    sim_assert(m->bytes == mapping_bytes(old_bytes));
    size_t whole = mapping_bytes(new_bytes);
    ASAN_UNPOISON_MEMORY_REGION(m, m->bytes);
    m = mremap(m, m->bytes, whole, MREMAP_MAYMOVE);
    if (m == MAP_FAILED) {
        out_of_memory(new_bytes);
    }
    m->bytes = whole;
    prefer_large_pages(m);
    if (m->next != NULL) {
        m->next->prev = m;
    }
    *(m->prev != NULL ? &m->prev->next : &arena->mappings) = m;
    return fence(m + 1, new_bytes, whole - sizeof *m);
}

struct arena *arena_open(void)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL) {
        out_of_memory(sizeof *arena);
    }
    return arena;
}

void arena_close(struct arena *arena)
{
    for (struct mapping *m = arena->mappings, *next; m != NULL; m = next) {
        next = m->next;
        ASAN_UNPOISON_MEMORY_REGION(m, m->bytes);
        munmap(m, m->bytes);
    }
    free(arena);
}

void *arena_take(struct arena *arena, size_t bytes)
{
    if (bytes >= LARGE_BYTES) {
        void *data = map(arena, bytes);
        arena->bytes += bytes;
        return data;
    }
    size_t room = room_for(bytes, ALIGNMENT);
    if ((size_t)(arena->chunk_end - arena->free) < room) {
        arena->free = fence(map(arena, CHUNK_BYTES), 0, CHUNK_BYTES);
        arena->chunk_end = arena->free + CHUNK_BYTES;
    }
    void *data = fence(arena->free, bytes, room);
    arena->free += room;
    arena->bytes += bytes;
    return data;
}

void *arena_take_array(struct arena *arena, size_t n, size_t bytes)
{
    size_t product;
    if (__builtin_mul_overflow(n, bytes, &product)) {
        out_of_memory(SIZE_MAX);
    }
    return arena_take(arena, product);
}

void *arena_grow(struct arena *arena, void *old, size_t old_bytes, size_t new_bytes)
{
    sim_assert(new_bytes >= old_bytes);
    if (old_bytes >= LARGE_BYTES) {
        void *data = map_grow(arena, old, old_bytes, new_bytes);
        arena->bytes += new_bytes - old_bytes;
        return data;
    }
    void *data = arena_take(arena, new_bytes);
    if (old_bytes > 0) {
        memcpy(data, old, old_bytes);
        fence(old, 0, old_bytes);
    }
    return data;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0) {
        out_of_memory(0);
    }
    size_t bytes = (size_t)length + 1;
    char *kept = memcpy(arena_take(arena, bytes), text, bytes);
    free(text);
    return kept;
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->bytes;
}
