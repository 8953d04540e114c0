/*
 * memory.c: mmap and munmap as Zend/zend_alloc.c and Zend/zend_fibers.c use
 * them. Memory comes from memory.grow, 64 KiB at a time, and what is given back
 * goes into a list of free ranges, in order of their addresses, each of which
 * begins with its own entry. Ranges of 2 MiB and more are aligned to that, which
 * is what zend_alloc wants of its chunks (ZEND_MM_CHUNK_SIZE). Memory that was
 * used before is handed out as it is, not zeroed: neither user relies on zeros.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <ucontext.h>

#define PAGE ((uintptr_t)65536)
#define CHUNK ((uintptr_t)2 << 20)

struct range {
    struct range *next;
    uintptr_t size;
};

static struct range *first_free;

static uintptr_t end_of(struct range *range) { return (uintptr_t)range + range->size; }

static void give_back(uintptr_t from, uintptr_t size) {
    struct range **link = &first_free, *before = NULL;
    if (!size) return;
    while (*link && (uintptr_t)*link < from) {
        before = *link;
        link = &before->next;
    }
    struct range *range = (struct range *)from;
    range->next = *link;
    range->size = size;
    *link = range;
    if (range->next && end_of(range) == (uintptr_t)range->next) {
        range->size += range->next->size;
        range->next = range->next->next;
    }
    if (before && end_of(before) == from) {
        before->size += range->size;
        before->next = range->next;
    }
}

/* Takes size bytes at where out of the free range *link. */
static void take(struct range **link, uintptr_t where, uintptr_t size) {
    struct range *range = *link;
    uintptr_t from = (uintptr_t)range, to = end_of(range);
    *link = range->next;
    give_back(where + size, to - (where + size));
    give_back(from, where - from);
}

static uintptr_t grow(uintptr_t alignment, uintptr_t size) {
    uintptr_t top = (uintptr_t)__builtin_wasm_memory_size(0) * PAGE;
    uintptr_t where = (top + alignment - 1) & ~(alignment - 1);
    if (where < top || where + size < where) return 0;
    if (__builtin_wasm_memory_grow(0, (where + size - top) / PAGE) == (size_t)-1) return 0;
    give_back(top, where - top);
    return where;
}

void *mmap(void *wanted, size_t length, int protection, int flags, int fd, off_t offset) {
    uintptr_t size = (length + PAGE - 1) & ~(PAGE - 1), alignment = size >= CHUNK ? CHUNK : PAGE, where = (uintptr_t)wanted;
    if (!(flags & MAP_ANON) || fd != -1) {
        errno = ENODEV;
        return MAP_FAILED;
    }
    if (!length || size < length) {
        errno = length ? ENOMEM : EINVAL;
        return MAP_FAILED;
    }
    if ((flags & MAP_STACK) && !funcbox_may_make_context()) {
        errno = EAGAIN;
        return MAP_FAILED;
    }
    /* A wish for a place is a block of zend_alloc that wants to grow where it is. */
    for (struct range **link = &first_free; *link; link = &(*link)->next) {
        uintptr_t from = (uintptr_t)*link, to = end_of(*link);
        uintptr_t at = wanted ? where : (from + alignment - 1) & ~(alignment - 1);
        if (at < from || at > to || to - at < size) continue;
        take(link, at, size);
        return (void *)at;
    }
    if (wanted) {
        if (where != (uintptr_t)__builtin_wasm_memory_size(0) * PAGE) where = 0;
        else where = grow(PAGE, size);
    } else where = grow(alignment, size);
    if (!where) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return (void *)where;
}

int munmap(void *address, size_t length) {
    uintptr_t from = ((uintptr_t)address + PAGE - 1) & ~(PAGE - 1), to = ((uintptr_t)address + length + PAGE - 1) & ~(PAGE - 1);
    if (to > from) give_back(from, to - from);
    return 0;
}

/* The limit is found out by taking all there is: this is called when memory has
 * run out. */
size_t funcbox_memory_limit(void) {
    for (uintptr_t step = (uintptr_t)1 << 31; step >= PAGE; step /= 2) {
        uintptr_t where = grow(PAGE, step);
        give_back(where, where ? step : 0);
    }
    return (size_t)__builtin_wasm_memory_size(0) * PAGE;
}

int mprotect(void *address, size_t length, int protection) { return 0; }
int madvise(void *address, size_t length, int advice) { return 0; }
