/*
 * classes.c: what kind of object a value is, whatever its prototype says. The
 * engine keeps its classes to itself, so their numbers are learned from samples.
 */
#include "value.h"

/* Classes by the number the engine gives them, learned from samples. */
#define MAX_CLASSES 128
static struct {
    const char *name;
    enum treatment treatment;
} classes[MAX_CLASSES];

static const struct {
    const char *sample, *name;
    enum treatment treatment;
} samples[] = {
    {"({})", "Object", BY_PROPERTIES},
    {"[]", "Array", AS_ITEMS},
    {"(function(){'use strict';return arguments})()", "Arguments", AS_ITEMS},
    {"(function(a){return arguments})(1)", "Arguments", AS_ITEMS},
    {"new Int8Array", "Int8Array", AS_NUMBERS},
    {"new Int16Array", "Int16Array", AS_NUMBERS},
    {"new Uint16Array", "Uint16Array", AS_NUMBERS},
    {"new Int32Array", "Int32Array", AS_NUMBERS},
    {"new Uint32Array", "Uint32Array", AS_NUMBERS},
    {"new BigInt64Array", "BigInt64Array", AS_NUMBERS},
    {"new BigUint64Array", "BigUint64Array", AS_NUMBERS},
    {"new Float32Array", "Float32Array", AS_NUMBERS},
    {"new Float64Array", "Float64Array", AS_NUMBERS},
    {"new Uint8Array", "Uint8Array", AS_BYTES},
    {"new Uint8ClampedArray", "Uint8ClampedArray", AS_BYTES},
    {"new ArrayBuffer(1)", "ArrayBuffer", AS_BUFFER},
    {"new SharedArrayBuffer(1)", "SharedArrayBuffer", AS_BUFFER},
    {"new DataView(new ArrayBuffer(1))", "DataView", AS_VIEW},
    {"new Date", "Date", AS_DATE},
    {"new Map", "Map", AS_MAP},
    {"new Set", "Set", AS_SET},
    {"new Error", "Error", AS_ERROR},
    {"Object(1)", "Number", UNBOXED},
    {"Object('')", "String", UNBOXED},
    {"Object(true)", "Boolean", UNBOXED},
    {"Object(1n)", "BigInt", UNBOXED},
    {"Object(Symbol())", "Symbol", REFUSED},
    {"/x/", "RegExp", REFUSED},
    {"Promise.resolve()", "Promise", REFUSED},
    {"new WeakMap", "WeakMap", REFUSED},
    {"new WeakSet", "WeakSet", REFUSED},
    {"new WeakRef({})", "WeakRef", REFUSED},
    {"new FinalizationRegistry(()=>{})", "FinalizationRegistry", REFUSED},
    {"new Proxy({},{})", "Proxy", BY_PROPERTIES},
    {"(function*(){})()", "Generator", BY_PROPERTIES},
    {"(async function*(){})()", "AsyncGenerator", REFUSED},
    {"new Map().keys()", "Map Iterator", BY_PROPERTIES},
    {"new Set().keys()", "Set Iterator", BY_PROPERTIES},
    {"[].keys()", "Array Iterator", BY_PROPERTIES},
    {"''[Symbol.iterator]()", "String Iterator", BY_PROPERTIES},
};

static JSClassID promise_class;

JSValue value_evaluate(const char *expression) {
    return JS_Eval(shim_context, expression, strlen(expression), "funcbox:value", JS_EVAL_TYPE_GLOBAL);
}

int value_init(void) {
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        JSValue sample = value_evaluate(samples[i].sample);
        if (JS_IsException(sample)) return -1;
        JSClassID id = JS_GetClassID(sample);
        JS_FreeValue(shim_context, sample);
        if (id >= MAX_CLASSES) continue;
        classes[id].name = samples[i].name;
        classes[id].treatment = samples[i].treatment;
        if (!strcmp(samples[i].name, "Promise")) promise_class = id;
    }
    return value_read_init() < 0 || value_write_init() < 0 ? -1 : 0;
}

const char *value_class(JSValueConst value) {
    JSClassID id = JS_GetClassID(value);
    return id < MAX_CLASSES && classes[id].name ? classes[id].name : "Object";
}

enum treatment value_treatment(JSValueConst object) {
    JSClassID id = JS_GetClassID(object);
    return id < MAX_CLASSES ? classes[id].treatment : BY_PROPERTIES;
}

int value_is_promise(JSValueConst value) { return JS_IsObject(value) && JS_GetClassID(value) == promise_class; }
