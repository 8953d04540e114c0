/*
 * files.c: the filesystem for the guest library, straight on WASI. Every
 * function returns a number, a string or an array, or a negative WASI errno;
 * the library makes errors of those.
 */
#include "shim.h"

#include <wasi/api.h>

/* Longer paths are refused (as by Linux, with its terminating NUL). In bytes. */
#define MAX_PATH 4095

/* Reads of a whole file ask for no more than this at a time, in bytes: what a
 * file claims as its size is not believed. */
#define READ_CHUNK (1 << 20)

#define MAX_ROOTS 16

/* Preopened folders. */
static struct {
    int fd;
    size_t length;
    char path[256]; /* without the slash at its end: "" for the root */
} roots[MAX_ROOTS];
static int root_count = -1; /* -1: not asked for in this call */

static char workdir[MAX_PATH + 1];
static size_t workdir_length;

void files_begin_call(const char *path, size_t length) {
    if (!length || *path != '/' || length > MAX_PATH) path = "/", length = 1;
    memcpy(workdir, path, length);
    workdir[length] = 0;
    workdir_length = length;
    root_count = -1;
}

static void find_roots(void) {
    __wasi_prestat_t stat;
    root_count = 0;
    for (int fd = 3; root_count < MAX_ROOTS && !__wasi_fd_prestat_get(fd, &stat); fd++) {
        size_t length = stat.u.dir.pr_name_len;
        char *path = roots[root_count].path;
        if (length >= sizeof roots->path || __wasi_fd_prestat_dir_name(fd, (uint8_t *)path, length)) continue;
        while (length && path[length - 1] == '/') length--;
        path[length] = 0;
        roots[root_count].fd = fd;
        roots[root_count++].length = length;
    }
}

struct location {
    int fd;
    char path[MAX_PATH + 1]; /* below fd */
};

/* Makes path absolute, drops what leads above the root, and finds the
 * preopened folder it is in. ".." stays where it is: what it means is the
 * filesystem's to say. Returns a WASI errno. */
static int locate(struct location *where, const char *path, size_t length) {
    if (!length) return __WASI_ERRNO_NOENT;
    if (memchr(path, 0, length)) return __WASI_ERRNO_INVAL;
    if (root_count < 0) find_roots();
    char whole[MAX_PATH + 2];
    size_t n = 0, total = length;
    if (*path != '/') {
        total += workdir_length + 1;
        if (total > MAX_PATH) return __WASI_ERRNO_NAMETOOLONG;
        memcpy(whole, workdir, workdir_length);
        whole[workdir_length] = '/';
        memcpy(whole + workdir_length + 1, path, length);
    } else {
        if (total > MAX_PATH) return __WASI_ERRNO_NAMETOOLONG;
        memcpy(whole, path, length);
    }
    int depth = 0, folder = whole[total - 1] == '/';
    for (size_t i = 0; i < total;) {
        while (i < total && whole[i] == '/') i++;
        size_t start = i;
        while (i < total && whole[i] != '/') i++;
        size_t part = i - start;
        if (!part || (part == 1 && whole[start] == '.')) {
            folder |= part == 1 && i == total;
            continue;
        }
        if (part == 2 && whole[start] == '.' && whole[start + 1] == '.') {
            if (!depth) continue;
            depth--;
        } else depth++;
        whole[n++] = '/';
        memmove(whole + n, whole + start, part);
        n += part;
    }
    if (folder && n) whole[n++] = '/';
    whole[n] = 0;
    int best = -1;
    for (int i = 0; i < root_count; i++)
        if (roots[i].length <= n && !memcmp(whole, roots[i].path, roots[i].length) &&
            (!whole[roots[i].length] || whole[roots[i].length] == '/') && (best < 0 || roots[i].length > roots[best].length))
            best = i;
    if (best < 0) return __WASI_ERRNO_NOENT;
    where->fd = roots[best].fd;
    const char *rest = whole + roots[best].length;
    while (*rest == '/') rest++;
    strcpy(where->path, *rest ? rest : ".");
    return 0;
}

