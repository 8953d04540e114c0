/*
 * memory.c: what is held back for the moment when memory has run out: a collection may
 * need some to make room, and the error must be made, described and sent.
 */
#include "shim.h"

#include "vm_core.h"

#include <stdbool.h>

/* In bytes. */
#define RESERVE (512 * 1024)

static void *reserve;
static bool kept;

/* Called by Ruby, patched (patches/09-memory.patch), before and after collections. */
void funcbox_release_reserve(void);
void funcbox_restore_reserve(void);

void funcbox_release_reserve(void) {
    free(reserve);
    reserve = NULL;
}

void funcbox_restore_reserve(void) {
    if (kept && !reserve) reserve = malloc(RESERVE);
}

void memory_keep_reserve(void) {
    kept = true;
    funcbox_restore_reserve();
    GET_EC()->raised_flag = 0;
}

void memory_use_reserve(void) {
    kept = false;
    funcbox_release_reserve();
}
