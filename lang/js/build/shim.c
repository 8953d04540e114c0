/*
 * shim.c: the exports of the JavaScript runtime: start, and one request.
 */
#include "shim.h"

#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

/* The linker's stack (build.sh) less what C code below the last check may need. */
#define STACK_LIMIT (STACK_SIZE - 128 * 1024)

/* Held back for the moment when memory has run out: the error must still be
 * made, caught, described and sent. In bytes. */
#define RESERVE (256 * 1024)

/* What the collector lets pile up, in bytes, before it runs within a call. */
#define GC_HEADROOM (4 * 1024 * 1024)

#define LIBRARY "/usr/lib/funcbox"

JSRuntime *shim_runtime;
JSContext *shim_context;
JSValueConst shim_hooks;
JSValue shim_env, shim_argv, shim_file;
int shim_first_line_shift;

/* ---- memory ----------------------------------------------------------- */

static void *reserve;
static int memory_ran_out;

int shim_memory_ran_out(void) { return memory_ran_out; }

static void release_reserve(void) {
    memory_ran_out = 1;
    free(reserve);
    reserve = NULL;
}

static size_t usable(const void *block) { return block ? malloc_usable_size((void *)block) : 0; }

static const JSMallocState *allocated;

static void *allocate(JSMallocState *state, size_t size) {
    allocated = state;
    void *block = malloc(size);
    if (!block) {
        release_reserve();
        return NULL;
    }
    state->malloc_count++;
    state->malloc_size += usable(block);
    return block;
}

static void release(JSMallocState *state, void *block) {
    if (!block) return;
    state->malloc_count--;
    state->malloc_size -= usable(block);
    free(block);
}

static void *reallocate(JSMallocState *state, void *block, size_t size) {
    if (!block) return size ? allocate(state, size) : NULL;
    if (!size) {
        release(state, block);
        return NULL;
    }
    size_t old = usable(block);
    void *moved = realloc(block, size);
    if (!moved) {
        release_reserve();
        return NULL;
    }
    state->malloc_size += usable(moved) - old;
    return moved;
}

static const JSMallocFunctions allocator = {allocate, release, reallocate, usable};

/* ---- hooks and errors -------------------------------------------------- */

JSValue shim_hook(const char *name, int argc, JSValueConst *argv) {
    JSContext *ctx = shim_context;
    JSValue function = JS_GetPropertyStr(ctx, shim_hooks, name);
    if (JS_IsException(function)) return function;
    JSValue result = JS_Call(ctx, function, JS_UNDEFINED, argc, argv);
    JS_FreeValue(ctx, function);
    return result;
}

JSValue shim_throw_named(const char *type, const char *message, size_t length) {
    JSContext *ctx = shim_context;
    JSValue error = JS_NewError(ctx);
    if (JS_IsException(error)) return error;
    int flags = JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE;
    JS_DefinePropertyValueStr(ctx, error, "name", JS_NewString(ctx, type), flags);
    JS_DefinePropertyValueStr(ctx, error, "message", JS_NewStringLen(ctx, message, length), flags);
    JS_DefinePropertyValueStr(ctx, error, "stack", JS_NewString(ctx, ""), flags);
    return JS_Throw(ctx, error);
}

static void reply_plain(struct funcbox_writer *w, const char *type, const char *message) {
    funcbox_error_reply(w, type, strlen(type), message, strlen(message), "", 0);
}

