/*
 * format.c: calls of the host and values by format, for C (see <funcbox.h>).
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "include/funcbox.h"

#include "exchange.h"
#include "values.h"

/* ---- the error -------------------------------------------------------- */

static char last_message[1600], last_type[128];

static void keep(char *to, size_t size, const char *text, size_t length) {
    if (length >= size) length = size - 1;
    if (length) memcpy(to, text, length);
    to[length] = 0;
}

static int failed(const char *type, const char *message) {
    keep(last_type, sizeof last_type, type, strlen(type));
    keep(last_message, sizeof last_message, message, strlen(message));
    return -1;
}

const char *funcbox_error(void) { return last_message; }
const char *funcbox_error_type(void) { return last_type; }

/* ---- formats ---------------------------------------------------------- */

/* A va_list that functions can share. */
struct values {
    va_list list;
};

static const char *skip_blanks(const char *format) { return format + strspn(format, " \t\n,"); }

/* The length of a name that a colon follows; 0 where none stands. */
static size_t name_length(const char *format) {
    size_t length = strcspn(format, ": \t\n,[]{}");
    return format[length] == ':' ? length : 0;
}

/* How many items stand before the closing bracket, which must be there. */
static int count_items(const char *format, char close, size_t *count) {
    int depth = 0;
    for (*count = 0;; format++) {
        format = skip_blanks(format);
        if (!*format) return 0;
        if (!depth && *format == close) return 1;
        if (!depth) ++*count;
        if (name_length(format)) format = skip_blanks(format + name_length(format) + 1);
        if (*format == '[' || *format == '{') depth++;
        if (*format == ']' || *format == '}') depth--;
        if (!*format || depth < 0) return 0;
    }
}

static const char *write_item(struct funcbox_output *out, const char *format, struct values *values);

static const char *write_items(struct funcbox_output *out, const char *format, struct values *values, char close) {
    size_t count;
    if (!count_items(format, close, &count)) return NULL;
    if (close == '}' ? !funcbox_out_map(out, count) : !funcbox_out_list(out, count)) return NULL;
    while (*(format = skip_blanks(format)) != close) {
        if (close == '}') {
            size_t length = name_length(format);
            if (!length || !funcbox_out_key(out, format, length)) return NULL;
            format = skip_blanks(format + length + 1);
        }
        if (!(format = write_item(out, format, values))) return NULL;
    }
    return funcbox_out_leave(out) ? format + 1 : NULL;
}

/* Writes what the format has next; returns where it goes on, NULL after an error. */
static const char *write_item(struct funcbox_output *out, const char *format, struct values *values) {
    int good = 0;
    switch (*format++) {
    case 'n': good = funcbox_out_null(out); break;
    case 'b': good = funcbox_out_bool(out, va_arg(values->list, int)); break;
    case 'i': good = funcbox_out_integer(out, va_arg(values->list, int)); break;
    case 'u': good = funcbox_out_unsigned(out, va_arg(values->list, unsigned)); break;
    case 'l': good = funcbox_out_integer(out, va_arg(values->list, int64_t)); break;
    case 'L': good = funcbox_out_unsigned(out, va_arg(values->list, uint64_t)); break;
    case 'd': good = funcbox_out_real(out, va_arg(values->list, double)); break;
    case 's': good = funcbox_out_cstring(out, va_arg(values->list, const char *)); break;
    case 'S': {
        const char *text = va_arg(values->list, const char *);
        good = funcbox_out_string(out, text, va_arg(values->list, size_t));
        break;
    }
    case 'y': {
        const void *data = va_arg(values->list, const void *);
        good = funcbox_out_bytes(out, data, va_arg(values->list, size_t));
        break;
    }
    case 'v': {
        funcbox_value value = va_arg(values->list, funcbox_value);
        good = funcbox_out_raw(out, value.data, value.length);
        break;
    }
    case '[': return write_items(out, format, values, ']');
    case '{': return write_items(out, format, values, '}');
    }
    return good ? format : NULL;
}

/* ---- calls ------------------------------------------------------------ */

/* A copy with a NUL, which does not count. */
static int copy_out(struct funcbox_input *in, const char *data, size_t length, char **to) {
    char *copy = malloc(length + 1);
    if (!copy) return funcbox_in_fail(in, "out of memory");
    if (length) memcpy(copy, data, length);
    copy[length] = 0;
    *to = copy;
    return 1;
}

