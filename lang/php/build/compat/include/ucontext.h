/* ucontext.h: as much as Zend/zend_fibers.c uses; see fibers.c. */
#ifndef COMPAT_UCONTEXT_H
#define COMPAT_UCONTEXT_H
#include <stddef.h>
typedef struct ucontext {
    struct {
        void *ss_sp;
        size_t ss_size;
        int ss_flags;
    } uc_stack;
    struct ucontext *uc_link;
    void (*entry)(void);
} ucontext_t;
int getcontext(ucontext_t *);
void makecontext(ucontext_t *, void (*)(void), int, ...);
int swapcontext(ucontext_t *, const ucontext_t *);
/* Whether there may be one more; asked when its stack is allocated (memory.c). */
int funcbox_may_make_context(void);
/* Ends a context that will not be switched to again; zend_fibers.c is patched to say so. */
void funcbox_free_context(ucontext_t *);
#endif
