/* A guest for the tests of the engine's services: tries (setjmp and longjmp, in
 * LLVM's emscripten lowering) and fibers. The first byte of the request says what
 * to do; the reply is text. build.sh makes services.wasm of it. */
#define __wasm_exception_handling__ 1 /* setjmp.h wants it; the lowering does not */
#include <setjmp.h>
#undef __wasm_exception_handling__
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IMPORT(name) __attribute__((import_module("funcbox"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name)))
IMPORT(request) void host_request(void *where);
IMPORT(result) void host_result(const void *reply, size_t length);
IMPORT(throw) _Noreturn void host_throw(void);
IMPORT(fiber_switch) void host_fiber_switch(uint32_t from, uint32_t to);
IMPORT(fiber_free) void host_fiber_free(uint32_t id);

static char text[256];
static volatile int sink;

/* ---- tries ---- */

static jmp_buf outer;

__attribute__((noinline)) static void leap(jmp_buf to, int value) { longjmp(to, value); }

__attribute__((noinline)) static int try_once(int value) {
    volatile int before = value * 2; /* must survive the jump */
    jmp_buf here;
    int got = setjmp(here);
    if (got == 0) leap(here, value);
    return got == value && before == value * 2 ? got : -1;
}

/* Opens depth tries and jumps from the innermost to the outermost. */
__attribute__((noinline)) static int nest(int depth) {
    jmp_buf here;
    if (setjmp(here)) return -1;
    if (depth == 0) leap(outer, 7);
    return nest(depth - 1);
}

__attribute__((noinline)) static int jump_out_of(int depth) {
    int got = setjmp(outer);
    if (got) return got;
    return nest(depth);
}

__attribute__((noinline)) static void spin(void) { for (;;) sink++; }

__attribute__((noinline)) static int spin_in_try(void) {
    jmp_buf here;
    if (setjmp(here)) return 1;
    spin();
    return 0;
}

__attribute__((noinline)) static int trap_in_try(void) {
    jmp_buf here;
    if (setjmp(here)) return 1;
    __builtin_trap();
    return 0;
}

__attribute__((noinline)) static int exit_in_try(void) {
    jmp_buf here;
    if (setjmp(here)) return 1;
    _exit(9);
}

/* ---- fibers ---- */

enum { STACK = 16384, FIBERS = 1100, MAIN = 1 };
struct fiber { int value; int mode; char stack[STACK] __attribute__((aligned(16))); };
static uint32_t running = MAIN;

static void go_to(uint32_t id) {
    uint32_t from = running;
    running = id;
    host_fiber_switch(from, id);
    running = from;
}

__attribute__((noinline)) static void body(struct fiber *f) {
    switch (f->mode) {
    case 'f': /* squares for ever */
        for (int i = 0;; i++) { f->value = i * i; go_to(MAIN); }
    case 'j': /* a try of its own in each round */
        for (int i = 1;; i++) { f->value = try_once(i); go_to(MAIN); }
    case 's': spin();
    case 't': __builtin_trap();
    case 'r': return;
    case 'x': exit_in_try();
    case 'u': leap(outer, 1); /* out of the fiber: uncaught */
    }
}

EXPORT(funcbox_fiber) void funcbox_fiber(uint32_t id) {
    struct fiber *f = (struct fiber *)id;
    void *top = f->stack + STACK;
    __asm__ volatile("local.get %0\n\tglobal.set __stack_pointer" ::"r"(top));
    body(f);
}

static struct fiber *new_fiber(int mode) {
    struct fiber *f = malloc(sizeof *f);
    f->mode = mode;
    f->value = -1;
    return f;
}

static int squares(int mode, int rounds) {
    struct fiber *a = new_fiber(mode), *b = new_fiber(mode);
    int sum = 0;
    for (int i = 0; i < rounds; i++) {
        go_to((uint32_t)a);
        go_to((uint32_t)b);
        if (a->value != b->value) return -1;
        sum += a->value;
    }
    host_fiber_free((uint32_t)a); /* b is left to the host */
    return sum;
}

static int many(int count, int release) {
    int started = 0;
    for (int i = 0; i < count; i++) {
        struct fiber *f = new_fiber('f');
        go_to((uint32_t)f);
        started += f->value == 0;
        if (release) { host_fiber_free((uint32_t)f); free(f); }
    }
    return started;
}

__attribute__((noinline)) static int fibers_in_try(void) {
    jmp_buf here;
    if (setjmp(here)) return -1;
    return squares('f', 5);
}

/* ---- the call protocol ---- */

EXPORT(funcbox_abi) int funcbox_abi(void) { return 2; }
EXPORT(funcbox_init) int funcbox_init(void) { return try_once(3) == 3 ? 0 : 1; }

EXPORT(funcbox_call) void funcbox_call(size_t length) {
    char request[16];
    int got = 0;
    host_request(request);
    request[length] = 0;
    int n = atoi(request + 1);
    switch (request[0]) {
    case 'o': got = try_once(n); break;
    case 'm': for (int i = 1; i <= n; i++) got += try_once(i) == i; break;
    case 'n': got = jump_out_of(n); break;
    case 'U': host_throw();
    case 'S': got = spin_in_try(); break;
    case 'T': got = trap_in_try(); break;
    case 'X': got = exit_in_try(); break;
    case 'f': case 'j': got = squares(request[0], n); break;
    case 'F': got = many(n, 0); break;
    case 'G': got = many(n, 1); break;
    case 'i': got = fibers_in_try(); break;
    case 's': case 't': case 'r': case 'x': case 'u': go_to((uint32_t)new_fiber(request[0])); break;
    case 'w': host_fiber_switch(12345, 54321); break; /* no fiber entry there */
    case 'z': go_to(running); break;
    case 'y': go_to((uint32_t)new_fiber('f')); host_fiber_switch(99, 98); break;
    case 'v': go_to((uint32_t)new_fiber('f')); host_fiber_free(MAIN); break;
    }
    int size = snprintf(text, sizeof text, "%d", got);
    host_result(text, (size_t)size);
}
