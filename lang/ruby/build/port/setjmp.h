/* setjmp.h replaces wasm/setjmp.h: no Asyncify, but LLVM's lowering of setjmp for
 * Emscripten, whose other half is lang/build/sjlj.c. */
#ifndef FUNCBOX_SETJMP_H
#define FUNCBOX_SETJMP_H

/* What sjlj.c stores: the activation and the label. */
typedef struct {
    void *activation;
    unsigned long label;
} jmp_buf[1];

int setjmp(jmp_buf) __attribute__((returns_twice));
void longjmp(jmp_buf, int) __attribute__((noreturn));

#endif
