/*
 * crash.c: endings that natively are the signal SIGABRT, or SIGSEGV for a null pointer.
 * Here the host is told why, in place of the C library's trap without a word.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime.h"

/* Ends the call; served by the engine (wasm/try.go). */
__attribute__((import_module("env"), import_name("abort"), noreturn)) void host_abort(const char *message, size_t length);

/* Of the C library, if the program writes to a stream at all. */
__attribute__((weak)) void __stdio_exit(void);

_Noreturn void funcbox_crash(const char *message) {
    static int crashing; /* flushing failed */
    if (__stdio_exit && !crashing++) __stdio_exit();
    host_abort(message, strlen(message));
}

_Noreturn void abort(void) { funcbox_crash("abort() was called"); }

/* Appends as much of text as fits and returns where it ends. */
static char *append(char *at, const char *end, const char *text) {
    size_t room = (size_t)(end - at), length = strlen(text);
    if (length > room) length = room;
    memcpy(at, text, length);
    return at + length;
}

static char *append_number(char *at, const char *end, unsigned number) {
    char digits[11] = {0};
    char *first = digits + 10;
    do *--first = (char)('0' + number % 10);
    while (number /= 10);
    return append(at, end, first);
}

/* By hand: printf would be linked into every program that asserts. */
_Noreturn void __assert_fail(const char *expression, const char *file, int line, const char *function) {
    static char message[2048];
    const char *end = message + sizeof message - 1;
    char *at = append(message, end, "assertion failed: ");
    at = append(at, end, expression);
    at = append(at, end, " (");
    at = append(at, end, file);
    at = append(at, end, ":");
    at = append_number(at, end, (unsigned)line);
    if (function) {
        at = append(at, end, ", ");
        at = append(at, end, function);
    }
    at = append(at, end, ")");
    *at = 0;
    funcbox_crash(message);
}

/* What a pointer is used for, in the order of TypeCheckKind in clang's
 * lib/CodeGen/CodeGenFunction.h. */
static const char *const uses[] = {
    "load of", "store to", "reference binding to", "member access within", "member call on", "constructor call on",
    "downcast of", "downcast of", "upcast of", "cast to virtual base of", "_Nonnull binding to", "dynamic operation on",
};

/* The layout that clang emits, see EmitCheckSourceLocation and EmitCheckTypeDescriptor. */
struct type_mismatch {
    const char *file;
    uint32_t line, column;
    const struct {
        uint16_t kind, info;
        char name[]; /* in quotes */
    } *type;
    uint8_t log_alignment, use;
};

/* A null pointer was about to be used; in WebAssembly the memory there exists. */
_Noreturn void __ubsan_handle_type_mismatch_v1_abort(const struct type_mismatch *data, uintptr_t pointer) {
    static char message[2048];
    const char *end = message + sizeof message - 1;
    char *at = append(message, end, data->use < sizeof uses / sizeof *uses ? uses[data->use] : "use of");
    at = append(at, end, " null pointer of type ");
    at = append(at, end, data->type->name);
    at = append(at, end, " (");
    at = append(at, end, data->file);
    at = append(at, end, ":");
    at = append_number(at, end, data->line);
    at = append(at, end, ":");
    at = append_number(at, end, data->column);
    at = append(at, end, ")");
    *at = 0;
    funcbox_crash(message);
}
