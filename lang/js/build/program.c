/*
 * program.c: loads the user's code, finds the function to call, runs it, and
 * waits for what it returns.
 */
#include "shim.h"

#include <stdio.h>

/* Functions that the error about a missing one lists. */
#define MAX_LISTED 50

/* The property of import.meta through which a module's own names are reached. */
#define LOCALS "funcbox"

static JSValue rejections; /* promises rejected without a handler: pairs of promise and reason */
static JSAtom atom_then;
static JSValue common_module; /* the object that scripts see as module */

/* ---- waiting ---------------------------------------------------------- */

static void on_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, int handled, void *unused) {
    (void)unused;
    int64_t count = 0;
    JSValue length = JS_GetPropertyStr(ctx, rejections, "length");
    JS_ToInt64(ctx, &count, length);
    if (!handled) {
        JS_SetPropertyUint32(ctx, rejections, (uint32_t)count, JS_DupValue(ctx, promise));
        JS_SetPropertyUint32(ctx, rejections, (uint32_t)count + 1, JS_DupValue(ctx, reason));
        return;
    }
    for (uint32_t i = 0; i < count; i += 2) {
        JSValue other = JS_GetPropertyUint32(ctx, rejections, i);
        int same = JS_IsObject(other) && JS_VALUE_GET_PTR(other) == JS_VALUE_GET_PTR(promise);
        JS_FreeValue(ctx, other);
        if (!same) continue;
        JS_SetPropertyUint32(ctx, rejections, i, JS_UNDEFINED);
        JS_SetPropertyUint32(ctx, rejections, i + 1, JS_UNDEFINED);
    }
}

/* Throws the reason of the first unhandled rejection; 0 if there is none. */
static int throw_rejection(void) {
    JSContext *ctx = shim_context;
    for (uint32_t i = 0;; i += 2) {
        JSValue promise = JS_GetPropertyUint32(ctx, rejections, i);
        JSValue reason = JS_GetPropertyUint32(ctx, rejections, i + 1);
        if (JS_IsObject(promise)) {
            JS_FreeValue(ctx, promise);
            JS_Throw(ctx, reason);
            return -1;
        }
        JS_FreeValue(ctx, reason);
        /* Handled ones stay as undefined; the list ends where nothing is. */
        JSAtom index = JS_NewAtomUInt32(ctx, i);
        int more = JS_HasProperty(ctx, rejections, index) > 0;
        JS_FreeAtom(ctx, index);
        if (!more) return 0;
    }
}

/* Runs process.nextTick's queue and the promise jobs until both are empty. */
static int run_jobs(void) {
    JSContext *ctx;
    for (;;) {
        if (natives_ticks()) {
            JSValue done = shim_hook("runTicks", 0, NULL);
            if (JS_IsException(done)) return -1;
            JS_FreeValue(shim_context, done);
        }
        int ran = JS_ExecutePendingJob(shim_runtime, &ctx);
        if (ran < 0) return -1;
        while (ran > 0) ran = JS_ExecutePendingJob(shim_runtime, &ctx);
        if (ran < 0) return -1;
        if (!natives_ticks()) return 0;
        JSValue done = shim_hook("runTicks", 0, NULL);
        if (JS_IsException(done)) return -1;
        JS_FreeValue(shim_context, done);
    }
}

/* Runs jobs and timers until promise is settled or, if it is none, until
 * nothing is left to run. */
static int drain(JSValueConst promise, int strict) {
    JSContext *ctx = shim_context;
    int waiting = value_is_promise(promise);
    for (;;) {
        if (run_jobs() < 0) return -1;
        if (waiting && JS_PromiseState(ctx, promise) != JS_PROMISE_PENDING) return 0;
        if (strict && throw_rejection() < 0) return -1;
        natives_begin_turn();
        JSValue more = shim_hook("runTimers", 0, NULL);
        if (JS_IsException(more)) return -1;
        if (JS_VALUE_GET_TAG(more) == JS_TAG_BOOL && JS_VALUE_GET_BOOL(more)) continue;
        if (!waiting) return 0;
        static const char message[] = "the promise never settles: no job or timer is pending";
        shim_throw_named("Error", message, sizeof message - 1);
        return -1;
    }
}

