/*
 * value_write.c: JavaScript values to CBOR, without a detour over JSON.
 */
#include "value.h"

#include <math.h>
#include <stdio.h>

/* Results nested deeper than this are an error. */
#define MAX_DEPTH 1000

static JSAtom atom_next, atom_to_json, atom_iterator, atom_name, atom_message;
static JSValue bigint_to_string, get_time;

int value_write_init(void) {
    JSContext *ctx = shim_context;
    JSValue symbol = value_evaluate("Symbol.iterator");
    atom_iterator = JS_ValueToAtom(ctx, symbol);
    JS_FreeValue(ctx, symbol);
    atom_next = JS_NewAtom(ctx, "next");
    atom_to_json = JS_NewAtom(ctx, "toJSON");
    atom_name = JS_NewAtom(ctx, "name");
    atom_message = JS_NewAtom(ctx, "message");
    bigint_to_string = value_evaluate("BigInt.prototype.toString");
    get_time = value_evaluate("Date.prototype.getTime");
    return JS_IsException(bigint_to_string) || JS_IsException(get_time) ? -1 : 0;
}

/* Where the value being written stands: a list from the innermost place out. */
struct place {
    const struct place *outer;
    JSValueConst object; /* what holds the value; undefined at the outermost */
    JSAtom key;          /* JS_ATOM_NULL: index counts */
    uint32_t index;
    int depth;
};

static int write_value(struct funcbox_writer *w, JSValueConst value, const struct place *place);

/* What the outermost place is called, and whether it is an argument for the host. */
static const char *root_name = "result";
static int leaves_by_call;

/* Writes the path to place, as in JavaScript: result.items[3]["a b"]. */
static void describe(struct funcbox_writer *text, const struct place *place) {
    JSContext *ctx = shim_context;
    char number[16];
    if (!place->outer) {
        funcbox_raw(text, root_name, strlen(root_name));
        return;
    }
    describe(text, place->outer);
    if (text->length > 400) return; /* long enough to find it */
    if (place->key == JS_ATOM_NULL) {
        funcbox_raw(text, number, (size_t)snprintf(number, sizeof number, "[%u]", (unsigned)place->index));
        return;
    }
    const char *key = JS_AtomToCString(ctx, place->key);
    if (!key) {
        JS_FreeValue(ctx, JS_GetException(ctx));
        return;
    }
    int plain = *key && !(*key >= '0' && *key <= '9');
    for (const char *p = key; *p; p++) plain &= (*p | 32) - 'a' < 26u || *p - '0' < 10u || *p == '_' || *p == '$' || (unsigned char)*p >= 0x80;
    if (plain) funcbox_raw(text, ".", 1);
    else funcbox_raw(text, "[\"", 2);
    funcbox_raw(text, key, strnlen(key, 100));
    if (!plain) funcbox_raw(text, "\"]", 2);
    JS_FreeCString(ctx, key);
}

static int fail(const struct place *place, const char *what) {
    struct funcbox_writer text = {0};
    describe(&text, place);
    funcbox_raw(&text, "", 1);
    JS_ThrowTypeError(shim_context, "%s: %s", text.failed ? root_name : (const char *)text.data, what);
    funcbox_writer_free(&text);
    return -1;
}

static int refuse(const struct place *place, const char *what) {
    char text[128];
    snprintf(text, sizeof text, "%s cannot be %s", what, leaves_by_call ? "passed" : "returned");
    return fail(place, text);
}

/* The engine gives lone surrogates as three bytes ED A0..BF xx, which is not UTF-8. */
static const char *lone_surrogate(const char *text, const char *end) {
    for (; (text = memchr(text, 0xed, (size_t)(end - text))); text++)
        if (end - text >= 3 && (unsigned char)text[1] >= 0xa0) return text;
    return NULL;
}

static int write_string(struct funcbox_writer *w, JSValueConst string, const struct place *place) {
    size_t length;
    const char *text = JS_ToCStringLen(shim_context, &length, string);
    if (!text) return -1;
    int bad = 0;
    if (lone_surrogate(text, text + length)) bad = refuse(place, "text with a lone surrogate");
    else funcbox_text(w, text, length);
    JS_FreeCString(shim_context, text);
    return bad;
}

int value_write_text(struct funcbox_writer *w, JSValueConst string) {
    size_t length;
    const char *text = JS_ToCStringLen(shim_context, &length, string);
    if (!text) return -1;
    funcbox_text(w, text, length);
    /* U+FFFD is three bytes too, so they are replaced in place. */
    if (!w->failed)
        for (char *end = (char *)w->data + w->length, *p = end - length; (p = (char *)lone_surrogate(p, end)); p += 3) memcpy(p, "\xef\xbf\xbd", 3);
    JS_FreeCString(shim_context, text);
    return 0;
}

