/*
 * input.c: reading arguments and the host's replies (see call.h).
 */
#include "internal.h"

struct kept {
    struct kept *next;
    void (*finish)(void *memory);
    max_align_t memory[];
};

void input_open(struct funcbox_input *in, const void *data, size_t length) {
    funcbox_read(&in->reader, data, length);
    failure_clear(&in->failure);
}

void input_free(struct funcbox_input *in) {
    while (in->kept) {
        struct kept *kept = in->kept;
        in->kept = kept->next;
        if (kept->finish) kept->finish(kept->memory);
        free(kept);
    }
}

void *funcbox_in_keep(struct funcbox_input *in, size_t size, void (*finish)(void *memory)) {
    struct kept *kept = size < SIZE_MAX - sizeof *kept ? calloc(1, sizeof *kept + size) : NULL;
    if (!kept) {
        funcbox_in_fail(in, "out of memory");
        return NULL;
    }
    kept->next = in->kept;
    kept->finish = finish;
    in->kept = kept;
    return kept->memory;
}

/* ---- failures --------------------------------------------------------- */

int funcbox_in_fail(struct funcbox_input *in, const char *format, ...) {
    if (in->failure.set) return 0;
    va_list arguments;
    va_start(arguments, format);
    format_text(in->failure.message, sizeof in->failure.message, format, arguments);
    va_end(arguments);
    in->failure.set = 1;
    funcbox_reader_fail(&in->reader, in->failure.message);
    return 0;
}

int funcbox_in_at_index(struct funcbox_input *in, size_t index) {
    failure_at_index(&in->failure, index);
    return 0;
}

int funcbox_in_at_key(struct funcbox_input *in, const char *key, size_t length) {
    failure_at_key(&in->failure, key, length);
    return 0;
}

struct funcbox_mark funcbox_in_mark(const struct funcbox_input *in) {
    return (struct funcbox_mark){in->reader.next, in->reader.depth};
}

void funcbox_in_rewind(struct funcbox_input *in, struct funcbox_mark mark) {
    failure_clear(&in->failure);
    in->reader.error = NULL;
    in->reader.next = mark.next;
    in->reader.depth = mark.depth;
}

/* ---- what comes next -------------------------------------------------- */

static enum funcbox_type type_of(const struct funcbox_item *item) {
    switch (item->kind) {
    case FUNCBOX_UNSIGNED:
    case FUNCBOX_NEGATIVE: return FUNCBOX_IS_INTEGER;
    case FUNCBOX_BYTES: return FUNCBOX_IS_BYTES;
    case FUNCBOX_TEXT: return FUNCBOX_IS_TEXT;
    case FUNCBOX_ARRAY: return FUNCBOX_IS_LIST;
    case FUNCBOX_MAP: return FUNCBOX_IS_MAP;
    case FUNCBOX_TAG: return item->number == FUNCBOX_TAG_TIME ? FUNCBOX_IS_TIME : FUNCBOX_IS_INTEGER;
    case FUNCBOX_FALSE:
    case FUNCBOX_TRUE: return FUNCBOX_IS_BOOL;
    case FUNCBOX_FLOAT: return FUNCBOX_IS_REAL;
    case FUNCBOX_NULL: break;
    }
    return FUNCBOX_IS_NULL;
}

enum funcbox_type funcbox_in_type(const struct funcbox_input *in) {
    struct funcbox_reader reader = in->reader;
    struct funcbox_item item;
    return funcbox_next(&reader, &item) ? type_of(&item) : FUNCBOX_IS_NOTHING;
}

static const char *describe(const struct funcbox_item *item) {
    static const char *const names[] = {"null", "a bool", "an integer", "a float", "text", "bytes", "a list", "a map", "a time"};
    return names[type_of(item)];
}

static int wrong(struct funcbox_input *in, const char *expected, const struct funcbox_item *item) {
    if (in->reader.error) return funcbox_in_fail(in, "%s", in->reader.error);
    return funcbox_in_fail(in, "expected %s, got %s", expected, describe(item));
}

/* The next item; its failure is the input's. */
static int next(struct funcbox_input *in, struct funcbox_item *item) {
    if (in->failure.set) return 0;
    return funcbox_next(&in->reader, item) ? 1 : funcbox_in_fail(in, "%s", in->reader.error);
}

