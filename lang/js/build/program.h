/* program.h: what loading, finding and running the user's code share. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "shim.h"

struct program {
    struct request *request;
    struct scan scan;
    int is_module, is_body;
    JSModuleDef *module;
    JSValue namespace, locals; /* of a module */
    JSValue completion;        /* of a script */
};

/* ---- load.c ---- */

/* Runs the top level of the code; -1: exception. strict: as a program, not to
 * call a function of it. */
int program_load(struct program *program, int strict);

/* ---- functions.c ---- */

int functions_init(void);

/* The function named by the request and, for a path, what holds it. */
JSValue program_find(struct program *program, JSValue *holder);

/* The only public function; undefined if there is none or more than one. */
JSValue program_only_function(struct program *program);

/* A property, undefined if it cannot be had. */
JSValue program_get(JSValueConst object, const char *name, size_t length);

/* Gives up the pending exception for undefined. */
JSValue program_or_undefined(JSValue value);

/* ---- loop.c ---- */

int loop_init(void);
void loop_begin_call(void);

/* Runs jobs and timers until promise is settled or, if it is none, until
 * nothing is left to run; -1: exception. strict: a rejection that nobody
 * handles is one. */
int loop_drain(JSValueConst promise, int strict);

/* Waits for a promise or a thenable; consumes value and returns what it came to. */
JSValue loop_settle(JSValue value, int strict);

#endif