static void write_number(struct funcbox_writer *w, double number) {
    if (number == trunc(number) && fabs(number) <= MAX_SAFE_INTEGER && !(number == 0 && signbit(number))) funcbox_int(w, (int64_t)number);
    else funcbox_float(w, number);
}

static int hex_digit(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

static int write_bigint(struct funcbox_writer *w, JSValueConst value) {
    JSContext *ctx = shim_context;
    JSValue radix = JS_NewInt32(ctx, 16);
    JSValue string = JS_Call(ctx, bigint_to_string, value, 1, &radix);
    size_t length;
    const char *text = JS_ToCStringLen(ctx, &length, string);
    JS_FreeValue(ctx, string);
    if (!text) return -1;
    int negative = *text == '-';
    const char *hex = text + negative;
    length -= (size_t)negative;
    size_t size = (length + 1) / 2;
    uint8_t *magnitude = malloc(size);
    if (!magnitude) {
        JS_FreeCString(ctx, text);
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    memset(magnitude, 0, size);
    for (size_t i = 0; i < length; i++) {
        size_t nibble = length - 1 - i; /* from the end */
        magnitude[size - 1 - nibble / 2] |= (uint8_t)(hex_digit(hex[i]) << (nibble % 2 * 4));
    }
    JS_FreeCString(ctx, text);
    uint8_t *first = magnitude;
    if (negative) {
        /* CBOR counts negative integers from -1. */
        for (size_t i = size; i-- > 0 && magnitude[i]-- == 0;) continue;
    }
    while (size > 0 && *first == 0) first++, size--;
    funcbox_bignum(w, negative, first, size);
    free(magnitude);
    return 0;
}

static int write_date(struct funcbox_writer *w, JSValueConst value, const struct place *place) {
    double milliseconds;
    JSContext *ctx = shim_context;
    JSValue time = JS_Call(ctx, get_time, value, 0, NULL);
    if (JS_IsException(time) || JS_ToFloat64(ctx, &milliseconds, time) < 0) return -1;
    if (isnan(milliseconds)) return refuse(place, "invalid Date");
    double days_real = floor(milliseconds / 86400000);
    int64_t days = (int64_t)days_real;
    int rest = (int)(milliseconds - days_real * 86400000);
    /* The inverse of days_from_civil. */
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    int day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
    int month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    int64_t year = year_of_era + era * 400 + (month <= 2);
    if (year < 0 || year > 9999) return refuse(place, "Date outside of the years 0 to 9999");
    char text[32];
    int length = snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)year, month, day, rest / 3600000, rest / 60000 % 60,
                          rest / 1000 % 60, rest % 1000);
    funcbox_tag(w, FUNCBOX_TAG_TIME);
    funcbox_text(w, text, (size_t)length);
    return 0;
}

/* Writers of what holds others get the object that stands for it in the place
 * too: a Map is written from an object made of it, but it is the Map that may
 * hold itself. */
static int write_items(struct funcbox_writer *w, JSValueConst array, JSValueConst owner, const struct place *place) {
    JSContext *ctx = shim_context;
    int64_t length;
    JSValue property = JS_GetPropertyStr(ctx, array, "length");
    if (JS_IsException(property) || JS_ToInt64(ctx, &length, property) < 0) return -1;
    JS_FreeValue(ctx, property);
    if (length < 0 || length > UINT32_MAX) return fail(place, "array too long");
    struct place inner = {place, owner, JS_ATOM_NULL, 0, place->depth + 1};
    funcbox_array(w, (uint64_t)length);
    for (; inner.index < length; inner.index++) {
        JSValue value = JS_GetPropertyUint32(ctx, array, inner.index);
        if (JS_IsException(value)) return -1;
        int bad = write_value(w, value, &inner);
        JS_FreeValue(ctx, value);
        if (bad) return -1;
        if (w->failed) return 0;
    }
    return 0;
}

