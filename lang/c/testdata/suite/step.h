/* step: one operation on files, for the suite of filesystems in C and C++. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *name_of(int number) {
    switch (number) {
#define NAME(error) case error: return #error;
        NAME(ENOENT) NAME(EISDIR) NAME(ENOTDIR) NAME(EEXIST) NAME(EBADF) NAME(EACCES) NAME(EINVAL) NAME(ENOTEMPTY) NAME(EPERM) NAME(ELOOP)
        NAME(ENAMETOOLONG) NAME(EBUSY) NAME(EROFS) NAME(ENOSPC) NAME(EXDEV) NAME(ENOTCAPABLE) NAME(EFBIG) NAME(EMFILE) NAME(ENOTSUP) NAME(EIO)
        NAME(ENOSYS) NAME(EILSEQ) NAME(ESTALE) NAME(ENOMEM) NAME(EINTR) NAME(ESPIPE)
    }
    static char other[32];
    snprintf(other, sizeof other, "E%d", number);
    return other;
}

/* What an operation gave, which may have NULs; 0: no more than its first one. */
static char result[1 << 16];
static size_t result_length;

static int tell(const struct stat *st) {
    if (S_ISREG(st->st_mode)) snprintf(result, sizeof result, "=file %lld", (long long)st->st_size);
    else strcpy(result, S_ISDIR(st->st_mode) ? "=dir" : S_ISLNK(st->st_mode) ? "=link" : "=other");
    return 0;
}

static int contents(int fd) {
    ssize_t n, used = 1;
    if (fd < 0) return -1;
    result[0] = '=';
    while ((n = pread(fd, result + used, sizeof result - 1 - (size_t)used, used - 1)) > 0) used += n;
    result_length = (size_t)used;
    return n < 0 ? -1 : 0;
}

static int closing(int fd, int outcome) {
    int number = errno;
    if (fd >= 0) close(fd);
    errno = number;
    return outcome;
}

static int put(const char *path, const char *text, int flags) {
    int fd = open(path, O_WRONLY | flags, 0666);
    if (fd < 0) return -1;
    return closing(fd, write(fd, text, strlen(text)) < 0 ? -1 : 0);
}

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static int list_names(const char *path) {
    char *names[1000];
    size_t count = 0;
    DIR *directory = opendir(path);
    if (!directory) return -1;
    for (struct dirent *entry; count < 1000 && (entry = readdir(directory));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) names[count++] = strdup(entry->d_name);
    closedir(directory);
    qsort(names, count, sizeof *names, compare);
    strcpy(result, "=");
    for (size_t i = 0; i < count; i++) {
        if (i) strcat(result, ",");
        strcat(result, names[i]);
    }
    return 0;
}

static int modes(const char *mode) {
    if (!strcmp(mode, "r")) return O_RDONLY;
    if (!strcmp(mode, "r+")) return O_RDWR;
    if (!strcmp(mode, "w")) return O_WRONLY | O_CREAT | O_TRUNC;
    if (!strcmp(mode, "w+")) return O_RDWR | O_CREAT | O_TRUNC;
    if (!strcmp(mode, "wx")) return O_WRONLY | O_CREAT | O_EXCL;
    return O_WRONLY | O_CREAT | O_APPEND;
}

static int slots[100]; /* descriptors + 1 */

static int slot(int64_t x) {
    if (!slots[x]) errno = EBADF;
    return slots[x] - 1;
}

static int step(const char *op, const char *a, const char *b, const char *mode, int64_t x, int64_t y) {
    struct stat st;
    int fd;
    if (!strcmp(op, "read")) return fd = open(a, O_RDONLY), closing(fd, contents(fd));
    if (!strcmp(op, "write")) return put(a, b, O_CREAT | O_TRUNC);
    if (!strcmp(op, "append")) return put(a, b, O_CREAT | O_APPEND);
    if (!strcmp(op, "create")) return put(a, "", O_CREAT | O_EXCL);
    if (!strcmp(op, "open")) return (slots[x] = open(b, modes(mode), 0666) + 1) ? 0 : -1;
    if (!strcmp(op, "fread")) return contents(slot(x));
    if (!strcmp(op, "fwrite")) return write(slot(x), b, strlen(b)) < 0 ? -1 : 0;
    if (!strcmp(op, "fsize")) return ftruncate(slot(x), y);
    if (!strcmp(op, "fstat")) return fstat(slot(x), &st) ? -1 : tell(&st);
    if (!strcmp(op, "close")) return fd = slot(x), slots[x] = 0, close(fd);
    if (!strcmp(op, "stat")) return stat(a, &st) ? -1 : tell(&st);
    if (!strcmp(op, "lstat")) return lstat(a, &st) ? -1 : tell(&st);
    if (!strcmp(op, "list")) return list_names(a);
    if (!strcmp(op, "mkdir")) return mkdir(a, 0777);
    if (!strcmp(op, "rmdir")) return rmdir(a);
    if (!strcmp(op, "unlink")) return unlink(a);
    if (!strcmp(op, "rename")) return rename(a, b);
    if (!strcmp(op, "link")) return link(a, b);
    if (!strcmp(op, "symlink")) return symlink(a, b);
    if (!strcmp(op, "readlink")) {
        ssize_t n = readlink(a, result + 1, sizeof result - 2);
        if (n < 0) return -1;
        result[0] = '=';
        result[n + 1] = 0;
        return 0;
    }
    if (!strcmp(op, "truncate")) return (fd = open(a, O_RDWR)) < 0 ? -1 : closing(fd, ftruncate(fd, y));
    if (!strcmp(op, "utimes")) {
        struct timespec times[2] = {{1, 0}, {1, 0}};
        return utimensat(AT_FDCWD, a, times, 0);
    }
    if (!strcmp(op, "chdir")) return chdir(a);
    if (!strcmp(op, "pause")) {
        char line[8];
        printf("pause\n");
        fflush(stdout);
        fgets(line, sizeof line, stdin);
        return 0;
    }
    errno = ENOSYS;
    return -1;
}
