/*
 * shim.h: what the files of the shim share. shim.c has the exports and one
 * request from its bytes to its reply, sapi.c PHP's start and its surroundings,
 * program.c the user's code, functions.c the functions in it, errors.c what went
 * wrong, value_read.c and value_write.c the values.
 */
#ifndef SHIM_H
#define SHIM_H

#include <main/php.h>
#include <main/SAPI.h>

#include "funcbox.h"

/* One request. */
struct request {
    const char *code, *file, *function, *workdir;
    size_t code_length, file_length, function_length, workdir_length;
    zval args, kwargs; /* arrays */
};

/* What went wrong first in a call: texts, in UTF-8. */
struct failure {
    int set;
    struct funcbox_writer type, message, stack;
};
extern struct failure shim_failure;

/* ---- sapi.c ---- */
int sapi_init(void);
/* What a request changes of the surroundings. */
void sapi_begin_call(struct request *request, zval *argv);

/* ---- errors.c ---- */
void errors_init(void);
void errors_begin_call(void);
/* Sets the failure, if none is set. */
void fail(const char *type, const char *message, size_t length);
/* Takes over the pending exception, if there is one: as the failure, or, if it
 * is exit(), as shim_exiting. Returns whether there was one. */
int errors_take(void);
/* Sets the failure to the fatal error that ended the program. */
void errors_take_fatal(void);
extern int shim_exiting;

/* ---- program.c ---- */
/* Runs the code and calls the function that is meant; without an exception and
 * a failure *result is set. */
void program_run(struct request *request, zval *result);
/* What runs when a program has ended: shutdown functions, destructors, output
 * buffers, open files. To be called again for as long as it is ended by a
 * bailout. */
void program_finish(void);
int program_has_to_finish(void);
void program_init(void);
void program_begin_call(void);

/* ---- functions.c ---- */
void functions_init(void);
/* The frame that functions are called from, which does not show in traces:
 * without one, PHP would report an exception instead of leaving it. */
void functions_enter(void);
void functions_leave(void);
/* Calls the function of the request. Sets the failure if there is none. */
void functions_call_named(struct request *request, zend_string *main_file, zval *result);
/* Calls the only public function of the main file; 0: there is not just one. */
int functions_call_only(struct request *request, zend_string *main_file, zval *result);

/* ---- value_read.c ---- */
/* Reads one value into *to; 0 after an error, with an exception. what names it
 * in the error. */
int value_read(struct funcbox_reader *reader, zval *to, const char *what);
/* The same for a map whose keys stay strings. */
int value_read_map(struct funcbox_reader *reader, zval *to, const char *what);

/* ---- value_write.c ---- */
/* Writes one value; 0 after an error, with an exception. */
int value_write(struct funcbox_writer *w, zval *value);
/* Whether text is UTF-8. */
int value_is_utf8(const char *text, size_t length);
/* Writes text with U+FFFD for what is not UTF-8. */
void value_append_text(struct funcbox_writer *w, const char *text, size_t length);

#endif