/* Waits for a promise or a thenable; consumes value and returns what it came to. */
static JSValue settle(JSValue value, int strict) {
    JSContext *ctx = shim_context;
    if (!JS_IsObject(value)) return value;
    if (!value_is_promise(value)) {
        const char *class = value_class(value);
        JSValue then = JS_UNDEFINED;
        int async_generator = !strcmp(class, "AsyncGenerator");
        if (!async_generator) {
            then = JS_GetProperty(ctx, value, atom_then);
            if (JS_IsException(then)) {
                JS_FreeValue(ctx, value);
                return then;
            }
        }
        int thenable = JS_IsFunction(ctx, then);
        JS_FreeValue(ctx, then);
        if (!thenable && !async_generator) return value;
        JSValue promise = shim_hook(async_generator ? "collectAsync" : "resolve", 1, &value);
        JS_FreeValue(ctx, value);
        if (JS_IsException(promise)) return promise;
        value = promise;
    }
    if (drain(value, strict) < 0) {
        JS_FreeValue(ctx, value);
        return JS_EXCEPTION;
    }
    JSValue result = JS_PromiseResult(ctx, value);
    if (JS_PromiseState(ctx, value) == JS_PROMISE_REJECTED) result = JS_Throw(ctx, result);
    JS_FreeValue(ctx, value);
    /* The result of an async function may be an async generator. */
    if (JS_IsObject(result) && !strcmp(value_class(result), "AsyncGenerator")) return settle(result, strict);
    return result;
}

/* ---- loading ---------------------------------------------------------- */

struct program {
    struct request *request;
    struct scan scan;
    int is_module, is_body;
    JSModuleDef *module;
    JSValue namespace, locals; /* of a module */
    JSValue completion;        /* of a script */
};

static int ends_with(const char *text, const char *end) {
    size_t length = strlen(text), n = strlen(end);
    return length >= n && !strcmp(text + length - n, end);
}

/* Compiles the code between prefix and suffix. */
static JSValue compile(struct request *request, const char *prefix, const char *suffix, int flags) {
    JSContext *ctx = shim_context;
    flags |= JS_EVAL_FLAG_COMPILE_ONLY;
    if (!*prefix && !*suffix) return JS_Eval(ctx, request->code, request->code_length, request->file, flags);
    size_t before = strlen(prefix), after = strlen(suffix);
    size_t length = before + request->code_length + after;
    char *code = malloc(length + 1);
    if (!code) return JS_ThrowOutOfMemory(ctx);
    memcpy(code, prefix, before);
    memcpy(code + before, request->code, request->code_length);
    memcpy(code + before + request->code_length, suffix, after + 1);
    JSValue compiled = JS_Eval(ctx, code, length, request->file, flags);
    free(code);
    return compiled;
}

/* A last line that lets names of the module that are not exported be reached:
 * for each a function, since not all may be initialized yet. */
static char *locals_suffix(struct scan *scan) {
    struct funcbox_writer text = {0};
    static const char begin[] = "\n;import.meta." LOCALS "={__proto__:null";
    funcbox_raw(&text, begin, sizeof begin - 1);
    for (size_t i = 0; i < scan->count; i++) {
        struct declaration *d = &scan->declarations[i];
        if (d->kind == DECLARES_VARIABLE) continue;
        funcbox_raw(&text, ",", 1);
        funcbox_raw(&text, d->name, d->length);
        funcbox_raw(&text, ":()=>", 5);
        funcbox_raw(&text, d->name, d->length);
    }
    funcbox_raw(&text, "}", 2);
    return (char *)text.data;
}

static JSValue compile_module(struct program *program) {
    char *suffix = locals_suffix(&program->scan);
    JSValue compiled = JS_EXCEPTION;
    if (suffix) compiled = compile(program->request, "", suffix, JS_EVAL_TYPE_MODULE);
    free(suffix);
    if (!JS_IsException(compiled)) return compiled;
    /* Once more as it is, so that the error does not come from the last line. */
    JS_FreeValue(shim_context, JS_GetException(shim_context));
    return compile(program->request, "", "", JS_EVAL_TYPE_MODULE);
}

