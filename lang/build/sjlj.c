/*
 * sjlj.c: the guest's half of setjmp and longjmp without WebAssembly exception
 * handling, for code compiled with
 *
 *     -mllvm -enable-emscripten-sjlj
 *
 * LLVM turns each call in a function that calls setjmp into a call of an import
 * env.invoke_*, which the engine serves as a nested call (wasm/try.go). The
 * symbols below are the ones that the lowered code refers to
 * (llvm/lib/Target/WebAssembly/WebAssemblyLowerEmscriptenEHSjLj.cpp). Compile
 * this file by itself: in one unit with lowered code LLVM gives the functions
 * other names. Link with --export=__stack_pointer --export-table.
 */
#include <stdint.h>

__attribute__((import_module("funcbox"), import_name("throw"))) _Noreturn void funcbox_throw(void);

/* What is on its way: the address of the jmp_buf, 0 for nothing, and its value. */
uintptr_t __THREW__;
int __threwValue;

static int high_word;
void setTempRet0(int value) { high_word = value; }
int getTempRet0(void) { return high_word; }

/* What setjmp stores in a jmp_buf: which activation called it, and which of its
 * calls of setjmp that was. */
struct mark {
    void *activation;
    uint32_t label;
};

void __wasm_setjmp(void *env, uint32_t label, void *activation) {
    struct mark *mark = env;
    mark->activation = activation;
    mark->label = label;
}

/* The label if the jmp_buf was filled by this activation, else 0: jump on. */
uint32_t __wasm_setjmp_test(void *env, void *activation) {
    struct mark *mark = env;
    return mark->activation == activation ? mark->label : 0;
}

_Noreturn void emscripten_longjmp(uintptr_t env, int value) {
    __THREW__ = env;
    __threwValue = value ? value : 1; /* C17, 7.13.2.1: longjmp(env, 0) makes setjmp return 1 */
    funcbox_throw();
}
