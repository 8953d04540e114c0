/*
 * internal.h: what the objects that every compiled program is linked to share.
 */
#ifndef FUNCBOX_INTERNAL_H
#define FUNCBOX_INTERNAL_H

#include "funcbox_abi.h" /* ../../../build/funcbox.h */
#include "include/funcbox/call.h"
#include "reply.h"

#include <stdarg.h>

/* What went wrong, and where: the steps to it are put in front of each other. */
struct funcbox_failure {
    int set;
    size_t step; /* where in place the first step begins */
    char place[512];
    char message[1024];
};

void failure_clear(struct funcbox_failure *failure);
void failure_at_index(struct funcbox_failure *failure, size_t index);
void failure_at_key(struct funcbox_failure *failure, const char *key, size_t length);

/* Longer keys and texts are cut in messages, in bytes. */
#define LONGEST_SHOWN 64

/* Room for any integer of 64 bits in digits, with its sign. */
#define DECIMAL_SIZE 24

/* Puts an integer's digits to where, without a NUL; returns their number. */
size_t decimal(char *to, uint64_t magnitude, int negative);

/* snprintf with %s, %.*s, %d, %u, and l, ll and z before the last two. */
size_t format_text(char *to, size_t size, const char *format, va_list arguments);

struct kept; /* a block of memory that goes with the call */

struct funcbox_input {
    struct funcbox_reader reader;
    struct funcbox_failure failure;
    struct kept *kept;
};

struct funcbox_output {
    struct funcbox_writer writer;
    struct funcbox_failure failure;
    int depth;
};

void input_open(struct funcbox_input *in, const void *data, size_t length);
void input_free(struct funcbox_input *in);

/* A call on its way. */
struct funcbox_frame {
    struct funcbox_input input;
    struct funcbox_output output; /* the reply: its head, and the result so far */
    const struct funcbox_function *function;
    const uint8_t **arguments; /* where each one is, NULL: not given */
    uint8_t *named;            /* for each, whether it was given by name */
    const uint8_t *end;        /* of the request */
    uint32_t given;            /* how many arguments, from the left */
    uint32_t current;          /* the parameter that was asked for last */
    const char *type;          /* of the error that ends the call, NULL: none */
    int replied;               /* output is the whole reply, of an error */
};

/* Finds the arguments of the frame's function among those of the request; args and
 * kwargs are the CBOR, NULL: none. Returns 1, or 0 after funcbox_frame_fail. The
 * arrays of the frame are the caller's to free. */
int bind_arguments(struct funcbox_frame *frame, const uint8_t *args, const uint8_t *kwargs);

/* A parameter's name in its function's text: where it begins, and its length, 0 for
 * one without a name. */
const char *parameter_name(const struct funcbox_function *function, uint32_t parameter, size_t *length);

/* The length of the name of a function. */
size_t function_name_length(const struct funcbox_function *function);

/* Whether that is text as RFC 3629 has it. */
int is_utf8(const char *data, size_t length);

#endif