static int is_syntax_error(JSValueConst error, const char *message) {
    JSContext *ctx = shim_context;
    if (!JS_IsError(ctx, error)) return 0;
    JSValue name = JS_GetPropertyStr(ctx, error, "name"), text = JS_GetPropertyStr(ctx, error, "message");
    const char *name_text = JS_ToCString(ctx, name), *message_text = JS_ToCString(ctx, text);
    int is = name_text && message_text && !strcmp(name_text, "SyntaxError") && (!message || !strcmp(message_text, message));
    JS_FreeCString(ctx, name_text);
    JS_FreeCString(ctx, message_text);
    JS_FreeValue(ctx, name);
    JS_FreeValue(ctx, text);
    return is;
}

#define RETURN_OUTSIDE "return not in a function"

/* The prefix stands on the first line of the user's code: lines stay right. */
#define BODY_PREFIX "(async(args,kwargs)=>{"
#define BODY_SUFFIX "\n})"

/* Compiles the code as what it turns out to be: a script, a module, or the body
 * of a function. */
static JSValue compile_program(struct program *program) {
    JSContext *ctx = shim_context;
    struct request *request = program->request;
    JSValue script_error = JS_UNDEFINED, module_error, compiled;
    int must_be_module = ends_with(request->file, ".mjs");
    if (!must_be_module && !program->scan.module_syntax && !program->scan.top_await) {
        compiled = compile(request, "", "", JS_EVAL_TYPE_GLOBAL);
        if (!JS_IsException(compiled)) return compiled;
        script_error = JS_GetException(ctx);
        if (!is_syntax_error(script_error, NULL)) return JS_Throw(ctx, script_error);
    }
    program->is_module = 1;
    compiled = compile_module(program);
    if (!JS_IsException(compiled)) {
        JS_FreeValue(ctx, script_error);
        return compiled;
    }
    program->is_module = 0;
    module_error = JS_GetException(ctx);
    if (!must_be_module && !program->scan.module_syntax &&
        (is_syntax_error(script_error, RETURN_OUTSIDE) || is_syntax_error(module_error, RETURN_OUTSIDE))) {
        JS_FreeValue(ctx, script_error);
        JS_FreeValue(ctx, module_error);
        program->is_body = 1;
        shim_first_line_shift = sizeof BODY_PREFIX - 1;
        return compile(request, BODY_PREFIX, BODY_SUFFIX, JS_EVAL_TYPE_GLOBAL);
    }
    int fits_module = JS_IsUndefined(script_error) || (program->scan.any_await && is_syntax_error(module_error, NULL));
    JS_FreeValue(ctx, fits_module ? script_error : module_error);
    return JS_Throw(ctx, fits_module ? module_error : script_error);
}

/* Runs the top level. strict: as a program, not to call a function of it. */
static int load(struct program *program, int strict) {
    JSContext *ctx = shim_context;
    JSValue compiled = compile_program(program);
    if (JS_IsException(compiled)) return -1;
    if (program->is_module) {
        program->module = JS_VALUE_GET_PTR(compiled);
        if (modules_describe(program->module, program->request->file, 1) < 0) return -1;
    }
    JSValue value = JS_EvalFunction(ctx, compiled);
    if (JS_IsException(value)) return -1;
    if (program->is_body) {
        JSValueConst arguments[2] = {program->request->args, program->request->kwargs};
        JSValue empty = JS_UNDEFINED;
        if (JS_IsUndefined(arguments[1])) arguments[1] = empty = JS_NewObject(ctx);
        program->completion = JS_Call(ctx, value, JS_UNDEFINED, 2, arguments);
        JS_FreeValue(ctx, empty);
        JS_FreeValue(ctx, value);
        return JS_IsException(program->completion) ? -1 : 0;
    }
    if (!program->is_module) {
        program->completion = value;
        return 0;
    }
    value = settle(value, strict);
    if (JS_IsException(value)) return -1;
    JS_FreeValue(ctx, value);
    program->namespace = JS_GetModuleNamespace(ctx, program->module);
    JSValue meta = JS_GetImportMeta(ctx, program->module);
    program->locals = JS_GetPropertyStr(ctx, meta, LOCALS);
    JSAtom name = JS_NewAtom(ctx, LOCALS);
    JS_DeleteProperty(ctx, meta, name, 0);
    JS_FreeAtom(ctx, name);
    JS_FreeValue(ctx, meta);
    return JS_IsException(program->namespace) ? -1 : 0;
}

