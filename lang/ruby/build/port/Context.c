/* Context.c replaces coroutine/asyncify/Context.c; see Context.h. */
#include "Context.h"

#include "wasm/machine.h"

/* The host's limit is 1024 (wasm/fiber.go) and the first fiber counts, too. Beyond it
 * the call would end; this way it is a FiberError. */
enum { MOST_FIBERS = 1000 };

__attribute__((import_module("funcbox"), import_name("fiber_switch"))) void funcbox_fiber_switch(void *from, void *to);
__attribute__((import_module("funcbox"), import_name("fiber_free"))) void funcbox_fiber_free(void *fiber);

static int fibers;
static struct coroutine_context *all;

bool coroutine_available(void) { return fibers < MOST_FIBERS; }

void coroutine_initialize_main(struct coroutine_context *context) {
    context->start = NULL;
    context->from = NULL;
    context->counted = false;
}

void coroutine_initialize(struct coroutine_context *context, coroutine_start start, void *stack, size_t size) {
    context->start = start;
    context->from = NULL;
    /* tool-conventions/BasicCABI.md: the stack pointer is a multiple of 16. */
    context->stack_pointer = (void *)(((uintptr_t)stack + size) & ~(uintptr_t)15);
    context->counted = true;
    context->next = all;
    context->link = &all;
    if (all) all->link = &context->next;
    all = context;
    fibers++;
}

struct coroutine_context *coroutine_any(void) { return all; }

/* The host puts the stack pointer back when current goes on. */
__attribute__((noinline)) struct coroutine_context *coroutine_transfer(struct coroutine_context *current,
                                                                       struct coroutine_context *target) {
    struct coroutine_context *previous = target->from;
    target->from = current;
    funcbox_fiber_switch(current, target);
    target->from = previous;
    return target;
}

__attribute__((export_name("funcbox_fiber"), noinline)) void funcbox_fiber(struct coroutine_context *context) {
    rb_wasm_set_stack_pointer(context->stack_pointer);
    context->start(context->from, context);
}

void coroutine_destroy(struct coroutine_context *context) {
    if (!context->counted) return;
    context->counted = false;
    *context->link = context->next;
    if (context->next) context->next->link = context->link;
    fibers--;
    funcbox_fiber_free(context);
}
