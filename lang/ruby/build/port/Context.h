/* Context.h replaces coroutine/asyncify/Context.h: fibers that the host switches, each
 * on a native stack of its own (wasm/fiber.go). Their machine stacks are in the
 * memory that cont.c allocates for them. */
#ifndef FUNCBOX_COROUTINE_CONTEXT_H
#define FUNCBOX_COROUTINE_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COROUTINE void __attribute__((__noreturn__))

/* Memory is limited: cont.c takes few stacks at a time and gives them back. */
#define COROUTINE_LIMITED_ADDRESS_SPACE

struct coroutine_context;
typedef COROUTINE (*coroutine_start)(struct coroutine_context *from, struct coroutine_context *self);

struct coroutine_context {
    coroutine_start start;
    void *argument;
    struct coroutine_context *from;
    void *stack_pointer; /* at the start */
    bool counted;
    struct coroutine_context *next, **link; /* of those that are counted */
};

void coroutine_initialize_main(struct coroutine_context *context);
void coroutine_initialize(struct coroutine_context *context, coroutine_start start, void *stack, size_t size);
struct coroutine_context *coroutine_transfer(struct coroutine_context *current, struct coroutine_context *target);

/* Lets go what the host keeps for a fiber that will not run again. May be called
 * more than once. */
void coroutine_destroy(struct coroutine_context *context);

/* One of those that have been initialized and not destroyed, the first fiber of all
 * aside; NULL: there is none. */
struct coroutine_context *coroutine_any(void);

/* Whether the host has room for one more fiber. */
bool coroutine_available(void);

#endif