/* ---- finding the function --------------------------------------------- */

/* Gives up the pending exception for undefined. */
static JSValue or_undefined(JSValue value) {
    if (!JS_IsException(value)) return value;
    JS_FreeValue(shim_context, JS_GetException(shim_context));
    return JS_UNDEFINED;
}

static JSValue get(JSValueConst object, const char *name, size_t length) {
    JSContext *ctx = shim_context;
    if (!JS_IsObject(object)) return JS_UNDEFINED;
    JSAtom atom = JS_NewAtomLen(ctx, name, length);
    JSValue value = JS_GetProperty(ctx, object, atom);
    JS_FreeAtom(ctx, atom);
    return or_undefined(value);
}

/* What a script assigned to module.exports. */
static JSValue common_exports(void) { return or_undefined(JS_GetPropertyStr(shim_context, common_module, "exports")); }

/* The value of a name at the top level of the program; undefined if it has
 * none. A method of what the program exports has that as *this, if asked for. */
static JSValue lookup(struct program *program, const char *name, size_t length, JSValue *this) {
    JSContext *ctx = shim_context;
    JSValue value, holder;
    if (program->is_module) {
        value = get(program->namespace, name, length);
        if (!JS_IsUndefined(value)) return value;
        JSValue getter = get(program->locals, name, length);
        if (JS_IsFunction(ctx, getter)) {
            value = or_undefined(JS_Call(ctx, getter, JS_UNDEFINED, 0, NULL));
            JS_FreeValue(ctx, getter);
            if (!JS_IsUndefined(value)) return value;
        }
        holder = get(program->namespace, "default", 7);
        value = JS_IsFunction(ctx, holder) ? JS_UNDEFINED : get(holder, name, length);
        if (this && !JS_IsUndefined(value)) *this = JS_DupValue(ctx, holder);
        JS_FreeValue(ctx, holder);
        if (!JS_IsUndefined(value)) return value;
        holder = JS_GetGlobalObject(ctx);
        value = get(holder, name, length);
        JS_FreeValue(ctx, holder);
        return value;
    }
    char *copy = strndup(name, length); /* the engine wants a NUL */
    if (!copy) return JS_UNDEFINED;
    value = or_undefined(JS_Eval(ctx, copy, length, "funcbox:name", JS_EVAL_TYPE_GLOBAL));
    free(copy);
    if (!JS_IsUndefined(value)) return value;
    holder = common_exports();
    value = get(holder, name, length);
    if (this && !JS_IsUndefined(value)) *this = JS_DupValue(ctx, holder);
    JS_FreeValue(ctx, holder);
    return value;
}

/* Names and dots only: what is looked up is evaluated. */
static int valid_path(const char *path, size_t length) {
    for (size_t i = 0, start = 1; i < length; i++) {
        unsigned char c = (unsigned char)path[i];
        if (c == '.' && !start) start = 1;
        else if ((c | 32) - 'a' < 26u || c == '_' || c == '$' || c >= 0x80 || (c - '0' < 10u && !start)) start = 0;
        else return 0;
    }
    return length && path[length - 1] != '.';
}

/* Whether value can be called: a function that is not a class. */
static int callable(JSValueConst value) {
    JSContext *ctx = shim_context;
    if (!JS_IsFunction(ctx, value)) return 0;
    JSValue is_class = shim_hook("isClass", 1, &value);
    int answer = JS_IsException(is_class) ? 0 : !JS_ToBool(ctx, is_class);
    JS_FreeValue(ctx, or_undefined(is_class));
    return answer;
}

struct listed {
    struct funcbox_writer text; /* names, each with ", " before it */
    int count;
    JSValue only; /* the first function listed; undefined before */
    int several;  /* another function, not only another name */
};

