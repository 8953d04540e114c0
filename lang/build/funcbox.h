/*
 * funcbox.h: what every runtime's shim shares.
 *
 * Three things and no more: the imports and exports of guest ABI version 2, a
 * CBOR (RFC 8949) reader over a block of memory, and a CBOR writer onto a
 * buffer that grows. Nothing in here knows a language. C99, needs only malloc
 * and string.h; include it in as many files as wanted.
 *
 * A runtime module is a WASI reactor that exports memory, __stack_pointer,
 * _initialize and the three functions declared with FUNCBOX_EXPORT below. The
 * host calls funcbox_init once, photographs the memory, and then calls
 * funcbox_call once per request; the request is fetched with funcbox_request
 * and answered with funcbox_result, exactly once. An instance may get several
 * requests, one after the other: see the operations and flags.
 */
#ifndef FUNCBOX_H
#define FUNCBOX_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- ABI -------------------------------------------------------------- */

#define FUNCBOX_ABI 2

#define FUNCBOX_IMPORT(name) __attribute__((import_module("funcbox"), import_name(#name)))
#define FUNCBOX_EXPORT(name) __attribute__((export_name(#name)))

/* Copies the pending request, whose length in bytes was the argument of
 * funcbox_call, to where. */
FUNCBOX_IMPORT(request) void funcbox_request(void *where);

/* Hands over the reply of length bytes. Exactly once per call. */
FUNCBOX_IMPORT(result) void funcbox_result(const void *reply, size_t length);

/* Calls a function of the host: request is a map of FUNCBOX_HOST keys. Returns the
 * length in bytes of the reply, which funcbox_host_reply must then fetch, once. The
 * reply has the keys of a call's reply. */
FUNCBOX_IMPORT(host_call) size_t funcbox_host_call(const void *request, size_t length);
FUNCBOX_IMPORT(host_reply) void funcbox_host_reply(void *where);

/* Keys of a call of the host. An empty name asks for the names of all functions that
 * there are, as an array of texts. */
enum { FUNCBOX_HOST_NAME = 0, FUNCBOX_HOST_ARGS = 1, FUNCBOX_HOST_KWARGS = 2 };

/* Keys of the request map. An operation has those that it needs. */
enum {
    FUNCBOX_REQUEST_OP = 0,        /* unsigned; FUNCBOX_OP_… */
    FUNCBOX_REQUEST_CODE = 1,      /* text */
    FUNCBOX_REQUEST_FILE = 2,      /* text, name of the code in stacks */
    FUNCBOX_REQUEST_FUNCTION = 3,  /* text; empty: the only public function, else the code is the body */
    FUNCBOX_REQUEST_ARGS = 4,      /* array */
    FUNCBOX_REQUEST_KWARGS = 5,    /* map of text to any */
    FUNCBOX_REQUEST_ENV = 6,       /* map of text to text */
    FUNCBOX_REQUEST_WORKDIR = 7,   /* text, absolute path */
    FUNCBOX_REQUEST_ARGV = 8,      /* array of text */
    FUNCBOX_REQUEST_FLAGS = 9,     /* unsigned; FUNCBOX_FLAG_…; missing: FRESH and LAST */
    FUNCBOX_REQUEST_KEYS = 10
};

enum {
    FUNCBOX_OP_EXECUTE = 0, /* loads the code and calls the function, or runs the code as a body */
    FUNCBOX_OP_LOAD = 1,    /* loads the code and replies with the listing of its functions; of a body it runs nothing */
    FUNCBOX_OP_CALL = 2,    /* calls a function of what is loaded */
    FUNCBOX_OP_RUN = 3,     /* runs code as a body in the scope that lasts */
    FUNCBOX_OP_END = 4      /* runs what is to run at exit */
};

enum {
    FUNCBOX_FLAG_FRESH = 1,   /* the first request since the memory was copied: random generators are seeded, and the surroundings set that the request has (a copy of a session keeps its own) */
    FUNCBOX_FLAG_LAST = 2,    /* none follows: what is to run at exit runs */
    FUNCBOX_FLAG_HAS_ARGS = 4 /* of LOAD: the call that follows has arguments */
};

