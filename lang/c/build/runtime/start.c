/* start.c: the beginning and the end of a program. */
#include "runtime.h"

/* Made by wasm-ld: calls all constructors in their order. That it is called here
 * keeps wasm-ld from calling it in each export. */
void __wasm_call_ctors(void);

/* Of the C library: what exit does before it leaves. */
void __wasm_call_dtors(void);

void funcbox_start(void) {
    static int started;
    if (started) return;
    started = 1;
    __wasm_call_ctors();
}

void funcbox_finish(void) {
    static int finished;
    if (finished) return;
    finished = 1;
    __wasm_call_dtors();
}
