/*
 * natives.c: what the guest library is built on, besides files: clocks,
 * randomness, jobs, and a look behind what JavaScript shows.
 */
#include "natives.h"

#include <stdio.h>
#include <wasi/api.h>

/* ---- what outlives a request -------------------------------------------- */

/* Whether timers were ever started, and when the last operation ended. */
static int timers_used;
static double rested_at;

/* Whether the environment and arguments were looked at. */
static int request_used;

/* ---- clocks ----------------------------------------------------------- */

static double clock_milliseconds(__wasi_clockid_t clock) {
    __wasi_timestamp_t now = 0;
    (void)__wasi_clock_time_get(clock, 1, &now);
    return (double)now / 1e6;
}

NATIVE(n_now) { return JS_NewFloat64(ctx, clock_milliseconds(__WASI_CLOCKID_MONOTONIC)); }
NATIVE(n_wall) { return JS_NewFloat64(ctx, clock_milliseconds(__WASI_CLOCKID_REALTIME)); }

NATIVE(n_nanoseconds) {
    __wasi_timestamp_t now = 0;
    (void)__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &now);
    return JS_NewBigUint64(ctx, now);
}

/* The clock of performance begins when a call first looks at it. */
static __wasi_timestamp_t begun;

NATIVE(n_since_begin) {
    __wasi_timestamp_t now = 0;
    (void)__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &now);
    if (!begun) begun = now;
    return JS_NewFloat64(ctx, (double)(now - begun) / 1e6);
}

static double turn_time; /* 0: not asked for in this turn */

void natives_begin_turn(void) { turn_time = 0; }

/* turnTime(): the same all through one turn of the event loop */
NATIVE(n_turn_time) {
    if (turn_time == 0) turn_time = clock_milliseconds(__WASI_CLOCKID_MONOTONIC);
    timers_used = 1;
    return JS_NewFloat64(ctx, turn_time);
}

/* sleep(milliseconds) */
NATIVE(n_sleep) {
    double milliseconds;
    if (JS_ToFloat64(ctx, &milliseconds, argv[0]) < 0) return JS_EXCEPTION;
    if (!(milliseconds > 0)) return JS_UNDEFINED;
    __wasi_subscription_t subscription = {0};
    __wasi_event_t event;
    __wasi_size_t count;
    subscription.u.tag = __WASI_EVENTTYPE_CLOCK;
    subscription.u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
    subscription.u.u.clock.timeout = milliseconds < 9e12 ? (__wasi_timestamp_t)(milliseconds * 1e6) : UINT64_MAX;
    (void)__wasi_poll_oneoff(&subscription, &event, 1, &count);
    return JS_UNDEFINED;
}

/* ---- randomness ------------------------------------------------------- */

/* Nothing may go on with guessable numbers. */
static void fill_random(void *data, size_t length) {
    if (__wasi_random_get(data, length)) __builtin_trap();
}

static uint64_t random_state[2];
static int random_seeded;

/* xorshift128+ (Vigna 2014), as in the large engines. The photograph of the
 * memory would give every call the same numbers, so the first use in a call
 * seeds it anew. */
NATIVE(n_random) {
    if (!random_seeded) {
        fill_random(random_state, sizeof random_state);
        random_state[0] |= 1;
        random_seeded = 1;
    }
    uint64_t a = random_state[0], b = random_state[1];
    random_state[0] = b;
    a ^= a << 23;
    a ^= a >> 17;
    a ^= b ^ (b >> 26);
    random_state[1] = a;
    return JS_NewFloat64(ctx, (double)((a + b) >> 11) / 9007199254740992.0);
}

/* randomFill(typed array) */
NATIVE(n_random_fill) {
    size_t length;
    uint8_t *data = natives_bytes(argv[0], &length);
    if (!data) return JS_EXCEPTION;
    fill_random(data, length);
    return JS_DupValue(ctx, argv[0]);
}

/* ---- jobs ------------------------------------------------------------- */

static int ticks;

