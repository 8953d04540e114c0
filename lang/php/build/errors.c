/*
 * errors.c: what went wrong in a call: exceptions and fatal errors as type,
 * message and stack.
 */
#include "shim.h"

#include <Zend/zend_exceptions.h>
#include <Zend/zend_interfaces.h>

/* Exceptions before this many are described; a chain may be long. */
#define MAX_PREVIOUS 20

#define FATAL (E_ERROR | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR | E_PARSE)

struct failure shim_failure;
int shim_exiting;

static int fatal;            /* PG(last_error_message) is that of a fatal error */
static zend_uchar displayed; /* what display_errors was before it */
static int telling;          /* an exception is shown that is known */
static void (*php_report)(int, zend_string *, const uint32_t, zend_string *);

/* Fatal errors become the call's error and are not shown on stderr too. Where a
 * program asks for errors on its output, it gets them there as always. An uncaught
 * exception that PHP reports itself comes with E_DONT_BAIL, before it bails out. */
static void report(int type, zend_string *file, const uint32_t line, zend_string *message) {
    if (!(type & FATAL) || telling) {
        php_report(type, file, line, message);
        return;
    }
    fatal = 1;
    displayed = PG(display_errors);
    if (displayed == PHP_DISPLAY_ERRORS_STDERR) PG(display_errors) = 0;
    php_report(type, file, line, message); /* returns only with E_DONT_BAIL; else errors_take_fatal goes on */
    PG(display_errors) = displayed;
}

void errors_init(void) {
    php_report = zend_error_cb;
    zend_error_cb = report;
}

void errors_begin_call(void) {
    fatal = telling = 0;
    shim_exiting = 0;
    memset(&shim_failure, 0, sizeof shim_failure);
}

static void append(struct funcbox_writer *w, const char *text) { value_append_text(w, text, strlen(text)); }

static void append_string(struct funcbox_writer *w, zend_string *text) { value_append_text(w, ZSTR_VAL(text), ZSTR_LEN(text)); }

void fail(const char *type, const char *message, size_t length) {
    if (shim_failure.set) return;
    shim_failure.set = 1;
    append(&shim_failure.type, type);
    value_append_text(&shim_failure.message, message, length);
}

static void append_place(struct funcbox_writer *w, const char *file, zend_long line) {
    char number[24];
    append(w, file);
    snprintf(number, sizeof number, ":%lld", (long long)line);
    append(w, number);
}

/* Files that are not the user's: exceptions of the shim have one like this. */
static int is_place(zend_string *file) { return ZSTR_LEN(file) && strcmp(ZSTR_VAL(file), "[no active file]"); }

static zend_string *property(zend_object *exception, zend_string *name) {
    zval unused, *value = zend_read_property_ex(zend_get_exception_base(exception), exception, name, 1, &unused);
    return zval_get_string(value);
}

/* "main.php:3" and the trace below it. */
static void append_stack(struct funcbox_writer *w, zend_object *exception) {
    zval unused, trace;
    zend_string *file = property(exception, ZSTR_KNOWN(ZEND_STR_FILE));
    zval *line = zend_read_property_ex(zend_get_exception_base(exception), exception, ZSTR_KNOWN(ZEND_STR_LINE), 1, &unused);
    if (is_place(file)) {
        append_place(w, ZSTR_VAL(file), zval_get_long(line));
        ZVAL_UNDEF(&trace);
        zend_call_method_with_0_params(exception, exception->ce, NULL, "gettraceasstring", &trace);
        if (Z_TYPE(trace) == IS_STRING) {
            append(w, "\n");
            append_string(w, Z_STR(trace));
        }
        zval_ptr_dtor(&trace);
    }
    zend_string_release(file);
}

/* The name of an anonymous class goes on behind a NUL, with its place. */
static void append_class(struct funcbox_writer *w, zend_object *exception) {
    append(w, exception->ce == host_error_ce ? "HostError" : ZSTR_VAL(exception->ce->name));
}

static void describe(zend_object *exception) {
    struct failure *f = &shim_failure;
    zend_object *seen[MAX_PREVIOUS];
    zend_string *message = property(exception, ZSTR_KNOWN(ZEND_STR_MESSAGE));
    f->set = 1;
    append_class(&f->type, exception);
    append_string(&f->message, message);
    zend_string_release(message);
    append_stack(&f->stack, exception);
    for (int n = 0; n < MAX_PREVIOUS; n++) {
        zval unused, *previous = zend_read_property_ex(zend_get_exception_base(exception), exception, ZSTR_KNOWN(ZEND_STR_PREVIOUS), 1, &unused);
        seen[n] = exception;
        if (Z_TYPE_P(previous) != IS_OBJECT || !instanceof_function(Z_OBJCE_P(previous), zend_ce_throwable)) break;
        exception = Z_OBJ_P(previous);
        for (int i = 0; i <= n; i++)
            if (seen[i] == exception) return;
        append(&f->stack, f->stack.length ? "\nPrevious: " : "Previous: ");
        append_class(&f->stack, exception);
        append(&f->stack, ": ");
        message = property(exception, ZSTR_KNOWN(ZEND_STR_MESSAGE));
        append_string(&f->stack, message);
        zend_string_release(message);
        append(&f->stack, "\n");
        append_stack(&f->stack, exception);
    }
}

int errors_take(void) {
    zend_object *exception = EG(exception);
    if (!exception) return 0;
    if (zend_is_unwind_exit(exception) || zend_is_graceful_exit(exception)) {
        if (zend_is_unwind_exit(exception)) shim_exiting = 1;
        OBJ_RELEASE(exception);
        EG(exception) = EG(prev_exception) = NULL;
        return 1;
    }
    GC_ADDREF(exception);
    zend_clear_exception();
    functions_enter();
    int first = !shim_failure.set;
    if (first) describe(exception);
    zend_clear_exception();
    functions_leave();
    if (Z_TYPE(EG(user_exception_handler)) != IS_UNDEF) {
        EG(exception) = exception;
        zend_user_exception_handler();
        if (EG(exception)) zend_clear_exception();
    } else if (PG(display_errors) && PG(display_errors) != PHP_DISPLAY_ERRORS_STDERR) {
        telling = 1;
        zend_exception_error(exception, E_ERROR); /* releases it */
        telling = 0;
    } else OBJ_RELEASE(exception);
    return 1;
}

void errors_take_fatal(void) {
    struct failure *f = &shim_failure;
    if (!fatal) {
        shim_exiting = 1; /* nothing else bails out without an error */
        return;
    }
    fatal = 0;
    PG(display_errors) = displayed;
    if (f->set || !PG(last_error_message)) {
        fail("FatalError", ZEND_STRL("fatal error"));
        return;
    }
    f->set = 1;
    append(&f->type, PG(last_error_type) == E_PARSE ? "ParseError" : "FatalError");
    append_string(&f->message, PG(last_error_message));
    if (PG(last_error_file) && is_place(PG(last_error_file))) append_place(&f->stack, ZSTR_VAL(PG(last_error_file)), PG(last_error_lineno));
}
