/*
 * system.c: what Ruby expects of a system and WASI has not.
 */
#include "shim.h"

#include <errno.h>
#include <sys/stat.h>

/* Standard output and error are no terminals, though WASI calls them devices: no
 * colors in messages. */
int isatty(int fd) {
    (void)fd;
    errno = ENOTTY;
    return 0;
}

/* There is one process: every lock is free. */
int flock(int fd, int operation) {
    (void)fd;
    (void)operation;
    return 0;
}

/* WASI says nothing about permissions. Those of files that can be opened are checked
 * when they are; link.sh puts these functions in the place of libc's. */
int __real_stat(const char *path, struct stat *status);
int __real_lstat(const char *path, struct stat *status);
int __real_fstat(int fd, struct stat *status);

static int with_mode(int result, struct stat *status) {
    if (result == 0 && !(status->st_mode & 0777)) status->st_mode |= S_ISREG(status->st_mode) ? 0644 : S_ISDIR(status->st_mode) ? 0755 : 0777;
    return result;
}

int __wrap_stat(const char *path, struct stat *status) { return with_mode(__real_stat(path, status), status); }
int __wrap_lstat(const char *path, struct stat *status) { return with_mode(__real_lstat(path, status), status); }
int __wrap_fstat(int fd, struct stat *status) { return with_mode(__real_fstat(fd, status), status); }

static VALUE one_thread(int argc, VALUE *argv, VALUE self) {
    (void)argc;
    (void)argv;
    rb_raise(rb_eNotImpError, "%" PRIsVALUE ".%s: a program has one thread only; it may use Fiber, Enumerator and Timeout.timeout", self,
             rb_id2name(rb_frame_this_func()));
}

/* Starting processes fails, and says so: NotImplementedError, and respond_to? knows.
 * Starting threads fails when it is tried. */
void system_init(void) {
    static const char *const starts[] = {"new", "start", "fork", NULL};
    for (const char *const *name = starts; *name; name++) rb_define_singleton_method(rb_cThread, *name, one_thread, -1);
    rb_define_singleton_method(rb_const_get(rb_cObject, rb_intern("Ractor")), "new", one_thread, -1);
    static const char *const functions[] = {"system", "spawn", "exec", "`", "fork", "syscall", NULL};
    static const char *const of_process[] = {"spawn", "exec", "fork", "daemon", "wait", "wait2", "waitpid", "waitall", "detach", NULL};
    for (const char *const *name = functions; *name; name++) rb_define_global_function(*name, rb_f_notimplement, -1);
    for (const char *const *name = of_process; *name; name++) rb_define_module_function(rb_mProcess, *name, rb_f_notimplement, -1);
    rb_define_singleton_method(rb_cIO, "popen", rb_f_notimplement, -1);
    rb_define_singleton_method(rb_cIO, "pipe", rb_f_notimplement, -1);
}
