/*
 * loop.c: the event loop: jobs, timers, and waiting for promises.
 */
#include "program.h"

static JSValue rejections; /* promises rejected without a handler: pairs of promise and reason */
static JSAtom atom_then;

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
int loop_run_jobs(void) {
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
int loop_drain(JSValueConst promise, int strict) {
    JSContext *ctx = shim_context;
    int waiting = value_is_promise(promise);
    for (;;) {
        if (loop_run_jobs() < 0) return -1;
        if (waiting && JS_PromiseState(ctx, promise) != JS_PROMISE_PENDING) return 0;
        if (strict && throw_rejection() < 0) return -1;
        natives_begin_turn();
        JSValue more = shim_hook("runTimers", 1, (JSValueConst[]){JS_TRUE});
        if (JS_IsException(more)) return -1;
        if (JS_VALUE_GET_TAG(more) == JS_TAG_BOOL && JS_VALUE_GET_BOOL(more)) continue;
        if (!waiting) return 0;
        static const char message[] = "the promise never settles: no job or timer is pending";
        shim_throw_named("Error", message, sizeof message - 1);
        return -1;
    }
}

int loop_rest(void) {
    for (;;) {
        if (loop_run_jobs() < 0 || throw_rejection() < 0) return -1;
        natives_begin_turn();
        JSValue more = shim_hook("runTimers", 1, (JSValueConst[]){JS_FALSE});
        if (JS_IsException(more)) return -1;
        if (JS_VALUE_GET_TAG(more) != JS_TAG_BOOL || !JS_VALUE_GET_BOOL(more)) return 0;
    }
}

/* Waits for a promise or a thenable; consumes value and returns what it came to. */
JSValue loop_settle(JSValue value, int strict) {
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
    if (loop_drain(value, strict) < 0) {
        JS_FreeValue(ctx, value);
        return JS_EXCEPTION;
    }
    JSValue result = JS_PromiseResult(ctx, value);
    if (JS_PromiseState(ctx, value) == JS_PROMISE_REJECTED) result = JS_Throw(ctx, result);
    JS_FreeValue(ctx, value);
    /* The result of an async function may be an async generator. */
    if (JS_IsObject(result) && !strcmp(value_class(result), "AsyncGenerator")) return loop_settle(result, strict);
    return result;
}

void loop_begin_call(void) { JS_SetPropertyStr(shim_context, rejections, "length", JS_NewInt32(shim_context, 0)); }

int loop_init(void) {
    rejections = JS_NewArray(shim_context);
    atom_then = JS_NewAtom(shim_context, "then");
    JS_SetHostPromiseRejectionTracker(shim_runtime, on_rejection, NULL);
    return JS_IsException(rejections) ? -1 : 0;
}
