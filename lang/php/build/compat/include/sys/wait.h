/* sys/wait.h, for proc_open: no process was ever begun. */
#ifndef COMPAT_SYS_WAIT_H
#define COMPAT_SYS_WAIT_H
#include <sys/types.h>
#define WNOHANG 1
#define WUNTRACED 2
#define WIFEXITED(status) 0
#define WEXITSTATUS(status) 0
#define WIFSIGNALED(status) 0
#define WTERMSIG(status) 0
#define WIFSTOPPED(status) 0
#define WSTOPSIG(status) 0
pid_t waitpid(pid_t, int *, int);
#endif
