/*
 * files.c: files by path, straight on WASI.
 */
#include "natives.h"

#include <wasi/api.h>

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
    if (!length || *path != '/' || files_set_workdir(path, length)) files_set_workdir("/", 1);
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

/* Makes path absolute, drops what leads above the root, and finds the
 * preopened folder it is in. ".." stays where it is: what it means is the
 * filesystem's to say. Returns a WASI errno. */
int files_locate(struct location *where, const char *path, size_t length) {
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

int files_open(const char *path, size_t length, int open_flags, int fd_flags, int writes, int reads, int *fd) {
    struct location where;
    int error = files_locate(&where, path, length);
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
char *files_read_all(int fd, size_t *length, int *error) {
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
    *error = files_open(path, strlen(path), 0, 0, 0, 1, &fd);
    if (*error) return NULL;
    char *data = files_read_all(fd, length, error);
    (void)__wasi_fd_close(fd);
    return data;
}

JSValue files_entries(const char *path, size_t path_length) {
    JSContext *ctx = shim_context;
    int fd;
    int error = files_open(path, path_length, __WASI_OFLAGS_DIRECTORY, 0, 0, 1, &fd);
    if (error) return JS_NewInt32(ctx, -error);
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
    return JS_NewInt32(ctx, -error);
}

JSValue files_list(const char *path) {
    JSContext *ctx = shim_context;
    JSValue entries = files_entries(path, strlen(path));
    if (JS_IsException(entries)) return entries;
    if (!JS_IsObject(entries)) return JS_ThrowInternalError(ctx, "cannot list %s: error %d", path, -JS_VALUE_GET_INT(entries));
    JSValue filter = JS_Eval(ctx, "(a)=>a.filter((_,i)=>i%2==0).sort()", 35, "funcbox:list", JS_EVAL_TYPE_GLOBAL);
    JSValue names = JS_Call(ctx, filter, JS_UNDEFINED, 1, &entries);
    JS_FreeValue(ctx, filter);
    JS_FreeValue(ctx, entries);
    return names;
}

const char *files_workdir(size_t *length) {
    *length = workdir_length;
    return workdir;
}

int files_set_workdir(const char *path, size_t length) {
    if (length > MAX_PATH) return __WASI_ERRNO_NAMETOOLONG;
    memcpy(workdir, path, length);
    workdir[length] = 0;
    workdir_length = length;
    return 0;
}
