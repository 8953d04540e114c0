/* setjmp.h for code lowered with -enable-emscripten-sjlj; see sjlj.c. */
#ifndef COMPAT_SETJMP_H
#define COMPAT_SETJMP_H
typedef struct {
    void *activation;
    unsigned label;
} jmp_buf[1];
typedef jmp_buf sigjmp_buf;
int setjmp(jmp_buf) __attribute__((returns_twice));
void longjmp(jmp_buf, int) __attribute__((noreturn));
#define sigsetjmp(buffer, mask) setjmp(buffer)
#define siglongjmp longjmp
#endif
