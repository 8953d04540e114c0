/*
 * program.c: the operations: loads code, calls functions of it, and waits for what
 * comes of it.
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

/* process.on('exit') and process.exitCode; -1: exception. */
static int run_exit_handlers(void) {
    JSValue done = shim_hook("finish", 0, NULL);
    if (JS_IsException(done)) return -1;
    JS_FreeValue(shim_context, done);
    return 0;
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
    if (loop_drain(JS_UNDEFINED, 1) < 0 || run_exit_handlers() < 0) {
        JS_FreeValue(ctx, value);
        return JS_EXCEPTION;
    }
    return program->is_body ? value : program_result(value);
}

JSValue program_result(JSValue value) {
    JSContext *ctx = shim_context;
    JSValue meant = shim_hook("isResult", 1, &value);
    int keep = JS_IsException(meant) || JS_ToBool(ctx, meant);
    JS_FreeValue(ctx, program_or_undefined(meant));
    if (keep) return value;
    JS_FreeValue(ctx, value);
    return JS_NULL;
}

static JSValue call_named(struct program *program) {
    JSContext *ctx = shim_context;
    JSValue holder = JS_UNDEFINED, function = program_find(program, &holder);
    JSValue result = JS_IsException(function) ? JS_EXCEPTION : call(program, function, holder);
    JS_FreeValue(ctx, function);
    JS_FreeValue(ctx, holder);
    return result;
}

static JSValue execute(struct program *program) {
    JSContext *ctx = shim_context;
    struct request *request = program->request;
    JSValue function = JS_UNDEFINED, result, compiled = program_compile(program);
    if (JS_IsException(compiled) || program_start(program, compiled, !request->function_length) < 0) return JS_EXCEPTION;
    if (request->function_length) return call_named(program);
    /* A program that does something by itself and is given no arguments is
     * not there to have its only helper called. */
    if (!program->is_body && (!program->scan.statements || has_arguments(request))) function = program_only_function(program, NULL);
    result = JS_IsUndefined(function) ? finish(program) : call(program, function, JS_UNDEFINED);
    JS_FreeValue(ctx, function);
    return result;
}

static void begin(struct program *program, struct request *request) {
    *program = (struct program){.request = request, .namespace = JS_UNDEFINED, .completion = JS_UNDEFINED, .only = JS_UNDEFINED};
    scan_source(&program->scan, request->code, request->code_length);
}

static void end(struct program *program) {
    JSContext *ctx = shim_context;
    scan_free(&program->scan);
    JS_FreeValue(ctx, program->namespace);
    JS_FreeValue(ctx, program->completion);
    JS_FreeValue(ctx, program->only);
}

JSValue program_execute(struct request *request) {
    struct program program;
    loop_begin_call();
    begin(&program, request);
    JSValue result = execute(&program);
    end(&program);
    return result;
}

/* ---- what stays loaded ------------------------------------------------ */

static struct program loaded = {.namespace = JS_UNDEFINED, .completion = JS_UNDEFINED, .only = JS_UNDEFINED};
static int is_loaded; /* there is something in it */

/* Whether EXECUTE would run the code and call nothing, as far as can be told before
 * it has run. */
static int runs_by_itself(const struct program *program) {
    const struct scan *scan = &program->scan;
    if (program->request->function_length) return 0;
    int given = (program->request->flags & FUNCBOX_FLAG_HAS_ARGS) != 0;
    if (scan->statements && !given) return 1;
    if (scan->exports) return 0;
    for (size_t i = 0; i < scan->count; i++)
        if (scan->declarations[i].kind == DECLARES_FUNCTION || scan->declarations[i].kind == DECLARES_FUNCTION_VARIABLE) return 0;
        else if (scan->declarations[i].kind == DECLARES_CLASS && given) return 0;
    return scan->statements || !given; /* only declarations, to be called */
}