/* Adds one name, if it is that of a function. */
static void list(struct listed *listed, const char *name, size_t length, JSValueConst value, int all) {
    JSContext *ctx = shim_context;
    if (!all && *name == '_') return;
    if (!callable(value)) return;
    if (JS_IsUndefined(listed->only)) listed->only = JS_DupValue(ctx, value);
    else if (JS_VALUE_GET_PTR(listed->only) != JS_VALUE_GET_PTR(value)) listed->several = 1;
    if (listed->count++ >= MAX_LISTED) return;
    funcbox_raw(&listed->text, ", ", 2);
    funcbox_raw(&listed->text, name, length);
}

static int declared(struct scan *scan, const char *name, size_t length) {
    for (size_t i = 0; i < scan->count; i++)
        if (scan->declarations[i].length == length && !memcmp(scan->declarations[i].name, name, length)) return 1;
    return 0;
}

/* Lists the functions among the properties of holder; skip: not those that the
 * scan found, which are listed in the order of the source. */
static void list_properties(struct program *program, struct listed *listed, JSValueConst holder, int all, int skip) {
    JSContext *ctx = shim_context;
    JSPropertyEnum *names;
    uint32_t count;
    if (!JS_IsObject(holder) || JS_GetOwnPropertyNames(ctx, &names, &count, holder, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY) < 0) {
        JS_FreeValue(ctx, JS_GetException(ctx));
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        size_t length;
        JSValue name = JS_AtomToString(ctx, names[i].atom);
        const char *text = JS_ToCStringLen(ctx, &length, name);
        if (text && !(skip && declared(&program->scan, text, length))) {
            JSValue value = get(holder, text, length);
            list(listed, text, length, value, all);
            JS_FreeValue(ctx, value);
        }
        JS_FreeCString(ctx, text);
        JS_FreeValue(ctx, name);
        JS_FreeAtom(ctx, names[i].atom);
    }
    js_free(ctx, names);
}

/* Lists the functions declared at the top level; in a module with exported set
 * only those that are exported under their own name. */
static void list_declared(struct program *program, struct listed *listed, int all, int exported) {
    JSContext *ctx = shim_context;
    for (size_t i = 0; i < program->scan.count; i++) {
        struct declaration *d = &program->scan.declarations[i];
        if (d->kind == DECLARES_CLASS || (d->kind == DECLARES_VARIABLE && !exported)) continue;
        JSValue value = exported ? get(program->namespace, d->name, d->length) : lookup(program, d->name, d->length, NULL);
        list(listed, d->name, d->length, value, all);
        JS_FreeValue(ctx, value);
    }
}

static void list_functions(struct program *program, struct listed *listed, int all) {
    JSContext *ctx = shim_context;
    listed->only = JS_UNDEFINED;
    if (program->is_module) {
        list_declared(program, listed, all, 1);
        list_properties(program, listed, program->namespace, all, 1);
        if (all || !listed->count) list_declared(program, listed, all, 0);
        return;
    }
    JSValue exports = common_exports();
    if (all) list_declared(program, listed, all, 0);
    if (JS_IsFunction(ctx, exports)) list(listed, "default", 7, exports, all);
    list_properties(program, listed, exports, all, all);
    if (!all && !listed->count) list_declared(program, listed, all, 0);
    JS_FreeValue(ctx, exports);
}

static JSValue not_found(struct program *program) {
    struct listed listed = {0};
    struct funcbox_writer message = {0};
    struct request *request = program->request;
    list_functions(program, &listed, 1);
    funcbox_raw(&message, "function \"", 10);
    funcbox_raw(&message, request->function, request->function_length);
    funcbox_raw(&message, "\" is not defined; the code defines", 34);
    if (listed.count && !listed.text.failed) {
        funcbox_raw(&message, ":", 1);
        funcbox_raw(&message, listed.text.data + 1, listed.text.length - 1); /* without the first comma */
        if (listed.count > MAX_LISTED) funcbox_raw(&message, ", …", 5);
    } else funcbox_raw(&message, " no functions", 13);
    shim_throw_named("FunctionNotFound", (const char *)message.data, message.failed ? 0 : message.length);
    JS_FreeValue(shim_context, listed.only);
    funcbox_writer_free(&listed.text);
    funcbox_writer_free(&message);
    return JS_EXCEPTION;
}

