/*
 * shim.c: the exports of the PHP runtime: start, and one request.
 */
#include "shim.h"

FUNCBOX_EXPORT(funcbox_abi) int shim_abi(void) { return FUNCBOX_ABI; }

FUNCBOX_EXPORT(funcbox_init) int shim_init(void) {
    if (sapi_init() != 0) return 1;
    errors_init();
    functions_init();
    finish_init();
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
    unsigned operation;
    int last; /* what is to run at exit runs */
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

static unsigned number_part(struct parts *parts, int key, unsigned missing) {
    return parts->at[key] && parts->items[key].kind == FUNCBOX_UNSIGNED ? (unsigned)parts->items[key].number : missing;
}

static int read_parts(struct parts *parts, struct request *request, zval *env, zval *argv) {
    ZVAL_UNDEF(env);
    ZVAL_UNDEF(argv);
    return (!parts->at[FUNCBOX_REQUEST_ENV] || map_part(parts, FUNCBOX_REQUEST_ENV, env, "env")) &&
           (!parts->at[FUNCBOX_REQUEST_ARGV] || array_part(parts, FUNCBOX_REQUEST_ARGV, argv, "argv")) &&
           array_part(parts, FUNCBOX_REQUEST_ARGS, &request->args, "args") && map_part(parts, FUNCBOX_REQUEST_KWARGS, &request->kwargs, "kwargs");
}

static void begin_reply(struct funcbox_writer *w) {
    funcbox_map(w, 2);
    funcbox_unsigned(w, FUNCBOX_REPLY_STATUS);
    funcbox_unsigned(w, FUNCBOX_STATUS_VALUE);
    funcbox_unsigned(w, FUNCBOX_REPLY_VALUE);
}

static void load(struct request *request, struct funcbox_writer *reply) {
    zend_string *file = program_load(request);
    if (EG(exception) || shim_failure.set) return;
    begin_reply(reply);
    listing_write(reply, request, file);
}

/* The program, up to and with the reply that its value makes. */
static void serve(void *data) {
    static void (*const operations[])(struct request *, zval *) = {
        [FUNCBOX_OP_EXECUTE] = program_execute, [FUNCBOX_OP_CALL] = program_call, [FUNCBOX_OP_RUN] = program_run, [FUNCBOX_OP_END] = NULL,
    };
    struct call *call = data;
    struct parts parts;
    struct request request;
    zval env, argv, result;
    ZVAL_NULL(&result);
    if (!find_parts(&parts, call->bytes, call->length) || !parts.at[FUNCBOX_REQUEST_OP] ||
        (call->operation = number_part(&parts, FUNCBOX_REQUEST_OP, UINT32_MAX)) > FUNCBOX_OP_END) {
        fail("Error", ZEND_STRL("broken request"));
        return;
    }
    request.flags = number_part(&parts, FUNCBOX_REQUEST_FLAGS, FUNCBOX_FLAG_FRESH | FUNCBOX_FLAG_LAST);
    call->last = call->operation == FUNCBOX_OP_END || (request.flags & FUNCBOX_FLAG_LAST);
    functions_enter();
    int read = read_parts(&parts, &request, &env, &argv);
    functions_leave();
    if (!read) return;
    request.file = text_part(&parts, FUNCBOX_REQUEST_FILE, &request.file_length);
    if (!request.file_length && parts.at[FUNCBOX_REQUEST_CODE]) request.file = "main.php", request.file_length = 8;
    request.function = text_part(&parts, FUNCBOX_REQUEST_FUNCTION, &request.function_length);
    request.code = text_part(&parts, FUNCBOX_REQUEST_CODE, &request.code_length);
    request.workdir = text_part(&parts, FUNCBOX_REQUEST_WORKDIR, &request.workdir_length);
    sapi_begin_call(&request, &env, &argv);
    zval_ptr_dtor(&env);
    zval_ptr_dtor(&argv);
    if (call->operation == FUNCBOX_OP_LOAD) {
        load(&request, &call->reply);
        return;
    }
    if (operations[call->operation]) operations[call->operation](&request, &result);
    if (EG(exception) || shim_failure.set) return;
    begin_reply(&call->reply);
    functions_enter();
    value_write(&call->reply, &result);
    functions_leave();
    zval_ptr_dtor(&result);
    zval_ptr_dtor(&request.args);
    zval_ptr_dtor(&request.kwargs);
}

static void finish(void *data) {
    (void)data;
    program_finish();
}

static void rest(void *data) {
    (void)data;
    finish_fibers();
}

static void take_exception(void *data) {
    (void)data;
    errors_take();
}

/* Runs body and takes what it leaves behind. */
static int run(void (*body)(void *), void *data) {
    zend_vm_stack stack = EG(vm_stack);
    zval *top = EG(vm_stack_top), *end = EG(vm_stack_end);
    int bailed = protect(body, data);
    if (bailed) {
        /* The frames that were left, so that the instance can go on. */
        EG(vm_stack) = stack;
        EG(vm_stack_top) = top;
        EG(vm_stack_end) = end;
        CG(unclean_shutdown) = 0;
        EG(current_execute_data) = NULL; /* as php_request_shutdown does */
        errors_take_fatal();
    } else if (EG(exception) && protect(take_exception, NULL)) errors_take_fatal();
    return bailed;
}

FUNCBOX_EXPORT(funcbox_call) void shim_call(size_t length) {
    struct call call = {.length = length, .last = 1};
    errors_begin_call();
    finish_begin_call();
    call.bytes = length < SIZE_MAX ? malloc(length + 1) : NULL;
    if (call.bytes) {
        funcbox_request(call.bytes);
        run(serve, &call);
        while (!call.last && !shim_exiting && run(rest, NULL)) continue;
        while ((call.last || shim_exiting) && program_has_to_finish() && run(finish, NULL)) continue;
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