int funcbox_in_null(struct funcbox_input *in) {
    const uint8_t *at = in->reader.next;
    if (at >= in->reader.end || (*at != 0xf6 && *at != 0xf7)) return 0;
    in->reader.next++;
    return 1;
}

/* ---- numbers ---------------------------------------------------------- */

int funcbox_in_bool(struct funcbox_input *in, void *to) {
    struct funcbox_item item;
    if (!next(in, &item)) return 0;
    if (item.kind != FUNCBOX_TRUE && item.kind != FUNCBOX_FALSE) return wrong(in, "a bool", &item);
    *(_Bool *)to = item.kind == FUNCBOX_TRUE;
    return 1;
}

static int out_of_range(struct funcbox_input *in, const struct funcbox_item *item, unsigned size, int is_signed) {
    const char *sign = is_signed ? "a signed" : "an unsigned";
    if (item->kind == FUNCBOX_TAG) return funcbox_in_fail(in, "an integer of more than 64 bits does not fit into %s integer of %u bits", sign, 8 * size);
    if (item->kind == FUNCBOX_NEGATIVE) {
        if (item->number > INT64_MAX) return funcbox_in_fail(in, "an integer of more than 64 bits does not fit into %s integer of %u bits", sign, 8 * size);
        return funcbox_in_fail(in, "%lld does not fit into %s integer of %u bits", -1 - (long long)item->number, sign, 8 * size);
    }
    return funcbox_in_fail(in, "%llu does not fit into %s integer of %u bits", (unsigned long long)item->number, sign, 8 * size);
}

static inline int fits(const struct funcbox_item *item, unsigned size, int is_signed) {
    uint64_t most = UINT64_MAX >> (64 - 8 * size + (is_signed ? 1 : 0));
    return item->number <= most && (item->kind == FUNCBOX_UNSIGNED || (is_signed && item->kind == FUNCBOX_NEGATIVE));
}

static inline void put_integer(void *to, uint64_t value, unsigned size) {
    switch (size) {
    case 1: *(uint8_t *)to = (uint8_t)value; break;
    case 2: *(uint16_t *)to = (uint16_t)value; break;
    case 4: *(uint32_t *)to = (uint32_t)value; break;
    default: *(uint64_t *)to = value;
    }
}

static inline uint64_t value_of(const struct funcbox_item *item) {
    return item->kind == FUNCBOX_NEGATIVE ? ~item->number : item->number;
}

int funcbox_in_integer(struct funcbox_input *in, void *to, unsigned size, int is_signed) {
    struct funcbox_item item;
    if (!next(in, &item)) return 0;
    if (item.kind > FUNCBOX_NEGATIVE && (item.kind != FUNCBOX_TAG || item.number == FUNCBOX_TAG_TIME)) return wrong(in, "an integer", &item);
    if (item.kind == FUNCBOX_TAG || !fits(&item, size, is_signed)) return out_of_range(in, &item, size, is_signed);
    put_integer(to, value_of(&item), size);
    return 1;
}

/* The double of exactly that integer; 0 if there is none. */
static int exact(const struct funcbox_item *item, double *to) {
    int negative = item->kind == FUNCBOX_NEGATIVE;
    uint64_t magnitude = item->number + (negative ? 1 : 0); /* 0: 2^64 */
    double value = negative && !magnitude ? 0x1p64 : (double)magnitude;
    if (magnitude && (value >= 0x1p64 || (uint64_t)value != magnitude)) return 0;
    *to = negative ? -value : value;
    return 1;
}

int funcbox_in_real(struct funcbox_input *in, void *to, unsigned size) {
    struct funcbox_item item;
    if (!next(in, &item)) return 0;
    double value = item.real;
    if (item.kind == FUNCBOX_UNSIGNED || item.kind == FUNCBOX_NEGATIVE) {
        if (!exact(&item, &value) || (size == 4 && (double)(float)value != value)) return funcbox_in_fail(in, "no float has exactly the value of that integer");
    } else if (item.kind != FUNCBOX_FLOAT) {
        return wrong(in, "a float", &item);
    }
    if (size == 8) {
        *(double *)to = value;
        return 1;
    }
    float narrow = (float)value;
    if (narrow - narrow != 0 && value - value == 0) return funcbox_in_fail(in, "a float that large does not fit into one of 32 bits");
    *(float *)to = narrow;
    return 1;
}