/* Keys and statuses of the reply map. */
enum { FUNCBOX_REPLY_STATUS = 0, FUNCBOX_REPLY_VALUE = 1, FUNCBOX_REPLY_ERROR = 2 };
enum { FUNCBOX_STATUS_VALUE = 0, FUNCBOX_STATUS_ERROR = 1 };

/* Tags that values use (RFC 8949, section 3.4). */
enum { FUNCBOX_TAG_TIME = 0, FUNCBOX_TAG_BIGNUM = 2, FUNCBOX_TAG_NEGATIVE_BIGNUM = 3 };

/* ---- reading ---------------------------------------------------------- */

/* What one item is. Arrays, maps and tags are read head first: the items they
 * hold follow as items of their own. */
enum funcbox_kind {
    FUNCBOX_UNSIGNED, /* number */
    FUNCBOX_NEGATIVE, /* the value is -1 - number */
    FUNCBOX_BYTES,    /* data, number = length in bytes */
    FUNCBOX_TEXT,     /* data, number = length in bytes; UTF-8 as the host sent it, not terminated */
    FUNCBOX_ARRAY,    /* number = items that follow */
    FUNCBOX_MAP,      /* number = pairs that follow */
    FUNCBOX_TAG,      /* number = tag; one item follows */
    FUNCBOX_FALSE,
    FUNCBOX_TRUE,
    FUNCBOX_NULL,     /* null, number = 22, and undefined, number = 23 */
    FUNCBOX_FLOAT     /* real */
};

struct funcbox_item {
    enum funcbox_kind kind;
    uint64_t number;
    double real;
    const uint8_t *data;
};

/* Items nested deeper than this are an error. */
#define FUNCBOX_DEPTH 1024

/* A reader never looks beyond end. Its first error stays in error (a static
 * text, NULL: none) and makes every later read fail too, so callers may check
 * once at the end. */
struct funcbox_reader {
    const uint8_t *next, *end;
    const char *error;
    int depth;
};

static inline void funcbox_read(struct funcbox_reader *r, const void *data, size_t length) {
    r->next = data;
    r->end = r->next + length;
    r->error = NULL;
    r->depth = 0;
}

static inline int funcbox_reader_fail(struct funcbox_reader *r, const char *error) {
    if (!r->error) r->error = error;
    r->next = r->end;
    return 0;
}

/* Goes into and out of an array, a map or a tag. enter returns 0 when that
 * would be too deep. */
static inline int funcbox_enter(struct funcbox_reader *r) {
    return ++r->depth <= FUNCBOX_DEPTH || funcbox_reader_fail(r, "nested too deeply");
}

static inline void funcbox_leave(struct funcbox_reader *r) { r->depth--; }

static inline double funcbox_half(unsigned bits) {
    /* RFC 8949, appendix D. */
    int exponent = (bits >> 10) & 31;
    double fraction = bits & 1023;
    double value;
    if (exponent == 0) value = fraction / 16777216.0;
    else if (exponent == 31) value = fraction == 0 ? __builtin_inf() : __builtin_nan("");
    else {
        value = (fraction + 1024) / 1024;
        for (; exponent > 15; exponent--) value *= 2;
        for (; exponent < 15; exponent++) value /= 2;
    }
    return bits & 0x8000 ? -value : value;
}

/* Reads the next item into *item; returns 1, or 0 after an error. The length
 * of bytes and text, and the count of an array or a map, are checked against
 * what is left, so count items may be allocated for. */