static int write_properties(struct funcbox_writer *w, JSValueConst object, JSValueConst owner, const struct place *place) {
    JSContext *ctx = shim_context;
    JSPropertyEnum *names;
    uint32_t count, written = 0;
    int bad = 0;
    if (JS_GetOwnPropertyNames(ctx, &names, &count, object, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY) < 0) return -1;
    /* The head is written for as many pairs as there may be and set right afterwards. */
    unsigned head = funcbox_head_size(count);
    size_t head_at = w->length;
    if (funcbox_room(w, head)) w->length += head;
    struct place inner = {place, owner, JS_ATOM_NULL, 0, place->depth + 1};
    for (uint32_t i = 0; i < count && !bad && !w->failed; i++) {
        inner.key = names[i].atom;
        JSValue value = JS_GetProperty(ctx, object, inner.key);
        if (JS_IsException(value)) bad = -1;
        else if (!JS_IsUndefined(value)) {
            JSValue key = JS_AtomToString(ctx, inner.key);
            bad = write_string(w, key, &inner) < 0 || write_value(w, value, &inner) < 0 ? -1 : 0;
            JS_FreeValue(ctx, key);
            written++;
        }
        JS_FreeValue(ctx, value);
    }
    for (uint32_t i = 0; i < count; i++) JS_FreeAtom(ctx, names[i].atom);
    js_free(ctx, names);
    if (!w->failed && !bad) funcbox_put_head(w->data + head_at, 5, written, head);
    return bad;
}

/* Calls a hook that turns the value into one of another shape, and writes that. */
static int write_through(struct funcbox_writer *w, const char *hook, JSValueConst value, const struct place *place,
                         int (*write)(struct funcbox_writer *, JSValueConst, JSValueConst, const struct place *)) {
    JSValue other = shim_hook(hook, 1, &value);
    if (JS_IsException(other)) return -1;
    if (JS_IsString(other)) { /* what stands in the way */
        const char *what = JS_ToCString(shim_context, other);
        int bad = what ? refuse(place, what) : -1;
        if (what) JS_FreeCString(shim_context, what);
        JS_FreeValue(shim_context, other);
        return bad;
    }
    int bad = write(w, other, value, place);
    JS_FreeValue(shim_context, other);
    return bad;
}

static int write_error(struct funcbox_writer *w, JSValueConst error, const struct place *place) {
    JSContext *ctx = shim_context;
    JSAtom keys[2] = {atom_name, atom_message};
    static const char *const names[2] = {"name", "message"};
    funcbox_map(w, 2);
    for (int i = 0; i < 2; i++) {
        JSValue value = JS_GetProperty(ctx, error, keys[i]);
        if (JS_IsException(value)) return -1;
        funcbox_text(w, names[i], strlen(names[i]));
        struct place inner = {place, error, keys[i], 0, place->depth + 1};
        int bad = write_value(w, value, &inner);
        JS_FreeValue(ctx, value);
        if (bad) return -1;
    }
    return 0;
}

static int write_bytes(struct funcbox_writer *w, JSValueConst value, enum treatment treatment) {
    JSContext *ctx = shim_context;
    size_t offset = 0, length = 0, whole, width;
    JSValue buffer;
    if (treatment == AS_BUFFER) buffer = JS_DupValue(ctx, value);
    else if (treatment == AS_VIEW) {
        /* The engine's C interface knows typed arrays only. */
        JSValue bytes = shim_hook("viewBytes", 1, &value);
        if (JS_IsException(bytes)) return -1;
        int bad = write_bytes(w, bytes, AS_BYTES);
        JS_FreeValue(ctx, bytes);
        return bad;
    } else buffer = JS_GetTypedArrayBuffer(ctx, value, &offset, &length, &width);
    if (JS_IsException(buffer)) return -1;
    uint8_t *data = JS_GetArrayBuffer(ctx, &whole, buffer);
    JS_FreeValue(ctx, buffer);
    if (!data && JS_HasException(ctx)) return -1;
    if (treatment == AS_BUFFER) length = whole;
    if (offset > whole || length > whole - offset) length = 0;
    funcbox_bytes(w, data + offset, length);
    return 0;
}

