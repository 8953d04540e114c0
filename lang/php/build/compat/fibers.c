/* fibers.c: contexts by the engine's fibers (wasm/fiber.go). */
#include <stdint.h>
#include <ucontext.h>

__attribute__((import_module("funcbox"), import_name("fiber_switch"))) void fiber_switch(const ucontext_t *from, const ucontext_t *to);
__attribute__((import_module("funcbox"), import_name("fiber_free"))) void fiber_free(const ucontext_t *context);

int getcontext(ucontext_t *context) { return 0; }

/* The engine lets a call have as many fibers (maxFibers), less the first. */
#define MAX_CONTEXTS 1023

static int contexts;

int funcbox_may_make_context(void) { return contexts < MAX_CONTEXTS; }

void makecontext(ucontext_t *context, void (*entry)(void), int count, ...) {
    context->entry = entry;
    contexts++;
}

int swapcontext(ucontext_t *from, const ucontext_t *to) {
    fiber_switch(from, to);
    return 0;
}

void funcbox_free_context(ucontext_t *context) {
    contexts--;
    fiber_free(context);
}

__asm__(".globaltype __stack_pointer, i32");

/* The engine starts a context here, on a native stack of its own. */
__attribute__((export_name("funcbox_fiber"))) void funcbox_fiber(ucontext_t *context) {
    uintptr_t top = ((uintptr_t)context->uc_stack.ss_sp + context->uc_stack.ss_size) & ~(uintptr_t)15;
    void (*entry)(void) = context->entry;
    __asm__ volatile("local.get %0\n\tglobal.set __stack_pointer" : : "r"(top));
    entry();
}
