/*
 * posix.c: what POSIX has and wasi-libc has not. PHP turns the errors into its
 * usual warnings.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

static int refuse(int error) {
    errno = error;
    return -1;
}

/* No network. */
int socket(int domain, int type, int protocol) { return refuse(EACCES); }
int socketpair(int domain, int type, int protocol, int pair[2]) { return refuse(EACCES); }
int bind(int fd, const struct sockaddr *address, socklen_t length) { return refuse(EBADF); }
int connect(int fd, const struct sockaddr *address, socklen_t length) { return refuse(EBADF); }
int listen(int fd, int backlog) { return refuse(EBADF); }
int getsockname(int fd, struct sockaddr *address, socklen_t *length) { return refuse(ENOTSOCK); }
int getpeername(int fd, struct sockaddr *address, socklen_t *length) { return refuse(ENOTSOCK); }
int setsockopt(int fd, int level, int name, const void *value, socklen_t length) { return refuse(ENOTSOCK); }
ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length) { return refuse(ENOTSOCK); }
ssize_t recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *from, socklen_t *length) { return refuse(ENOTSOCK); }
int h_errno;
struct hostent *gethostbyname(const char *name) {
    h_errno = HOST_NOT_FOUND;
    return NULL;
}
struct hostent *gethostbyaddr(const void *address, socklen_t length, int type) {
    h_errno = HOST_NOT_FOUND;
    return NULL;
}
struct servent *getservbyname(const char *name, const char *protocol) { return NULL; }
struct servent *getservbyport(int port, const char *protocol) { return NULL; }
struct protoent *getprotobyname(const char *name) { return NULL; }
struct protoent *getprotobynumber(int number) { return NULL; }
const char *hstrerror(int error) { return "Unknown host"; }
int getnameinfo(const struct sockaddr *address, socklen_t length, char *host, socklen_t host_size, char *service, socklen_t service_size, int flags) {
    return -1;
}
in_addr_t inet_addr(const char *text) {
    struct in_addr address;
    return inet_aton(text, &address) ? address.s_addr : (in_addr_t)-1;
}
int uname(struct utsname *name) {
    memset(name, 0, sizeof *name);
    strcpy(name->sysname, "Linux");
    strcpy(name->nodename, "localhost");
    strcpy(name->release, "0.0.0");
    strcpy(name->version, "#0");
    strcpy(name->machine, "wasm32");
    return 0;
}
int gethostname(char *name, size_t size) {
    if (!size) return refuse(EINVAL);
    strncpy(name, "localhost", size);
    name[size - 1] = 0;
    return 0;
}

/* No processes, one user, who is root: every file of the tree is theirs. */
FILE *popen(const char *command, const char *mode) {
    errno = EACCES;
    return NULL;
}
int pclose(FILE *stream) { return refuse(EINVAL); }
pid_t fork(void) { return refuse(EPERM); }
int pipe(int ends[2]) { return refuse(EPERM); }
int kill(pid_t process, int signal) { return refuse(ESRCH); }
pid_t waitpid(pid_t process, int *status, int options) { return refuse(ECHILD); }
int execvp(const char *file, char *const arguments[]) { return refuse(EPERM); }
int execl(const char *path, const char *argument, ...) { return refuse(EPERM); }
int execle(const char *path, const char *argument, ...) { return refuse(EPERM); }
pid_t getppid(void) { return 0; }
uid_t getuid(void) { return 0; }
uid_t geteuid(void) { return 0; }
gid_t getgid(void) { return 0; }
gid_t getegid(void) { return 0; }
int getgroups(int size, gid_t *groups) { return 0; }
struct passwd *getpwnam(const char *name) { return NULL; }
struct passwd *getpwuid(uid_t uid) { return NULL; }
struct group *getgrnam(const char *name) { return NULL; }
struct group *getgrgid(gid_t gid) { return NULL; }
void openlog(const char *identity, int options, int facility) {}
void closelog(void) {}
void syslog(int priority, const char *format, ...) {}

