/*
 * described.c: calls functions of C by their descriptions.
 *
 * Arguments are read into memory that goes with the call, as deep as they are;
 * results are written from where the function left them.
 */
#include "described.h"

#include <string.h>

#include "../call/internal.h"

static int read_value(struct funcbox_input *in, const struct funcbox_described *type, void *to);
static int write_value(struct funcbox_output *out, const struct funcbox_described *type, const void *from);

static int is_integer(const struct funcbox_described *type) {
    return type->form == FUNCBOX_FORM_SIGNED || type->form == FUNCBOX_FORM_UNSIGNED;
}

static int is_number(const struct funcbox_described *type) { return is_integer(type) || type->form == FUNCBOX_FORM_REAL; }

static enum funcbox_number number_of(const struct funcbox_described *type) {
    return type->form == FUNCBOX_FORM_REAL ? FUNCBOX_REAL_NUMBERS : type->form == FUNCBOX_FORM_SIGNED ? FUNCBOX_SIGNED_NUMBERS : FUNCBOX_UNSIGNED_NUMBERS;
}

/* ---- reading ---------------------------------------------------------- */

/* The member of that name, or NULL. */
static const struct funcbox_member *find_member(const struct funcbox_described *type, const char *name, size_t length) {
    for (uint32_t i = 0; i < type->count; i++) {
        const char *candidate = type->members[i].name;
        if (strlen(candidate) == length && !memcmp(candidate, name, length)) return type->members + i;
    }
    return NULL;
}

/* Fails with the names that there are. */
static int fail_with_names(struct funcbox_input *in, const struct funcbox_described *type, const char *what, const char *name, size_t length) {
    char names[512];
    size_t used = 0;
    for (uint32_t i = 0; i < type->count; i++) {
        size_t more = strlen(type->members[i].name);
        if (used + more + 2 >= sizeof names) break;
        if (i) names[used++] = ',', names[used++] = ' ';
        memcpy(names + used, type->members[i].name, more);
        used += more;
    }
    return funcbox_in_fail(in, "no %s \"%.*s\", there are: %.*s", what, length > LONGEST_SHOWN ? LONGEST_SHOWN : (int)length, name, (int)used, names);
}

static int read_integer(struct funcbox_input *in, const struct funcbox_described *type, void *to) {
    const char *name;
    size_t length;
    if (!type->members || funcbox_in_type(in) != FUNCBOX_IS_TEXT) return funcbox_in_integer(in, to, type->size, type->form == FUNCBOX_FORM_SIGNED);
    if (!funcbox_in_text(in, &name, &length)) return 0;
    const struct funcbox_member *named = find_member(type, name, length);
    if (!named) return fail_with_names(in, type, "enumerator", name, length);
    memcpy(to, &named->at, type->size); /* little-endian, as WebAssembly is */
    return 1;
}

static int read_items(struct funcbox_input *in, const struct funcbox_described *item, void *to, size_t count) {
    if (is_number(item) && !item->members) return funcbox_in_numbers(in, to, count, item->size, number_of(item));
    for (size_t i = 0; i < count; i++)
        if (!read_value(in, item, (char *)to + i * item->size)) return funcbox_in_at_index(in, i);
    return 1;
}

static int read_array(struct funcbox_input *in, const struct funcbox_described *type, void *to) {
    size_t count;
    if (!funcbox_in_list(in, &count)) return 0;
    if (count != type->count) return funcbox_in_fail(in, "expected a list of length %u, got one of length %zu", (unsigned)type->count, count);
    return read_items(in, type->element, to, count) && funcbox_in_leave(in);
}

static int read_characters(struct funcbox_input *in, const struct funcbox_described *type, void *to) {
    const char *data;
    size_t length;
    if (!funcbox_in_string(in, &data, &length)) return 0;
    if (length > type->count) return funcbox_in_fail(in, "text of %zu bytes does not fit into char[%u]", length, (unsigned)type->count);
    memcpy(to, data, length);
    memset((char *)to + length, 0, type->count - length);
    return 1;
}

/* Members that the map does not have stay zero, as those that an initializer leaves out. */
static int read_struct(struct funcbox_input *in, const struct funcbox_described *type, void *to) {
    size_t pairs;
    if (!funcbox_in_map(in, &pairs)) return 0;
    memset(to, 0, type->size);
    while (pairs--) {
        const char *key;
        size_t length;
        if (!funcbox_in_key(in, &key, &length)) return 0;
        const struct funcbox_member *member = find_member(type, key, length);
        if (!member) return fail_with_names(in, type, "field", key, length);
        if (!read_value(in, member->type, (char *)to + member->at)) return funcbox_in_at_key(in, key, length);
    }
    return funcbox_in_leave(in);
}

