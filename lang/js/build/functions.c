/*
 * functions.c: finds the function to call, and those that there are.
 */
#include "program.h"

/* Functions that the error about a missing one lists. */
#define MAX_LISTED 50

/* Functions and classes that a listing describes. */
#define MAX_DESCRIBED 1000

static JSValue common_module; /* the object that scripts see as module */

/* Gives up the pending exception for undefined. */
JSValue program_or_undefined(JSValue value) {
    if (!JS_IsException(value)) return value;
    JS_FreeValue(shim_context, JS_GetException(shim_context));
    return JS_UNDEFINED;
}

JSValue program_get(JSValueConst object, const char *name, size_t length) {
    JSContext *ctx = shim_context;
    if (!JS_IsObject(object)) return JS_UNDEFINED;
    JSAtom atom = JS_NewAtomLen(ctx, name, length);
    JSValue value = JS_GetProperty(ctx, object, atom);
    JS_FreeAtom(ctx, atom);
    return program_or_undefined(value);
}

/* What a script assigned to module.exports. */
static JSValue common_exports(void) { return program_or_undefined(JS_GetPropertyStr(shim_context, common_module, "exports")); }

static JSValue global_binding(const char *name, size_t length) {
    JSAtom atom = JS_NewAtomLen(shim_context, name, length);
    JSValue value = program_or_undefined(JS_GetGlobalBinding(shim_context, atom));
    JS_FreeAtom(shim_context, atom);
    return value;
}

/* The value of a name at the top level of the program; undefined if it has
 * none. A method of what the program exports has that as *this, if asked for. */
static JSValue lookup(struct program *program, const char *name, size_t length, JSValue *this) {
    JSContext *ctx = shim_context;
    JSValue value, holder;
    if (!program->is_module || program->interactive) {
        value = global_binding(name, length);
        if (!JS_IsUndefined(value)) return value;
    }
    if (program->is_module) {
        value = program_get(program->namespace, name, length);
        if (!JS_IsUndefined(value)) return value;
        JSAtom atom = JS_NewAtomLen(ctx, name, length);
        value = program_or_undefined(JS_GetModuleVariable(ctx, program->module, atom));
        JS_FreeAtom(ctx, atom);
        if (!JS_IsUndefined(value)) return value;
        holder = program_get(program->namespace, "default", 7);
        value = JS_IsFunction(ctx, holder) ? JS_UNDEFINED : program_get(holder, name, length);
    } else {
        holder = common_exports();
        if (JS_IsFunction(ctx, holder) && length == 7 && !memcmp(name, "default", 7)) return holder;
        value = program_get(holder, name, length);
    }
    if (this && !JS_IsUndefined(value)) *this = JS_DupValue(ctx, holder);
    JS_FreeValue(ctx, holder);
    return JS_IsUndefined(value) && program->is_module ? global_binding(name, length) : value;
}

/* Names and dots only. */
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
    JS_FreeValue(ctx, program_or_undefined(is_class));
    return answer;
}

struct listed {
    struct funcbox_writer text; /* names, each with ", " before it */
    int count;
    JSValue only; /* the first function listed; undefined before */
    int several;  /* another function, not only another name */
    int limit;    /* names that are kept */
    JSValue all;  /* undefined, or an array that takes names and values by turns */
    uint32_t taken;
};

/* Whether a name was listed before: an export is also a declaration. */
static int is_listed(const struct listed *listed, const char *name, size_t length) {
    const char *at = (const char *)listed->text.data, *end = at + listed->text.length;
    while (at < end) {
        at += 2; /* ", " */
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        if ((size_t)(stop - at) == length && !memcmp(at, name, length)) return 1;
        at = stop;
    }
    return 0;
}

