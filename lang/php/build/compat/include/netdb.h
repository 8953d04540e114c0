/* netdb.h: a machine without a network. */
#ifndef COMPAT_NETDB_H
#define COMPAT_NETDB_H
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>
struct hostent {
    char *h_name, **h_aliases, **h_addr_list;
    int h_addrtype, h_length;
};
#define h_addr h_addr_list[0]
struct servent {
    char *s_name, **s_aliases, *s_proto;
    int s_port;
};
struct protoent {
    char *p_name, **p_aliases;
    int p_proto;
};
extern int h_errno;
#define HOST_NOT_FOUND 1
struct hostent *gethostbyname(const char *);
struct hostent *gethostbyaddr(const void *, socklen_t, int);
struct servent *getservbyname(const char *, const char *);
struct servent *getservbyport(int, const char *);
struct protoent *getprotobyname(const char *);
struct protoent *getprotobynumber(int);
const char *hstrerror(int);
#define NI_MAXHOST 1025
#define NI_NUMERICHOST 1
int getnameinfo(const struct sockaddr *, socklen_t, char *, socklen_t, char *, socklen_t, int);
in_addr_t inet_addr(const char *);
#endif
