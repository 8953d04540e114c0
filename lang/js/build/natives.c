/*
 * natives.c: what the guest library is built on, besides files: clocks,
 * randomness, jobs, text encodings, and a look behind what JavaScript shows.
 */
#include "shim.h"

#include <stdio.h>
#include <wasi/api.h>

#define NATIVE(name) static JSValue name(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)

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

static double turn_time; /* 0: not asked for in this turn */

void natives_begin_turn(void) { turn_time = 0; }

/* turnTime(): the same all through one turn of the event loop */
NATIVE(n_turn_time) {
    if (turn_time == 0) turn_time = clock_milliseconds(__WASI_CLOCKID_MONOTONIC);
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

static uint8_t *buffer_bytes(JSValueConst value, size_t *length) {
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

/* randomFill(typed array) */
NATIVE(n_random_fill) {
    size_t length;
    uint8_t *data = buffer_bytes(argv[0], &length);
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

void natives_begin_call(void) {
    random_seeded = 0;
    ticks = 0;
    natives_begin_turn();
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

/* request(): [environment, arguments, file name] of the call and by how many
 * columns the first line of the code is moved */
NATIVE(n_request) {
    JSValue array = JS_NewArray(ctx);
    if (JS_IsException(array)) return array;
    JS_SetPropertyUint32(ctx, array, 0, JS_DupValue(ctx, shim_env));
    JS_SetPropertyUint32(ctx, array, 1, JS_DupValue(ctx, shim_argv));
    JS_SetPropertyUint32(ctx, array, 2, JS_DupValue(ctx, shim_file));
    JS_SetPropertyUint32(ctx, array, 3, JS_NewInt32(ctx, shim_first_line_shift));
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

/* ---- text encodings --------------------------------------------------- */

/* utf8(string): its bytes as an ArrayBuffer, lone surrogates as U+FFFD */
NATIVE(n_utf8) {
    size_t length;
    const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
    if (!text) return JS_EXCEPTION;
    JSValue buffer = JS_NewArrayBufferCopy(ctx, (const uint8_t *)text, length);
    JS_FreeCString(ctx, text);
    uint8_t *data = JS_IsException(buffer) ? NULL : JS_GetArrayBuffer(ctx, &length, buffer);
    if (data)
        for (uint8_t *p = data, *end = data + length; (p = memchr(p, 0xed, (size_t)(end - p))); p++)
            if (end - p >= 3 && p[1] >= 0xa0) memcpy(p, "\xef\xbf\xbd", 3);
    return buffer;
}

/* How many bytes of p begin a well-formed sequence: its whole length when it is
 * one; else *bad is set and it is what one U+FFFD stands for (Unicode 15,
 * section 3.9, "maximal subpart"). *bad is 2 when the input ended too soon. */
static size_t utf8_sequence(const uint8_t *p, size_t left, int *bad) {
    unsigned c = p[0];
    unsigned low = 0x80, high = 0xbf;
    size_t need;
    *bad = 1;
    if (c < 0x80) {
        *bad = 0;
        return 1;
    }
    if (c >= 0xc2 && c <= 0xdf) need = 1;
    else if (c >= 0xe0 && c <= 0xef) {
        need = 2;
        if (c == 0xe0) low = 0xa0;
        if (c == 0xed) high = 0x9f;
    } else if (c >= 0xf0 && c <= 0xf4) {
        need = 3;
        if (c == 0xf0) low = 0x90;
        if (c == 0xf4) high = 0x8f;
    } else return 1;
    for (size_t i = 1; i <= need; i++) {
        if (i >= left) {
            *bad = 2;
            return left;
        }
        if (p[i] < low || p[i] > high) return i;
        low = 0x80, high = 0xbf;
    }
    *bad = 0;
    return need + 1;
}

/* fromUtf8(bytes, start, end, fatal, stream): a string; undefined when fatal
 * and not well-formed. With stream the bytes of a sequence that is not at its
 * end stay out, and [string, how many] comes back. */
NATIVE(n_from_utf8) {
    size_t length;
    double start = 0, end;
    uint8_t *data = buffer_bytes(argv[0], &length);
    if (!data) return JS_EXCEPTION;
    end = (double)length;
    if (argc > 1 && !JS_IsUndefined(argv[1]) && JS_ToFloat64(ctx, &start, argv[1]) < 0) return JS_EXCEPTION;
    if (argc > 2 && !JS_IsUndefined(argv[2]) && JS_ToFloat64(ctx, &end, argv[2]) < 0) return JS_EXCEPTION;
    int fatal = argc > 3 && JS_ToBool(ctx, argv[3]), stream = argc > 4 && JS_ToBool(ctx, argv[4]);
    if (!(start >= 0)) start = 0;
    if (!(end <= (double)length)) end = (double)length;
    if (start > end) start = end;
    const uint8_t *from = data + (size_t)start;
    size_t n = (size_t)(end - start), at = 0, clean = 0, kept = 0;
    struct funcbox_writer text = {0};
    int bad;
    while (at < n) {
        if (from[at] < 0x80) {
            at++;
            continue;
        }
        size_t width = utf8_sequence(from + at, n - at, &bad);
        if (bad) {
            if (bad == 2 && stream) {
                kept = width;
                break;
            }
            if (fatal) {
                funcbox_writer_free(&text);
                return JS_UNDEFINED;
            }
            funcbox_raw(&text, from + clean, at - clean);
            funcbox_raw(&text, "\xef\xbf\xbd", 3);
            clean = at + width;
        }
        at += width;
    }
    JSValue string;
    if (text.length || text.failed) {
        funcbox_raw(&text, from + clean, at - clean);
        string = text.failed ? JS_ThrowOutOfMemory(ctx) : JS_NewStringLen(ctx, (const char *)text.data, text.length);
        funcbox_writer_free(&text);
    } else string = JS_NewStringLen(ctx, (const char *)from, at);
    if (!stream || JS_IsException(string)) return string;
    JSValue array = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, array, 0, string);
    JS_SetPropertyUint32(ctx, array, 1, JS_NewInt32(ctx, (int)kept));
    return array;
}

enum { HEX, BASE64, BASE64URL, LATIN1 };

static const char base64_digits[2][65] = {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                                          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"};

/* toText(bytes, encoding) */
NATIVE(n_to_text) {
    static const char hex[] = "0123456789abcdef";
    size_t length, n = 0;
    int32_t encoding;
    uint8_t *data = buffer_bytes(argv[0], &length);
    if (!data || JS_ToInt32(ctx, &encoding, argv[1]) < 0) return JS_EXCEPTION;
    char *text = length < SIZE_MAX / 2 - 8 ? malloc(2 * length + 4) : NULL;
    if (!text) return JS_ThrowOutOfMemory(ctx);
    if (encoding == HEX) {
        for (size_t i = 0; i < length; i++) text[n++] = hex[data[i] >> 4], text[n++] = hex[data[i] & 15];
    } else if (encoding == LATIN1) {
        for (size_t i = 0; i < length; i++)
            if (data[i] < 0x80) text[n++] = (char)data[i];
            else text[n++] = (char)(0xc0 | data[i] >> 6), text[n++] = (char)(0x80 | (data[i] & 63));
    } else {
        const char *digits = base64_digits[encoding == BASE64URL];
        for (size_t i = 0; i < length; i += 3) {
            size_t left = length - i;
            unsigned bits = (unsigned)data[i] << 16 | (left > 1 ? (unsigned)data[i + 1] << 8 : 0) | (left > 2 ? data[i + 2] : 0);
            text[n++] = digits[bits >> 18];
            text[n++] = digits[bits >> 12 & 63];
            if (left > 1) text[n++] = digits[bits >> 6 & 63];
            else if (encoding == BASE64) text[n++] = '=';
            if (left > 2) text[n++] = digits[bits & 63];
            else if (encoding == BASE64) text[n++] = '=';
        }
    }
    JSValue string = JS_NewStringLen(ctx, text, n);
    free(text);
    return string;
}

static int base64_value(unsigned char c) {
    if (c - 'A' < 26u) return c - 'A';
    if (c - 'a' < 26u) return c - 'a' + 26;
    if (c - '0' < 10u) return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static int hex_value(unsigned char c) { return c - '0' < 10u ? c - '0' : (c | 32) - 'a' < 6u ? (c | 32) - 'a' + 10 : -1; }

/* fromText(string, encoding): an ArrayBuffer. As lenient as Buffer: base64 in
 * either alphabet, other characters skipped, "=" ends it; hex ends at the first
 * pair that is none. */
NATIVE(n_from_text) {
    size_t length, n = 0;
    int32_t encoding;
    if (JS_ToInt32(ctx, &encoding, argv[1]) < 0) return JS_EXCEPTION;
    const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
    if (!text) return JS_EXCEPTION;
    uint8_t *data = malloc(length + 4);
    if (!data) {
        JS_FreeCString(ctx, text);
        return JS_ThrowOutOfMemory(ctx);
    }
    if (encoding == HEX) {
        for (size_t i = 0; i + 1 < length; i += 2) {
            int high = hex_value((unsigned char)text[i]), low = hex_value((unsigned char)text[i + 1]);
            if (high < 0 || low < 0) break;
            data[n++] = (uint8_t)(high << 4 | low);
        }
    } else {
        uint32_t bits = 0;
        int count = 0;
        for (size_t i = 0; i < length && text[i] != '='; i++) {
            int value = base64_value((unsigned char)text[i]);
            if (value < 0) continue;
            bits = bits << 6 | (uint32_t)value;
            if ((count += 6) >= 8) data[n++] = (uint8_t)(bits >> (count -= 8));
        }
    }
    JS_FreeCString(ctx, text);
    JSValue buffer = JS_NewArrayBufferCopy(ctx, data, n);
    free(data);
    return buffer;
}

static const struct {
    const char *name;
    JSCFunction *function;
    int arguments;
} functions[] = {
    {"now", n_now, 0},
    {"turnTime", n_turn_time, 0},
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
    {"exit", n_exit, 1},
    {"memory", n_memory, 0},
    {"collect", n_collect, 0},
    {"utf8", n_utf8, 1},
    {"fromUtf8", n_from_utf8, 5},
    {"toText", n_to_text, 2},
    {"fromText", n_from_text, 2},
};

JSValue natives_new(void) {
    JSContext *ctx = shim_context;
    JSValue natives = JS_NewObject(ctx);
    if (JS_IsException(natives)) return natives;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        JS_SetPropertyStr(ctx, natives, functions[i].name, JS_NewCFunction(ctx, functions[i].function, functions[i].name, functions[i].arguments));
    JS_SetPropertyStr(ctx, natives, "quickjs", JS_NewString(ctx, QUICKJS_VERSION));
    if (files_add(natives) < 0) return JS_EXCEPTION;
    JSValue global = JS_GetGlobalObject(ctx), math = JS_GetPropertyStr(ctx, global, "Math");
    JS_DefinePropertyValueStr(ctx, math, "random", JS_NewCFunction(ctx, n_random, "random", 0), JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
    JS_FreeValue(ctx, math);
    JS_FreeValue(ctx, global);
    return natives;
}
