/*
 * described.h: functions of C, which cannot tell of their own types, described
 * by tables that the host generates from what the compiler wrote about them.
 * Generated code includes it and nothing else; it stays small, as each program
 * is compiled with it.
 */
#ifndef FUNCBOX_DESCRIBED_H
#define FUNCBOX_DESCRIBED_H

#include "call.h"

/* What values of a type are. */
enum funcbox_form {
    FUNCBOX_FORM_NONE,       /* void */
    FUNCBOX_FORM_BOOL,
    FUNCBOX_FORM_SIGNED,     /* an integer; with members an enum */
    FUNCBOX_FORM_UNSIGNED,
    FUNCBOX_FORM_REAL,
    FUNCBOX_FORM_TEXT,       /* char*, terminated */
    FUNCBOX_FORM_CHARACTERS, /* char[count]: text, terminated if it is shorter */
    FUNCBOX_FORM_ARRAY,      /* element[count] */
    FUNCBOX_FORM_STRUCT,     /* members */
    FUNCBOX_FORM_POINTER,    /* element*, to one or NULL */
    FUNCBOX_FORM_VALUE       /* struct funcbox_any */
};

/* A value of any type, in CBOR: funcbox_value of <funcbox.h>. */
struct funcbox_any {
    const unsigned char *data; /* NULL: null */
    size_t length;
};

/* A field of a struct, with its offset in bytes, or a name of an enum, with its
 * value. */
struct funcbox_member {
    const char *name;
    int64_t at;
    const struct funcbox_described *type;
};

struct funcbox_described {
    uint32_t form, size; /* size in bytes */
    uint32_t count;      /* of elements or members */
    const struct funcbox_described *element;
    const struct funcbox_member *members;
};

/* How an argument becomes one or two parameters. */
enum funcbox_way {
    FUNCBOX_WAY_VALUE,    /* as it is */
    FUNCBOX_WAY_POINTER,  /* a pointer to it, NULL for null; a list makes a pointer to its items */
    FUNCBOX_WAY_ITEMS,    /* a pointer to a list's items, then how many there are */
    FUNCBOX_WAY_BYTES     /* a pointer to bytes or text, then how many bytes */
};

enum {
    FUNCBOX_PARAMETER_OUT = 1, /* what is there after the call is (part of) the result */
    FUNCBOX_PARAMETER_NEVER_NULL = 2, /* null and a missing argument point to zeros */
    FUNCBOX_PARAMETER_TEXT = 4 /* of bytes: char, so text is what comes back */
};

struct funcbox_parameter {
    const char *name;
    const struct funcbox_described *type; /* of the value, the item; ignored for bytes */
    uint32_t way, flags;
    const struct funcbox_described *length; /* type of the parameter with the number of items or bytes */
};

struct funcbox_described_function {
    /* Calls the function: parameters are what the elements of values point to, the
     * result goes to where result points, aligned for anything. */
    void (*call)(void *const *values, void *result);
    const struct funcbox_described *result;
    const struct funcbox_parameter *parameters;
    uint32_t count;      /* of parameters */
    uint32_t values;     /* of the function's own parameters */
    const char *refused; /* why it cannot be called; NULL: it can */
};

/* For funcbox_function.call. */
int funcbox_call_described(struct funcbox_frame *frame, const struct funcbox_described_function *function);

#endif
