/*
 * value_read.c: CBOR to Ruby. Text becomes UTF-8 strings, bytes binary ones.
 */
#include "shim.h"

#include <limits.h>

static VALUE read_item(struct funcbox_reader *r, const struct funcbox_item *item);

NORETURN(static void broken(const struct funcbox_reader *r));
static void broken(const struct funcbox_reader *r) {
    rb_raise(rb_eArgError, "broken request: %s", r->error ? r->error : "unexpected item");
}

static void next(struct funcbox_reader *r, struct funcbox_item *item) {
    if (!funcbox_next(r, item)) broken(r);
}

static VALUE read_bignum(struct funcbox_reader *r, int negative) {
    struct funcbox_item item;
    next(r, &item);
    if (item.kind != FUNCBOX_BYTES) broken(r);
    VALUE magnitude = rb_integer_unpack(item.data, (size_t)item.number, 1, 0, INTEGER_PACK_BIG_ENDIAN);
    return negative ? rb_funcall(magnitude, '~', 0) : magnitude;
}

static int digits(const char **text, int count) {
    int number = 0;
    for (; count-- > 0; ++*text) {
        if (**text < '0' || **text > '9') return -1;
        number = number * 10 + (**text - '0');
    }
    return number;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t days_from_civil(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

/* RFC 3339, section 5.6, as the host writes it: 2024-02-29T12:34:56.789Z. */
static VALUE read_time(struct funcbox_reader *r) {
    struct funcbox_item item;
    char copy[48];
    next(r, &item);
    if (item.kind != FUNCBOX_TEXT || item.number >= sizeof copy) broken(r);
    memcpy(copy, item.data, (size_t)item.number);
    copy[item.number] = 0;
    const char *at = copy;
    int parts[6];
    static const char after[6] = {'-', '-', 'T', ':', ':', 0};
    for (int i = 0; i < 6; i++) {
        parts[i] = digits(&at, i ? 2 : 4);
        if (parts[i] < 0 || (after[i] && *at++ != after[i])) broken(r);
    }
    struct timespec when = {0};
    if (*at == '.') {
        at++;
        for (long unit = 100000000; *at >= '0' && *at <= '9'; at++, unit /= 10) when.tv_nsec += (*at - '0') * unit;
    }
    int offset = INT_MAX - 1; /* rb_time_timespec_new: UTC */
    int seconds = 0;
    if (*at == '+' || *at == '-') {
        int sign = *at++ == '-' ? -1 : 1;
        int hours = digits(&at, 2);
        if (hours < 0 || *at++ != ':') broken(r);
        int minutes = digits(&at, 2);
        if (minutes < 0) broken(r);
        offset = seconds = sign * (hours * 3600 + minutes * 60);
    } else if (*at != 'Z') broken(r);
    when.tv_sec = days_from_civil(parts[0], parts[1], parts[2]) * 86400 + parts[3] * 3600 + parts[4] * 60 + parts[5] - seconds;
    return rb_time_timespec_new(&when, offset);
}

static VALUE read_array(struct funcbox_reader *r, uint64_t count) {
    if (!funcbox_enter(r)) broken(r);
    VALUE array = rb_ary_new_capa((long)count);
    struct funcbox_item item;
    for (; count; count--) {
        next(r, &item);
        rb_ary_push(array, read_item(r, &item));
    }
    funcbox_leave(r);
    return array;
}

static VALUE read_map(struct funcbox_reader *r, uint64_t count, int symbols) {
    if (!funcbox_enter(r)) broken(r);
    VALUE hash = rb_hash_new_capa((long)count);
    struct funcbox_item item;
    for (; count; count--) {
        next(r, &item);
        VALUE key = read_item(r, &item);
        if (symbols && RB_TYPE_P(key, T_STRING)) key = rb_str_intern(key);
        next(r, &item);
        rb_hash_aset(hash, key, read_item(r, &item));
    }
    funcbox_leave(r);
    return hash;
}

static VALUE read_item(struct funcbox_reader *r, const struct funcbox_item *item) {
    switch (item->kind) {
    case FUNCBOX_UNSIGNED: return ULL2NUM(item->number);
    case FUNCBOX_NEGATIVE:
        if (item->number <= INT64_MAX) return LL2NUM(-1 - (int64_t)item->number);
        return rb_funcall(ULL2NUM(item->number), '~', 0);
    case FUNCBOX_BYTES: return rb_str_new((const char *)item->data, (long)item->number);
    case FUNCBOX_TEXT: return rb_utf8_str_new((const char *)item->data, (long)item->number);
    case FUNCBOX_ARRAY: return read_array(r, item->number);
    case FUNCBOX_MAP: return read_map(r, item->number, 0);
    case FUNCBOX_FALSE: return Qfalse;
    case FUNCBOX_TRUE: return Qtrue;
    case FUNCBOX_NULL: return Qnil;
    case FUNCBOX_FLOAT: return rb_float_new(item->real);
    case FUNCBOX_TAG:
        if (item->number == FUNCBOX_TAG_TIME) return read_time(r);
        if (item->number == FUNCBOX_TAG_BIGNUM) return read_bignum(r, 0);
        if (item->number == FUNCBOX_TAG_NEGATIVE_BIGNUM) return read_bignum(r, 1);
    }
    broken(r);
}

VALUE value_read(struct funcbox_reader *r) {
    struct funcbox_item item;
    next(r, &item);
    return read_item(r, &item);
}

VALUE value_read_keywords(struct funcbox_reader *r) {
    struct funcbox_item item;
    next(r, &item);
    if (item.kind != FUNCBOX_MAP || !item.number) return Qnil;
    return read_map(r, item.number, 1);
}