static int write_object(struct funcbox_writer *w, JSValueConst value, const struct place *place) {
    JSContext *ctx = shim_context;
    enum treatment treatment = value_treatment(value);
    if (JS_IsFunction(ctx, value)) return refuse(place, "function");
    switch (treatment) {
    case AS_DATE: return write_date(w, value, place);
    case AS_BYTES:
    case AS_BUFFER:
    case AS_VIEW: return write_bytes(w, value, treatment);
    case AS_NUMBERS: return write_items(w, value, value, place);
    case UNBOXED: {
        JSValue primitive = shim_hook("unbox", 1, &value);
        int bad = JS_IsException(primitive) ? -1 : write_value(w, primitive, place);
        JS_FreeValue(ctx, primitive);
        return bad;
    }
    case REFUSED:
        return refuse(place, value_class(value));
    default: break;
    }
    if (place->depth >= MAX_DEPTH) return fail(place, "nested too deeply");
    for (const struct place *p = place; p; p = p->outer)
        if (JS_IsObject(p->object) && JS_VALUE_GET_PTR(p->object) == JS_VALUE_GET_PTR(value)) return refuse(place, "circular reference");
    switch (treatment) {
    case AS_ITEMS: return write_items(w, value, value, place);
    case AS_ERROR: return write_error(w, value, place);
    case AS_SET: return write_through(w, "setItems", value, place, write_items);
    case AS_MAP: return write_through(w, "mapObject", value, place, write_properties);
    default: break;
    }
    if (JS_IsArray(ctx, value) > 0) return write_items(w, value, value, place); /* a proxy of one */
    JSValue method = JS_GetProperty(ctx, value, atom_to_json);
    if (JS_IsException(method)) return -1;
    if (JS_IsFunction(ctx, method)) {
        JSValue key = !place->outer ? JS_NewString(ctx, "") : place->key == JS_ATOM_NULL ? JS_NewInt64(ctx, place->index) : JS_AtomToString(ctx, place->key);
        JSValue other = JS_Call(ctx, method, value, 1, &key);
        JS_FreeValue(ctx, key);
        JS_FreeValue(ctx, method);
        if (JS_IsException(other)) return -1;
        int bad;
        if (JS_IsObject(other) && JS_VALUE_GET_PTR(other) == JS_VALUE_GET_PTR(value)) bad = write_properties(w, value, value, place);
        else {
            struct place inner = *place; /* the same place, one deeper: toJSON may go on for ever */
            inner.depth++;
            bad = write_value(w, other, &inner);
        }
        JS_FreeValue(ctx, other);
        return bad;
    }
    JS_FreeValue(ctx, method);
    method = JS_GetProperty(ctx, value, atom_next);
    if (JS_IsException(method)) return -1;
    int iterator = JS_IsFunction(ctx, method);
    JS_FreeValue(ctx, method);
    if (iterator) {
        method = JS_GetProperty(ctx, value, atom_iterator);
        if (JS_IsException(method)) return -1;
        iterator = JS_IsFunction(ctx, method);
        JS_FreeValue(ctx, method);
        if (iterator) return write_through(w, "iteratorItems", value, place, write_items);
    }
    return write_properties(w, value, value, place);
}

static int write_value(struct funcbox_writer *w, JSValueConst value, const struct place *place) {
    JSContext *ctx = shim_context;
    switch (JS_VALUE_GET_NORM_TAG(value)) {
    case JS_TAG_INT: funcbox_int(w, JS_VALUE_GET_INT(value)); return 0;
    case JS_TAG_FLOAT64: write_number(w, JS_VALUE_GET_FLOAT64(value)); return 0;
    case JS_TAG_BOOL: funcbox_bool(w, JS_VALUE_GET_BOOL(value)); return 0;
    case JS_TAG_NULL:
    case JS_TAG_UNDEFINED: funcbox_null(w); return 0;
    case JS_TAG_OBJECT: return write_object(w, value, place);
    case JS_TAG_SYMBOL: return refuse(place, "symbol");
    }
    if (JS_IsString(value)) return write_string(w, value, place);
    if (JS_IsBigInt(ctx, value)) return write_bigint(w, value);
    return refuse(place, "value of unknown type");
}

static int write_root(struct funcbox_writer *w, JSValueConst value, const struct place *place) {
    if (write_value(w, value, place) < 0) return -1;
    if (w->failed) {
        JS_ThrowOutOfMemory(shim_context);
        return -1;
    }
    return 0;
}

int value_write(struct funcbox_writer *w, JSValueConst value) {
    struct place place = {.object = JS_UNDEFINED, .key = JS_ATOM_NULL};
    return write_root(w, value, &place);
}

int value_write_argument(struct funcbox_writer *w, JSValueConst value, int index) {
    /* Writing may run code of the program, which may call the host or, at worst, end there. */
    const char *outer_name = root_name;
    int outer_leaves = leaves_by_call;
    struct place root = {.object = JS_UNDEFINED, .key = JS_ATOM_NULL}, place = {.outer = &root, .object = JS_UNDEFINED, .key = JS_ATOM_NULL, .index = (uint32_t)index};
    root_name = index < 0 ? "kwargs" : "args";
    leaves_by_call = 1;
    int bad = write_root(w, value, index < 0 ? &root : &place);
    root_name = outer_name;
    leaves_by_call = outer_leaves;
    return bad;
}