int natives_ticks(void) {
    int pending = ticks;
    ticks = 0;
    return pending;
}

/* What was made of an earlier request or clock is brought up to date where there is any. */
int natives_begin_call(int fresh, int renewed) {
    JSContext *ctx = shim_context;
    natives_begin_turn();
    if (!fresh) return 0;
    random_seeded = 0;
    begun = 0;
    JSValue done = JS_UNDEFINED;
    if (timers_used) {
        JSValue elapsed = JS_NewFloat64(ctx, clock_milliseconds(__WASI_CLOCKID_MONOTONIC) - rested_at);
        done = shim_hook("shiftTimers", 1, &elapsed);
    }
    if (renewed && request_used && !JS_IsException(done)) {
        JS_FreeValue(ctx, done);
        done = shim_hook("renewRequest", 0, NULL);
    }
    if (JS_IsException(done)) return -1;
    JS_FreeValue(ctx, done);
    return 0;
}

void natives_end_call(void) {
    if (timers_used) rested_at = clock_milliseconds(__WASI_CLOCKID_MONOTONIC);
}

NATIVE(n_need_ticks) {
    ticks = 1;
    return JS_UNDEFINED;
}

static JSValue run_job(JSContext *ctx, int argc, JSValueConst *argv) { return JS_Call(ctx, argv[0], JS_UNDEFINED, argc - 1, argv + 1); }

/* enqueue(function, ...arguments): a job after those already waiting */
NATIVE(n_enqueue) {
    if (JS_EnqueueJob(ctx, run_job, argc, argv) < 0) return JS_EXCEPTION;
    return JS_UNDEFINED;
}

/* ---- looking behind --------------------------------------------------- */

NATIVE(n_class_of) { return JS_IsObject(argv[0]) ? JS_NewAtomString(ctx, value_class(argv[0])) : JS_UNDEFINED; }

/* promiseState(promise): [0 pending, 1 fulfilled, 2 rejected, value] */
NATIVE(n_promise_state) {
    if (!value_is_promise(argv[0])) return JS_UNDEFINED;
    JSValue array = JS_NewArray(ctx);
    if (JS_IsException(array)) return array;
    JS_SetPropertyUint32(ctx, array, 0, JS_NewInt32(ctx, JS_PromiseState(ctx, argv[0])));
    JS_SetPropertyUint32(ctx, array, 1, JS_PromiseResult(ctx, argv[0]));
    return array;
}

/* evaluate(source, file): the completion value of a script */
NATIVE(n_evaluate) {
    size_t length;
    const char *source = JS_ToCStringLen(ctx, &length, argv[0]);
    const char *file = source ? JS_ToCString(ctx, argv[1]) : NULL;
    JSValue result = file ? JS_Eval(ctx, source, length, file, JS_EVAL_TYPE_GLOBAL) : JS_EXCEPTION;
    JS_FreeCString(ctx, source);
    JS_FreeCString(ctx, file);
    return result;
}

/* isModuleSource(source): whether import or export stands at its top level */
NATIVE(n_is_module_source) {
    size_t length;
    const char *source = JS_ToCStringLen(ctx, &length, argv[0]);
    if (!source) return JS_EXCEPTION;
    struct scan scan;
    scan_source(&scan, source, length);
    int is = scan.module_syntax;
    scan_free(&scan);
    JS_FreeCString(ctx, source);
    return JS_NewBool(ctx, is);
}

/* parameters(function): what the parser told of it, see source_parameters */
NATIVE(n_parameters) { return source_parameters(argv[0]); }

/* mainFile(): [file name of the code, columns by which its first line is moved] */
NATIVE(n_main_file) {
    JSValue array = JS_NewArray(ctx);
    if (JS_IsException(array)) return array;
    JS_SetPropertyUint32(ctx, array, 0, JS_DupValue(ctx, shim_file));
    JS_SetPropertyUint32(ctx, array, 1, JS_NewInt32(ctx, shim_first_line_shift));
    return array;
}

