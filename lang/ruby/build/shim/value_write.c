/*
 * value_write.c: Ruby to CBOR. What this file does not know is given to
 * Funcbox.convert, which makes it something known or refuses it.
 */
#include "shim.h"

#include "internal.h"
#include "internal/hash.h"

#include <limits.h>
#include <stdio.h>

/* Results nested deeper than this are an error. */
#define MAX_DEPTH 1000

static ID id_convert, id_nsec, id_utc_offset, id_utc_p, id_year, id_strftime;

void value_write_init(void) {
    id_convert = rb_intern("convert");
    id_utc_p = rb_intern("utc?");
    id_year = rb_intern("year");
    id_strftime = rb_intern("strftime");
    id_nsec = rb_intern("nsec");
    id_utc_offset = rb_intern("utc_offset");
}

/* Where the value being written stands: a list from the innermost place out. */
struct place {
    const struct place *outer;
    VALUE holder; /* what holds the value */
    VALUE key;    /* Qundef: index counts */
    long index;
    int depth;
    const char *root; /* of the outermost: NULL for a result, else the name of an argument */
};

static void write_value(struct funcbox_writer *w, VALUE value, const struct place *place);

static int is_utf8(VALUE string) {
    int index = rb_enc_get_index(string), range = rb_enc_str_coderange(string);
    return range == ENC_CODERANGE_7BIT || (range == ENC_CODERANGE_VALID && index == rb_utf8_encindex());
}

/* The path to place: result.items[3]["a b"]. */
static void describe(VALUE text, const struct place *place) {
    if (!place->outer) {
        rb_str_cat_cstr(text, place->root ? place->root : "result");
        return;
    }
    describe(text, place->outer);
    if (RSTRING_LEN(text) > 400) return; /* long enough to find it */
    if (place->key == Qundef) {
        rb_str_catf(text, "[%ld]", place->index);
        return;
    }
    VALUE key = RB_SYMBOL_P(place->key) ? rb_sym2str(place->key) : place->key;
    const unsigned char *p = (const unsigned char *)RSTRING_PTR(key), *end = p + RSTRING_LEN(key);
    int plain = p < end && !(*p >= '0' && *p <= '9') && is_utf8(key);
    for (; p < end; p++) plain &= (*p | 32) - 'a' < 26u || *p - '0' < 10u || *p == '_' || *p >= 0x80;
    if (plain) rb_str_catf(text, ".%" PRIsVALUE, key);
    else rb_str_catf(text, "[%" PRIsVALUE "]", rb_inspect(rb_str_subseq(key, 0, RSTRING_LEN(key) > 100 ? 100 : RSTRING_LEN(key))));
}

NORETURN(static void refuse(const struct place *place, VALUE what));
static void refuse(const struct place *place, VALUE what) {
    VALUE text = rb_utf8_str_new("", 0);
    describe(text, place);
    rb_str_cat_cstr(text, ": ");
    while (place->outer) place = place->outer;
    if (place->root) what = rb_funcall(what, rb_intern("gsub"), 2, rb_utf8_str_new_cstr("returned"), rb_utf8_str_new_cstr("passed"));
    rb_str_append(text, what);
    rb_exc_raise(rb_exc_new_str(rb_eTypeError, text));
}

NORETURN(static void refuse_text(const struct place *place, const char *what));
static void refuse_text(const struct place *place, const char *what) { refuse(place, rb_utf8_str_new_cstr(what)); }

static VALUE as_text(VALUE string, const struct place *place) {
    int index = rb_enc_get_index(string);
    if (index != rb_utf8_encindex() && index != rb_usascii_encindex()) {
        string = rb_str_encode(string, rb_enc_from_encoding(rb_utf8_encoding()), 0, Qnil);
    }
    if (rb_enc_str_coderange(string) == ENC_CODERANGE_BROKEN)
        refuse_text(place, "String that is not valid UTF-8 cannot be returned; with .b it is returned as bytes");
    return string;
}

static void write_text(struct funcbox_writer *w, VALUE string, const struct place *place) {
    string = as_text(string, place);
    funcbox_text(w, RSTRING_PTR(string), (size_t)RSTRING_LEN(string));
    RB_GC_GUARD(string);
}

static void write_string(struct funcbox_writer *w, VALUE string, const struct place *place) {
    if (rb_enc_get_index(string) == rb_ascii8bit_encindex()) funcbox_bytes(w, RSTRING_PTR(string), (size_t)RSTRING_LEN(string));
    else write_text(w, string, place);
    RB_GC_GUARD(string);
}