int funcbox_in_numbers(struct funcbox_input *in, void *to, size_t count, unsigned size, enum funcbox_number number) {
    uint8_t *at = to;
    for (size_t i = 0; i < count; i++, at += size) {
        int read = number == FUNCBOX_REAL_NUMBERS ? funcbox_in_real(in, at, size) : funcbox_in_integer(in, at, size, number == FUNCBOX_SIGNED_NUMBERS);
        if (!read) return funcbox_in_at_index(in, i);
    }
    return 1;
}

/* ---- text and bytes --------------------------------------------------- */

int funcbox_in_text(struct funcbox_input *in, const char **data, size_t *length) {
    struct funcbox_item item;
    if (!next(in, &item)) return 0;
    if (item.kind != FUNCBOX_TEXT) return wrong(in, "text", &item);
    *data = (const char *)item.data;
    *length = (size_t)item.number;
    return 1;
}

int funcbox_in_string(struct funcbox_input *in, const char **data, size_t *length) {
    struct funcbox_item item;
    if (!next(in, &item)) return 0;
    if (item.kind != FUNCBOX_TEXT && item.kind != FUNCBOX_BYTES) return wrong(in, "text", &item);
    *data = (const char *)item.data;
    *length = (size_t)item.number;
    return 1;
}

int funcbox_in_cstring(struct funcbox_input *in, char **text) {
    const char *data;
    size_t length;
    if (funcbox_in_null(in)) {
        *text = NULL;
        return 1;
    }
    if (!funcbox_in_string(in, &data, &length)) return 0;
    if (memchr(data, 0, length)) return funcbox_in_fail(in, "text with a NUL cannot become a char*");
    if (!(*text = funcbox_in_keep(in, length + 1, NULL))) return 0;
    memcpy(*text, data, length);
    return 1;
}

int funcbox_in_bytes(struct funcbox_input *in, const uint8_t **data, size_t *length) {
    struct funcbox_item item;
    if (!next(in, &item)) return 0;
    if (item.kind != FUNCBOX_BYTES) return wrong(in, "bytes", &item);
    *data = item.data;
    *length = (size_t)item.number;
    return 1;
}

int funcbox_in_raw(struct funcbox_input *in, const uint8_t **data, size_t *length) {
    if (in->failure.set) return 0;
    *data = in->reader.next;
    if (!funcbox_skip(&in->reader)) return funcbox_in_fail(in, "%s", in->reader.error);
    *length = (size_t)(in->reader.next - *data);
    return 1;
}

/* ---- lists and maps --------------------------------------------------- */

static int enter(struct funcbox_input *in) {
    return funcbox_enter(&in->reader) ? 1 : funcbox_in_fail(in, "%s", in->reader.error);
}

int funcbox_in_leave(struct funcbox_input *in) {
    funcbox_leave(&in->reader);
    return !in->failure.set;
}

int funcbox_in_list(struct funcbox_input *in, size_t *count) {
    struct funcbox_item item;
    *count = 0;
    if (!next(in, &item)) return 0;
    if (item.kind != FUNCBOX_ARRAY) return wrong(in, "a list", &item);
    *count = (size_t)item.number;
    return enter(in);
}

int funcbox_in_list_of(struct funcbox_input *in, size_t count) {
    size_t got;
    if (!funcbox_in_list(in, &got)) return 0;
    if (got != count) return funcbox_in_fail(in, "expected a list of length %zu, got one of length %zu", count, got);
    return 1;
}

int funcbox_in_map(struct funcbox_input *in, size_t *count) {
    struct funcbox_item item;
    *count = 0;
    if (!next(in, &item)) return 0;
    if (item.kind != FUNCBOX_MAP) return wrong(in, "a map", &item);
    *count = (size_t)item.number;
    return enter(in);
}