/* request(): [environment, arguments] of the call */
NATIVE(n_request) {
    request_used = 1;
    JSValue array = JS_NewArray(ctx);
    if (JS_IsException(array)) return array;
    JS_SetPropertyUint32(ctx, array, 0, JS_DupValue(ctx, shim_env));
    JS_SetPropertyUint32(ctx, array, 1, JS_DupValue(ctx, shim_argv));
    return array;
}

NATIVE(n_exit) {
    int32_t code = 0;
    JS_ToInt32(ctx, &code, argv[0]);
    __wasi_proc_exit((__wasi_exitcode_t)code);
}

/* memory(): [bytes of linear memory, bytes the engine has allocated] */
NATIVE(n_memory) {
    JSMemoryUsage usage;
    JS_ComputeMemoryUsage(shim_runtime, &usage);
    JSValue array = JS_NewArray(ctx);
    if (JS_IsException(array)) return array;
    JS_SetPropertyUint32(ctx, array, 0, JS_NewFloat64(ctx, (double)__builtin_wasm_memory_size(0) * 65536));
    JS_SetPropertyUint32(ctx, array, 1, JS_NewFloat64(ctx, (double)usage.malloc_size));
    return array;
}

NATIVE(n_collect) {
    JS_RunGC(shim_runtime);
    return JS_UNDEFINED;
}

static const struct native functions[] = {
    {"now", n_now, 0},
    {"turnTime", n_turn_time, 0},
    {"sinceBegin", n_since_begin, 0},
    {"wall", n_wall, 0},
    {"nanoseconds", n_nanoseconds, 0},
    {"sleep", n_sleep, 1},
    {"randomFill", n_random_fill, 1},
    {"needTicks", n_need_ticks, 0},
    {"enqueue", n_enqueue, 1},
    {"classOf", n_class_of, 1},
    {"promiseState", n_promise_state, 1},
    {"evaluate", n_evaluate, 2},
    {"isModuleSource", n_is_module_source, 1},
    {"request", n_request, 0},
    {"mainFile", n_main_file, 0},
    {"parameters", n_parameters, 1},
    {"exit", n_exit, 1},
    {"memory", n_memory, 0},
    {"collect", n_collect, 0},
};

int natives_add(JSValueConst natives, const struct native *functions, size_t count) {
    JSContext *ctx = shim_context;
    for (size_t i = 0; i < count; i++)
        if (JS_SetPropertyStr(ctx, natives, functions[i].name, JS_NewCFunction(ctx, functions[i].function, functions[i].name, functions[i].arguments)) < 0) return -1;
    return 0;
}

uint8_t *natives_bytes(JSValueConst value, size_t *length) {
    size_t offset, width, whole;
    JSContext *ctx = shim_context;
    JSValue buffer = JS_GetTypedArrayBuffer(ctx, value, &offset, length, &width);
    if (JS_IsException(buffer)) return NULL;
    uint8_t *data = JS_GetArrayBuffer(ctx, &whole, buffer);
    JS_FreeValue(ctx, buffer);
    static uint8_t none;
    if (!data) {
        if (JS_HasException(ctx)) return NULL;
        *length = 0;
        return &none;
    }
    return data + offset;
}

JSValue natives_new(void) {
    JSContext *ctx = shim_context;
    JSValue natives = JS_NewObject(ctx);
    if (JS_IsException(natives)) return natives;
    if (natives_add(natives, functions, sizeof functions / sizeof *functions) < 0 || text_add(natives) < 0 || host_add(natives) < 0) return JS_EXCEPTION;
    JS_SetPropertyStr(ctx, natives, "quickjs", JS_NewString(ctx, QUICKJS_VERSION));
    if (files_add(natives) < 0) return JS_EXCEPTION;
    JSValue global = JS_GetGlobalObject(ctx), math = JS_GetPropertyStr(ctx, global, "Math");
    JS_DefinePropertyValueStr(ctx, math, "random", JS_NewCFunction(ctx, n_random, "random", 0), JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
    JS_FreeValue(ctx, math);
    JS_FreeValue(ctx, global);
    return natives;
}
