/*
 * program.c: runs one request: loads the code, calls the function if one is
 * meant, and waits for what comes of it.
 */
#include "program.h"

static int64_t count_args(struct request *request) {
    int64_t count = 0;
    JSValue length = JS_GetPropertyStr(shim_context, request->args, "length");
    JS_ToInt64(shim_context, &count, length);
    return count;
}

static int has_kwargs(struct request *request) {
    JSContext *ctx = shim_context;
    JSPropertyEnum *names;
    uint32_t count;
    if (!JS_IsObject(request->kwargs) || JS_GetOwnPropertyNames(ctx, &names, &count, request->kwargs, JS_GPN_STRING_MASK) < 0) return 0;
    for (uint32_t i = 0; i < count; i++) JS_FreeAtom(ctx, names[i].atom);
    js_free(ctx, names);
    return count > 0;
}

static int has_arguments(struct request *request) { return count_args(request) > 0 || has_kwargs(request); }

static JSValue call(struct program *program, JSValueConst function, JSValueConst holder) {
    JSContext *ctx = shim_context;
    struct request *request = program->request;
    int64_t count = count_args(request);
    JSValue *arguments = calloc((size_t)count + 1, sizeof *arguments);
    if (!arguments) return JS_ThrowOutOfMemory(ctx);
    for (int64_t i = 0; i < count; i++) arguments[i] = JS_GetPropertyUint32(ctx, request->args, (uint32_t)i);
    if (has_kwargs(request)) arguments[count++] = JS_DupValue(ctx, request->kwargs);
    JSValue result = JS_Call(ctx, function, holder, (int)count, arguments);
    for (int64_t i = 0; i < count; i++) JS_FreeValue(ctx, arguments[i]);
    free(arguments);
    return JS_IsException(result) ? result : loop_settle(result, 0);
}

/* The value of code that is run as a program: what is left to run has run. */
static JSValue finish(struct program *program) {
    JSContext *ctx = shim_context;
    JSValue value;
    if (program->is_module) {
        value = program_get(program->namespace, "default", 7);
    } else {
        value = program->completion;
        program->completion = JS_UNDEFINED;
    }
    value = loop_settle(value, 1);
    if (JS_IsException(value)) return value;
    if (loop_drain(JS_UNDEFINED, 1) < 0) {
        JS_FreeValue(ctx, value);
        return JS_EXCEPTION;
    }
    /* process.on('exit') and process.exitCode. */
    JSValue done = shim_hook("finish", 0, NULL);
    if (JS_IsException(done)) {
        JS_FreeValue(ctx, value);
        return done;
    }
    JS_FreeValue(ctx, done);
    /* A program ends in whatever statement it ends in: a function or a timer
     * made there is not meant as a result. */
    JSValue meant = program->is_body ? JS_TRUE : shim_hook("isResult", 1, &value);
    int keep = JS_IsException(meant) || JS_ToBool(ctx, meant);
    JS_FreeValue(ctx, program_or_undefined(meant));
    if (keep) return value;
    JS_FreeValue(ctx, value);
    return JS_NULL;
}

static JSValue run(struct program *program) {
    JSContext *ctx = shim_context;
    struct request *request = program->request;
    JSValue function = JS_UNDEFINED, holder = JS_UNDEFINED, result;
    if (program_load(program, !request->function_length) < 0) return JS_EXCEPTION;
    if (request->function_length) {
        function = program_find(program, &holder);
        if (JS_IsException(function)) {
            JS_FreeValue(ctx, holder);
            return function;
        }
    } else if (!program->is_body) {
        /* A program that does something by itself and is given no arguments is
         * not there to have its only helper called. */
        if (!program->scan.statements || has_arguments(request)) function = program_only_function(program);
    }
    result = JS_IsUndefined(function) ? finish(program) : call(program, function, holder);
    JS_FreeValue(ctx, function);
    JS_FreeValue(ctx, holder);
    return result;
}

JSValue program_run(struct request *request) {
    JSContext *ctx = shim_context;
    struct program program = {.request = request, .namespace = JS_UNDEFINED, .locals = JS_UNDEFINED, .completion = JS_UNDEFINED};
    loop_begin_call();
    scan_source(&program.scan, request->code, request->code_length);
    JSValue result = run(&program);
    scan_free(&program.scan);
    JS_FreeValue(ctx, program.namespace);
    JS_FreeValue(ctx, program.locals);
    JS_FreeValue(ctx, program.completion);
    return result;
}

int program_init(void) { return loop_init() < 0 || functions_init() < 0 ? -1 : 0; }
