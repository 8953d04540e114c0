/*
 * record.c: structs as maps of their fields' names (see call.h).
 *
 * Which fields may be missing is found out by looking: a record that is
 * constructed in memory with a known pattern leaves the pattern where a plain
 * field has no default.
 */
#include "internal.h"

/* The part of a field's text that is its name: clang gives it as the end of a
 * path to the field. */
static const char *field_name(const struct funcbox_field *field, size_t *length) {
    const char *name = field->text, *end = name;
    for (; *end && *end != ']'; end++)
        if (*end == '.') name = end + 1;
    *length = (size_t)(end - name);
    return name;
}

static const struct funcbox_field *find_field(const struct funcbox_field *fields, size_t count, const char *key, size_t key_length) {
    for (size_t i = 0; i < count; i++) {
        size_t length;
        const char *name = field_name(fields + i, &length);
        if (length == key_length && !memcmp(name, key, length)) return fields + i;
    }
    return NULL;
}

static int unknown_field(struct funcbox_input *in, const struct funcbox_field *fields, size_t count, const char *key, size_t key_length) {
    char names[512];
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        size_t length;
        const char *name = field_name(fields + i, &length);
        if (used + length + 2 >= sizeof names) break;
        if (i) names[used++] = ',', names[used++] = ' ';
        memcpy(names + used, name, length);
        used += length;
    }
    return funcbox_in_fail(in, "no field \"%.*s\", there are: %.*s", key_length > LONGEST_SHOWN ? LONGEST_SHOWN : (int)key_length, key, (int)used, names);
}

/* Whether a construction of the record writes to where that field is. */
static int has_default(const struct funcbox_field *field, const uint8_t *record, size_t size, void (*make)(void *), void (*finish)(void *)) {
    size_t offset = (size_t)((const uint8_t *)field->at - record);
    int written = 0;
    /* Two patterns, as a default may look like one of them. */
    for (int pattern = 0xa5; !written && pattern; pattern = pattern == 0xa5 ? 0x5a : 0) {
        uint8_t *memory = malloc(size);
        if (!memory) return 0;
        memset(memory, pattern, size);
        __asm__ volatile("" : : "r"(memory) : "memory"); /* else the compiler knows that nothing may look at it */
        make(memory);
        __asm__ volatile("" : : "r"(memory) : "memory");
        for (size_t i = offset; i < offset + field->size; i++) written |= memory[i] != pattern;
        finish(memory);
        free(memory);
    }
    return written;
}

/* A map without pairs. */
static const uint8_t empty_map[] = {0xa0};

static int may_be_missing(struct funcbox_input *in, const struct funcbox_field *field, const uint8_t *record, size_t size,
                          void (*make)(void *), void (*finish)(void *)) {
    switch (field->kind) {
    case FUNCBOX_FIELD_OPTIONAL: return 1;
    case FUNCBOX_FIELD_PLAIN:
        if (has_default(field, record, size, make, finish)) return 1;
        break;
    case FUNCBOX_FIELD_RECORD:
        if (has_default(field, record, size, make, finish)) {
            /* Some field of it has; whether all have only it knows. */
            struct funcbox_mark mark = funcbox_in_mark(in);
            const uint8_t *end = in->reader.end;
            in->reader.next = empty_map;
            in->reader.end = empty_map + sizeof empty_map;
            int read = field->read(in, field->at);
            funcbox_in_rewind(in, mark);
            in->reader.end = end;
            if (read) return 1;
        }
        break;
    default:
        if (field->blank && !field->blank(field->at)) return 1;
    }
    size_t length;
    const char *name = field_name(field, &length);
    return funcbox_in_fail(in, "no field \"%.*s\"", (int)length, name);
}

int funcbox_in_record(struct funcbox_input *in, const struct funcbox_field *fields, size_t count, void *record, size_t size,
                      void (*make)(void *memory), void (*finish)(void *memory)) {
    size_t pairs;
    if (!funcbox_in_map(in, &pairs)) return 0;
    uint8_t seen[count ? count : 1];
    memset(seen, 0, count);
    while (pairs--) {
        const char *key;
        size_t length;
        if (!funcbox_in_key(in, &key, &length)) return 0;
        const struct funcbox_field *field = find_field(fields, count, key, length);
        if (!field) return unknown_field(in, fields, count, key, length);
        if (!field->read(in, field->at)) return funcbox_in_at_key(in, key, length);
        seen[field - fields] = 1;
    }
    for (size_t i = 0; i < count; i++)
        if (!seen[i] && !may_be_missing(in, fields + i, record, size, make, finish)) return 0;
    return funcbox_in_leave(in);
}

int funcbox_out_record(struct funcbox_output *out, const struct funcbox_field *fields, size_t count) {
    if (!funcbox_out_map(out, count)) return 0;
    for (size_t i = 0; i < count; i++) {
        size_t length;
        const char *name = field_name(fields + i, &length);
        if (!funcbox_out_key(out, name, length)) return 0;
        if (!fields[i].write(out, fields[i].at)) return funcbox_out_at_key(out, name, length);
    }
    return funcbox_out_leave(out);
}
