/*
 * text.c: text encodings for the guest library.
 */
#include "natives.h"

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
    uint8_t *data = natives_bytes(argv[0], &length);
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
    uint8_t *data = natives_bytes(argv[0], &length);
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

static const struct native functions[] = {
    {"utf8", n_utf8, 1},
    {"fromUtf8", n_from_utf8, 5},
    {"toText", n_to_text, 2},
    {"fromText", n_from_text, 2},
};

int text_add(JSValueConst natives) { return natives_add(natives, functions, sizeof functions / sizeof *functions); }