static void write_bignum(struct funcbox_writer *w, VALUE number) {
    int negative = RTEST(rb_funcall(number, '<', 1, INT2FIX(0)));
    /* CBOR counts negative integers from -1. */
    VALUE magnitude = negative ? rb_funcall(number, '~', 0) : number;
    size_t size = rb_absint_size(magnitude, NULL);
    VALUE buffer = rb_str_new(NULL, (long)size);
    rb_integer_pack(magnitude, RSTRING_PTR(buffer), size, 1, 0, INTEGER_PACK_BIG_ENDIAN);
    funcbox_bignum(w, negative, (const uint8_t *)RSTRING_PTR(buffer), size);
    RB_GC_GUARD(buffer);
}

static void write_time(struct funcbox_writer *w, VALUE time, const struct place *place) {
    char text[64];
    VALUE year = rb_funcall(time, id_year, 0);
    if (!FIXNUM_P(year) || FIX2LONG(year) < 0 || FIX2LONG(year) > 9999)
        refuse_text(place, "Time outside of the years 0 to 9999 cannot be returned");
    VALUE local = rb_funcall(time, id_strftime, 1, rb_utf8_str_new_cstr("%Y-%m-%dT%H:%M:%S"));
    long nanoseconds = NUM2LONG(rb_funcall(time, id_nsec, 0)), offset = NUM2LONG(rb_funcall(time, id_utc_offset, 0));
    int length = snprintf(text, sizeof text, "%s", StringValueCStr(local));
    if (nanoseconds) length += snprintf(text + length, sizeof text - (size_t)length, ".%09ld", nanoseconds);
    if (RTEST(rb_funcall(time, id_utc_p, 0))) length += snprintf(text + length, sizeof text - (size_t)length, "Z");
    else {
        if (offset % 60) refuse_text(place, "Time whose offset has seconds cannot be returned");
        long minutes = labs(offset) / 60;
        length += snprintf(text + length, sizeof text - (size_t)length, "%c%02ld:%02ld", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
    }
    funcbox_tag(w, FUNCBOX_TAG_TIME);
    funcbox_text(w, text, (size_t)length);
}

/* Checks that the value does not hold itself, and makes the place of its first part. */
static struct place enter(VALUE value, const struct place *place) {
    if (place->depth >= MAX_DEPTH) refuse_text(place, "nested too deeply to be returned");
    for (const struct place *p = place; p->outer; p = p->outer)
        if (p->holder == value) refuse(place, rb_sprintf("%" PRIsVALUE " that contains itself cannot be returned", rb_class_name(rb_obj_class(value))));
    return (struct place){place, value, Qundef, 0, place->depth + 1, NULL};
}

static void write_elements(struct funcbox_writer *w, VALUE array, struct place inner, const struct place *place) {
    long length = RARRAY_LEN(array);
    funcbox_array(w, (uint64_t)length);
    for (; inner.index < length; inner.index++) {
        write_value(w, rb_ary_entry(array, inner.index), &inner);
        /* A to_h on the way may have changed it. */
        if (RARRAY_LEN(array) != length) refuse_text(place, "Array that changes while it is returned");
    }
}

static void write_array(struct funcbox_writer *w, VALUE array, const struct place *place) { write_elements(w, array, enter(array, place), place); }

struct pairs {
    struct funcbox_writer *writer;
    struct place inner;
    VALUE seen; /* what keys were written as, where two may be written the same */
    size_t count;
};

static int write_pair(VALUE key, VALUE value, VALUE data) {
    struct pairs *pairs = (struct pairs *)data;
    struct place *place = &pairs->inner;
    if (RB_SYMBOL_P(key)) key = rb_sym2str(key);
    else if (!RB_TYPE_P(key, T_STRING)) {
        if (!RB_INTEGER_TYPE_P(key))
            refuse(place->outer, rb_sprintf("Hash with a key of class %" PRIsVALUE " cannot be returned", rb_class_name(rb_obj_class(key))));
        key = rb_String(key);
    }
    place->key = key;
    if (rb_enc_get_index(key) == rb_ascii8bit_encindex() && rb_enc_str_coderange(key) != ENC_CODERANGE_7BIT)
        refuse_text(place->outer, "Hash with a key that is a binary String cannot be returned");
    VALUE text = rb_enc_get_index(key) == rb_ascii8bit_encindex() ? key : as_text(key, place);
    if (pairs->seen != Qfalse) {
        VALUE written = rb_utf8_str_new(RSTRING_PTR(text), RSTRING_LEN(text));
        if (RTEST(rb_hash_lookup(pairs->seen, written)))
            refuse(place->outer, rb_sprintf("Hash with two keys that are both written %" PRIsVALUE " cannot be returned", rb_inspect(written)));
        rb_hash_aset(pairs->seen, written, Qtrue);
    }
    funcbox_text(pairs->writer, RSTRING_PTR(text), (size_t)RSTRING_LEN(text));
    RB_GC_GUARD(text);
    write_value(pairs->writer, value, place);
    pairs->count++;
    return ST_CONTINUE;
}

enum { PLAIN_KEY = 1, SYMBOL_KEY = 2, NUMBER_KEY = 4, ODD_KEY = 8 | PLAIN_KEY };

/* Of one kind, keys that differ are written differently, but for odd ones: a class of
 * their own may think anything equal, and another encoding may have the same text. */
static int kind_of_key(VALUE key, VALUE value, VALUE data) {
    (void)value;
    VALUE text = RB_SYMBOL_P(key) ? rb_sym2str(key) : key;
    int kind = NUMBER_KEY;
    if (RB_TYPE_P(text, T_STRING)) {
        int index = rb_enc_get_index(text);
        int plain = RBASIC_CLASS(text) == rb_cString &&
                    (index == rb_utf8_encindex() || index == rb_usascii_encindex() || index == rb_ascii8bit_encindex());
        kind = !plain ? ODD_KEY : text == key ? PLAIN_KEY : SYMBOL_KEY;
    }
    *(int *)data |= kind;
    return ST_CONTINUE;
}

static void write_pairs(struct funcbox_writer *w, VALUE hash, struct place inner, const struct place *place) {
    int kinds = 0;
    rb_hash_foreach(hash, kind_of_key, (VALUE)&kinds);
    int several = kinds & (kinds - 1) || RTEST(rb_hash_compare_by_id_p(hash));
    struct pairs pairs = {w, inner, several ? rb_hash_new() : Qfalse, 0};
    size_t size = RHASH_SIZE(hash);
    funcbox_map(w, size);
    rb_hash_foreach(hash, write_pair, (VALUE)&pairs);
    /* A to_h on the way may have deleted from it. */
    if (pairs.count != size) refuse_text(place, "Hash that changes while it is returned");
    RB_GC_GUARD(pairs.seen);
}

static void write_hash(struct funcbox_writer *w, VALUE hash, const struct place *place) { write_pairs(w, hash, enter(hash, place), place); }

static void write_struct(struct funcbox_writer *w, VALUE value, const struct place *place) {
    VALUE members = rb_struct_members(value);
    struct place inner = enter(value, place);
    long count = RARRAY_LEN(members);
    funcbox_map(w, (uint64_t)count);
    for (long i = 0; i < count; i++) {
        VALUE name = rb_sym2str(rb_ary_entry(members, i));
        inner.key = name;
        write_text(w, name, &inner);
        write_value(w, rb_struct_aref(value, LONG2FIX(i)), &inner);
    }
    RB_GC_GUARD(members);
}

/* Funcbox.convert answers [what to write in its place], or a text that says why not. */
static void write_converted(struct funcbox_writer *w, VALUE value, const struct place *place) {
    VALUE answer = rb_funcall(shim_library, id_convert, 1, value);
    if (!RB_TYPE_P(answer, T_ARRAY)) refuse(place, answer);
    /* The value itself, so that one that holds itself is found. */
    struct place inner = enter(value, place);
    struct place outer = *place;
    outer.depth = inner.depth;
    VALUE converted = rb_ary_entry(answer, 0);
    switch (TYPE(converted)) {
    case T_ARRAY: write_elements(w, converted, inner, place); break;
    case T_HASH: write_pairs(w, converted, inner, place); break;
    default: write_value(w, converted, &outer);
    }
    RB_GC_GUARD(answer);
}

static void write_value(struct funcbox_writer *w, VALUE value, const struct place *place) {
    if (w->failed) rb_memerror();
    switch (TYPE(value)) {
    case T_NIL: funcbox_null(w); return;
    case T_TRUE: funcbox_bool(w, 1); return;
    case T_FALSE: funcbox_bool(w, 0); return;
    case T_FIXNUM: funcbox_int(w, FIX2LONG(value)); return;
    case T_BIGNUM: write_bignum(w, value); return;
    case T_FLOAT: funcbox_float(w, RFLOAT_VALUE(value)); return;
    case T_SYMBOL: write_text(w, rb_sym2str(value), place); return;
    case T_STRING: write_string(w, value, place); return;
    case T_ARRAY: write_array(w, value, place); return;
    case T_HASH: write_hash(w, value, place); return;
    case T_STRUCT:
        /* Ranges are structs, too. */
        if (RTEST(rb_obj_is_kind_of(value, rb_cStruct))) {
            write_struct(w, value, place);
            return;
        }
        break;
    case T_DATA:
        if (RTEST(rb_obj_is_kind_of(value, rb_cTime))) {
            write_time(w, value, place);
            return;
        }
        break;
    }
    write_converted(w, value, place);
}

void value_write_argument(struct funcbox_writer *w, VALUE value, const char *name) {
    struct place place = {NULL, Qundef, Qundef, 0, 0, name};
    write_value(w, value, &place);
    if (w->failed) rb_memerror();
}

void value_write(struct funcbox_writer *w, VALUE value) { value_write_argument(w, value, NULL); }
