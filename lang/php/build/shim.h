/*
 * shim.h: what the files of the shim share. shim.c has the exports and one
 * request from its bytes to its reply, sapi.c PHP's start and its surroundings,
 * program.c the user's code, finish.c what runs after it, functions.c the functions
 * in it, listing.c what is told of them, host.c those of the host, errors.c what
 * went wrong, value_read.c and value_write.c the values.
 */
#ifndef SHIM_H
#define SHIM_H

#include <main/php.h>
#include <main/SAPI.h>

#include "funcbox.h"

/* One request. */
struct request {
    unsigned flags; /* FUNCBOX_FLAG_… */
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
/* What a request changes of the surroundings, if the memory was copied since the
 * last one. env and argv: undefined where the request has none. */
void sapi_begin_call(struct request *request, zval *env, zval *argv);

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
/* The operations; without an exception and a failure *result is set. EXECUTE runs
 * the code and calls the function that is meant. */
void program_execute(struct request *request, zval *result);
/* Loads the code, and returns the name of its file; NULL: it is a body, which waits
 * for its execution, or there is an exception or a failure. */
zend_string *program_load(struct request *request);
void program_call(struct request *request, zval *result);
void program_run(struct request *request, zval *result);

/* ---- finish.c ---- */
/* What runs when a program has ended: shutdown functions, destructors, output
 * buffers, open files. To be called again for as long as it is ended by a
 * bailout. */
void program_finish(void);
int program_has_to_finish(void);
/* Ends the fibers that are suspended, where another request follows. */
void finish_fibers(void);
void finish_init(void);
void finish_begin_call(void);

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
/* Public functions of the main file. */
uint32_t functions_count(zend_string *main_file);
/* The next function at or after *index that the main file defines; NULL: no more. */
zend_function *functions_next(uint32_t *index, zend_string *main_file);
int functions_is_public(zend_function *function);
/* The function, no method, that the request names; NULL: there is none. */
zend_function *functions_find(struct request *request, zend_string *main_file);
/* Where the user's classes begin in the table of classes. */
uint32_t functions_first_class(void);
/* Fails for a call without a name that is not clear. */
void functions_not_clear(zend_string *main_file);

/* ---- listing.c ---- */
/* Writes the listing of what was loaded; main_file NULL: it is a body. */
void listing_write(struct funcbox_writer *w, struct request *request, zend_string *main_file);

/* ---- host.c ---- */
extern zend_module_entry host_module;
extern zend_class_entry *host_error_ce;

/* ---- value_read.c ---- */
/* Reads one value into *to; 0 after an error, with an exception. what names it
 * in the error. */
int value_read(struct funcbox_reader *reader, zval *to, const char *what);
/* The same for a map whose keys stay strings. */
int value_read_map(struct funcbox_reader *reader, zval *to, const char *what);

/* ---- value_write.c ---- */
/* Writes one value; 0 after an error, with an exception. */
int value_write(struct funcbox_writer *w, zval *value);
/* The same for an argument of a call of the host: the one called key, else the one
 * at index. */
int value_write_argument(struct funcbox_writer *w, zval *value, zend_string *key, int index);
/* Whether text is UTF-8. */
int value_is_utf8(const char *text, size_t length);
/* Appends text with U+FFFD for what is not UTF-8. */
void value_append_text(struct funcbox_writer *w, const char *text, size_t length);
/* Writes such text as one value. */
void value_append_utf8(struct funcbox_writer *w, const char *text, size_t length);

#endif
