/* shim.h: what the files of the JavaScript shim share. */
#ifndef SHIM_H
#define SHIM_H

#include "funcbox.h"
#include "quickjs.h"

/* The one context; it lives as long as the module. */
extern JSRuntime *shim_runtime;
extern JSContext *shim_context;

/* ---- scan.c: a light look at the top level of the source ---- */

enum declaration_kind { DECLARES_FUNCTION, DECLARES_FUNCTION_VARIABLE, DECLARES_CLASS, DECLARES_VARIABLE };

struct declaration {
    const char *name; /* into the source */
    size_t length;
    enum declaration_kind kind;
};

struct scan {
    struct declaration *declarations; /* in the order of the source */
    size_t count, capacity;
    int owned;         /* the names are copies */
    int module_syntax; /* import or export at the top level */
    int exports;       /* export, module or exports begin a statement */
    int top_await;     /* await at the top level, outside of any braces */
    int any_await;     /* await, import or export anywhere */
    int statements;    /* something besides declarations at the top level */
};

/* What it reports are candidates: whoever uses one asks the engine whether it
 * is really there. */
void scan_source(struct scan *scan, const char *source, size_t length);
void scan_free(struct scan *scan);

/* Takes a copy of the names, so that the source may go. 0: memory ran out. */
int scan_keep(struct scan *scan);

/* Adds the declarations of more, which are kept, in place of earlier ones of the
 * same name, and frees more. */
void scan_merge(struct scan *scan, struct scan *more);

/* ---- classes.c, value_read.c, value_write.c: CBOR to values and back ---- */

int value_init(void); /* -1: exception */

/* One item; an exception when the CBOR is broken or memory ran out. */
JSValue value_read(struct funcbox_reader *reader);

/* -1: exception, whose message names the place, beginning with "result". */
int value_write(struct funcbox_writer *writer, JSValueConst value);

/* An argument of a call of the host; index < 0: the object of named ones. -1:
 * exception, whose message names the place, beginning with "args" or "kwargs". */
int value_write_argument(struct funcbox_writer *writer, JSValueConst value, int index);

/* Text as valid UTF-8: lone surrogates become U+FFFD. -1: exception. */
int value_write_text(struct funcbox_writer *writer, JSValueConst string);

/* "Map", "Uint8Array", …: the class of an object whatever its prototype says. */
const char *value_class(JSValueConst value);
int value_is_promise(JSValueConst value);

/* ---- modules.c ---- */

int modules_init(void);

/* Fills import.meta of a module. */
int modules_describe(JSModuleDef *module, const char *name, int main);

/* ---- natives.c, text.c, files.c, fs.c: what the guest library is built on ---- */

JSValue natives_new(void); /* the object handed to each library file */

/* Before each request; fresh: the memory was copied since the last one; renewed: the
 * request has surroundings of its own. -1: exception. */
int natives_begin_call(int fresh, int renewed);
void natives_end_call(void);
void natives_begin_turn(void); /* of the event loop */
int natives_ticks(void); /* whether process.nextTick was used since last asked */
void files_begin_call(const char *workdir, size_t length);

/* Reads a whole file; NULL: *error is a WASI errno. Terminated by a NUL that is
 * not counted. */
char *files_read(const char *path, size_t *length, int *error);

/* Names of a folder's entries, sorted, as an array of strings. */
JSValue files_list(const char *path);

/* ---- source.c: what the engine's parser tells of functions and modules ---- */

/* What is parsed from here on is remembered. */
void source_listen(void);

/* Ends that and forgets what was remembered since the last source_keep. */
void source_forget(void);

/* Ends that and goes on remembering functions as long as they exist. */
void source_keep(void);

/* Ends that and forgets everything. */
void source_forget_all(void);

/* What was remembered of the code of function: an array of the doc comment and then
 * parts and their texts by turns. Undefined: nothing. */
JSValue source_parameters(JSValueConst function);

/* ---- program.c, with load.c, functions.c, run.c and loop.c ---- */

struct request {
    unsigned flags; /* FUNCBOX_FLAG_... */
    char *code;     /* terminated by a NUL */
    size_t code_length;
    char *file;
    char *function; /* "" if none was named */
    size_t function_length;
    JSValue args, kwargs; /* an array; an object or undefined */
};

int program_init(void);

/* The operations. They return what the reply holds, settled, or an exception. */
JSValue program_execute(struct request *request);
JSValue program_load(struct request *request);
JSValue program_call(struct request *request);
JSValue program_run(struct request *request);
JSValue program_end(struct request *request);

/* ---- shim.c ---- */

/* hooks: the object that the guest library fills with functions for C. */
extern JSValueConst shim_hooks;
extern JSValue shim_env, shim_argv, shim_file;

/* Columns by which what is put before the user's code moves its first line. */
extern int shim_first_line_shift;

/* Calls a hook; an exception when it is missing. */
JSValue shim_hook(const char *name, int argc, JSValueConst *argv);

/* Throws an error of the type "FunctionNotFound". */
JSValue shim_throw_named(const char *type, const char *message, size_t length);

/* Whether memory ran out since the call began. */
int shim_memory_ran_out(void);

#endif