int funcbox_in_key(struct funcbox_input *in, const char **data, size_t *length) {
    struct funcbox_item item;
    if (!next(in, &item)) return 0;
    if (item.kind != FUNCBOX_TEXT) return wrong(in, "text as a key", &item);
    *data = (const char *)item.data;
    *length = (size_t)item.number;
    return 1;
}

int funcbox_in_key_integer(struct funcbox_input *in, const char *data, size_t length, void *to, unsigned size, int is_signed) {
    int negative = length && *data == '-';
    size_t i = (size_t)negative;
    struct funcbox_item item = {.kind = negative ? FUNCBOX_NEGATIVE : FUNCBOX_UNSIGNED};
    /* One spelling for each number, so that no two keys become the same. */
    if (i == length || (data[i] == '0' && length > 1)) goto malformed;
    for (; i < length; i++) {
        unsigned digit = (unsigned)(unsigned char)data[i] - '0';
        if (digit > 9) goto malformed;
        if (__builtin_mul_overflow(item.number, 10, &item.number) || __builtin_add_overflow(item.number, digit, &item.number)) {
            item.kind = FUNCBOX_TAG;
            return out_of_range(in, &item, size, is_signed);
        }
    }
    if (negative) item.number--;
    if (!fits(&item, size, is_signed)) return out_of_range(in, &item, size, is_signed);
    put_integer(to, value_of(&item), size);
    return 1;
malformed:
    return funcbox_in_fail(in, "expected an integer as key, got \"%.*s\"", length > LONGEST_SHOWN ? LONGEST_SHOWN : (int)length, data);
}

/* ---- times ------------------------------------------------------------ */

static int digits(const char **at, const char *end, int count, int *to) {
    *to = 0;
    if (end - *at < count) return 0;
    while (count--) {
        unsigned digit = (unsigned)(unsigned char)*(*at)++ - '0';
        if (digit > 9) return 0;
        *to = *to * 10 + (int)digit;
    }
    return 1;
}

static int symbol(const char **at, const char *end, char want) {
    if (*at >= end || **at != want) return 0;
    ++*at;
    return 1;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar, whose year is taken to
 * begin in March, so that leap days come last. */
static int64_t days(int year, int month, int day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400, in_era = y - era * 400;
    int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

int funcbox_in_time(struct funcbox_input *in, int64_t *seconds, int32_t *nanoseconds) {
    struct funcbox_item item;
    int year, month, day, hour, minute, second, zone_hour = 0, zone_minute = 0, sign = 0, nanos = 0;
    if (!next(in, &item)) return 0;
    if (item.kind != FUNCBOX_TAG || item.number != FUNCBOX_TAG_TIME) return wrong(in, "a time", &item);
    if (!next(in, &item)) return 0;
    if (item.kind != FUNCBOX_TEXT) return wrong(in, "a time", &item);
    const char *at = (const char *)item.data, *end = at + item.number;
    int good = digits(&at, end, 4, &year) && symbol(&at, end, '-') && digits(&at, end, 2, &month) && symbol(&at, end, '-') &&
               digits(&at, end, 2, &day) && symbol(&at, end, 'T') && digits(&at, end, 2, &hour) && symbol(&at, end, ':') &&
               digits(&at, end, 2, &minute) && symbol(&at, end, ':') && digits(&at, end, 2, &second) && month >= 1 && month <= 12;
    if (good && symbol(&at, end, '.'))
        for (int unit = 100000000; at < end && *at >= '0' && *at <= '9'; at++, unit /= 10) nanos += (*at - '0') * unit;
    if (good && !symbol(&at, end, 'Z')) {
        sign = symbol(&at, end, '-') ? -1 : 1;
        if (sign > 0) good = symbol(&at, end, '+');
        good = good && digits(&at, end, 2, &zone_hour) && symbol(&at, end, ':') && digits(&at, end, 2, &zone_minute);
    }
    if (!good || at != end) return funcbox_in_fail(in, "\"%.*s\" is no time", item.number > LONGEST_SHOWN ? LONGEST_SHOWN : (int)item.number, (const char *)item.data);
    *seconds = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - sign * (zone_hour * 3600 + zone_minute * 60);
    *nanoseconds = nanos;
    return 1;
}
