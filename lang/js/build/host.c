/*
 * host.c: calls of the host's functions.
 */
#include "natives.h"

/* Sends the request and fetches the reply, a block from malloc; NULL: exception. */
static uint8_t *exchange(struct funcbox_writer *request, size_t *length) {
    if (request->failed) {
        JS_ThrowOutOfMemory(shim_context);
        return NULL;
    }
    *length = funcbox_host_call(request->data, request->length);
    uint8_t *reply = malloc(*length ? *length : 1);
    if (!reply) __builtin_trap(); /* the reply must be fetched, and memory is short beyond the reserve */
    funcbox_host_reply(reply);
    return reply;
}

static JSValue throw_host_error(struct funcbox_reader *reader) {
    JSContext *ctx = shim_context;
    JSValue description = value_read(reader);
    if (JS_IsException(description)) return description;
    JSValue error = shim_hook("hostError", 1, &description);
    JS_FreeValue(ctx, description);
    return JS_IsException(error) ? error : JS_Throw(ctx, error);
}

/* The value of a reply, or its error as an exception. */
static JSValue read_reply(const uint8_t *reply, size_t length) {
    struct funcbox_reader reader;
    struct funcbox_item map, key, status;
    funcbox_read(&reader, reply, length);
    if (!funcbox_next(&reader, &map) || map.kind != FUNCBOX_MAP || map.number != 2 || !funcbox_next(&reader, &key) || !funcbox_next(&reader, &status) ||
        !funcbox_next(&reader, &key))
        return JS_ThrowTypeError(shim_context, "broken reply of the host");
    return key.number == FUNCBOX_REPLY_VALUE ? value_read(&reader) : throw_host_error(&reader);
}

static JSValue finish(struct funcbox_writer *request) {
    size_t length;
    uint8_t *reply = exchange(request, &length);
    funcbox_writer_free(request);
    if (!reply) return JS_EXCEPTION;
    JSValue value = read_reply(reply, length);
    free(reply);
    return value;
}

static int begin(struct funcbox_writer *request, JSValueConst name, int keys) {
    funcbox_map(request, (uint64_t)keys);
    funcbox_unsigned(request, FUNCBOX_HOST_NAME);
    return value_write_text(request, name);
}

/* A function of the host as one of JavaScript: its data is the name. */
static JSValue n_host_call(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv, int magic, JSValue *data) {
    struct funcbox_writer request = {0};
    int bad = begin(&request, data[0], 2);
    funcbox_unsigned(&request, FUNCBOX_HOST_ARGS);
    funcbox_array(&request, (uint64_t)argc);
    for (int i = 0; i < argc && !bad; i++) bad = value_write_argument(&request, argv[i], i);
    if (!bad) return finish(&request);
    funcbox_writer_free(&request);
    return JS_EXCEPTION;
}

/* hostFunction(name) */
NATIVE(n_host_function) { return JS_NewCFunctionData(ctx, n_host_call, 0, 0, 1, argv); }

/* hostCall(name, args, kwargs): an array; an object or undefined */
NATIVE(n_call) {
    struct funcbox_writer request = {0};
    int64_t count = 0;
    int named = JS_IsObject(argv[2]), bad = begin(&request, argv[0], 2 + named);
    JSValue length = JS_GetPropertyStr(ctx, argv[1], "length");
    if (!bad) bad = JS_ToInt64(ctx, &count, length) < 0;
    funcbox_unsigned(&request, FUNCBOX_HOST_ARGS);
    funcbox_array(&request, (uint64_t)count);
    for (int64_t i = 0; i < count && !bad; i++) {
        JSValue value = JS_GetPropertyUint32(ctx, argv[1], (uint32_t)i);
        bad = JS_IsException(value) || value_write_argument(&request, value, (int)i) < 0;
        JS_FreeValue(ctx, value);
    }
    if (named && !bad) {
        funcbox_unsigned(&request, FUNCBOX_HOST_KWARGS);
        bad = value_write_argument(&request, argv[2], -1) < 0;
    }
    if (!bad) return finish(&request);
    funcbox_writer_free(&request);
    return JS_EXCEPTION;
}

static const struct native functions[] = {
    {"hostFunction", n_host_function, 1},
    {"hostCall", n_call, 3},
};

int host_add(JSValueConst natives) { return natives_add(natives, functions, sizeof functions / sizeof *functions); }
