/*
 * value_read.c: CBOR to JavaScript values.
 */
#include "value.h"

static JSValue make_bigint, complement;

int value_read_init(void) {
    make_bigint = value_evaluate("BigInt");
    complement = value_evaluate("(n) => ~n");
    return JS_IsException(make_bigint) || JS_IsException(complement) ? -1 : 0;
}

static JSValue broken(struct funcbox_reader *reader) {
    return JS_ThrowTypeError(shim_context, "broken request: %s", reader->error ? reader->error : "unexpected item");
}

/* A big integer from its big-endian magnitude; negative: -1 - magnitude. */
static JSValue read_bignum(const uint8_t *data, size_t length, int negative) {
    JSContext *ctx = shim_context;
    static const char digits[] = "0123456789abcdef";
    char *text = malloc(2 * length + 4);
    if (!text) return JS_ThrowOutOfMemory(ctx);
    size_t n = 0;
    text[n++] = '0';
    text[n++] = 'x';
    for (size_t i = 0; i < length; i++) {
        text[n++] = digits[data[i] >> 4];
        text[n++] = digits[data[i] & 15];
    }
    if (!length) text[n++] = '0';
    JSValue string = JS_NewStringLen(ctx, text, n);
    free(text);
    if (JS_IsException(string)) return string;
    JSValue number = JS_Call(ctx, make_bigint, JS_UNDEFINED, 1, &string);
    JS_FreeValue(ctx, string);
    if (JS_IsException(number) || !negative) return number;
    JSValue result = JS_Call(ctx, complement, JS_UNDEFINED, 1, &number);
    JS_FreeValue(ctx, number);
    return result;
}

