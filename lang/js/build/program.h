/* program.h: what loading, finding and running the user's code share. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "shim.h"

struct program {
    struct request *request;
    struct scan scan;
    int is_module, is_body;
    int interactive; /* code was run in the global scope after it was loaded */
    JSModuleDef *module;
    JSValue namespace; /* of a module */
    JSValue completion; /* of a script */
    JSValue only;       /* name of the only public function, or undefined */
};

/* ---- load.c ---- */

/* Compiles the code as what it turns out to be: a script, a module, or the body of a
 * function. */
JSValue program_compile(struct program *program);

/* Runs the top level of what was compiled; -1: exception. strict: as a program, not
 * to call a function of it. */
int program_start(struct program *program, JSValue compiled, int strict);

/* ---- functions.c ---- */

int functions_init(void);

/* The function named by the request and, for a path, what holds it. */
JSValue program_find(struct program *program, JSValue *holder);

/* The only public function; undefined if there is none or more than one. *names, if
 * asked for, is an array of the names of the public functions. */
JSValue program_only_function(struct program *program, JSValue *names);

/* An array of the names and values, by turns, of the top level's functions and
 * classes; an exception when memory ran out. */
JSValue program_functions(struct program *program);

/* A property, undefined if it cannot be had. */
JSValue program_get(JSValueConst object, const char *name, size_t length);

/* Consumes the value that a program ended with and returns it, or null if it is not
 * meant as a result: a program ends in whatever statement it ends in, such as one
 * that makes a function or a timer. */
JSValue program_result(JSValue value);

/* Gives up the pending exception for undefined. */
JSValue program_or_undefined(JSValue value);

/* ---- loop.c ---- */

int loop_init(void);
void loop_begin_call(void);

/* Runs jobs and timers until promise is settled or, if it is none, until
 * nothing is left to run; -1: exception. strict: a rejection that nobody
 * handles is one. */
int loop_drain(JSValueConst promise, int strict);

/* Runs jobs, and timers that are due, but waits for none; -1: exception, also of a
 * rejection that nobody handled. */
int loop_rest(void);

/* Runs the jobs that wait; -1: exception. */
int loop_run_jobs(void);

/* Waits for a promise or a thenable; consumes value and returns what it came to. */
JSValue loop_settle(JSValue value, int strict);

/* ---- run.c ---- */

/* Runs the request's code in the global scope; its value, settled, or an exception. */
JSValue program_run_code(struct program *program);

#endif
