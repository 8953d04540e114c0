/*
 * shim.c: the exports of the PHP runtime: start, and one request.
 */
#include "shim.h"

FUNCBOX_EXPORT(funcbox_abi) int shim_abi(void) { return FUNCBOX_ABI; }

FUNCBOX_EXPORT(funcbox_init) int shim_init(void) {
    if (sapi_init() != 0) return 1;
    errors_init();
    functions_init();
    program_init();
    return 0;
}

/* Runs body so that a bailout ends it; returns whether one did. All of it is in
 * this one call: each one that a function with setjmp makes goes through the host. */
static int protect(void (*body)(void *), void *data) {
    volatile int bailed = 0;
    zend_first_try {
        body(data);
    }
    zend_catch {
        bailed = 1;
    }
    zend_end_try();
    return bailed;
}

struct call {
    uint8_t *bytes;
    size_t length;
    struct funcbox_writer reply;
};

/* Where the parts of a request are in its bytes. */
struct parts {
    struct funcbox_item items[FUNCBOX_REQUEST_KEYS];
    const uint8_t *at[FUNCBOX_REQUEST_KEYS]; /* where the item begins; NULL: absent */
    const uint8_t *end;
};

static int find_parts(struct parts *parts, const uint8_t *bytes, size_t length) {
    struct funcbox_reader reader;
    struct funcbox_item map, key;
    funcbox_read(&reader, bytes, length);
    memset(parts, 0, sizeof *parts);
    parts->end = bytes + length;
    if (!funcbox_next(&reader, &map) || map.kind != FUNCBOX_MAP) return 0;
    for (; map.number; map.number--) {
        if (!funcbox_next(&reader, &key) || key.kind != FUNCBOX_UNSIGNED) return 0;
        if (key.number < FUNCBOX_REQUEST_KEYS) {
            struct funcbox_reader peek = reader;
            if (!funcbox_next(&peek, &parts->items[key.number])) return 0;
            parts->at[key.number] = reader.next;
        }
        if (!funcbox_skip(&reader)) return 0;
    }
    return 1;
}

static const char *text_part(struct parts *parts, int key, size_t *length) {
    *length = 0;
    if (!parts->at[key] || parts->items[key].kind != FUNCBOX_TEXT) return "";
    *length = (size_t)parts->items[key].number;
    return (const char *)parts->items[key].data;
}

static int array_part(struct parts *parts, int key, zval *to, const char *what) {
    array_init(to);
    if (!parts->at[key] || parts->items[key].kind != FUNCBOX_ARRAY || !parts->items[key].number) return 1;
    struct funcbox_reader reader;
    funcbox_read(&reader, parts->at[key], (size_t)(parts->end - parts->at[key]));
    zval_ptr_dtor(to);
    return value_read(&reader, to, what);
}

static int map_part(struct parts *parts, int key, zval *to, const char *what) {
    array_init(to);
    if (!parts->at[key] || parts->items[key].kind != FUNCBOX_MAP || !parts->items[key].number) return 1;
    struct funcbox_reader reader;
    funcbox_read(&reader, parts->at[key], (size_t)(parts->end - parts->at[key]));
    zval_ptr_dtor(to);
    return value_read_map(&reader, to, what);
}

static void set_environment(zval *env) {
    zend_string *name;
    zval *value;
    ZEND_HASH_FOREACH_STR_KEY_VAL(Z_ARRVAL_P(env), name, value) {
        if (name && Z_TYPE_P(value) == IS_STRING) setenv(ZSTR_VAL(name), Z_STRVAL_P(value), 1);
    }
    ZEND_HASH_FOREACH_END();
}

/* The program, up to and with the reply that its value makes. */
static void execute(void *data) {
    struct call *call = data;
    struct parts parts;
    struct request request;
    zval env, argv, result;
    ZVAL_UNDEF(&result);
    if (!find_parts(&parts, call->bytes, call->length) || !parts.at[FUNCBOX_REQUEST_OP] ||
        parts.items[FUNCBOX_REQUEST_OP].kind != FUNCBOX_UNSIGNED || parts.items[FUNCBOX_REQUEST_OP].number != FUNCBOX_OP_EXECUTE) {
        fail("Error", ZEND_STRL("broken request"));
        return;
    }
    functions_enter();
    int read = map_part(&parts, FUNCBOX_REQUEST_ENV, &env, "env") && array_part(&parts, FUNCBOX_REQUEST_ARGV, &argv, "argv") &&
               array_part(&parts, FUNCBOX_REQUEST_ARGS, &request.args, "args") &&
               map_part(&parts, FUNCBOX_REQUEST_KWARGS, &request.kwargs, "kwargs");
    functions_leave();
    if (!read) return;
    request.file = text_part(&parts, FUNCBOX_REQUEST_FILE, &request.file_length);
    if (!request.file_length) request.file = "main.php", request.file_length = 8;
    request.function = text_part(&parts, FUNCBOX_REQUEST_FUNCTION, &request.function_length);
    request.code = text_part(&parts, FUNCBOX_REQUEST_CODE, &request.code_length);
    request.workdir = text_part(&parts, FUNCBOX_REQUEST_WORKDIR, &request.workdir_length);
    set_environment(&env);
    sapi_begin_call(&request, &argv);
    program_run(&request, &result);
    if (EG(exception) || shim_failure.set) return;
    funcbox_map(&call->reply, 2);
    funcbox_unsigned(&call->reply, FUNCBOX_REPLY_STATUS);
    funcbox_unsigned(&call->reply, FUNCBOX_STATUS_VALUE);
    funcbox_unsigned(&call->reply, FUNCBOX_REPLY_VALUE);
    functions_enter();
    value_write(&call->reply, &result);
    functions_leave();
    zval_ptr_dtor(&result);
}

static void finish(void *data) {
    (void)data;
    program_finish();
}

static void take_exception(void *data) {
    (void)data;
    errors_take();
}

/* Runs body and takes what it leaves behind. */
static int run(void (*body)(void *), void *data) {
    int bailed = protect(body, data);
    if (bailed) {
        EG(current_execute_data) = NULL; /* as php_request_shutdown does */
        errors_take_fatal();
    } else if (EG(exception) && protect(take_exception, NULL)) errors_take_fatal();
    return bailed;
}

FUNCBOX_EXPORT(funcbox_call) void shim_call(size_t length) {
    struct call call = {.length = length};
    errors_begin_call();
    program_begin_call();
    call.bytes = length < SIZE_MAX ? malloc(length + 1) : NULL;
    if (call.bytes) {
        funcbox_request(call.bytes);
        run(execute, &call);
        while (program_has_to_finish() && run(finish, NULL)) continue;
        free(call.bytes);
        if (shim_exiting && !shim_failure.set) _Exit(EG(exit_status) & 255);
    } else fail("FatalError", ZEND_STRL("Out of memory"));
    if (!shim_failure.set && call.reply.failed) {
        fail("FatalError", ZEND_STRL("Out of memory: the result does not fit"));
    }
    if (shim_failure.set) {
        struct failure *f = &shim_failure;
        funcbox_writer_free(&call.reply);
        funcbox_error_reply(&call.reply, (char *)f->type.data, f->type.length, (char *)f->message.data, f->message.length,
                            (char *)f->stack.data, f->stack.length);
    }
    funcbox_result(call.reply.data, call.reply.length);
    funcbox_writer_free(&call.reply);
}
