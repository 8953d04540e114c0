/*
 * values.c: values of any type, for C (see <funcbox.h>).
 */
#include "internal.h"

#include "include/funcbox.h"

#include "values.h"

typedef funcbox_value value;

/* ---- reading ---------------------------------------------------------- */

static void open_value(struct funcbox_input *in, value v) {
    memset(in, 0, sizeof *in);
    input_open(in, v.data, v.length);
}

void funcbox_free(value v) { free((void *)v.data); }

enum funcbox_type funcbox_type_of(value v) {
    struct funcbox_input in;
    if (!v.data) return FUNCBOX_IS_NOTHING;
    open_value(&in, v);
    return funcbox_in_type(&in);
}

#define GETTER(NAME, READ, ...)                \
    bool NAME(value v, __VA_ARGS__) {          \
        struct funcbox_input in;               \
        if (!v.data) return false;             \
        open_value(&in, v);                    \
        return READ;                           \
    }
GETTER(funcbox_get_bool, funcbox_in_bool(&in, to), bool *to)
GETTER(funcbox_get_integer, funcbox_in_integer(&in, to, sizeof *to, 1), int64_t *to)
GETTER(funcbox_get_double, funcbox_in_real(&in, to, sizeof *to), double *to)
GETTER(funcbox_get_text, funcbox_in_text(&in, data, length), const char **data, size_t *length)
GETTER(funcbox_get_bytes, funcbox_in_bytes(&in, data, length), const uint8_t **data, size_t *length)

/* The value's head, and what is behind it. */
static int open_container(value v, struct funcbox_reader *reader, struct funcbox_item *head) {
    if (!v.data) return 0;
    funcbox_read(reader, v.data, v.length);
    return funcbox_next(reader, head) && (head->kind == FUNCBOX_ARRAY || head->kind == FUNCBOX_MAP);
}

size_t funcbox_count(value v) {
    struct funcbox_reader reader;
    struct funcbox_item head;
    return open_container(v, &reader, &head) ? (size_t)head.number : 0;
}

value funcbox_first(value v) {
    struct funcbox_reader reader;
    struct funcbox_item head;
    if (!open_container(v, &reader, &head)) return (value){NULL, 0};
    return (value){reader.next, (size_t)(reader.end - reader.next)};
}

bool funcbox_next_item(value *rest, value *item) {
    struct funcbox_reader reader;
    if (!rest->data || !rest->length) return false;
    funcbox_read(&reader, rest->data, rest->length);
    if (!funcbox_skip(&reader)) return false;
    *item = (value){rest->data, (size_t)(reader.next - rest->data)};
    *rest = (value){reader.next, (size_t)(reader.end - reader.next)};
    return true;
}

value funcbox_get(value map, const char *key) {
    size_t wanted = strlen(key), length;
    const char *name;
    value none = {NULL, 0}, rest = funcbox_first(map), k, v;
    if (funcbox_type_of(map) != FUNCBOX_IS_MAP) return none;
    while (funcbox_next_item(&rest, &k) && funcbox_next_item(&rest, &v))
        if (funcbox_get_text(k, &name, &length) && length == wanted && !memcmp(name, key, length)) return v;
    return none;
}

/* ---- making ----------------------------------------------------------- */

/* The writer's buffer becomes the value. */
static value finish_value(struct funcbox_output *out, int good) {
    if (good && !out->writer.failed) return (value){out->writer.data, out->writer.length};
    funcbox_writer_free(&out->writer);
    return (value){NULL, 0};
}

value funcbox_make(const char *format, ...) {
    struct funcbox_output out = {0};
    failure_clear(&out.failure);
    va_list values;
    va_start(values, format);
    int good = write_format(&out, format, values);
    va_end(values);
    return finish_value(&out, good);
}

struct funcbox_builder {
    struct funcbox_output items;
    int is_map, failed;
    size_t count;
};

static funcbox_builder *new_builder(int is_map) {
    funcbox_builder *builder = calloc(1, sizeof *builder);
    if (!builder) return NULL;
    failure_clear(&builder->items.failure);
    builder->is_map = is_map;
    return builder;
}

funcbox_builder *funcbox_new_list(void) { return new_builder(0); }
funcbox_builder *funcbox_new_map(void) { return new_builder(1); }

bool funcbox_add(funcbox_builder *builder, const char *format, ...) {
    if (!builder || builder->failed) return false;
    format += strspn(format, " ");
    size_t length = format_name(format);
    int good = builder->is_map ? length && funcbox_out_key(&builder->items, format, length) : !length;
    if (length) format += length + 1;
    va_list values;
    va_start(values, format);
    good = good && write_format(&builder->items, format, values);
    va_end(values);
    builder->failed = !good;
    builder->count++;
    return good;
}

value funcbox_build(funcbox_builder *builder) {
    struct funcbox_output out = {0};
    if (!builder) return (value){NULL, 0};
    if (builder->is_map) funcbox_map(&out.writer, builder->count);
    else funcbox_array(&out.writer, builder->count);
    funcbox_raw(&out.writer, builder->items.writer.data, builder->items.writer.length);
    int good = !builder->failed;
    funcbox_writer_free(&builder->items.writer);
    free(builder);
    return finish_value(&out, good);
}
