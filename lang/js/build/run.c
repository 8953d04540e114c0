/*
 * run.c: code that comes in parts: each is run in the global scope, where later
 * ones find what it declared.
 */
#include "program.h"
#include "source.h"

/* ---- the names of a module --------------------------------------------- */

static JSValue read_variable(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv, int magic, JSValue *data) {
    JSAtom name = JS_ValueToAtom(ctx, data[0]);
    JSValue value = JS_GetModuleVariable(ctx, JS_VALUE_GET_PTR(data[1]), name);
    JS_FreeAtom(ctx, name);
    return value;
}

static JSValue write_variable(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv, int magic, JSValue *data) {
    JSAtom name = JS_ValueToAtom(ctx, data[0]);
    int bad = JS_SetModuleVariable(ctx, JS_VALUE_GET_PTR(data[1]), name, JS_DupValue(ctx, argv[0]));
    JS_FreeAtom(ctx, name);
    return bad < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

/* Makes the variables and imports of a module's top level visible in the global
 * scope; live: as they are at any time, else as they are now. */
static int publish(JSModuleDef *module, int live) {
    JSContext *ctx = shim_context;
    JSValue global = JS_GetGlobalObject(ctx), names = JS_GetModuleVariableNames(ctx, module);
    int bad = JS_IsException(names) ? -1 : 0;
    for (uint32_t i = 0; !bad; i++) {
        JSValue name = JS_GetPropertyUint32(ctx, names, i);
        if (!JS_IsString(name)) break;
        JSAtom atom = JS_ValueToAtom(ctx, name);
        if (live) {
            JSValue data[2] = {name, JS_MKPTR(JS_TAG_MODULE, module)}; /* the context keeps modules for good */
            JSValue get = JS_NewCFunctionData(ctx, read_variable, 0, 0, 2, (JSValueConst *)data);
            JSValue set = JS_NewCFunctionData(ctx, write_variable, 1, 0, 2, (JSValueConst *)data);
            bad = JS_DefinePropertyGetSet(ctx, global, atom, get, set, JS_PROP_CONFIGURABLE) < 0 ? -1 : 0;
        } else {
            JSValue value = JS_GetModuleVariable(ctx, module, atom);
            if (JS_IsException(value) || JS_DefineGlobalValue(ctx, atom, value) < 0) bad = -1;
        }
        JS_FreeAtom(ctx, atom);
        JS_FreeValue(ctx, name);
    }
    JS_FreeValue(ctx, names);
    JS_FreeValue(ctx, global);
    return bad;
}

/* ---- imports and exports ----------------------------------------------- */

static void blank(char *at, const char *end) {
    for (; at < end; at++)
        if (*at != '\n' && *at != '\r') *at = ' ';
}

/* Whether what follows export default is a function or class without a name, which
 * by itself would be no statement. */
static int nameless(const char *at) {
    static const char *const words[] = {"async", "function", "class", NULL};
    int any = 0;
    for (;;) {
        at += strspn(at, " \t\r\n*");
        int i = 0;
        while (words[i] && (strncmp(at, words[i], strlen(words[i])) || !strchr(" \t\r\n*({", at[strlen(words[i])]))) i++;
        if (!words[i]) break;
        any |= i > 0;
        at += strlen(words[i]);
    }
    return any && (*at == '(' || *at == '{' || !strncmp(at, "extends", 7));
}

/* Evaluates the imports among the request's code, makes what they import global and
 * takes them out of the code, as well as the words that export. -1: exception. */
static int take_imports(struct request *request) {
    JSContext *ctx = shim_context;
    /* The engine says where they are, and what else is wrong with the code. */
    source_listen();
    JSValue compiled = JS_Eval(ctx, request->code, request->code_length, request->file, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    if (JS_IsException(compiled)) {
        source_forget();
        return -1;
    }
    JS_FreeValue(ctx, compiled);
    char *imports = malloc(request->code_length + 1);
    if (!imports) {
        source_forget();
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    memcpy(imports, request->code, request->code_length + 1);
    char *code = request->code, *end = code + request->code_length, *rest = imports;
    size_t count, any = 0;
    const struct source_declaration *d = source_declarations(&count);
    for (; count; d++, count--) {
        if (d->start < code || d->end > end) continue; /* of a module that was imported */
        if (d->part == JS_PART_IMPORT) {
            blank(rest, imports + (d->start - code));
            rest = imports + (d->end - code);
            any = 1;
        }
        int wrap = d->part == JS_PART_EXPORT_DEFAULT && nameless(d->end);
        blank(code + (d->start - code), d->end);
        if (wrap) memcpy(code + (d->start - code), "0,", 2);
    }
    blank(rest, imports + request->code_length);
    source_forget();
    int bad = 0;
    if (any) {
        compiled = JS_Eval(ctx, imports, request->code_length, request->file, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
        JSModuleDef *module = JS_IsException(compiled) ? NULL : JS_VALUE_GET_PTR(compiled);
        JSValue value = module ? loop_settle(JS_EvalFunction(ctx, compiled), 1) : JS_EXCEPTION;
        bad = JS_IsException(value) || publish(module, 0) < 0 ? -1 : 0;
        JS_FreeValue(ctx, value);
    }
    free(imports);
    return bad;
}

/* ---- running ------------------------------------------------------------ */

static int set_arguments(struct request *request) {
    JSContext *ctx = shim_context;
    JSValue global = JS_GetGlobalObject(ctx);
    int flags = JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE;
    int bad = JS_DefinePropertyValueStr(ctx, global, "args", JS_DupValue(ctx, request->args), flags) < 0 ||
              JS_DefinePropertyValueStr(ctx, global, "kwargs", JS_IsUndefined(request->kwargs) ? JS_NewObject(ctx) : JS_DupValue(ctx, request->kwargs), flags) < 0;
    JS_FreeValue(ctx, global);
    return bad ? -1 : 0;
}

/* The value of a script that was compiled to be awaited: in an object, under
 * "return" if it was returned. */
static JSValue unwrap(JSValue object, int *returned) {
    JSContext *ctx = shim_context;
    *returned = 0;
    if (!JS_IsObject(object)) return object;
    JSAtom name = JS_NewAtom(ctx, "return");
    *returned = JS_HasProperty(ctx, object, name) > 0;
    JSValue value = *returned ? JS_GetProperty(ctx, object, name) : JS_GetPropertyStr(ctx, object, "value");
    JS_FreeAtom(ctx, name);
    JS_FreeValue(ctx, object);
    return value;
}

JSValue program_run_code(struct program *program) {
    JSContext *ctx = shim_context;
    struct request *request = program->request;
    struct scan scan;
    int returned, flags = JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_ASYNC;
    if (program->is_module && !program->interactive && publish(program->module, 1) < 0) return JS_EXCEPTION;
    program->interactive = 1;
    if (set_arguments(request) < 0) return JS_EXCEPTION;
    scan_source(&scan, request->code, request->code_length);
    if (scan.module_syntax) {
        flags |= JS_EVAL_FLAG_STRICT;
        if (take_imports(request) < 0) {
            scan_free(&scan);
            return JS_EXCEPTION;
        }
    }
    source_listen();
    JS_SetInteractive(1);
    JSValue value = JS_Eval(ctx, request->code, request->code_length, request->file, flags);
    JS_SetInteractive(0);
    if (scan_keep(&scan)) scan_merge(&program->scan, &scan);
    else scan_free(&scan);
    value = JS_IsException(value) ? value : loop_settle(value, 1);
    if (JS_IsException(value)) return value;
    value = loop_settle(unwrap(value, &returned), 1);
    if (JS_IsException(value)) return value;
    if (loop_rest() < 0) {
        JS_FreeValue(ctx, value);
        return JS_EXCEPTION;
    }
    return returned ? value : program_result(value);
}
