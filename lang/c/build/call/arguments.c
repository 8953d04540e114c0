/*
 * arguments.c: which argument of a request is meant for which parameter.
 */
#include "internal.h"

size_t function_name_length(const struct funcbox_function *function) { return strcspn(function->text, "("); }

const char *parameter_name(const struct funcbox_function *function, uint32_t parameter, size_t *length) {
    const char *at = function->text + function_name_length(function);
    for (; *at; at++) {
        *length = strcspn(at + 1, ",)");
        if (!parameter--) return at + 1;
        at += *length;
    }
    *length = 0;
    return at;
}

/* Where a list or a map, none if NULL, has its first item; 0 where it is none. */
static int open_part(struct funcbox_frame *frame, struct funcbox_reader *reader, const uint8_t *part, enum funcbox_kind kind, uint64_t *count) {
    struct funcbox_item item;
    *count = 0;
    if (!part) return 1;
    funcbox_read(reader, part, (size_t)(frame->end - part));
    if (!funcbox_next(reader, &item)) return 0;
    *count = item.kind == kind ? item.number : 0;
    return item.kind == kind || item.kind == FUNCBOX_NULL;
}

static int find_parameter(const struct funcbox_function *function, const struct funcbox_item *name, uint32_t *parameter) {
    for (uint32_t i = 0; i < function->parameters; i++) {
        size_t length;
        const char *text = parameter_name(function, i, &length);
        if (length && length == name->number && !memcmp(text, name->data, length)) {
            *parameter = i;
            return 1;
        }
    }
    return 0;
}

static int missing(struct funcbox_frame *frame, uint32_t parameter) {
    const struct funcbox_function *function = frame->function;
    size_t length;
    const char *name = parameter_name(function, parameter, &length);
    if (!length) name = "without a name", length = strlen(name);
    return funcbox_frame_fail(frame, "ArgumentError", "%s: missing argument %u, %.*s", function->text, parameter + 1, (int)length, name);
}

int bind_arguments(struct funcbox_frame *frame, const uint8_t *args, const uint8_t *kwargs) {
    const struct funcbox_function *function = frame->function;
    uint32_t parameters = function->parameters;
    struct funcbox_reader reader;
    uint64_t count;
    frame->arguments = calloc(parameters + 1, sizeof *frame->arguments);
    frame->named = calloc(parameters + 1, 1);
    if (!frame->arguments || !frame->named) return funcbox_frame_fail(frame, "std::bad_alloc", "out of memory");

    if (!open_part(frame, &reader, args, FUNCBOX_ARRAY, &count)) goto broken;
    if (count > parameters) {
        return funcbox_frame_fail(frame, "ArgumentError", "%s: %llu arguments are too many, it takes %u", function->text, (unsigned long long)count, parameters);
    }
    for (uint32_t i = 0; i < count; i++) {
        frame->arguments[i] = reader.next;
        if (!funcbox_skip(&reader)) goto broken;
    }
    if (!open_part(frame, &reader, kwargs, FUNCBOX_MAP, &count)) goto broken;
    while (count--) {
        struct funcbox_item name;
        uint32_t parameter;
        if (!funcbox_next(&reader, &name) || name.kind != FUNCBOX_TEXT) goto broken;
        int shown = name.number > LONGEST_SHOWN ? LONGEST_SHOWN : (int)name.number;
        if (!find_parameter(function, &name, &parameter))
            return funcbox_frame_fail(frame, "ArgumentError", "%s: there is no parameter \"%.*s\"", function->text, shown, name.data);
        if (frame->arguments[parameter]) return funcbox_frame_fail(frame, "ArgumentError", "%s: %.*s is given twice", function->text, shown, name.data);
        frame->arguments[parameter] = reader.next;
        frame->named[parameter] = 1;
        if (!funcbox_skip(&reader)) goto broken;
    }
    for (frame->given = 0; frame->given < parameters && frame->arguments[frame->given]; frame->given++) {}
    if (frame->given < function->required) return missing(frame, frame->given);
    /* Defaults are filled in from the right only. */
    for (uint32_t i = frame->given; i < parameters; i++)
        if (frame->arguments[i]) return missing(frame, frame->given);
    return 1;
broken:
    return funcbox_frame_fail(frame, "Error", "broken request");
}