static int read_result(struct funcbox_input *in, char code, struct values *values) {
    const char *text;
    const uint8_t *data;
    size_t length;
    switch (code) {
    case 'b': return funcbox_in_bool(in, va_arg(values->list, bool *));
    case 'i': return funcbox_in_integer(in, va_arg(values->list, int *), sizeof(int), 1);
    case 'u': return funcbox_in_integer(in, va_arg(values->list, unsigned *), sizeof(unsigned), 0);
    case 'l': return funcbox_in_integer(in, va_arg(values->list, int64_t *), sizeof(int64_t), 1);
    case 'L': return funcbox_in_integer(in, va_arg(values->list, uint64_t *), sizeof(uint64_t), 0);
    case 'd': return funcbox_in_real(in, va_arg(values->list, double *), sizeof(double));
    case 's': {
        char **to = va_arg(values->list, char **);
        *to = NULL;
        if (funcbox_in_null(in)) return 1;
        if (!funcbox_in_text(in, &text, &length)) return 0;
        if (memchr(text, 0, length)) return funcbox_in_fail(in, "text with a NUL: take it with S");
        return copy_out(in, text, length, to);
    }
    case 'S':
    case 'y': {
        char **to = va_arg(values->list, char **);
        size_t *size = va_arg(values->list, size_t *);
        if (code == 'S' ? !funcbox_in_text(in, &text, size) : !funcbox_in_bytes(in, &data, size)) return 0;
        return copy_out(in, code == 'S' ? text : (const char *)data, *size, to);
    }
    case 'v': {
        funcbox_value *to = va_arg(values->list, funcbox_value *);
        char *copy;
        if (!funcbox_in_raw(in, &data, &length) || !copy_out(in, (const char *)data, length, &copy)) return 0;
        *to = (funcbox_value){(const uint8_t *)copy, length};
        return 1;
    }
    }
    return funcbox_in_fail(in, "its format cannot be read");
}

static int failed_exchange(struct funcbox_exchange *exchange) {
    struct exchange_error error = exchange_failure(exchange);
    keep(last_type, sizeof last_type, error.type.data, error.type.length);
    keep(last_message, sizeof last_message, error.message.data, error.message.length);
    return -1;
}

/* Writes the arguments; returns what follows "->", "" if that is not there, and NULL
 * where the format cannot be read. */
static const char *write_arguments(struct funcbox_exchange *exchange, const char *format, struct values *values) {
    for (;;) {
        format = skip_blanks(format);
        if (!*format) return format;
        if (format[0] == '-' && format[1] == '>') return skip_blanks(format + 2);
        size_t length = name_length(format);
        struct funcbox_output *out = length ? exchange_named_argument(exchange, format, length) : exchange_argument(exchange);
        if (length) format = skip_blanks(format + length + 1);
        if (!(format = write_item(out, format, values))) return NULL;
    }
}

static int exchange_values(struct funcbox_exchange *exchange, const char *format, struct values *values) {
    const char *result = write_arguments(exchange, format, values);
    if (!result || (*result && *skip_blanks(result + 1))) {
        failed_exchange(exchange);
        /* A value that could not be written has said so. */
        return *last_message && result ? -1 : failed("FormatError", "the format of the call cannot be read");
    }
    if (!exchange_send(exchange)) return failed_exchange(exchange);
    if (*result && !read_result(exchange_result(exchange), *result, values)) return failed_exchange(exchange);
    return 0;
}

int funcbox_call(const char *name, const char *format, ...) {
    struct funcbox_exchange *exchange = exchange_open(name, strlen(name));
    if (!exchange) return failed("HostError", "out of memory");
    struct values values;
    va_start(values.list, format);
    int result = exchange_values(exchange, format, &values);
    va_end(values.list);
    exchange_close(exchange);
    return result;
}

bool funcbox_has_function(const char *name) {
    struct funcbox_exchange *exchange = exchange_open("", 0);
    bool found = false;
    size_t count = 0, length;
    if (exchange && exchange_send(exchange)) {
        struct funcbox_input *in = exchange_result(exchange);
        const char *text;
        if (funcbox_in_list(in, &count))
            while (count-- && funcbox_in_text(in, &text, &length)) found = found || (length == strlen(name) && !memcmp(text, name, length));
    }
    exchange_close(exchange);
    return found;
}

/* ---- values ----------------------------------------------------------- */

int write_format(struct funcbox_output *out, const char *format, va_list list) {
    struct values values;
    va_copy(values.list, list);
    const char *rest = write_item(out, skip_blanks(format), &values);
    va_end(values.list);
    return rest && !*skip_blanks(rest);
}

size_t format_name(const char *format) { return name_length(skip_blanks(format)); }