static JSValue listing(const char *kind) {
    JSContext *ctx = shim_context;
    JSValue arguments[6] = {JS_NewString(ctx, kind), JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED};
    struct request *request = loaded.request;
    int is_module = *kind == 'm', bad = 0;
    if (is_module) {
        JSValue only = program_only_function(&loaded, &arguments[3]);
        arguments[1] = program_functions(&loaded);
        arguments[2] = only;
        bad = JS_IsException(arguments[1]);
        if (request->function_length && !bad) {
            JSValue holder = JS_UNDEFINED, named = program_or_undefined(program_find(&loaded, &holder));
            JS_FreeValue(ctx, holder);
            arguments[4] = JS_NewStringLen(ctx, request->function, request->function_length);
            arguments[5] = named;
        }
    }
    JSValue result = bad ? JS_EXCEPTION : shim_hook("listing", 6, arguments);
    if (is_module && !JS_IsException(result)) {
        JS_FreeValue(ctx, loaded.only);
        loaded.only = JS_GetPropertyStr(ctx, result, "only");
    }
    for (int i = 0; i < 6; i++) JS_FreeValue(ctx, arguments[i]);
    return result;
}

static JSValue load(void) {
    JSContext *ctx = shim_context;
    if (runs_by_itself(&loaded)) return listing("body");
    source_listen();
    JSValue compiled = program_compile(&loaded);
    if (JS_IsException(compiled)) return compiled;
    if (loaded.is_body) {
        JS_FreeValue(ctx, compiled);
        shim_first_line_shift = 0;
        return listing("body");
    }
    if (program_start(&loaded, compiled, !loaded.request->function_length) < 0) return JS_EXCEPTION;
    return scan_keep(&loaded.scan) ? listing("module") : JS_ThrowOutOfMemory(ctx);
}

JSValue program_load(struct request *request) {
    loop_begin_call();
    if (is_loaded && !request->code_length) { /* a session asks what there is */
        loaded.request = request;
        JSValue result = listing("module");
        loaded.request = NULL;
        return result;
    }
    source_forget_all();
    end(&loaded);
    begin(&loaded, request);
    JSValue result = load();
    source_keep();
    is_loaded = !JS_IsException(result);
    if (!loaded.scan.owned) scan_free(&loaded.scan); /* its names are in the request */
    loaded.request = NULL;
    return result;
}

JSValue program_call(struct request *request) {
    JSContext *ctx = shim_context;
    size_t length;
    JSValue result;
    loop_begin_call();
    loaded.request = request;
    const char *only = NULL;
    if (!request->function_length && !loaded.interactive && JS_IsString(loaded.only) && (only = JS_ToCStringLen(ctx, &length, loaded.only))) {
        request->function = (char *)only;
        request->function_length = length;
    }
    if (request->function_length) result = call_named(&loaded);
    else {
        JSValue names, function = program_only_function(&loaded, &names);
        if (!JS_IsUndefined(function)) result = call(&loaded, function, JS_UNDEFINED);
        else result = shim_hook("noFunction", 1, &names);
        JS_FreeValue(ctx, function);
        JS_FreeValue(ctx, names);
    }
    JS_FreeCString(ctx, only);
    loaded.request = NULL;
    return result;
}

JSValue program_run(struct request *request) {
    loop_begin_call();
    loaded.request = request;
    JSValue result = program_run_code(&loaded);
    source_keep();
    is_loaded = 1;
    loaded.request = NULL;
    if (JS_IsException(result) || !(request->flags & FUNCBOX_FLAG_LAST)) return result;
    if (loop_drain(JS_UNDEFINED, 1) == 0 && run_exit_handlers() == 0) return result;
    JS_FreeValue(shim_context, result);
    return JS_EXCEPTION;
}

JSValue program_end(struct request *request) {
    (void)request;
    loop_begin_call();
    return run_exit_handlers() < 0 ? JS_EXCEPTION : JS_NULL;
}

int program_init(void) { return loop_init() < 0 || functions_init() < 0 ? -1 : 0; }
