#ifndef COMPAT_GRP_H
#define COMPAT_GRP_H
#include <sys/types.h>
struct group {
    char *gr_name, *gr_passwd, **gr_mem;
    gid_t gr_gid;
};
struct group *getgrnam(const char *);
struct group *getgrgid(gid_t);
#endif