static int read_pointer(struct funcbox_input *in, const struct funcbox_described *type, void *to) {
    void *target = NULL;
    if (!funcbox_in_null(in)) {
        target = funcbox_in_keep(in, type->element->size, NULL);
        if (!target || !read_value(in, type->element, target)) return 0;
    }
    memcpy(to, &target, sizeof target);
    return 1;
}

static int read_any(struct funcbox_input *in, struct funcbox_any *to) {
    to->data = in->reader.next;
    if (!funcbox_skip(&in->reader)) return funcbox_in_fail(in, "%s", in->reader.error);
    to->length = (size_t)(in->reader.next - to->data);
    return 1;
}

static int read_value(struct funcbox_input *in, const struct funcbox_described *type, void *to) {
    switch (type->form) {
    case FUNCBOX_FORM_BOOL: return funcbox_in_bool(in, to);
    case FUNCBOX_FORM_SIGNED:
    case FUNCBOX_FORM_UNSIGNED: return read_integer(in, type, to);
    case FUNCBOX_FORM_REAL: return funcbox_in_real(in, to, type->size);
    case FUNCBOX_FORM_TEXT: return funcbox_in_cstring(in, to);
    case FUNCBOX_FORM_CHARACTERS: return read_characters(in, type, to);
    case FUNCBOX_FORM_ARRAY: return read_array(in, type, to);
    case FUNCBOX_FORM_STRUCT: return read_struct(in, type, to);
    case FUNCBOX_FORM_POINTER: return read_pointer(in, type, to);
    case FUNCBOX_FORM_VALUE: return read_any(in, to);
    }
    return funcbox_in_fail(in, "no value can be passed here");
}

/* ---- parameters ------------------------------------------------------- */

/* An argument, as the function gets it. */
struct passed {
    void *pointer;
    uint64_t count; /* of items or bytes, little-endian as any integer type of it */
};

/* Zeroed room for count items; the failure is the input's. */
static void *room(struct funcbox_input *in, uint64_t count, uint32_t size) {
    if (size && count > SIZE_MAX / size) {
        funcbox_in_fail(in, "out of memory");
        return NULL;
    }
    size_t bytes = (size_t)count * size;
    return funcbox_in_keep(in, bytes ? bytes : 1, NULL);
}

static int set_length(struct funcbox_input *in, const struct funcbox_parameter *parameter, struct passed *passed, uint64_t count) {
    uint64_t most = UINT64_MAX >> (64 - 8 * parameter->length->size + (parameter->length->form == FUNCBOX_FORM_SIGNED));
    if (count > most) return funcbox_in_fail(in, "%llu items are more than the parameter after it can tell", (unsigned long long)count);
    passed->count = count;
    return 1;
}

/* An integer in place of a list or of bytes asks for so much room, zeroed. */
static int read_room(struct funcbox_input *in, const struct funcbox_parameter *parameter, struct passed *passed, uint32_t size) {
    uint32_t count;
    if (!funcbox_in_integer(in, &count, sizeof count, 0) || !set_length(in, parameter, passed, count)) return 0;
    return (passed->pointer = room(in, count, size)) != NULL;
}

static int read_list(struct funcbox_input *in, const struct funcbox_parameter *parameter, struct passed *passed) {
    size_t count;
    if (!funcbox_in_list(in, &count)) return 0;
    if (parameter->length && !set_length(in, parameter, passed, count)) return 0;
    if (!(passed->pointer = room(in, count, parameter->type->size))) return 0;
    return read_items(in, parameter->type, passed->pointer, count) && funcbox_in_leave(in);
}

static int read_bytes(struct funcbox_input *in, const struct funcbox_parameter *parameter, struct passed *passed) {
    const char *data;
    size_t length;
    if (!funcbox_in_string(in, &data, &length) || !set_length(in, parameter, passed, length)) return 0;
    /* One more for a zero, which code may expect behind text. */
    char *copy = room(in, (uint64_t)length + 1, 1);
    if (!copy) return 0;
    memcpy(copy, data, length);
    passed->pointer = copy;
    return 1;
}

