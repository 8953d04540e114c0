/*
 * fs.c: the filesystem for the guest library. Every function returns a number,
 * a string or an array, or a negative WASI errno; the library makes errors of
 * those.
 */
#include "natives.h"

#include <wasi/api.h>

static JSValue answer(int error) { return JS_NewInt32(shim_context, error ? -error : 0); }

static int number(JSValueConst value, double fallback, double *result) {
    *result = fallback;
    return JS_IsUndefined(value) || JS_IsNull(value) ? 0 : JS_ToFloat64(shim_context, result, value);
}

static int integer(JSValueConst value) {
    int32_t result = 0;
    if (JS_ToInt32(shim_context, &result, value) < 0) JS_FreeValue(shim_context, JS_GetException(shim_context));
    return result;
}

/* The location of a path given by the library; a WASI errno, or -1 for an exception. */
static int locate_value(struct location *where, JSValueConst value) {
    size_t length;
    const char *path = JS_ToCStringLen(shim_context, &length, value);
    if (!path) return -1;
    int error = files_locate(where, path, length);
    JS_FreeCString(shim_context, path);
    return error;
}

#define LOCATE(where, value)                              \
    do {                                                  \
        int error_ = locate_value(&(where), (value));     \
        if (error_ < 0) return JS_EXCEPTION;              \
        if (error_) return answer(error_);                \
    } while (0)

/* open(path, oflags, fdflags, reads, writes) */
NATIVE(n_open) {
    size_t length;
    int fd = -1;
    const char *path = JS_ToCStringLen(ctx, &length, argv[0]);
    if (!path) return JS_EXCEPTION;
    int error = files_open(path, length, integer(argv[1]), integer(argv[2]), integer(argv[4]), integer(argv[3]), &fd);
    JS_FreeCString(ctx, path);
    return error ? answer(error) : JS_NewInt32(ctx, fd);
}

NATIVE(n_close) { return answer(__wasi_fd_close(integer(argv[0]))); }

/* The bytes of an ArrayBuffer from offset on, at most length of them. */
static uint8_t *span(JSValueConst buffer, JSValueConst offset, JSValueConst length, size_t *size) {
    size_t whole;
    double from, count;
    uint8_t *data = JS_GetArrayBuffer(shim_context, &whole, buffer);
    static uint8_t none;
    if (!data) {
        if (JS_HasException(shim_context)) return NULL;
        data = &none;
        whole = 0;
    }
    if (number(offset, 0, &from) < 0 || number(length, (double)whole, &count) < 0) return NULL;
    if (!(from >= 0 && from <= whole)) from = (double)whole;
    if (!(count >= 0 && count <= (double)whole - from)) count = (double)whole - from;
    *size = (size_t)count;
    return data + (size_t)from;
}

/* read(fd, buffer, offset, length, position or null) */
NATIVE(n_read) {
    size_t size;
    double position;
    uint8_t *data = span(argv[1], argv[2], argv[3], &size);
    if (!data || number(argv[4], -1, &position) < 0) return JS_EXCEPTION;
    __wasi_iovec_t vector = {data, size};
    __wasi_size_t got;
    int fd = integer(argv[0]);
    int error = position < 0 ? __wasi_fd_read(fd, &vector, 1, &got) : __wasi_fd_pread(fd, &vector, 1, (__wasi_filesize_t)position, &got);
    return error ? answer(error) : JS_NewInt64(ctx, got);
}

static int write_all(int fd, const uint8_t *data, size_t size, double position, size_t *written) {
    *written = 0;
    do {
        __wasi_ciovec_t vector = {data + *written, size - *written};
        __wasi_size_t put;
        int error = position < 0 ? __wasi_fd_write(fd, &vector, 1, &put)
                                 : __wasi_fd_pwrite(fd, &vector, 1, (__wasi_filesize_t)position + *written, &put);
        if (error) return error;
        if (!put && size > *written) return __WASI_ERRNO_IO;
        *written += put;
    } while (*written < size);
    return 0;
}