/* Puts the pending exception into the reply. */
static void reply_exception(struct funcbox_writer *w) {
    JSContext *ctx = shim_context;
    JSValue error = JS_GetException(ctx);
    /* When memory is so short that no error can be made, null is thrown. */
    if (JS_IsNull(error) && memory_ran_out) {
        reply_plain(w, "InternalError", "out of memory");
        return;
    }
    JSValue described = shim_hook("describeError", 1, &error);
    JS_FreeValue(ctx, error);
    w->length = 0;
    w->failed = 0;
    funcbox_map(w, 2);
    funcbox_unsigned(w, FUNCBOX_REPLY_STATUS);
    funcbox_unsigned(w, FUNCBOX_STATUS_ERROR);
    funcbox_unsigned(w, FUNCBOX_REPLY_ERROR);
    funcbox_map(w, 3);
    static const char *const keys[3] = {"type", "message", "stack"};
    int bad = JS_IsException(described);
    for (uint32_t i = 0; i < 3 && !bad; i++) {
        JSValue text = JS_GetPropertyUint32(ctx, described, i);
        funcbox_text(w, keys[i], strlen(keys[i]));
        bad = value_write_text(w, text) < 0;
        JS_FreeValue(ctx, text);
    }
    JS_FreeValue(ctx, described);
    if (bad || w->failed) {
        JS_FreeValue(ctx, JS_GetException(ctx));
        if (memory_ran_out) reply_plain(w, "InternalError", "out of memory");
        else reply_plain(w, "Error", "the error thrown could not be described");
    }
}

/* ---- exports ---------------------------------------------------------- */

static int complain(const char *where) {
    JSContext *ctx = shim_context;
    JSValue error = JS_GetException(ctx);
    const char *text = JS_ToCString(ctx, error);
    JSValue stack = JS_GetPropertyStr(ctx, error, "stack");
    const char *trace = JS_ToCString(ctx, stack);
    char line[1024];
    int length = snprintf(line, sizeof line, "%s: %s\n%s\n", where, text ? text : "?", trace ? trace : "");
    write(2, line, length < (int)sizeof line ? (size_t)length : sizeof line - 1);
    return 1;
}

/* Each file of the library is one function expression, called with the natives
 * and the object of hooks that the files share. It is compiled without debug
 * information: that is faster, and how stacks tell its frames from the user's. */
static int load_library(JSValueConst natives) {
    JSContext *ctx = shim_context;
    JSValue names = files_list(LIBRARY);
    if (JS_IsException(names)) return complain(LIBRARY);
    for (uint32_t i = 0;; i++) {
        JSValue name = JS_GetPropertyUint32(ctx, names, i);
        if (!JS_IsString(name)) break;
        const char *text = JS_ToCString(ctx, name);
        char path[256], label[256];
        size_t length = strlen(text);
        snprintf(path, sizeof path, LIBRARY "/%s", text);
        snprintf(label, sizeof label, "funcbox:%s", text);
        JS_FreeCString(ctx, text);
        JS_FreeValue(ctx, name);
        if (length < 3 || strcmp(label + strlen(label) - 3, ".js")) continue;
        int error;
        char *source = files_read(path, &length, &error);
        if (!source) {
            JS_ThrowInternalError(ctx, "%s: error %d", path, error);
            return complain(LIBRARY);
        }
        JSValue function = JS_Eval(ctx, source, length, label, JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_STRICT);
        free(source);
        JSValueConst arguments[2] = {natives, shim_hooks};
        JSValue result = JS_IsException(function) ? function : JS_Call(ctx, function, JS_UNDEFINED, 2, arguments);
        if (JS_IsException(result)) return complain(label);
        JS_FreeValue(ctx, result);
        JS_FreeValue(ctx, function);
    }
    JS_FreeValue(ctx, names);
    return 0;
}

/* Keeps the collector from running soon after the memory was copied: its time grows
 * with the heap. */
static void leave_headroom(void) {
    JS_SetGCThreshold(shim_runtime, allocated->malloc_size + allocated->malloc_size / 2 + GC_HEADROOM);
}

FUNCBOX_EXPORT(funcbox_abi) int shim_abi(void) { return FUNCBOX_ABI; }

