/*
 * modules.c: import, between the engine and the guest library. The library
 * knows names and files; this file makes modules of what it answers.
 */
#include "shim.h"

#include <stdio.h>

static JSValue objects; /* by module name: what a module that is not ES source exports */

static char *normalize(JSContext *ctx, const char *base, const char *name, void *unused) {
    (void)unused;
    JSValue arguments[2] = {JS_NewString(ctx, base), JS_NewString(ctx, name)};
    JSValue resolved = shim_hook("resolveImport", 2, arguments);
    JS_FreeValue(ctx, arguments[0]);
    JS_FreeValue(ctx, arguments[1]);
    if (JS_IsException(resolved)) return NULL;
    const char *text = JS_ToCString(ctx, resolved);
    JS_FreeValue(ctx, resolved);
    if (!text) return NULL;
    char *copy = js_strdup(ctx, text);
    JS_FreeCString(ctx, text);
    return copy;
}

/* Calls each for the names that a module made of an object exports besides default. */
static int for_names(JSContext *ctx, JSValueConst object, JSModuleDef *module, int (*each)(JSContext *, JSModuleDef *, JSValueConst, JSAtom, const char *)) {
    JSPropertyEnum *names;
    uint32_t count;
    int bad = 0;
    if (!JS_IsObject(object)) return 0;
    if (JS_GetOwnPropertyNames(ctx, &names, &count, object, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY) < 0) return -1;
    for (uint32_t i = 0; i < count; i++) {
        const char *name = bad ? NULL : JS_AtomToCString(ctx, names[i].atom);
        if (name && strcmp(name, "default") && each(ctx, module, object, names[i].atom, name) < 0) bad = -1;
        JS_FreeCString(ctx, name);
        JS_FreeAtom(ctx, names[i].atom);
    }
    js_free(ctx, names);
    return bad;
}

static int announce(JSContext *ctx, JSModuleDef *module, JSValueConst object, JSAtom atom, const char *name) {
    (void)object, (void)atom;
    return JS_AddModuleExport(ctx, module, name);
}

static int set(JSContext *ctx, JSModuleDef *module, JSValueConst object, JSAtom atom, const char *name) {
    JSValue value = JS_GetProperty(ctx, object, atom);
    if (JS_IsException(value)) return -1;
    JS_SetModuleExport(ctx, module, name, value); /* fails for a name that appeared since: ignored */
    return 0;
}

static int start(JSContext *ctx, JSModuleDef *module) {
    JSAtom name = JS_GetModuleName(ctx, module);
    JSValue object = JS_GetProperty(ctx, objects, name);
    JS_FreeAtom(ctx, name);
    if (JS_IsException(object) || for_names(ctx, object, module, set) < 0) return -1;
    return JS_SetModuleExport(ctx, module, "default", object);
}

int modules_describe(JSModuleDef *module, const char *name, int main) {
    JSContext *ctx = shim_context;
    JSValue meta = JS_GetImportMeta(ctx, module);
    if (JS_IsException(meta)) return -1;
    JSValue arguments[3] = {meta, JS_NewString(ctx, name), JS_NewBool(ctx, main)};
    JSValue done = shim_hook("describeModule", 3, arguments);
    JS_FreeValue(ctx, arguments[1]);
    JS_FreeValue(ctx, meta);
    int bad = JS_IsException(done) ? -1 : 0;
    JS_FreeValue(ctx, done);
    return bad;
}

/* The hook gives source text, or an array with the object to export. */
static JSModuleDef *load(JSContext *ctx, const char *name, void *unused) {
    (void)unused;
    JSModuleDef *module = NULL;
    JSValue argument = JS_NewString(ctx, name);
    JSValue found = shim_hook("loadImport", 1, &argument);
    JS_FreeValue(ctx, argument);
    if (JS_IsException(found)) return NULL;
    if (JS_IsString(found)) {
        size_t length;
        const char *source = JS_ToCStringLen(ctx, &length, found);
        if (source) {
            JSValue compiled = JS_Eval(ctx, source, length, name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
            JS_FreeCString(ctx, source);
            if (!JS_IsException(compiled)) {
                module = JS_VALUE_GET_PTR(compiled);
                JS_FreeValue(ctx, compiled); /* the context keeps it */
                if (modules_describe(module, name, 0) < 0) module = NULL;
            }
        }
    } else {
        JSValue object = JS_GetPropertyUint32(ctx, found, 0);
        module = JS_NewCModule(ctx, name, start);
        if (module && (JS_AddModuleExport(ctx, module, "default") < 0 || for_names(ctx, object, module, announce) < 0)) module = NULL;
        if (module && JS_SetPropertyStr(ctx, objects, name, JS_DupValue(ctx, object)) < 0) module = NULL;
        JS_FreeValue(ctx, object);
    }
    JS_FreeValue(ctx, found);
    return module;
}

int modules_init(void) {
    JS_SetModuleLoaderFunc(shim_runtime, normalize, load, NULL);
    objects = JS_NewObjectProto(shim_context, JS_NULL);
    return JS_IsException(objects) ? -1 : 0;
}
