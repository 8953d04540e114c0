/*
 * iconv.c: musl's iconv with the manners of glibc's, which PHP programs know.
 * musl puts "*" for a character that the target lacks and takes no //TRANSLIT and
 * //IGNORE; here such a character is an error, "?" or left out. Linked with --wrap
 * of the three functions.
 */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

iconv_t __real_iconv_open(const char *to, const char *from);
int __real_iconv_close(iconv_t);
size_t __real_iconv(iconv_t, char **, size_t *, char **, size_t *);

struct conversion {
    iconv_t real;
    iconv_t from_ascii; /* to the target, for "?" */
    int transliterate, ignore;
};

/* Cuts the suffixes off a name; 0: it is too long. */
static int charset(const char *name, char *to, size_t size, struct conversion *c) {
    const char *end = strstr(name, "//");
    size_t length = end ? (size_t)(end - name) : strlen(name);
    if (length >= size) return 0;
    memcpy(to, name, length);
    to[length] = 0;
    for (; end && c; end = strstr(end + 2, "//")) {
        if (!strncasecmp(end, "//TRANSLIT", 10)) c->transliterate = 1;
        if (!strncasecmp(end, "//IGNORE", 8)) c->ignore = 1;
    }
    return 1;
}

iconv_t __wrap_iconv_open(const char *to, const char *from) {
    char target[64], source[64];
    struct conversion *c = calloc(1, sizeof *c);
    if (!c) return (iconv_t)-1;
    if (!charset(to, target, sizeof target, c) || !charset(from, source, sizeof source, NULL)) {
        free(c);
        errno = EINVAL;
        return (iconv_t)-1;
    }
    c->real = __real_iconv_open(target, source);
    if (c->real == (iconv_t)-1) {
        free(c);
        errno = EINVAL;
        return (iconv_t)-1;
    }
    c->from_ascii = c->transliterate ? __real_iconv_open(target, "ASCII") : (iconv_t)-1;
    return (iconv_t)c;
}

int __wrap_iconv_close(iconv_t handle) {
    struct conversion *c = (struct conversion *)handle;
    if (c->from_ascii != (iconv_t)-1) __real_iconv_close(c->from_ascii);
    int result = __real_iconv_close(c->real);
    free(c);
    return result;
}

/* One character, as long as it may be, which the target lacks or the source is
 * wrong in. */
static size_t stumble(struct conversion *c, char **in, size_t *in_left, char **out, size_t *out_left) {
    char *begin = *in, *written = *out, *mark = "?";
    size_t left = *in_left, room = *out_left, size, one = 1;
    for (size = 1; size <= left; size++) {
        *in = begin, *in_left = size, *out = written, *out_left = room;
        size_t result = __real_iconv(c->real, in, in_left, out, out_left);
        if (result == (size_t)-1 && errno == EINVAL) continue; /* not all of it yet */
        int wrong = result == (size_t)-1, error = errno;
        *in = begin + size, *in_left = left - size;
        if (result == 0) return 0;
        *out = written, *out_left = room;
        if (wrong && error == EILSEQ && c->ignore) {
            *in = begin + 1, *in_left = left - 1;
            return 0;
        }
        if (!wrong && c->transliterate && c->from_ascii != (iconv_t)-1) {
            if (__real_iconv(c->from_ascii, &mark, &one, out, out_left) != (size_t)-1) return 0;
            error = errno;
        } else if (!wrong && c->ignore) return 0;
        else if (!wrong) error = EILSEQ;
        *in = begin, *in_left = left, *out = written, *out_left = room;
        errno = error;
        return (size_t)-1;
    }
    *in = begin, *in_left = left, *out = written, *out_left = room;
    errno = EINVAL;
    return (size_t)-1;
}

size_t __wrap_iconv(iconv_t handle, char **in, size_t *in_left, char **out, size_t *out_left) {
    struct conversion *c = (struct conversion *)handle;
    if (!in || !*in) return __real_iconv(c->real, in, in_left, out, out_left);
    char *begin = *in, *written = *out;
    size_t left = *in_left, room = *out_left;
    size_t result = __real_iconv(c->real, in, in_left, out, out_left);
    if (result == 0 || (result == (size_t)-1 && errno != EILSEQ && !memchr(written, '*', room - *out_left))) return result;
    /* Again, a character at a time. */
    *in = begin, *in_left = left, *out = written, *out_left = room;
    while (*in_left) {
        result = stumble(c, in, in_left, out, out_left);
        if (result == (size_t)-1) return result;
    }
    return 0;
}