/*
 * WASI cannot duplicate descriptors. A duplicate shares its file's position, so
 * the same number does, if it is closed once more. The standard streams cannot be
 * closed. Linked with --wrap=close.
 */
static unsigned char duplicates[1024];

int dup(int fd) {
    if (fcntl(fd, F_GETFL) < 0) return -1;
    if (fd >= (int)sizeof duplicates || duplicates[fd] == 255) return refuse(EMFILE);
    if (fd > 2) duplicates[fd]++;
    return fd;
}

int dup2(int fd, int to) { return refuse(ENOSYS); }
int __real_close(int fd);
int __wrap_close(int fd) {
    if (fd >= 0 && fd <= 2) return 0;
    if (fd < 0 || fd >= (int)sizeof duplicates || !duplicates[fd]) return __real_close(fd);
    duplicates[fd]--;
    return 0;
}
int getdtablesize(void) { return sizeof duplicates; }

/* Standard streams are character devices, but no terminals. */
int isatty(int fd) {
    errno = ENOTTY;
    return 0;
}

/* WASI knows no permission bits: files have the usual ones, and changing them
 * changes nothing. Linked with --wrap of each. */
static int with_mode(int result, struct stat *info) {
    if (result == 0) info->st_mode |= S_ISDIR(info->st_mode) ? 0755 : S_ISLNK(info->st_mode) ? 0777 : 0644;
    return result;
}
int __real_stat(const char *path, struct stat *info);
int __wrap_stat(const char *path, struct stat *info) { return with_mode(__real_stat(path, info), info); }
int __real_lstat(const char *path, struct stat *info);
int __wrap_lstat(const char *path, struct stat *info) { return with_mode(__real_lstat(path, info), info); }
int __real_fstat(int fd, struct stat *info);
int __wrap_fstat(int fd, struct stat *info) { return with_mode(__real_fstat(fd, info), info); }
int __wrap_chmod(const char *path, mode_t mode) {
    struct stat info;
    return __real_stat(path, &info);
}
int __wrap_fchmod(int fd, mode_t mode) { return 0; }

/* wasi-libc looks at eight bits of whence. Linked with --wrap=lseek. */
off_t __real_lseek(int fd, off_t offset, int whence);
off_t __wrap_lseek(int fd, off_t offset, int whence) {
    if (whence != SEEK_SET && whence != SEEK_CUR && whence != SEEK_END) return refuse(EINVAL);
    return __real_lseek(fd, offset, whence);
}

/* Nobody else has the tree, so a lock is always free. */
int flock(int fd, int operation) { return 0; }
int chown(const char *path, uid_t owner, gid_t group) { return refuse(EPERM); }
int lchown(const char *path, uid_t owner, gid_t group) { return refuse(EPERM); }
mode_t umask(mode_t mask) {
    static mode_t now = 022;
    mode_t before = now;
    now = mask & 0777;
    return before;
}

static int fill_template(char *name) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t length = strlen(name);
    unsigned char random[6];
    if (length < 6 || memcmp(name + length - 6, "XXXXXX", 6)) return refuse(EINVAL);
    if (getentropy(random, sizeof random) < 0) return -1;
    for (int i = 0; i < 6; i++) name[length - 6 + i] = letters[random[i] % (sizeof letters - 1)];
    return 0;
}

int mkstemp(char *name) {
    for (int tries = 0; tries < 100; tries++) {
        if (fill_template(name) < 0) return -1;
        int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (fd >= 0 || errno != EEXIST) return fd;
        memset(name + strlen(name) - 6, 'X', 6);
    }
    return -1;
}

char *mktemp(char *name) {
    if (fill_template(name) < 0) *name = 0;
    return name;
}

ssize_t getrandom(void *to, size_t size, unsigned flags) {
    if (size > 256) size = 256; /* as much as getentropy gives at once */
    return getentropy(to, size) < 0 ? -1 : (ssize_t)size;
}

/* Nothing can be loaded. */
void *dlopen(const char *file, int mode) { return NULL; }
void *dlsym(void *library, const char *name) { return NULL; }
int dlclose(void *library) { return 0; }
char *dlerror(void) { return "dynamic loading is not supported"; }