/* The function named and, for a path, what holds it. */
static JSValue find(struct program *program, JSValue *holder) {
    JSContext *ctx = shim_context;
    const char *at = program->request->function, *end = at + program->request->function_length;
    if (!valid_path(at, (size_t)(end - at))) return not_found(program);
    const char *dot = memchr(at, '.', (size_t)(end - at));
    JSValue value = lookup(program, at, (size_t)((dot ? dot : end) - at), holder);
    while (dot) {
        at = dot + 1;
        dot = memchr(at, '.', (size_t)(end - at));
        JS_FreeValue(ctx, *holder);
        *holder = value;
        value = get(*holder, at, (size_t)((dot ? dot : end) - at));
    }
    if (JS_IsFunction(ctx, value)) return value;
    JS_FreeValue(ctx, value);
    return not_found(program);
}

/* ---- running ---------------------------------------------------------- */

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
    return JS_IsException(result) ? result : settle(result, 0);
}

/* The value of code that is run as a program: what is left to run has run. */
static JSValue finish(struct program *program) {
    JSContext *ctx = shim_context;
    JSValue value;
    if (program->is_module) {
        value = get(program->namespace, "default", 7);
    } else {
        value = program->completion;
        program->completion = JS_UNDEFINED;
    }
    value = settle(value, 1);
    if (JS_IsException(value)) return value;
    if (drain(JS_UNDEFINED, 1) < 0) {
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
    JS_FreeValue(ctx, or_undefined(meant));
    if (keep) return value;
    JS_FreeValue(ctx, value);
    return JS_NULL;
}

static JSValue run(struct program *program) {
    JSContext *ctx = shim_context;
    struct request *request = program->request;
    JSValue function = JS_UNDEFINED, holder = JS_UNDEFINED, result;
    if (load(program, !request->function_length) < 0) return JS_EXCEPTION;
    if (request->function_length) {
        function = find(program, &holder);
        if (JS_IsException(function)) {
            JS_FreeValue(ctx, holder);
            return function;
        }
    } else if (!program->is_body) {
        struct listed listed = {0};
        list_functions(program, &listed, 0);
        /* A program that does something by itself and is given no arguments is
         * not there to have its only helper called. */
        int wanted = !program->scan.statements || has_arguments(request);
        if (listed.count && !listed.several && wanted) function = JS_DupValue(ctx, listed.only);
        JS_FreeValue(ctx, listed.only);
        funcbox_writer_free(&listed.text);
    }
    result = JS_IsUndefined(function) ? finish(program) : call(program, function, holder);
    JS_FreeValue(ctx, function);
    JS_FreeValue(ctx, holder);
    return result;
}

JSValue program_run(struct request *request) {
    JSContext *ctx = shim_context;
    struct program program = {.request = request, .namespace = JS_UNDEFINED, .locals = JS_UNDEFINED, .completion = JS_UNDEFINED};
    JS_SetPropertyStr(ctx, rejections, "length", JS_NewInt32(ctx, 0));
    scan_source(&program.scan, request->code, request->code_length);
    JSValue result = run(&program);
    scan_free(&program.scan);
    JS_FreeValue(ctx, program.namespace);
    JS_FreeValue(ctx, program.locals);
    JS_FreeValue(ctx, program.completion);
    return result;
}

int program_init(void) {
    JSContext *ctx = shim_context;
    rejections = JS_NewArray(ctx);
    atom_then = JS_NewAtom(ctx, "then");
    JS_SetHostPromiseRejectionTracker(shim_runtime, on_rejection, NULL);
    common_module = JS_NewObject(ctx);
    JSValue global = JS_GetGlobalObject(ctx), exports = JS_NewObject(ctx);
    int flags = JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE;
    JS_SetPropertyStr(ctx, common_module, "exports", JS_DupValue(ctx, exports));
    JS_DefinePropertyValueStr(ctx, global, "module", JS_DupValue(ctx, common_module), flags);
    JS_DefinePropertyValueStr(ctx, global, "exports", exports, flags);
    JS_FreeValue(ctx, global);
    return JS_IsException(rejections) || JS_IsException(common_module) ? -1 : 0;
}
