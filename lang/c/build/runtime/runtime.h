/*
 * runtime.h: what the runtime of C and C++ programs offers to the code that serves
 * requests (../call, ../adapter).
 *
 * A program's module has no _initialize: all of its constructors, the C library's
 * own included, run in the first request of an instance, under that call's limits
 * and with its files.
 */
#ifndef FUNCBOX_RUNTIME_H
#define FUNCBOX_RUNTIME_H

#ifdef __cplusplus
extern "C" {
#define FUNCBOX_NOEXCEPT noexcept
#else
#define FUNCBOX_NOEXCEPT
#endif

/* Runs the static constructors, the first time it is called. An exception out of one
 * leaves it; it is not to be called again then. */
void funcbox_start(void);

/* Runs what atexit and static destructors have left for the end, once, and flushes
 * the standard streams. Nothing of the program may run after it. */
void funcbox_finish(void);

/* Ends the program as crashed, for the reason that the message states. Flushes the
 * standard streams, runs nothing else. */
__attribute__((noreturn)) void funcbox_crash(const char *message) FUNCBOX_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