/* write(fd, buffer, offset, length, position or null); all of it or an error */
NATIVE(n_write) {
    size_t size, written;
    double position;
    uint8_t *data = span(argv[1], argv[2], argv[3], &size);
    if (!data || number(argv[4], -1, &position) < 0) return JS_EXCEPTION;
    int error = write_all(integer(argv[0]), data, size, position, &written);
    return error && !written ? answer(error) : JS_NewInt64(ctx, (int64_t)written);
}

/* print(fd, string) */
NATIVE(n_print) {
    size_t length, written;
    const char *text = JS_ToCStringLen(ctx, &length, argv[1]);
    if (!text) return JS_EXCEPTION;
    int error = write_all(integer(argv[0]), (const uint8_t *)text, length, -1, &written);
    JS_FreeCString(ctx, text);
    return answer(error);
}

static void free_data(JSRuntime *runtime, void *opaque, void *data) {
    (void)runtime, (void)opaque;
    free(data);
}

/* readAll(fd): an ArrayBuffer */
NATIVE(n_read_all) {
    size_t length;
    int error;
    char *data = files_read_all(integer(argv[0]), &length, &error);
    if (!data) return error == __WASI_ERRNO_NOMEM ? JS_ThrowOutOfMemory(ctx) : answer(error);
    return JS_NewArrayBuffer(ctx, (uint8_t *)data, length, free_data, NULL, 0);
}

/* [dev, ino, type, nlink, size, atime, mtime, ctime], times in milliseconds */
static JSValue stat_array(const __wasi_filestat_t *stat) {
    JSContext *ctx = shim_context;
    double fields[8] = {(double)stat->dev, (double)stat->ino, stat->filetype, (double)stat->nlink, (double)stat->size,
                        (double)stat->atim / 1e6, (double)stat->mtim / 1e6, (double)stat->ctim / 1e6};
    JSValue array = JS_NewArray(ctx);
    if (JS_IsException(array)) return array;
    for (uint32_t i = 0; i < 8; i++) JS_SetPropertyUint32(ctx, array, i, JS_NewFloat64(ctx, fields[i]));
    return array;
}

/* stat(path, follow) */
NATIVE(n_stat) {
    struct location where;
    __wasi_filestat_t stat;
    LOCATE(where, argv[0]);
    int error = __wasi_path_filestat_get(where.fd, integer(argv[1]) ? __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW : 0, where.path, &stat);
    return error ? answer(error) : stat_array(&stat);
}

NATIVE(n_fstat) {
    __wasi_filestat_t stat;
    int error = __wasi_fd_filestat_get(integer(argv[0]), &stat);
    return error ? answer(error) : stat_array(&stat);
}

NATIVE(n_readdir) {
    size_t length;
    const char *path = JS_ToCStringLen(ctx, &length, argv[0]);
    if (!path) return JS_EXCEPTION;
    JSValue entries = files_entries(path, length);
    JS_FreeCString(ctx, path);
    return entries;
}

enum { MKDIR, RMDIR, UNLINK };

static JSValue n_change(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv, int magic) {
    struct location where;
    (void)ctx, (void)this, (void)argc;
    LOCATE(where, argv[0]);
    switch (magic) {
    case MKDIR: return answer(__wasi_path_create_directory(where.fd, where.path));
    case RMDIR: return answer(__wasi_path_remove_directory(where.fd, where.path));
    }
    return answer(__wasi_path_unlink_file(where.fd, where.path));
}

/* rename(from, to) */
NATIVE(n_rename) {
    struct location from, to;
    LOCATE(from, argv[0]);
    LOCATE(to, argv[1]);
    return answer(__wasi_path_rename(from.fd, from.path, to.fd, to.path));
}

