/* natives.h: for the files that hold functions for the guest library. */
#ifndef NATIVES_H
#define NATIVES_H

#include "shim.h"

/* Arguments that a caller leaves out are undefined, up to the number that the
 * table of functions gives. */
#define NATIVE(name) static JSValue name(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)

struct native {
    const char *name;
    JSCFunction *function;
    int arguments;
};

int natives_add(JSValueConst natives, const struct native *functions, size_t count);
int text_add(JSValueConst natives);
int files_add(JSValueConst natives);
int host_add(JSValueConst natives);

/* The bytes of a typed array; NULL: exception. */
uint8_t *natives_bytes(JSValueConst array, size_t *length);

/* ---- files.c: WASI by path ---- */

/* Longer paths are refused (as by Linux, with its terminating NUL). In bytes. */
#define MAX_PATH 4095

struct location {
    int fd;
    char path[MAX_PATH + 1]; /* below fd */
};

/* These return a WASI errno. */
int files_locate(struct location *where, const char *path, size_t length);
int files_open(const char *path, size_t length, int open_flags, int fd_flags, int writes, int reads, int *fd);

/* What is left of fd, from malloc, with a NUL behind it. */
char *files_read_all(int fd, size_t *length, int *error);

/* An array of name, type, name, type, … in the order of the host, or a negative
 * WASI errno. */
JSValue files_entries(const char *path, size_t length);

const char *files_workdir(size_t *length);
int files_set_workdir(const char *path, size_t length);

#endif
