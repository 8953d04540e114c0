/*
 * call.h: between a compiled program and the object that is linked to it
 * (core.c, input.c, output.c): the table of the functions that can be called,
 * and what their adapters read arguments and write results with. Generated
 * code for C and bind.hpp for C++ include it; users have no need to.
 *
 * Functions that return int return 1, or 0 after a failure. The failure is kept
 * with the input or output, makes what follows fail too, and names its place:
 * whoever passes it on adds the step that it stands for, with ..._at_index or
 * ..._at_key, innermost first.
 */
#ifndef FUNCBOX_CALL_H
#define FUNCBOX_CALL_H

#include <stddef.h>
#include <stdint.h>

#include "type.h"

#ifdef __cplusplus
#define FUNCBOX_NOEXCEPT noexcept
extern "C" {
#else
#define FUNCBOX_NOEXCEPT
#endif

struct funcbox_input;
struct funcbox_output;
struct funcbox_frame;

/* A function as the program's table has it. */
struct funcbox_function {
    const char *text;     /* "name(first,second)": parameters by name, no blanks */
    uint32_t parameters;  /* how many */
    uint32_t required;    /* how many of them, from the left, have no default */
    int (*call)(struct funcbox_frame *frame); /* 1: the result is written */
};

/* The program's own; the last one has no text. */
extern const struct funcbox_function funcbox_functions[];

/* C++ programs have one that calls what it is given and makes of an exception
 * the reply; in C there is none. */
extern int (*const funcbox_guard)(int (*call)(struct funcbox_frame *frame), struct funcbox_frame *frame) __attribute__((weak));

/* The argument of that parameter, ready to be read. A parameter that is not
 * given must not be asked for: 0 to given - 1 are. */
struct funcbox_input *funcbox_argument(struct funcbox_frame *frame, uint32_t parameter) FUNCBOX_NOEXCEPT;
uint32_t funcbox_given(const struct funcbox_frame *frame) FUNCBOX_NOEXCEPT;
struct funcbox_output *funcbox_output(struct funcbox_frame *frame) FUNCBOX_NOEXCEPT;

/* The call ends with an error of that type, with a message as format has it, which
 * knows %s, %.*s, %d and %u, the last two also with l, ll and z. Returns 0. */
int funcbox_frame_fail(struct funcbox_frame *frame, const char *type, const char *format, ...) FUNCBOX_NOEXCEPT __attribute__((format(printf, 3, 4)));

/* ---- reading ---------------------------------------------------------- */

enum funcbox_type funcbox_in_type(const struct funcbox_input *in) FUNCBOX_NOEXCEPT;

/* 1 and reads over it if a null comes next, else 0, which is no failure. */
int funcbox_in_null(struct funcbox_input *in) FUNCBOX_NOEXCEPT;

int funcbox_in_bool(struct funcbox_input *in, void *to) FUNCBOX_NOEXCEPT;

/* An integer of size bytes, 1 to 8; one that does not fit is a failure. */
int funcbox_in_integer(struct funcbox_input *in, void *to, unsigned size, int is_signed) FUNCBOX_NOEXCEPT;

/* A float or a double, by size. An integer is taken if it has that exact value. */
int funcbox_in_real(struct funcbox_input *in, void *to, unsigned size) FUNCBOX_NOEXCEPT;

/* What many numbers beside each other are. */
enum funcbox_number { FUNCBOX_SIGNED_NUMBERS, FUNCBOX_UNSIGNED_NUMBERS, FUNCBOX_REAL_NUMBERS };

/* count numbers of size bytes each, inside of a list. */
int funcbox_in_numbers(struct funcbox_input *in, void *to, size_t count, unsigned size, enum funcbox_number number) FUNCBOX_NOEXCEPT;

/* Text, or text or bytes. Not terminated; stays until the call is answered. */
int funcbox_in_text(struct funcbox_input *in, const char **data, size_t *length) FUNCBOX_NOEXCEPT;
int funcbox_in_string(struct funcbox_input *in, const char **data, size_t *length) FUNCBOX_NOEXCEPT;

/* Text that is terminated and has no NUL of its own; NULL for a null. It can be
 * written to, and stays until the call is answered. */
int funcbox_in_cstring(struct funcbox_input *in, char **text) FUNCBOX_NOEXCEPT;

/* Bytes; stay until the call is answered. */
int funcbox_in_bytes(struct funcbox_input *in, const uint8_t **data, size_t *length) FUNCBOX_NOEXCEPT;

/* A time, as seconds since 1970 in UTC and nanoseconds from 0 on. */
int funcbox_in_time(struct funcbox_input *in, int64_t *seconds, int32_t *nanoseconds) FUNCBOX_NOEXCEPT;

/* One whole value as CBOR (RFC 8949); stays until the call is answered. */
int funcbox_in_raw(struct funcbox_input *in, const uint8_t **data, size_t *length) FUNCBOX_NOEXCEPT;

/* Goes into a list or a map. What is in it must be read before funcbox_in_leave.
 * The pairs of a map are a key and what follows. The count is never more than
 * there are bytes, so room may be made for it. */
int funcbox_in_list(struct funcbox_input *in, size_t *count) FUNCBOX_NOEXCEPT;
int funcbox_in_list_of(struct funcbox_input *in, size_t count) FUNCBOX_NOEXCEPT; /* of exactly so many */
int funcbox_in_map(struct funcbox_input *in, size_t *count) FUNCBOX_NOEXCEPT;
int funcbox_in_key(struct funcbox_input *in, const char **data, size_t *length) FUNCBOX_NOEXCEPT;
int funcbox_in_leave(struct funcbox_input *in) FUNCBOX_NOEXCEPT;

/* The integer that a key is, in decimal digits. */
int funcbox_in_key_integer(struct funcbox_input *in, const char *data, size_t length, void *to, unsigned size, int is_signed) FUNCBOX_NOEXCEPT;

/* Each returns 0. */
int funcbox_in_fail(struct funcbox_input *in, const char *format, ...) FUNCBOX_NOEXCEPT __attribute__((format(printf, 2, 3)));
int funcbox_in_at_index(struct funcbox_input *in, size_t index) FUNCBOX_NOEXCEPT;
int funcbox_in_at_key(struct funcbox_input *in, const char *key, size_t length) FUNCBOX_NOEXCEPT;

/* Where the input is, and back there, failures forgotten. */
struct funcbox_mark {
    const uint8_t *next;
    int depth;
};
struct funcbox_mark funcbox_in_mark(const struct funcbox_input *in) FUNCBOX_NOEXCEPT;
void funcbox_in_rewind(struct funcbox_input *in, struct funcbox_mark mark) FUNCBOX_NOEXCEPT;

/* Memory that is freed when the call is answered, zeroed and aligned for
 * anything, after finish has been called with it, if not NULL. A failure and
 * NULL when there is none. */
void *funcbox_in_keep(struct funcbox_input *in, size_t size, void (*finish)(void *memory)) FUNCBOX_NOEXCEPT;

/* A record's field: where it is and what reads and writes it. Names end where the
 * text does, or at a ']', and begin after the last '.' of it. */
struct funcbox_field {
    const char *text;
    void *at;
    int (*read)(struct funcbox_input *in, void *at);
    int (*write)(struct funcbox_output *out, const void *at);
    int (*blank)(const void *at); /* whether it is empty; NULL where that cannot be told */
    uint32_t size;
    uint32_t kind; /* enum funcbox_field_kind */
};

enum funcbox_field_kind {
    FUNCBOX_FIELD_REQUIRED, /* of class type, no default can be seen but by blank */
    FUNCBOX_FIELD_PLAIN,    /* left alone by a record's construction unless it has a default */
    FUNCBOX_FIELD_OPTIONAL,
    FUNCBOX_FIELD_RECORD    /* may be missing if all of its own fields may */
};

/* Reads a map into a record. make constructs one, without zeroing, in memory
 * of size bytes, to see what has a default; finish destroys it. */
int funcbox_in_record(struct funcbox_input *in, const struct funcbox_field *fields, size_t count, void *record, size_t size,
                      void (*make)(void *memory), void (*finish)(void *memory));

/* ---- writing ---------------------------------------------------------- */

int funcbox_out_null(struct funcbox_output *out) FUNCBOX_NOEXCEPT;
int funcbox_out_bool(struct funcbox_output *out, int value) FUNCBOX_NOEXCEPT;
int funcbox_out_integer(struct funcbox_output *out, int64_t value) FUNCBOX_NOEXCEPT;
int funcbox_out_unsigned(struct funcbox_output *out, uint64_t value) FUNCBOX_NOEXCEPT;
int funcbox_out_real(struct funcbox_output *out, double value) FUNCBOX_NOEXCEPT;
int funcbox_out_numbers(struct funcbox_output *out, const void *from, size_t count, unsigned size, enum funcbox_number number) FUNCBOX_NOEXCEPT;

/* Text where it is UTF-8, else bytes. */
int funcbox_out_string(struct funcbox_output *out, const char *data, size_t length) FUNCBOX_NOEXCEPT;
int funcbox_out_cstring(struct funcbox_output *out, const char *text) FUNCBOX_NOEXCEPT; /* NULL: null */
int funcbox_out_bytes(struct funcbox_output *out, const void *data, size_t length) FUNCBOX_NOEXCEPT;
int funcbox_out_time(struct funcbox_output *out, int64_t seconds, int32_t nanoseconds) FUNCBOX_NOEXCEPT;

/* One whole value as CBOR, as funcbox_in_raw gives it. */
int funcbox_out_raw(struct funcbox_output *out, const uint8_t *data, size_t length) FUNCBOX_NOEXCEPT;

/* The items, or keys and values, follow, and then funcbox_out_leave. */
int funcbox_out_list(struct funcbox_output *out, size_t count) FUNCBOX_NOEXCEPT;
int funcbox_out_map(struct funcbox_output *out, size_t count) FUNCBOX_NOEXCEPT;
int funcbox_out_key(struct funcbox_output *out, const char *data, size_t length) FUNCBOX_NOEXCEPT;
int funcbox_out_key_integer(struct funcbox_output *out, int64_t value) FUNCBOX_NOEXCEPT;
int funcbox_out_key_unsigned(struct funcbox_output *out, uint64_t value) FUNCBOX_NOEXCEPT;
int funcbox_out_leave(struct funcbox_output *out) FUNCBOX_NOEXCEPT;
int funcbox_out_record(struct funcbox_output *out, const struct funcbox_field *fields, size_t count);

/* Each returns 0. */
int funcbox_out_fail(struct funcbox_output *out, const char *format, ...) FUNCBOX_NOEXCEPT __attribute__((format(printf, 2, 3)));
int funcbox_out_at_index(struct funcbox_output *out, size_t index) FUNCBOX_NOEXCEPT;
int funcbox_out_at_key(struct funcbox_output *out, const char *key, size_t length) FUNCBOX_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