static int open_file(const char *path, size_t length, int open_flags, int fd_flags, int writes, int reads, int *fd) {
    struct location where;
    int error = locate(&where, path, length);
    if (error) return error;
    __wasi_rights_t rights = __WASI_RIGHTS_FD_FILESTAT_GET | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL | __WASI_RIGHTS_FD_FDSTAT_SET_FLAGS;
    if (reads) rights |= __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_READDIR | __WASI_RIGHTS_POLL_FD_READWRITE;
    if (writes)
        rights |= __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_ALLOCATE | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE | __WASI_RIGHTS_FD_SYNC |
                  __WASI_RIGHTS_FD_DATASYNC;
    rights |= __WASI_RIGHTS_FD_FILESTAT_SET_TIMES;
    __wasi_fd_t opened;
    int follow = open_flags & __WASI_OFLAGS_EXCL ? 0 : __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW;
    error = __wasi_path_open(where.fd, (__wasi_lookupflags_t)follow, where.path, (__wasi_oflags_t)open_flags, rights, rights, (__wasi_fdflags_t)fd_flags, &opened);
    *fd = (int)opened;
    return error;
}

/* Reads what is left of fd. */
static char *read_all(int fd, size_t *length, int *error) {
    __wasi_filestat_t stat;
    size_t capacity = 0, n = 0;
    char *data = NULL;
    *error = __wasi_fd_filestat_get(fd, &stat);
    if (*error) stat.size = 0;
    for (;;) {
        if (capacity - n < 2) {
            size_t left = stat.size > n ? (size_t)(stat.size - n < READ_CHUNK ? stat.size - n : READ_CHUNK) : 4096;
            /* One byte more than is left, so that the end is seen at once; one for the NUL. */
            size_t grown = n + left + 2;
            if (grown < capacity + capacity / 2) grown = capacity + capacity / 2;
            char *moved = realloc(data, grown);
            if (!moved) {
                *error = __WASI_ERRNO_NOMEM;
                free(data);
                return NULL;
            }
            data = moved;
            capacity = grown;
        }
        __wasi_iovec_t vector = {(uint8_t *)data + n, capacity - n - 1};
        __wasi_size_t got;
        *error = __wasi_fd_read(fd, &vector, 1, &got);
        if (*error) {
            free(data);
            return NULL;
        }
        if (!got) break;
        n += got;
    }
    data[n] = 0;
    *length = n;
    return data;
}

char *files_read(const char *path, size_t *length, int *error) {
    int fd;
    *error = open_file(path, strlen(path), 0, 0, 0, 1, &fd);
    if (*error) return NULL;
    char *data = read_all(fd, length, error);
    (void)__wasi_fd_close(fd);
    return data;
}

/* ---- for the library --------------------------------------------------- */

#define NATIVE(name) static JSValue name(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)

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
    int error = locate(where, path, length);
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
    int error = open_file(path, length, integer(argv[1]), integer(argv[2]), integer(argv[4]), integer(argv[3]), &fd);
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
    char *data = read_all(integer(argv[0]), &length, &error);
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