static int read_argument(struct funcbox_input *in, const struct funcbox_parameter *parameter, struct passed *passed) {
    enum funcbox_type given = funcbox_in_type(in);
    if (given == FUNCBOX_IS_NULL && !(parameter->flags & FUNCBOX_PARAMETER_NEVER_NULL)) return funcbox_in_null(in);
    switch (parameter->way) {
    case FUNCBOX_WAY_ITEMS:
        if (given == FUNCBOX_IS_INTEGER && parameter->flags & FUNCBOX_PARAMETER_OUT) return read_room(in, parameter, passed, parameter->type->size);
        if (given == FUNCBOX_IS_NULL) return funcbox_in_null(in);
        return read_list(in, parameter, passed);
    case FUNCBOX_WAY_BYTES:
        if (given == FUNCBOX_IS_INTEGER && parameter->flags & FUNCBOX_PARAMETER_OUT) return read_room(in, parameter, passed, 1);
        if (given == FUNCBOX_IS_NULL) return funcbox_in_null(in);
        if (given == FUNCBOX_IS_LIST && parameter->type) return read_list(in, parameter, passed);
        return read_bytes(in, parameter, passed);
    }
    if (given == FUNCBOX_IS_LIST && (is_number(parameter->type) || parameter->type->form == FUNCBOX_FORM_BOOL)) return read_list(in, parameter, passed);
    if (!(passed->pointer = room(in, 1, parameter->type->size))) return 0;
    return given == FUNCBOX_IS_NULL ? funcbox_in_null(in) : read_value(in, parameter->type, passed->pointer);
}

/* ---- writing ---------------------------------------------------------- */

static int64_t signed_at(const void *from, uint32_t size) {
    switch (size) {
    case 1: return *(const int8_t *)from;
    case 2: return *(const int16_t *)from;
    case 4: return *(const int32_t *)from;
    }
    return *(const int64_t *)from;
}

static uint64_t unsigned_at(const void *from, uint32_t size) {
    switch (size) {
    case 1: return *(const uint8_t *)from;
    case 2: return *(const uint16_t *)from;
    case 4: return *(const uint32_t *)from;
    }
    return *(const uint64_t *)from;
}

static int write_items(struct funcbox_output *out, const struct funcbox_described *item, const void *from, size_t count) {
    if (!funcbox_out_list(out, count)) return 0;
    if (is_number(item)) {
        if (!funcbox_out_numbers(out, from, count, item->size, number_of(item))) return 0;
    } else {
        for (size_t i = 0; i < count; i++)
            if (!write_value(out, item, (const char *)from + i * item->size)) return funcbox_out_at_index(out, i);
    }
    return funcbox_out_leave(out);
}

static int write_struct(struct funcbox_output *out, const struct funcbox_described *type, const void *from) {
    if (!funcbox_out_map(out, type->count)) return 0;
    for (uint32_t i = 0; i < type->count; i++) {
        const struct funcbox_member *member = type->members + i;
        size_t length = strlen(member->name);
        if (!funcbox_out_key(out, member->name, length)) return 0;
        if (!write_value(out, member->type, (const char *)from + member->at)) return funcbox_out_at_key(out, member->name, length);
    }
    return funcbox_out_leave(out);
}

static int write_any(struct funcbox_output *out, const struct funcbox_any *from) {
    if (!from->data) return funcbox_out_null(out);
    struct funcbox_reader reader;
    funcbox_read(&reader, from->data, from->length);
    if (!funcbox_skip(&reader) || reader.next != reader.end) return funcbox_out_fail(out, "a funcbox_value that is not one value");
    funcbox_raw(&out->writer, from->data, from->length);
    return out->writer.failed ? funcbox_out_fail(out, "out of memory") : 1;
}

static int write_value(struct funcbox_output *out, const struct funcbox_described *type, const void *from) {
    const void *target;
    switch (type->form) {
    case FUNCBOX_FORM_BOOL: return funcbox_out_bool(out, *(const uint8_t *)from != 0);
    case FUNCBOX_FORM_SIGNED: return funcbox_out_integer(out, signed_at(from, type->size));
    case FUNCBOX_FORM_UNSIGNED: return funcbox_out_unsigned(out, unsigned_at(from, type->size));
    case FUNCBOX_FORM_REAL: return funcbox_out_real(out, type->size == 4 ? *(const float *)from : *(const double *)from);
    case FUNCBOX_FORM_TEXT:
        memcpy(&target, from, sizeof target);
        return funcbox_out_cstring(out, target);
    case FUNCBOX_FORM_CHARACTERS: return funcbox_out_string(out, from, strnlen(from, type->count));
    case FUNCBOX_FORM_ARRAY: return write_items(out, type->element, from, type->count);
    case FUNCBOX_FORM_STRUCT: return write_struct(out, type, from);
    case FUNCBOX_FORM_POINTER:
        memcpy(&target, from, sizeof target);
        return target ? write_value(out, type->element, target) : funcbox_out_null(out);
    case FUNCBOX_FORM_VALUE: return write_any(out, from);
    }
    return funcbox_out_null(out);
}