static int digits(const char **at, const char *end, int count, int *value) {
    *value = 0;
    for (; count--; (*at)++) {
        if (*at >= end || **at < '0' || **at > '9') return 0;
        *value = *value * 10 + (**at - '0');
    }
    return 1;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t days_from_civil(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

/* RFC 3339, a fraction of any length; milliseconds since 1970, rounded down. */
static int parse_time(const char *at, const char *end, double *milliseconds) {
    int year, month, day, hour, minute, second, zone_hour, zone_minute, sign = 0;
    double fraction = 0;
    if (!digits(&at, end, 4, &year) || at >= end || *at++ != '-' || !digits(&at, end, 2, &month) || at >= end || *at++ != '-' ||
        !digits(&at, end, 2, &day) || at >= end || (*at != 'T' && *at != 't' && *at != ' '))
        return 0;
    at++;
    if (!digits(&at, end, 2, &hour) || at >= end || *at++ != ':' || !digits(&at, end, 2, &minute) || at >= end || *at++ != ':' ||
        !digits(&at, end, 2, &second))
        return 0;
    if (at < end && *at == '.') {
        double unit = 100;
        for (at++; at < end && *at >= '0' && *at <= '9'; at++, unit /= 10)
            if (unit >= 1) fraction += unit * (*at - '0');
    }
    if (at >= end) return 0;
    int offset = 0;
    if (*at == '+' || *at == '-') {
        sign = *at++ == '-' ? -1 : 1;
        if (!digits(&at, end, 2, &zone_hour) || at >= end || *at++ != ':' || !digits(&at, end, 2, &zone_minute)) return 0;
        offset = sign * (zone_hour * 60 + zone_minute);
    } else if (*at++ != 'Z') return 0;
    if (at != end) return 0;
    int64_t seconds = ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute - offset) * 60 + second;
    *milliseconds = (double)seconds * 1000 + fraction;
    return 1;
}

static JSValue read_tagged(struct funcbox_reader *reader, uint64_t tag) {
    JSContext *ctx = shim_context;
    struct funcbox_item item;
    if (tag == FUNCBOX_TAG_TIME) {
        double milliseconds;
        if (!funcbox_next(reader, &item) || item.kind != FUNCBOX_TEXT) return broken(reader);
        if (!parse_time((const char *)item.data, (const char *)item.data + item.number, &milliseconds))
            return JS_ThrowRangeError(ctx, "broken request: time");
        return JS_NewDate(ctx, milliseconds);
    }
    if (tag == FUNCBOX_TAG_BIGNUM || tag == FUNCBOX_TAG_NEGATIVE_BIGNUM) {
        if (!funcbox_next(reader, &item) || item.kind != FUNCBOX_BYTES) return broken(reader);
        return read_bignum(item.data, (size_t)item.number, tag == FUNCBOX_TAG_NEGATIVE_BIGNUM);
    }
    return value_read(reader);
}

static JSValue read_items(struct funcbox_reader *reader, uint64_t count) {
    JSContext *ctx = shim_context;
    JSValue array = JS_NewArray(ctx);
    if (JS_IsException(array)) return array;
    for (uint32_t i = 0; i < count; i++) {
        JSValue value = value_read(reader);
        if (JS_IsException(value) || JS_DefinePropertyValueUint32(ctx, array, i, value, JS_PROP_C_W_E) < 0) {
            JS_FreeValue(ctx, array);
            return JS_EXCEPTION;
        }
    }
    return array;
}

static JSValue read_pairs(struct funcbox_reader *reader, uint64_t count) {
    JSContext *ctx = shim_context;
    JSValue object = JS_NewObject(ctx);
    if (JS_IsException(object)) return object;
    for (; count; count--) {
        struct funcbox_item key;
        if (!funcbox_next(reader, &key) || key.kind != FUNCBOX_TEXT) {
            JS_FreeValue(ctx, object);
            return broken(reader);
        }
        JSAtom atom = JS_NewAtomLen(ctx, (const char *)key.data, (size_t)key.number);
        JSValue value = atom == JS_ATOM_NULL ? JS_EXCEPTION : value_read(reader);
        /* Defined, not set: "__proto__" is a key like any other. */
        int bad = JS_IsException(value) || JS_DefinePropertyValue(ctx, object, atom, value, JS_PROP_C_W_E) < 0;
        JS_FreeAtom(ctx, atom);
        if (bad) {
            JS_FreeValue(ctx, object);
            return JS_EXCEPTION;
        }
    }
    return object;
}

JSValue value_read(struct funcbox_reader *reader) {
    JSContext *ctx = shim_context;
    struct funcbox_item item;
    JSValue value;
    if (!funcbox_next(reader, &item)) return broken(reader);
    switch (item.kind) {
    case FUNCBOX_NULL: return item.number == 23 ? JS_UNDEFINED : JS_NULL;
    case FUNCBOX_FALSE: return JS_FALSE;
    case FUNCBOX_TRUE: return JS_TRUE;
    case FUNCBOX_FLOAT: return JS_NewFloat64(ctx, item.real);
    case FUNCBOX_TEXT: return JS_NewStringLen(ctx, (const char *)item.data, (size_t)item.number);
    case FUNCBOX_UNSIGNED:
        return item.number <= (uint64_t)MAX_SAFE_INTEGER ? JS_NewInt64(ctx, (int64_t)item.number) : JS_NewBigUint64(ctx, item.number);
    case FUNCBOX_NEGATIVE:
        if (item.number < (uint64_t)MAX_SAFE_INTEGER) return JS_NewInt64(ctx, -1 - (int64_t)item.number);
        if (item.number <= INT64_MAX) return JS_NewBigInt64(ctx, -1 - (int64_t)item.number);
        uint8_t magnitude[8];
        for (int i = 0; i < 8; i++) magnitude[i] = (uint8_t)(item.number >> (56 - 8 * i));
        return read_bignum(magnitude, sizeof magnitude, 1);
    case FUNCBOX_BYTES: {
        JSValue buffer = JS_NewArrayBufferCopy(ctx, item.data, (size_t)item.number);
        if (JS_IsException(buffer)) return buffer;
        JSValueConst arguments[3] = {buffer, JS_UNDEFINED, JS_UNDEFINED};
        value = JS_NewTypedArray(ctx, 3, arguments, JS_TYPED_ARRAY_UINT8);
        JS_FreeValue(ctx, buffer);
        return value;
    }
    default: break;
    }
    if (!funcbox_enter(reader)) return broken(reader);
    if (item.kind == FUNCBOX_ARRAY) value = read_items(reader, item.number);
    else if (item.kind == FUNCBOX_MAP) value = read_pairs(reader, item.number);
    else value = read_tagged(reader, item.number);
    funcbox_leave(reader);
    return value;
}
