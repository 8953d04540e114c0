/*
 * failure.c: places and messages of values that cannot cross, and text.
 */
#include "internal.h"

/* ---- text ------------------------------------------------------------- */

/* Not printf: every compiled program would carry it, and be compiled with it,
 * whether it prints or not. */

static void put(char **to, const char *end, const char *text, size_t length) {
    size_t room = (size_t)(end - *to);
    if (length > room) length = room;
    memcpy(*to, text, length);
    *to += length;
}

size_t decimal(char *to, uint64_t magnitude, int negative) {
    char digits[20];
    size_t first = sizeof digits, length = 0;
    do digits[--first] = (char)('0' + magnitude % 10);
    while (magnitude /= 10);
    if (negative) to[length++] = '-';
    memcpy(to + length, digits + first, sizeof digits - first);
    return length + sizeof digits - first;
}

size_t format_text(char *to, size_t size, const char *format, va_list arguments) {
    char *at = to, *end = to + size - 1, number[DECIMAL_SIZE];
    while (*format) {
        const char *percent = strchr(format, '%');
        size_t plain = percent ? (size_t)(percent - format) : strlen(format);
        put(&at, end, format, plain);
        if (!percent) break;
        format = percent + 1;
        if (!strncmp(format, ".*s", 3)) {
            int length = va_arg(arguments, int);
            put(&at, end, va_arg(arguments, const char *), (size_t)length);
            format += 3;
            continue;
        }
        if (*format == 's') {
            const char *text = va_arg(arguments, const char *);
            put(&at, end, text, strlen(text));
            format++;
            continue;
        }
        unsigned width = 0;
        for (; *format == 'l' || *format == 'z'; format++) width += *format == 'z' ? (unsigned)(sizeof(size_t) > 4) * 2 : 1;
        if (*format == 'd') {
            int64_t value = width > 1 ? va_arg(arguments, long long) : width ? va_arg(arguments, long) : va_arg(arguments, int);
            put(&at, end, number, decimal(number, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0));
        } else { /* u */
            uint64_t value = width > 1 ? va_arg(arguments, unsigned long long) : width ? va_arg(arguments, unsigned long) : va_arg(arguments, unsigned);
            put(&at, end, number, decimal(number, value, 0));
        }
        format++;
    }
    *at = 0;
    return (size_t)(at - to);
}

/* ---- places ----------------------------------------------------------- */

void failure_clear(struct funcbox_failure *failure) {
    failure->set = 0;
    failure->step = sizeof failure->place - 1;
    failure->place[failure->step] = 0;
    failure->message[0] = 0;
}

static void prepend(struct funcbox_failure *failure, const char *step, size_t length) {
    if (length > failure->step) return; /* deeper than a message could tell */
    failure->step -= length;
    memcpy(failure->place + failure->step, step, length);
}

void failure_at_index(struct funcbox_failure *failure, size_t index) {
    char step[DECIMAL_SIZE + 2] = "[";
    size_t length = 1 + decimal(step + 1, index, 0);
    step[length++] = ']';
    prepend(failure, step, length);
}

static int is_plain(const char *key, size_t length) {
    if (!length || (*key >= '0' && *key <= '9')) return 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)key[i];
        if (c < 128 && c != '_' && !(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z')) return 0;
    }
    return 1;
}

void failure_at_key(struct funcbox_failure *failure, const char *key, size_t length) {
    int plain = is_plain(key, length);
    if (!plain) prepend(failure, "\"]", 2);
    prepend(failure, key, length > LONGEST_SHOWN ? LONGEST_SHOWN : length);
    prepend(failure, plain ? "." : "[\"", plain ? 1 : 2);
}

/* ---- UTF-8 ------------------------------------------------------------ */

int is_utf8(const char *data, size_t length) {
    const unsigned char *p = (const unsigned char *)data, *end = p + length;
    while (p < end) {
        unsigned c = *p++, more, least;
        if (c < 0x80) continue;
        if (c < 0xc2 || c > 0xf4) return 0;
        if (c < 0xe0) more = 1, least = 0x80, c &= 31;
        else if (c < 0xf0) more = 2, least = 0x800, c &= 15;
        else more = 3, least = 0x10000, c &= 7;
        if ((size_t)(end - p) < more) return 0;
        while (more--) {
            if ((*p & 0xc0) != 0x80) return 0;
            c = c << 6 | (*p++ & 63);
        }
        if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return 0;
    }
    return 1;
}