/* An array of name, type, name, type, … in the order of the host. */
static JSValue list(const char *path, size_t path_length) {
    JSContext *ctx = shim_context;
    int fd;
    int error = open_file(path, path_length, __WASI_OFLAGS_DIRECTORY, 0, 0, 1, &fd);
    if (error) return answer(error);
    size_t capacity = 4096, used;
    uint8_t *buffer = malloc(capacity);
    JSValue array = JS_NewArray(ctx);
    uint32_t n = 0;
    __wasi_dircookie_t cookie = __WASI_DIRCOOKIE_START;
    do {
        used = 0;
        __wasi_size_t got = 0;
        error = buffer ? __wasi_fd_readdir(fd, buffer, capacity, cookie, &got) : __WASI_ERRNO_NOMEM;
        if (error) break;
        used = got;
        size_t at = 0;
        __wasi_dirent_t entry;
        while (used - at >= sizeof entry) {
            memcpy(&entry, buffer + at, sizeof entry);
            if (entry.d_namlen > used - at - sizeof entry) break; /* cut off: comes again */
            const char *name = (const char *)buffer + at + sizeof entry;
            at += sizeof entry + entry.d_namlen;
            cookie = entry.d_next;
            if ((entry.d_namlen == 1 && *name == '.') || (entry.d_namlen == 2 && !memcmp(name, "..", 2))) continue;
            JS_SetPropertyUint32(ctx, array, n++, JS_NewStringLen(ctx, name, entry.d_namlen));
            JS_SetPropertyUint32(ctx, array, n++, JS_NewInt32(ctx, entry.d_type));
        }
        if (!at && used == capacity) {
            uint8_t *grown = capacity < READ_CHUNK ? realloc(buffer, capacity *= 4) : NULL;
            if (!grown) error = __WASI_ERRNO_NAMETOOLONG;
            else buffer = grown;
        }
    } while (!error && used == capacity);
    free(buffer);
    (void)__wasi_fd_close(fd);
    if (!error) return array;
    JS_FreeValue(ctx, array);
    return answer(error);
}

NATIVE(n_readdir) {
    size_t length;
    const char *path = JS_ToCStringLen(ctx, &length, argv[0]);
    if (!path) return JS_EXCEPTION;
    JSValue entries = list(path, length);
    JS_FreeCString(ctx, path);
    return entries;
}

JSValue files_list(const char *path) {
    JSContext *ctx = shim_context;
    JSValue entries = list(path, strlen(path));
    if (JS_IsException(entries)) return entries;
    if (!JS_IsObject(entries)) return JS_ThrowInternalError(ctx, "cannot list %s: error %d", path, -integer(entries));
    JSValue filter = JS_Eval(ctx, "(a)=>a.filter((_,i)=>i%2==0).sort()", 35, "funcbox:list", JS_EVAL_TYPE_GLOBAL);
    JSValue names = JS_Call(ctx, filter, JS_UNDEFINED, 1, &entries);
    JS_FreeValue(ctx, filter);
    JS_FreeValue(ctx, entries);
    return names;
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

NATIVE(n_cwd) { return JS_NewStringLen(ctx, workdir, workdir_length); }

/* chdir(path): absolute, and a folder: the library has looked */
NATIVE(n_chdir) {
    size_t length;
    const char *path = JS_ToCStringLen(ctx, &length, argv[0]);
    if (!path) return JS_EXCEPTION;
    int error = length > MAX_PATH ? __WASI_ERRNO_NAMETOOLONG : 0;
    if (!error) {
        memcpy(workdir, path, length + 1);
        workdir_length = length;
    }
    JS_FreeCString(ctx, path);
    return answer(error);
}

static const struct {
    const char *name;
    JSCFunction *function;
    int arguments;
} functions[] = {
    {"open", n_open, 5},         {"close", n_close, 1},       {"read", n_read, 5},         {"write", n_write, 5},   {"print", n_print, 2},
    {"readAll", n_read_all, 1},  {"stat", n_stat, 2},         {"fstat", n_fstat, 1},       {"readdir", n_readdir, 1}, {"rename", n_rename, 2},
    {"link", n_link, 2},         {"symlink", n_symlink, 2},   {"readlink", n_readlink, 1}, {"truncate", n_truncate, 2}, {"sync", n_sync, 1},
    {"utimes", n_utimes, 4},     {"cwd", n_cwd, 0},           {"chdir", n_chdir, 1},
};

int files_add(JSValueConst natives) {
    JSContext *ctx = shim_context;
    static const char *const changes[] = {"mkdir", "rmdir", "unlink"};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (JS_SetPropertyStr(ctx, natives, functions[i].name, JS_NewCFunction(ctx, functions[i].function, functions[i].name, functions[i].arguments)) < 0) return -1;
    for (int i = MKDIR; i <= UNLINK; i++)
        if (JS_SetPropertyStr(ctx, natives, changes[i], JS_NewCFunctionMagic(ctx, n_change, changes[i], 1, JS_CFUNC_generic_magic, i)) < 0) return -1;
    return 0;
}