static inline int funcbox_next(struct funcbox_reader *r, struct funcbox_item *item) {
    size_t left = (size_t)(r->end - r->next);
    if (r->error) return 0;
    if (left < 1) return funcbox_reader_fail(r, "truncated");
    unsigned head = *r->next++, major = head >> 5, info = head & 31;
    uint64_t number = info;
    left--;
    if (info >= 24) {
        if (info > 27) return funcbox_reader_fail(r, "indefinite or reserved length");
        size_t width = (size_t)1 << (info - 24);
        if (left < width) return funcbox_reader_fail(r, "truncated");
        number = 0;
        for (size_t i = 0; i < width; i++) number = number << 8 | *r->next++;
        left -= width;
    }
    item->number = number;
    item->data = NULL;
    switch (major) {
    case 0: item->kind = FUNCBOX_UNSIGNED; return 1;
    case 1: item->kind = FUNCBOX_NEGATIVE; return 1;
    case 2:
    case 3:
        if (number > left) return funcbox_reader_fail(r, "truncated");
        item->kind = major == 2 ? FUNCBOX_BYTES : FUNCBOX_TEXT;
        item->data = r->next;
        r->next += (size_t)number;
        return 1;
    case 4:
        if (number > left) return funcbox_reader_fail(r, "truncated");
        item->kind = FUNCBOX_ARRAY;
        return 1;
    case 5:
        if (number > left / 2) return funcbox_reader_fail(r, "truncated");
        item->kind = FUNCBOX_MAP;
        return 1;
    case 6: item->kind = FUNCBOX_TAG; return 1;
    }
    switch (info) {
    case 20: item->kind = FUNCBOX_FALSE; return 1;
    case 21: item->kind = FUNCBOX_TRUE; return 1;
    case 22:
    case 23: item->kind = FUNCBOX_NULL; return 1;
    case 25: item->kind = FUNCBOX_FLOAT; item->real = funcbox_half((unsigned)number); return 1;
    case 26: {
        uint32_t bits = (uint32_t)number;
        float value;
        memcpy(&value, &bits, sizeof value);
        item->kind = FUNCBOX_FLOAT;
        item->real = value;
        return 1;
    }
    case 27:
        item->kind = FUNCBOX_FLOAT;
        memcpy(&item->real, &number, sizeof number);
        return 1;
    }
    return funcbox_reader_fail(r, "unknown simple value");
}

/* Reads over one whole item; returns 1, or 0 after an error. */
static inline int funcbox_skip(struct funcbox_reader *r) {
    /* Counting what is still to come needs no stack: every item that is read
     * takes one away and a head adds those it announces. The counts are bounded
     * by the bytes that are left, so the sum cannot overflow. */
    uint64_t pending = 1;
    struct funcbox_item item;
    while (pending) {
        if (!funcbox_next(r, &item)) return 0;
        pending--;
        if (item.kind == FUNCBOX_ARRAY) pending += item.number;
        else if (item.kind == FUNCBOX_MAP) pending += 2 * item.number;
        else if (item.kind == FUNCBOX_TAG) pending++;
    }
    return 1;
}

/* ---- writing ---------------------------------------------------------- */

/* A writer starts as all zeros. When memory runs out, failed is set, the
 * buffer is let go and all later writes do nothing, so callers check once at
 * the end. */
struct funcbox_writer {
    uint8_t *data;
    size_t length, capacity;
    int failed;
};

static inline void funcbox_writer_free(struct funcbox_writer *w) {
    free(w->data);
    w->data = NULL;
    w->length = w->capacity = 0;
}

/* Makes room for more bytes and returns where they go, or NULL. The caller
 * adds what it wrote to length. */
static inline uint8_t *funcbox_room(struct funcbox_writer *w, size_t more) {
    if (w->failed) return NULL;
    if (more > w->capacity - w->length) {
        size_t want = w->length + more;
        /* Half as much again, so that a reply of many megabytes is not held twice over. */
        size_t grown = w->capacity + w->capacity / 2 + 512;
        uint8_t *data = NULL;
        if (want >= w->length) {
            if (grown > want) data = realloc(w->data, grown);
            if (!data) data = realloc(w->data, grown = want);
        }
        if (!data) {
            w->failed = 1;
            funcbox_writer_free(w);
            return NULL;
        }
        w->data = data;
        w->capacity = grown;
    }
    return w->data + w->length;
}

static inline void funcbox_raw(struct funcbox_writer *w, const void *data, size_t length) {
    uint8_t *to = funcbox_room(w, length);
    if (!to) return;
    if (length) memcpy(to, data, length);
    w->length += length;
}

/* Bytes that a head announcing number takes. */
static inline unsigned funcbox_head_size(uint64_t number) {
    return number < 24 ? 1 : number <= 0xff ? 2 : number <= 0xffff ? 3 : number <= 0xffffffff ? 5 : 9;
}

/* Puts a head of exactly size bytes (from funcbox_head_size of a number that is
 * not smaller) to where. */
