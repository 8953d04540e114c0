/*
 * posix.h, included before every other line of PHP: what POSIX declares and
 * wasi-libc leaves out. ../posix.c has the bodies, which mostly say that there
 * is no such thing.
 */
#ifndef COMPAT_POSIX_H
#define COMPAT_POSIX_H

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Sockets: wasi-libc declares only those that WASI can serve. */
#ifndef PF_UNIX
#define PF_UNIX 1
#endif
#ifndef MSG_OOB
#define MSG_OOB 1
#endif
#ifndef POLLPRI
#define POLLPRI 0
#endif
#ifndef SOL_IP
#define SOL_IP 0
#endif
#ifndef SO_ERROR
#define SO_ERROR 4
#endif
int socket(int, int, int);
int socketpair(int, int, int, int[2]);
int bind(int, const struct sockaddr *, socklen_t);
int connect(int, const struct sockaddr *, socklen_t);
int listen(int, int);
int getsockname(int, struct sockaddr *, socklen_t *);
int getpeername(int, struct sockaddr *, socklen_t *);
int setsockopt(int, int, int, const void *, socklen_t);
ssize_t sendto(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
ssize_t recvfrom(int, void *, size_t, int, struct sockaddr *, socklen_t *);

/* Processes and users. */
FILE *popen(const char *, const char *);
int pclose(FILE *);
pid_t fork(void);
int pipe(int[2]);
int kill(pid_t, int);
int execvp(const char *, char *const[]);
int execl(const char *, const char *, ...);
int execle(const char *, const char *, ...);
pid_t getppid(void);
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
int getgroups(int, gid_t *);

/* Files. */
int dup(int);
int dup2(int, int);
int flock(int, int);
int mkstemp(char *);
char *mktemp(char *);
int chmod(const char *, mode_t);
int fchmod(int, mode_t);
int chown(const char *, uid_t, gid_t);
int lchown(const char *, uid_t, gid_t);
mode_t umask(mode_t);
int getdtablesize(void);
ssize_t getrandom(void *, size_t, unsigned);

/* How large the memory may become, in bytes; zend_alloc.c is patched to say so
 * when it has to. See memory.c. */
size_t funcbox_memory_limit(void);

#ifndef F_SETLK
#define F_GETLK 5
#define F_SETLK 6
#define F_SETLKW 7
#endif
#ifndef F_RDLCK
#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
#endif

#endif
