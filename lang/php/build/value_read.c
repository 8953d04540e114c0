/*
 * value_read.c: CBOR to PHP values.
 */
#include "shim.h"

#include <Zend/zend_exceptions.h>
#include <ext/date/php_date.h>

static int broken(struct funcbox_reader *reader) {
    zend_value_error("broken request: %s", reader->error ? reader->error : "unexpected item");
    return 0;
}

/* Where a value is among the arguments, for errors. */
struct place {
    const struct place *outer; /* NULL: key is the whole name */
    const char *key;           /* NULL: index counts */
    size_t key_length;
    uint64_t index;
};

static void describe(struct funcbox_writer *w, const struct place *place) {
    char number[32];
    if (place->outer) describe(w, place->outer);
    if (w->length > 400) return;
    if (!place->key) funcbox_raw(w, number, (size_t)snprintf(number, sizeof number, "[%llu]", (unsigned long long)place->index));
    else {
        if (place->outer) funcbox_raw(w, ".", 1);
        funcbox_raw(w, place->key, place->key_length < 100 ? place->key_length : 100);
    }
}

static int too_large(const struct place *place) {
    struct funcbox_writer text = {0};
    describe(&text, place);
    funcbox_raw(&text, "", 1);
    zend_value_error("%s: the integer is larger than PHP's integers, which have 64 bits", text.failed ? "" : (const char *)text.data);
    funcbox_writer_free(&text);
    return 0;
}

static int read_one(struct funcbox_reader *reader, zval *to, const struct place *place);

static int read_time(struct funcbox_reader *reader, zval *to) {
    struct funcbox_item item;
    if (!funcbox_next(reader, &item) || item.kind != FUNCBOX_TEXT) return broken(reader);
    object_init_ex(to, php_date_get_immutable_ce());
    if (php_date_initialize(Z_PHPDATE_P(to), (const char *)item.data, (size_t)item.number, NULL, NULL, PHP_DATE_INIT_CTOR)) return 1;
    zval_ptr_dtor(to);
    if (!EG(exception)) zend_value_error("broken request: time");
    return 0;
}

static int read_items(struct funcbox_reader *reader, zval *to, uint64_t count, const struct place *outer) {
    struct place place = {outer, NULL, 0, 0};
    array_init_size(to, (uint32_t)count);
    zend_hash_real_init_packed(Z_ARRVAL_P(to));
    for (; place.index < count; place.index++) {
        zval value;
        if (!read_one(reader, &value, &place)) {
            zval_ptr_dtor(to);
            return 0;
        }
        zend_hash_next_index_insert_new(Z_ARRVAL_P(to), &value);
    }
    return 1;
}

/* Keys that look like integers become integers, as wherever PHP fills an array,
 * unless names are wanted. */
static int read_pairs(struct funcbox_reader *reader, zval *to, uint64_t count, const struct place *outer, int names) {
    struct funcbox_item key;
    array_init_size(to, (uint32_t)count);
    for (; count; count--) {
        zval value;
        if (!funcbox_next(reader, &key) || key.kind != FUNCBOX_TEXT) {
            zval_ptr_dtor(to);
            return broken(reader);
        }
        struct place place = {outer, (const char *)key.data, (size_t)key.number, 0};
        if (!read_one(reader, &value, &place)) {
            zval_ptr_dtor(to);
            return 0;
        }
        if (names) zend_hash_str_update(Z_ARRVAL_P(to), place.key, place.key_length, &value);
        else zend_symtable_str_update(Z_ARRVAL_P(to), place.key, place.key_length, &value);
    }
    return 1;
}

static int read_one(struct funcbox_reader *reader, zval *to, const struct place *place) {
    struct funcbox_item item;
    int done;
    ZVAL_NULL(to);
    if (!funcbox_next(reader, &item)) return broken(reader);
    switch (item.kind) {
    case FUNCBOX_NULL: return 1;
    case FUNCBOX_FALSE: ZVAL_FALSE(to); return 1;
    case FUNCBOX_TRUE: ZVAL_TRUE(to); return 1;
    case FUNCBOX_FLOAT: ZVAL_DOUBLE(to, item.real); return 1;
    case FUNCBOX_UNSIGNED:
        if (item.number > INT64_MAX) return too_large(place);
        ZVAL_LONG(to, (zend_long)item.number);
        return 1;
    case FUNCBOX_NEGATIVE:
        if (item.number > INT64_MAX) return too_large(place);
        ZVAL_LONG(to, -1 - (zend_long)item.number);
        return 1;
    case FUNCBOX_BYTES:
    case FUNCBOX_TEXT: ZVAL_STRINGL_FAST(to, (const char *)item.data, (size_t)item.number); return 1;
    default: break;
    }
    if (!funcbox_enter(reader)) return broken(reader);
    if (item.kind == FUNCBOX_ARRAY) done = read_items(reader, to, item.number, place);
    else if (item.kind == FUNCBOX_MAP) done = read_pairs(reader, to, item.number, place, 0);
    else if (item.number == FUNCBOX_TAG_TIME) done = read_time(reader, to);
    else if (item.number == FUNCBOX_TAG_BIGNUM || item.number == FUNCBOX_TAG_NEGATIVE_BIGNUM) done = too_large(place);
    else done = read_one(reader, to, place);
    funcbox_leave(reader);
    return done;
}

int value_read(struct funcbox_reader *reader, zval *to, const char *what) {
    struct place place = {NULL, what, strlen(what), 0};
    return read_one(reader, to, &place);
}

int value_read_map(struct funcbox_reader *reader, zval *to, const char *what) {
    struct place place = {NULL, what, strlen(what), 0};
    struct funcbox_item item;
    ZVAL_NULL(to);
    if (!funcbox_next(reader, &item) || item.kind != FUNCBOX_MAP || !funcbox_enter(reader)) return broken(reader);
    return read_pairs(reader, to, item.number, &place, 1);
}
