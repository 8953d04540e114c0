/*
 * output.c: writing results and the arguments of host calls (see call.h).
 */
#include "internal.h"

/* ---- failures --------------------------------------------------------- */

int funcbox_out_fail(struct funcbox_output *out, const char *format, ...) {
    if (out->failure.set) return 0;
    va_list arguments;
    va_start(arguments, format);
    format_text(out->failure.message, sizeof out->failure.message, format, arguments);
    va_end(arguments);
    out->failure.set = 1;
    return 0;
}

int funcbox_out_at_index(struct funcbox_output *out, size_t index) {
    failure_at_index(&out->failure, index);
    return 0;
}

int funcbox_out_at_key(struct funcbox_output *out, const char *key, size_t length) {
    failure_at_key(&out->failure, key, length);
    return 0;
}

static int done(struct funcbox_output *out) {
    if (out->writer.failed) return funcbox_out_fail(out, "out of memory");
    return !out->failure.set;
}

/* ---- scalars ---------------------------------------------------------- */

int funcbox_out_null(struct funcbox_output *out) {
    funcbox_null(&out->writer);
    return done(out);
}

int funcbox_out_bool(struct funcbox_output *out, int value) {
    funcbox_bool(&out->writer, value);
    return done(out);
}

int funcbox_out_integer(struct funcbox_output *out, int64_t value) {
    funcbox_int(&out->writer, value);
    return done(out);
}

int funcbox_out_unsigned(struct funcbox_output *out, uint64_t value) {
    funcbox_unsigned(&out->writer, value);
    return done(out);
}

int funcbox_out_real(struct funcbox_output *out, double value) {
    funcbox_float(&out->writer, value);
    return done(out);
}

static int64_t signed_at(const uint8_t *at, unsigned size) {
    return size == 1 ? *(const int8_t *)at : size == 2 ? *(const int16_t *)at : size == 4 ? *(const int32_t *)at : *(const int64_t *)at;
}

static uint64_t unsigned_at(const uint8_t *at, unsigned size) {
    return size == 1 ? *at : size == 2 ? *(const uint16_t *)at : size == 4 ? *(const uint32_t *)at : *(const uint64_t *)at;
}

int funcbox_out_numbers(struct funcbox_output *out, const void *from, size_t count, unsigned size, enum funcbox_number number) {
    const uint8_t *at = from;
    for (size_t i = 0; i < count; i++, at += size) {
        if (number == FUNCBOX_REAL_NUMBERS) funcbox_float(&out->writer, size == 4 ? *(const float *)at : *(const double *)at);
        else if (number == FUNCBOX_SIGNED_NUMBERS) funcbox_int(&out->writer, signed_at(at, size));
        else funcbox_unsigned(&out->writer, unsigned_at(at, size));
    }
    return done(out);
}

/* ---- text and bytes --------------------------------------------------- */

int funcbox_out_string(struct funcbox_output *out, const char *data, size_t length) {
    if (is_utf8(data, length)) funcbox_text(&out->writer, data, length);
    else funcbox_bytes(&out->writer, data, length);
    return done(out);
}

int funcbox_out_cstring(struct funcbox_output *out, const char *text) {
    return text ? funcbox_out_string(out, text, strlen(text)) : funcbox_out_null(out);
}

int funcbox_out_bytes(struct funcbox_output *out, const void *data, size_t length) {
    funcbox_bytes(&out->writer, data, length);
    return done(out);
}

static void put_digits(char *to, int count, int64_t value) {
    for (; count--; value /= 10) to[count] = (char)('0' + value % 10);
}

int funcbox_out_time(struct funcbox_output *out, int64_t seconds, int32_t nanoseconds) {
    int64_t day = seconds / 86400, rest = seconds % 86400;
    if (rest < 0) rest += 86400, day--;
    /* The inverse of days() in input.c: eras of 400 years that begin in March. */
    int64_t shifted = day + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097, in_era = shifted - era * 146097;
    int64_t year_of_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100), month_from_march = (5 * in_year + 2) / 153;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    int64_t year = era * 400 + year_of_era + (month <= 2), date = in_year - (153 * month_from_march + 2) / 5 + 1;
    char text[] = "0000-00-00T00:00:00.000000000Z";
    if (year < 0 || year > 9999) return funcbox_out_fail(out, "a time in the year %lld, not in 0 to 9999", (long long)year);
    put_digits(text, 4, year);
    put_digits(text + 5, 2, month);
    put_digits(text + 8, 2, date);
    put_digits(text + 11, 2, rest / 3600);
    put_digits(text + 14, 2, rest / 60 % 60);
    put_digits(text + 17, 2, rest % 60);
    put_digits(text + 20, 9, nanoseconds);
    size_t length = nanoseconds ? 29 : 19;
    while (nanoseconds && text[length - 1] == '0') length--;
    text[length++] = 'Z';
    funcbox_tag(&out->writer, FUNCBOX_TAG_TIME);
    funcbox_text(&out->writer, text, length);
    return done(out);
}

int funcbox_out_raw(struct funcbox_output *out, const uint8_t *data, size_t length) {
    struct funcbox_reader reader;
    funcbox_read(&reader, data, length);
    if (!funcbox_skip(&reader) || reader.next != reader.end) return funcbox_out_fail(out, "a value that is not whole");
    funcbox_raw(&out->writer, data, length);
    return done(out);
}

/* ---- lists and maps --------------------------------------------------- */

static int enter(struct funcbox_output *out) {
    /* Values that hold themselves end here. */
    if (++out->depth > FUNCBOX_DEPTH) return funcbox_out_fail(out, "nested more than %d deep", FUNCBOX_DEPTH);
    return done(out);
}

int funcbox_out_list(struct funcbox_output *out, size_t count) {
    funcbox_array(&out->writer, count);
    return enter(out);
}

int funcbox_out_map(struct funcbox_output *out, size_t count) {
    funcbox_map(&out->writer, count);
    return enter(out);
}

int funcbox_out_leave(struct funcbox_output *out) {
    out->depth--;
    return done(out);
}

int funcbox_out_key(struct funcbox_output *out, const char *data, size_t length) {
    if (!is_utf8(data, length)) return funcbox_out_fail(out, "a key that is not UTF-8");
    funcbox_text(&out->writer, data, length);
    return done(out);
}

int funcbox_out_key_integer(struct funcbox_output *out, int64_t value) {
    char text[DECIMAL_SIZE];
    funcbox_text(&out->writer, text, decimal(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0));
    return done(out);
}

int funcbox_out_key_unsigned(struct funcbox_output *out, uint64_t value) {
    char text[DECIMAL_SIZE];
    funcbox_text(&out->writer, text, decimal(text, value, 0));
    return done(out);
}