FUNCBOX_EXPORT(funcbox_init) int shim_init(void) {
    shim_runtime = JS_NewRuntime2(&allocator, NULL);
    if (!shim_runtime) return 1;
    JS_SetMaxStackSize(shim_runtime, STACK_LIMIT);
    JS_UpdateStackTop(shim_runtime);
    JS_SetGCThreshold(shim_runtime, (size_t)-1);
    shim_context = JS_NewContext(shim_runtime);
    if (!shim_context) return 1;
    shim_hooks = JS_NewObject(shim_context);
    shim_env = shim_argv = shim_file = JS_UNDEFINED;
    if (value_init() < 0 || modules_init() < 0 || program_init() < 0) return complain("start");
    files_begin_call("/", 1);
    JSValue natives = natives_new();
    if (JS_IsException(natives)) return complain("natives");
    JS_SetStripInfo(shim_runtime, JS_STRIP_DEBUG);
    if (load_library(natives)) return 1;
    JS_SetStripInfo(shim_runtime, 0);
    JS_FreeValue(shim_context, natives);
    JS_RunGC(shim_runtime);
    leave_headroom();
    reserve = malloc(RESERVE);
    return 0;
}

/* Where the parts of a request are in its bytes. */
struct parts {
    struct funcbox_item items[FUNCBOX_REQUEST_KEYS];
    const uint8_t *at[FUNCBOX_REQUEST_KEYS]; /* where the item begins; NULL: absent */
};

static int find_parts(struct parts *parts, struct funcbox_reader *reader) {
    struct funcbox_item map, key;
    memset(parts, 0, sizeof *parts);
    if (!funcbox_next(reader, &map) || map.kind != FUNCBOX_MAP) return 0;
    for (; map.number; map.number--) {
        if (!funcbox_next(reader, &key) || key.kind != FUNCBOX_UNSIGNED) return 0;
        if (key.number < FUNCBOX_REQUEST_KEYS) {
            struct funcbox_reader peek = *reader;
            if (!funcbox_next(&peek, &parts->items[key.number])) return 0;
            parts->at[key.number] = reader->next;
        }
        if (!funcbox_skip(reader)) return 0;
    }
    return 1;
}

static JSValue read_part(struct parts *parts, int key, enum funcbox_kind kind, const uint8_t *end) {
    if (!parts->at[key] || parts->items[key].kind != kind) return JS_UNDEFINED;
    struct funcbox_reader reader;
    funcbox_read(&reader, parts->at[key], (size_t)(end - parts->at[key]));
    return value_read(&reader);
}

/* A text of the request with a NUL behind it. Only for the last use of the
 * request's bytes: what stands behind the text is overwritten. */
static char *text_part(struct parts *parts, int key, size_t *length) {
    *length = 0;
    if (!parts->at[key] || parts->items[key].kind != FUNCBOX_TEXT) return (char *)"";
    char *text = (char *)parts->items[key].data;
    *length = (size_t)parts->items[key].number;
    text[*length] = 0;
    return text;
}

/* Replaces *kept by a part of the request that stays in force, if it is there. */
static int keep_part(JSValue *kept, struct parts *parts, int key, enum funcbox_kind kind, const uint8_t *end) {
    if (!parts->at[key]) return 0;
    JSValue value = read_part(parts, key, kind, end);
    if (JS_IsException(value)) return -1;
    JS_FreeValue(shim_context, *kept);
    *kept = value;
    return 0;
}

static unsigned number_part(struct parts *parts, int key, unsigned missing) {
    return parts->at[key] && parts->items[key].kind == FUNCBOX_UNSIGNED ? (unsigned)parts->items[key].number : missing;
}

