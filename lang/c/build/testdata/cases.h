/*
 * cases.h: what the programs of the runtime's test share. A program is a list of
 * cases; a request is the name of one, its reply "ok" or what went wrong. The empty
 * request is answered with the names.
 */
#ifndef CASES_H
#define CASES_H

#include <stddef.h>

#ifdef __cplusplus
#define C_LINKAGE extern "C"
#else
#define C_LINKAGE extern
#endif

struct test_case {
    const char *name;
    void (*run)(void);
    struct test_case *next;
};

C_LINKAGE void add_case(struct test_case *added);
C_LINKAGE void fail_case(const char *file, int line, const char *what);

/* CASE(name) { … } is a case. */
#define CASE(name) \
    static void case_##name(void); \
    __attribute__((constructor)) static void add_##name(void) { \
        static struct test_case added = {#name, case_##name, NULL}; \
        add_case(&added); \
    } \
    static void case_##name(void)

/* CHECK ends the function if the condition does not hold. */
#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            fail_case(__FILE__, __LINE__, #condition); \
            return; \
        } \
    } while (0)

/* What the optimizer must not know. */
extern volatile int zero;

#define NOINLINE __attribute__((noinline))

#endif
