/*
 * system.c: functions of the C library as a program in Python expects them; those
 * that wasi-libc has are replaced.
 */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <time.h>

/* The processor time of a process begins anew in each copy: wasi-libc's begins where
 * the photographed one did, on another clock. */
static struct timespec process_began;

void system_begin(void) { clock_gettime(CLOCK_MONOTONIC, &process_began); }

clock_t __clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (clock_t)(now.tv_sec - process_began.tv_sec) * CLOCKS_PER_SEC + (now.tv_nsec - process_began.tv_nsec) / (1000000000 / CLOCKS_PER_SEC);
}
clock_t clock(void) { return __clock(); }

/* wasi-libc takes an empty path for the working directory. */
int __real___wasilibc_find_relpath(const char *path, const char **base, char **relative, size_t length);
int __real___wasilibc_find_relpath_alloc(const char *path, const char **base, char **relative, size_t *length, int can_grow);

int __wrap___wasilibc_find_relpath(const char *path, const char **base, char **relative, size_t length) {
    if (*path) return __real___wasilibc_find_relpath(path, base, relative, length);
    errno = ENOENT;
    return -1;
}

int __wrap___wasilibc_find_relpath_alloc(const char *path, const char **base, char **relative, size_t *length, int can_grow) {
    if (*path) return __real___wasilibc_find_relpath_alloc(path, base, relative, length, can_grow);
    errno = ENOENT;
    return -1;
}

/* What SQLite calls in place of fcntl. It keeps locks between its connections by
 * itself and asks the system about other processes, of which there are none. The
 * numbers are those it defines where there is no locking. */
enum { UNLOCKED = 2, GET_LOCK = 12, SET_LOCK = 13, SET_LOCK_WAIT = 14 };

int funcbox_fcntl(int fd, int command, ...) {
    va_list arguments;
    int result = 0;
    va_start(arguments, command);
    switch (command) {
    case GET_LOCK: va_arg(arguments, struct flock *)->l_type = UNLOCKED; break;
    case SET_LOCK:
    case SET_LOCK_WAIT: break;
    default: result = fcntl(fd, command, va_arg(arguments, int));
    }
    va_end(arguments);
    return result;
}