/* What the request says of its surroundings; -1: exception. */
static int set_surroundings(struct parts *parts, struct request *request, const uint8_t *end) {
    JSContext *ctx = shim_context;
    size_t length;
    int fresh = (request->flags & FUNCBOX_FLAG_FRESH) != 0;
    request->args = read_part(parts, FUNCBOX_REQUEST_ARGS, FUNCBOX_ARRAY, end);
    request->kwargs = read_part(parts, FUNCBOX_REQUEST_KWARGS, FUNCBOX_MAP, end);
    if (JS_IsException(request->args) || JS_IsException(request->kwargs)) return -1;
    if (JS_IsUndefined(request->args)) request->args = JS_NewArray(ctx);
    if (fresh && (keep_part(&shim_env, parts, FUNCBOX_REQUEST_ENV, FUNCBOX_MAP, end) < 0 || keep_part(&shim_argv, parts, FUNCBOX_REQUEST_ARGV, FUNCBOX_ARRAY, end) < 0))
        return -1;
    if (natives_begin_call(fresh, parts->at[FUNCBOX_REQUEST_ENV] != NULL) < 0) return -1;
    if (fresh && parts->at[FUNCBOX_REQUEST_WORKDIR]) {
        const char *workdir = text_part(parts, FUNCBOX_REQUEST_WORKDIR, &length);
        files_begin_call(workdir, length);
    }
    request->file = text_part(parts, FUNCBOX_REQUEST_FILE, &length);
    if (!length) request->file = (char *)"main.js", length = 7;
    if (parts->at[FUNCBOX_REQUEST_FILE] || JS_IsUndefined(shim_file)) {
        JS_FreeValue(ctx, shim_file);
        shim_file = JS_NewStringLen(ctx, request->file, length);
    }
    request->function = text_part(parts, FUNCBOX_REQUEST_FUNCTION, &request->function_length);
    request->code = text_part(parts, FUNCBOX_REQUEST_CODE, &request->code_length);
    return 0;
}

static void serve(struct funcbox_writer *reply, uint8_t *bytes, size_t length) {
    static JSValue (*const operations[])(struct request *) = {
        [FUNCBOX_OP_EXECUTE] = program_execute, [FUNCBOX_OP_LOAD] = program_load, [FUNCBOX_OP_CALL] = program_call,
        [FUNCBOX_OP_RUN] = program_run,         [FUNCBOX_OP_END] = program_end,
    };
    JSContext *ctx = shim_context;
    struct funcbox_reader reader;
    struct parts parts;
    struct request request = {.args = JS_UNDEFINED, .kwargs = JS_UNDEFINED};
    funcbox_read(&reader, bytes, length);
    if (!find_parts(&parts, &reader)) {
        reply_plain(reply, "Error", "broken request");
        return;
    }
    unsigned operation = number_part(&parts, FUNCBOX_REQUEST_OP, UINT32_MAX);
    if (operation >= sizeof operations / sizeof *operations) {
        reply_plain(reply, "Error", "unknown operation");
        return;
    }
    request.flags = number_part(&parts, FUNCBOX_REQUEST_FLAGS, FUNCBOX_FLAG_FRESH | FUNCBOX_FLAG_LAST);
    JSValue result = JS_EXCEPTION;
    if (set_surroundings(&parts, &request, bytes + length) == 0) result = operations[operation](&request);
    if (JS_IsException(result)) {
        reply_exception(reply);
    } else {
        funcbox_map(reply, 2);
        funcbox_unsigned(reply, FUNCBOX_REPLY_STATUS);
        funcbox_unsigned(reply, FUNCBOX_STATUS_VALUE);
        funcbox_unsigned(reply, FUNCBOX_REPLY_VALUE);
        if (value_write(reply, result) < 0) reply_exception(reply);
    }
    JS_FreeValue(ctx, result);
    JS_FreeValue(ctx, request.args);
    JS_FreeValue(ctx, request.kwargs);
    if (request.flags & FUNCBOX_FLAG_LAST) return;
    natives_end_call();
    if (operation == FUNCBOX_OP_LOAD) leave_headroom();
}

FUNCBOX_EXPORT(funcbox_call) void shim_call(size_t length) {
    struct funcbox_writer reply = {0};
    JS_UpdateStackTop(shim_runtime);
    memory_ran_out = 0;
    if (!reserve) reserve = malloc(RESERVE);
    uint8_t *bytes = length < SIZE_MAX ? malloc(length + 1) : NULL; /* one for a NUL behind the last text */
    if (bytes) {
        funcbox_request(bytes);
        serve(&reply, bytes, length);
        free(bytes);
    } else reply_plain(&reply, "InternalError", "out of memory");
    if (reply.failed || !reply.length) {
        release_reserve();
        reply_plain(&reply, "InternalError", "out of memory");
    }
    funcbox_result(reply.data, reply.length);
    funcbox_writer_free(&reply);
    shim_first_line_shift = 0;
}
