/*
 * load.c: compiles the user's code as what it turns out to be and runs its top
 * level.
 */
#include "program.h"

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

JSValue program_compile(struct program *program) {
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
    compiled = compile(request, "", "", JS_EVAL_TYPE_MODULE);
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

int program_start(struct program *program, JSValue compiled, int strict) {
    JSContext *ctx = shim_context;
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
        return loop_run_jobs();
    }
    value = loop_settle(value, strict);
    if (JS_IsException(value)) return -1;
    JS_FreeValue(ctx, value);
    program->namespace = JS_GetModuleNamespace(ctx, program->module);
    return JS_IsException(program->namespace) ? -1 : loop_run_jobs();
}