/* Adds one name, if it is that of a function. */
static void list(struct listed *listed, const char *name, size_t length, JSValueConst value, int all) {
    JSContext *ctx = shim_context;
    if (!all && *name == '_') return;
    if (is_listed(listed, name, length)) return;
    if (!JS_IsUndefined(listed->all)) {
        if (!JS_IsFunction(ctx, value) || listed->count >= MAX_DESCRIBED) return;
        JS_SetPropertyUint32(ctx, listed->all, listed->taken++, JS_NewStringLen(ctx, name, length));
        JS_SetPropertyUint32(ctx, listed->all, listed->taken++, JS_DupValue(ctx, value));
    } else if (!callable(value)) return;
    if (JS_IsUndefined(listed->only)) listed->only = JS_DupValue(ctx, value);
    else if (JS_VALUE_GET_PTR(listed->only) != JS_VALUE_GET_PTR(value)) listed->several = 1;
    if (listed->count++ >= listed->limit) return;
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
            JSValue value = program_get(holder, text, length);
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
        if ((d->kind == DECLARES_CLASS && JS_IsUndefined(listed->all)) || (d->kind == DECLARES_VARIABLE && !exported)) continue;
        JSValue value = exported ? program_get(program->namespace, d->name, d->length) : lookup(program, d->name, d->length, NULL);
        list(listed, d->name, d->length, value, all);
        JS_FreeValue(ctx, value);
    }
}

static void list_functions(struct program *program, struct listed *listed, int all) {
    JSContext *ctx = shim_context;
    listed->only = JS_UNDEFINED;
    if (program->interactive) {
        list_declared(program, listed, all, 0);
        return;
    }
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
    struct listed listed = {.all = JS_UNDEFINED, .limit = MAX_LISTED};
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
JSValue program_find(struct program *program, JSValue *holder) {
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
        value = program_get(*holder, at, (size_t)((dot ? dot : end) - at));
    }
    if (JS_IsFunction(ctx, value)) return value;
    JS_FreeValue(ctx, value);
    return not_found(program);
}

/* The names that were listed, as an array. */
static JSValue listed_names(const struct listed *listed) {
    JSContext *ctx = shim_context;
    JSValue names = JS_NewArray(ctx);
    const char *at = (const char *)listed->text.data, *end = at + listed->text.length;
    for (uint32_t i = 0; at < end && !JS_IsException(names); i++) {
        at += 2;
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        JS_SetPropertyUint32(ctx, names, i, JS_NewStringLen(ctx, at, (size_t)(stop - at)));
        at = stop;
    }
    return names;
}

JSValue program_only_function(struct program *program, JSValue *names) {
    struct listed listed = {.all = JS_UNDEFINED, .limit = names ? MAX_DESCRIBED : MAX_LISTED};
    list_functions(program, &listed, 0);
    if (names) *names = listed_names(&listed);
    funcbox_writer_free(&listed.text);
    if (listed.count && !listed.several) return listed.only;
    JS_FreeValue(shim_context, listed.only);
    return JS_UNDEFINED;
}

JSValue program_functions(struct program *program) {
    struct listed listed = {.all = JS_NewArray(shim_context), .limit = MAX_DESCRIBED};
    if (JS_IsException(listed.all)) return listed.all;
    list_functions(program, &listed, 1);
    JS_FreeValue(shim_context, listed.only);
    funcbox_writer_free(&listed.text);
    return listed.all;
}

int functions_init(void) {
    JSContext *ctx = shim_context;
    common_module = JS_NewObject(ctx);
    JSValue global = JS_GetGlobalObject(ctx), exports = JS_NewObject(ctx);
    int flags = JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE;
    JS_SetPropertyStr(ctx, common_module, "exports", JS_DupValue(ctx, exports));
    JS_DefinePropertyValueStr(ctx, global, "module", JS_DupValue(ctx, common_module), flags);
    JS_DefinePropertyValueStr(ctx, global, "exports", exports, flags);
    JS_FreeValue(ctx, global);
    return JS_IsException(common_module) ? -1 : 0;
}