/* link(existing, path) */
NATIVE(n_link) {
    struct location from, to;
    LOCATE(from, argv[0]);
    LOCATE(to, argv[1]);
    return answer(__wasi_path_link(from.fd, 0, from.path, to.fd, to.path));
}

/* symlink(target, path) */
NATIVE(n_symlink) {
    struct location where;
    LOCATE(where, argv[1]);
    const char *target = JS_ToCString(ctx, argv[0]);
    if (!target) return JS_EXCEPTION;
    int error = __wasi_path_symlink(target, where.fd, where.path);
    JS_FreeCString(ctx, target);
    return answer(error);
}

NATIVE(n_readlink) {
    struct location where;
    LOCATE(where, argv[0]);
    char target[MAX_PATH + 1];
    __wasi_size_t length;
    int error = __wasi_path_readlink(where.fd, where.path, (uint8_t *)target, sizeof target, &length);
    return error ? answer(error) : JS_NewStringLen(ctx, target, length);
}

/* truncate(fd, size) */
NATIVE(n_truncate) {
    double size;
    if (number(argv[1], 0, &size) < 0) return JS_EXCEPTION;
    return answer(__wasi_fd_filestat_set_size(integer(argv[0]), size > 0 ? (__wasi_filesize_t)size : 0));
}

NATIVE(n_sync) { return answer(__wasi_fd_sync(integer(argv[0]))); }

/* utimes(path or fd, atime, mtime, follow), times in milliseconds */
NATIVE(n_utimes) {
    double access, change;
    if (number(argv[1], 0, &access) < 0 || number(argv[2], 0, &change) < 0) return JS_EXCEPTION;
    __wasi_timestamp_t atime = access > 0 ? (__wasi_timestamp_t)(access * 1e6) : 0, mtime = change > 0 ? (__wasi_timestamp_t)(change * 1e6) : 0;
    __wasi_fstflags_t flags = __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM;
    if (JS_IsNumber(argv[0])) return answer(__wasi_fd_filestat_set_times(integer(argv[0]), atime, mtime, flags));
    struct location where;
    LOCATE(where, argv[0]);
    return answer(__wasi_path_filestat_set_times(where.fd, integer(argv[3]) ? __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW : 0, where.path, atime, mtime, flags));
}

NATIVE(n_cwd) {
    size_t length;
    const char *path = files_workdir(&length);
    return JS_NewStringLen(ctx, path, length);
}

/* chdir(path): absolute, and a folder: the library has looked */
NATIVE(n_chdir) {
    size_t length;
    const char *path = JS_ToCStringLen(ctx, &length, argv[0]);
    if (!path) return JS_EXCEPTION;
    int error = files_set_workdir(path, length);
    JS_FreeCString(ctx, path);
    return answer(error);
}

static const struct native functions[] = {
    {"open", n_open, 5},         {"close", n_close, 1},       {"read", n_read, 5},         {"write", n_write, 5},   {"print", n_print, 2},
    {"readAll", n_read_all, 1},  {"stat", n_stat, 2},         {"fstat", n_fstat, 1},       {"readdir", n_readdir, 1}, {"rename", n_rename, 2},
    {"link", n_link, 2},         {"symlink", n_symlink, 2},   {"readlink", n_readlink, 1}, {"truncate", n_truncate, 2}, {"sync", n_sync, 1},
    {"utimes", n_utimes, 4},     {"cwd", n_cwd, 0},           {"chdir", n_chdir, 1},
};

int files_add(JSValueConst natives) {
    JSContext *ctx = shim_context;
    static const char *const changes[] = {"mkdir", "rmdir", "unlink"};
    if (natives_add(natives, functions, sizeof functions / sizeof *functions) < 0) return -1;
    for (int i = MKDIR; i <= UNLINK; i++)
        if (JS_SetPropertyStr(ctx, natives, changes[i], JS_NewCFunctionMagic(ctx, n_change, changes[i], 1, JS_CFUNC_generic_magic, i)) < 0) return -1;
    return 0;
}