static int write_out(struct funcbox_output *out, const struct funcbox_parameter *parameter, const struct passed *passed) {
    if (!passed->pointer) return funcbox_out_null(out);
    if (parameter->way == FUNCBOX_WAY_ITEMS) return write_items(out, parameter->type, passed->pointer, (size_t)passed->count);
    if (parameter->way == FUNCBOX_WAY_BYTES) {
        if (!(parameter->flags & FUNCBOX_PARAMETER_TEXT)) return funcbox_out_bytes(out, passed->pointer, (size_t)passed->count);
        return funcbox_out_string(out, passed->pointer, strnlen(passed->pointer, (size_t)passed->count));
    }
    return write_value(out, parameter->type, passed->pointer);
}

/* The result alone, or what one parameter points to where there is no result, or
 * a map of both. */
static int write_results(struct funcbox_output *out, const struct funcbox_described_function *function, const void *result, const struct passed *passed) {
    static const char key[] = "return";
    uint32_t outs = 0, last = 0;
    for (uint32_t i = 0; i < function->count; i++)
        if (function->parameters[i].flags & FUNCBOX_PARAMETER_OUT) outs++, last = i;
    int returns = function->result->form != FUNCBOX_FORM_NONE;
    if (!outs) return write_value(out, function->result, result);
    if (outs == 1 && !returns) return write_out(out, function->parameters + last, passed + last);
    if (!funcbox_out_map(out, outs + (uint32_t)returns)) return 0;
    if (returns) {
        if (!funcbox_out_key(out, key, sizeof key - 1)) return 0;
        if (!write_value(out, function->result, result)) return funcbox_out_at_key(out, key, sizeof key - 1);
    }
    for (uint32_t i = 0; i < function->count; i++) {
        const struct funcbox_parameter *parameter = function->parameters + i;
        if (!(parameter->flags & FUNCBOX_PARAMETER_OUT)) continue;
        size_t length = strlen(parameter->name);
        if (!funcbox_out_key(out, parameter->name, length)) return 0;
        if (!write_out(out, parameter, passed + i)) return funcbox_out_at_key(out, parameter->name, length);
    }
    return funcbox_out_leave(out);
}

/* ---- the call --------------------------------------------------------- */

int funcbox_call_described(struct funcbox_frame *frame, const struct funcbox_described_function *function) {
    struct funcbox_output *out = funcbox_output(frame);
    if (function->refused) return funcbox_frame_fail(frame, "UnsupportedType", "%s", function->refused);
    struct passed passed[function->count + 1];
    void *values[function->values + 1], **value = values;
    memset(passed, 0, sizeof passed);
    uint32_t given = funcbox_given(frame);
    struct funcbox_input *in = &frame->input;
    for (uint32_t i = 0; i < function->count; i++) {
        const struct funcbox_parameter *parameter = function->parameters + i;
        struct passed *to = passed + i;
        if (i < given) in = funcbox_argument(frame, i);
        if (parameter->way == FUNCBOX_WAY_VALUE) {
            if (!(to->pointer = room(in, 1, parameter->type->size)) || (i < given && !read_value(in, parameter->type, to->pointer))) return 0;
            *value++ = to->pointer;
            continue;
        }
        if (i < given) {
            if (!read_argument(in, parameter, to)) return 0;
        } else if (parameter->way == FUNCBOX_WAY_POINTER && parameter->flags & FUNCBOX_PARAMETER_NEVER_NULL) {
            if (!(to->pointer = room(in, 1, parameter->type->size))) return 0;
        }
        *value++ = &to->pointer;
        if (parameter->length) *value++ = &to->count;
    }
    void *result = room(in, 1, function->result->size);
    if (!result) return 0;
    function->call(values, result);
    return write_results(out, function, result, passed);
}