static inline void funcbox_put_head(uint8_t *where, unsigned major, uint64_t number, unsigned size) {
    if (size == 1) {
        *where = (uint8_t)(major << 5 | number);
        return;
    }
    *where++ = (uint8_t)(major << 5 | (size == 2 ? 24 : size == 3 ? 25 : size == 5 ? 26 : 27));
    for (unsigned i = size - 1; i-- > 0;) *where++ = (uint8_t)(number >> (8 * i));
}

static inline void funcbox_head(struct funcbox_writer *w, unsigned major, uint64_t number) {
    uint8_t *to = funcbox_room(w, 9);
    unsigned size = funcbox_head_size(number);
    if (!to) return;
    funcbox_put_head(to, major, number, size);
    w->length += size;
}

static inline void funcbox_simple(struct funcbox_writer *w, uint8_t byte) { funcbox_raw(w, &byte, 1); }
static inline void funcbox_null(struct funcbox_writer *w) { funcbox_simple(w, 0xf6); }
static inline void funcbox_bool(struct funcbox_writer *w, int value) { funcbox_simple(w, value ? 0xf5 : 0xf4); }
static inline void funcbox_unsigned(struct funcbox_writer *w, uint64_t value) { funcbox_head(w, 0, value); }

static inline void funcbox_int(struct funcbox_writer *w, int64_t value) {
    if (value >= 0) funcbox_head(w, 0, (uint64_t)value);
    else funcbox_head(w, 1, ~(uint64_t)value);
}

/* Always eight bytes wide: 1 and 1.0 are different values. */
static inline void funcbox_float(struct funcbox_writer *w, double value) {
    uint64_t bits;
    uint8_t *to = funcbox_room(w, 9);
    if (!to) return;
    memcpy(&bits, &value, sizeof bits);
    *to++ = 0xfb;
    for (int i = 56; i >= 0; i -= 8) *to++ = (uint8_t)(bits >> i);
    w->length += 9;
}

/* text must be valid UTF-8. */
static inline void funcbox_text(struct funcbox_writer *w, const char *text, size_t length) {
    funcbox_head(w, 3, length);
    funcbox_raw(w, text, length);
}

static inline void funcbox_bytes(struct funcbox_writer *w, const void *data, size_t length) {
    funcbox_head(w, 2, length);
    funcbox_raw(w, data, length);
}

/* The items (pairs) must follow. */
static inline void funcbox_array(struct funcbox_writer *w, uint64_t count) { funcbox_head(w, 4, count); }
static inline void funcbox_map(struct funcbox_writer *w, uint64_t count) { funcbox_head(w, 5, count); }
static inline void funcbox_tag(struct funcbox_writer *w, uint64_t tag) { funcbox_head(w, 6, tag); }

/* An integer of any size: magnitude is big-endian, without leading zeros. For a
 * negative one it is that of -1 - value. */
static inline void funcbox_bignum(struct funcbox_writer *w, int negative, const uint8_t *magnitude, size_t length) {
    if (length <= 8) {
        uint64_t number = 0;
        for (size_t i = 0; i < length; i++) number = number << 8 | magnitude[i];
        funcbox_head(w, negative ? 1 : 0, number);
        return;
    }
    funcbox_tag(w, negative ? FUNCBOX_TAG_NEGATIVE_BIGNUM : FUNCBOX_TAG_BIGNUM);
    funcbox_bytes(w, magnitude, length);
}

/* A whole error reply, in place of what was written so far. */
static inline void funcbox_error_reply(struct funcbox_writer *w, const char *type, size_t type_length, const char *message,
                                       size_t message_length, const char *stack, size_t stack_length) {
    w->length = 0;
    w->failed = 0;
    funcbox_map(w, 2);
    funcbox_unsigned(w, FUNCBOX_REPLY_STATUS);
    funcbox_unsigned(w, FUNCBOX_STATUS_ERROR);
    funcbox_unsigned(w, FUNCBOX_REPLY_ERROR);
    funcbox_map(w, 3);
    funcbox_text(w, "type", 4);
    funcbox_text(w, type, type_length);
    funcbox_text(w, "message", 7);
    funcbox_text(w, message, message_length);
    funcbox_text(w, "stack", 5);
    funcbox_text(w, stack, stack_length);
}

#endif
