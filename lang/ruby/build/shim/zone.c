/*
 * zone.c: local time, of which WASI's C library knows nothing: tzset and localtime_r by
 * TZ, which names a file of the time zone database (RFC 8536) or is a rule by itself
 * (POSIX.1-2017, 8.3). Without it, or where it makes no sense, local time is UTC.
 */
#include "shim.h"

#include <fcntl.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#define DATABASE "/usr/share/zoneinfo/"
/* The largest file of the database has some 2 KB. In bytes. */
#define MAX_FILE (64 * 1024)
#define DAY 86400

enum { NAME = 16 }; /* of an abbreviation, with the NUL at its end */

/* One of the two days in a year on which the clocks change. */
struct change {
    char kind; /* M: month, week and day; J: 1 to 365 without February 29; 0: 0 to 365 */
    int month, week, day;
    int time; /* seconds after midnight, local time before the change */
};

struct rule {
    bool present, has_summer;
    char name[2][NAME]; /* of standard time, of summer time */
    int offset[2];      /* the same, seconds east of Greenwich */
    struct change begin, end;
};

static struct {
    char *name;     /* TZ as it was read, NULL: not at all */
    uint8_t *file;  /* what follows points into it */
    const uint8_t *times, *kinds, *types, *names;
    size_t count, type_count, name_length;
    struct rule rule; /* after the last of times */
} zone;

/* ---- rules ------------------------------------------------------------ */

static const char *read_name(const char *p, char *name) {
    size_t length = 0;
    bool quoted = *p == '<';
    if (quoted) p++;
    for (; quoted ? *p && *p != '>' : (unsigned)((*p | 32) - 'a') < 26; p++) {
        if (length == NAME - 1) return NULL;
        name[length++] = *p;
    }
    name[length] = 0;
    if (quoted && *p++ != '>') return NULL;
    return length >= 3 ? p : NULL;
}

static const char *read_number(const char *p, int most, int *number) {
    if (*p < '0' || *p > '9') return NULL;
    for (*number = 0; *p >= '0' && *p <= '9'; p++)
        if ((*number = *number * 10 + (*p - '0')) > most) return NULL;
    return p;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static const char *read_time(const char *p, int *seconds) {
    int sign = 1, part;
    if (*p == '+' || *p == '-') sign = *p++ == '-' ? -1 : 1;
    if (!(p = read_number(p, 167, &part))) return NULL;
    *seconds = part * 3600;
    for (int unit = 60; unit && *p == ':'; unit /= 60) {
        if (!(p = read_number(p + 1, 59, &part))) return NULL;
        *seconds += part * unit;
    }
    *seconds *= sign;
    return p;
}

static const char *read_change(const char *p, struct change *change) {
    *change = (struct change){.time = 2 * 3600};
    if (*p++ != ',') return NULL;
    if (*p == 'M') {
        change->kind = 'M';
        p = read_number(p + 1, 12, &change->month);
        if (!p || *p != '.' || !(p = read_number(p + 1, 5, &change->week))) return NULL;
        if (*p != '.' || !(p = read_number(p + 1, 6, &change->day))) return NULL;
        if (change->month < 1 || change->week < 1) return NULL;
    } else {
        if (*p == 'J') change->kind = *p++;
        if (!(p = read_number(p, 365, &change->day))) return NULL;
    }
    return *p == '/' ? read_time(p + 1, &change->time) : p;
}

static bool read_rule(const char *p, struct rule *rule) {
    *rule = (struct rule){0};
    if (!(p = read_name(p, rule->name[0])) || !(p = read_time(p, &rule->offset[0]))) return false;
    rule->offset[0] = -rule->offset[0];
    if (*p) {
        rule->has_summer = true;
        if (!(p = read_name(p, rule->name[1]))) return false;
        rule->offset[1] = rule->offset[0] + 3600;
        if (*p && *p != ',') {
            if (!(p = read_time(p, &rule->offset[1]))) return false;
            rule->offset[1] = -rule->offset[1];
        }
        if (!*p) p = ",M3.2.0,M11.1.0"; /* as other systems have it */
        if (!(p = read_change(p, &rule->begin)) || !(p = read_change(p, &rule->end))) return false;
    }
    return rule->present = !*p;
}

static bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

/* Days from 1970-01-01 to the first of January. */
static int64_t days_to(int64_t year) {
    int64_t y = year - 1;
    int64_t centuries = y / 100 - (y % 100 < 0), leaps = y / 4 - (y % 4 < 0), cycles = y / 400 - (y % 400 < 0);
    return (year - 1970) * 365 + leaps - centuries + cycles - 477;
}

/* When the clocks change in a year, in seconds of local time. */
static int64_t moment(const struct change *change, int64_t year) {
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    int64_t first = days_to(year), day;
    bool leap = is_leap(year);
    if (change->kind == 'M') {
        int64_t month = first + before[change->month - 1] + (leap && change->month > 2);
        int length = before[change->month] - before[change->month - 1] + (leap && change->month == 2);
        int weekday = (int)(((month + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
        int in_month = (change->day - weekday + 7) % 7 + (change->week - 1) * 7;
        if (in_month >= length) in_month -= 7;
        day = month + in_month;
    } else if (change->kind == 'J') day = first + change->day - 1 + (leap && change->day > 59);
    else day = first + change->day;
    return day * DAY + change->time;
}

static bool is_summer(const struct rule *rule, int64_t when) {
    if (!rule->has_summer) return false;
    struct tm parts;
    time_t local = when + rule->offset[0];
    if (!gmtime_r(&local, &parts)) return false;
    int64_t year = (int64_t)parts.tm_year + 1900;
    int64_t begin = moment(&rule->begin, year) - rule->offset[0], end = moment(&rule->end, year) - rule->offset[1];
    return begin < end ? when >= begin && when < end : when >= begin || when < end;
}

/* ---- files ------------------------------------------------------------ */

static uint32_t number32(const uint8_t *p) { return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]; }
static int64_t number64(const uint8_t *p) { return (int64_t)((uint64_t)number32(p) << 32 | number32(p + 4)); }

static uint8_t *read_file(const char *name, size_t *length) {
    char path[256];
    if (strstr(name, "..") || strlen(name) > sizeof path - sizeof DATABASE) return NULL;
    strcpy(path, *name == '/' ? "" : DATABASE);
    strcat(path, name);
    int fd = open(path, O_RDONLY);
    if (fd < 0) return NULL;
    uint8_t *content = malloc(MAX_FILE);
    ssize_t n = 0;
    *length = 0;
    while (content && *length < MAX_FILE && (n = read(fd, content + *length, MAX_FILE - *length)) > 0) *length += (size_t)n;
    close(fd);
    return content;
}

/* The counts of a header: RFC 8536, section 3.1. */
struct counts {
    size_t ut, standard, leap, time, type, name;
};

static bool read_header(const uint8_t *p, const uint8_t *end, struct counts *c) {
    if (end - p < 44 || memcmp(p, "TZif", 4) || p[4] < '2') return false;
    *c = (struct counts){number32(p + 20), number32(p + 24), number32(p + 28), number32(p + 32), number32(p + 36), number32(p + 40)};
    return c->ut <= 256 && c->standard <= 256 && c->leap <= 1000 && c->time <= 10000 && c->type <= 256 && c->name <= 1000;
}

static size_t body_size(const struct counts *c, size_t width) {
    return c->time * (width + 1) + c->type * 6 + c->name + c->leap * (width + 4) + c->standard + c->ut;
}

static bool read_zone(const uint8_t *p, const uint8_t *end) {
    struct counts c;
    if (!read_header(p, end, &c) || (size_t)(end - p) < 44 + body_size(&c, 4)) return false;
    p += 44 + body_size(&c, 4);
    if (!read_header(p, end, &c) || (size_t)(end - p) < 44 + body_size(&c, 8) || !c.type || !c.name) return false;
    p += 44;
    zone.count = c.time;
    zone.type_count = c.type;
    zone.name_length = c.name;
    zone.times = p;
    zone.kinds = p + 8 * c.time;
    zone.types = zone.kinds + c.time;
    zone.names = zone.types + 6 * c.type;
    if (zone.names[c.name - 1]) return false;
    p += body_size(&c, 8);
    char text[128];
    size_t length = 0;
    if (p < end && *p++ == '\n')
        while (p < end && *p != '\n' && length < sizeof text - 1) text[length++] = (char)*p++;
    text[length] = 0;
    if (length) read_rule(text, &zone.rule);
    return true;
}

static void forget(void) {
    free(zone.name);
    free(zone.file);
    memset(&zone, 0, sizeof zone);
}

void tzset(void) {
    const char *name = getenv("TZ");
    if (name && *name == ':') name++;
    if (name ? zone.name && !strcmp(zone.name, name) : !zone.name) return;
    forget();
    if (!name) return;
    zone.name = strdup(name);
    size_t length;
    zone.file = *name ? read_file(name, &length) : NULL;
    if (zone.file && read_zone(zone.file, zone.file + length)) return;
    struct rule rule;
    bool is_rule = read_rule(name, &rule);
    free(zone.file);
    zone.file = NULL;
    zone.count = zone.type_count = 0;
    if (is_rule) zone.rule = rule;
    else zone.rule.present = false;
}

/* ---- local time ------------------------------------------------------- */

static struct tm *broken_down(int64_t when, int offset, int summer, const char *name, struct tm *result) {
    time_t local = when + offset;
    if (!gmtime_r(&local, result)) return NULL;
    result->tm_isdst = summer;
    result->tm_gmtoff = offset;
    result->tm_zone = name;
    return result;
}

struct tm *localtime_r(const time_t *restrict time, struct tm *restrict result) {
    tzset();
    int64_t when = *time;
    if (!zone.type_count || (zone.rule.present && (!zone.count || when >= number64(zone.times + 8 * (zone.count - 1))))) {
        if (!zone.rule.present) return broken_down(when, 0, 0, "UTC", result);
        int summer = is_summer(&zone.rule, when);
        return broken_down(when, zone.rule.offset[summer], summer, zone.rule.name[summer], result);
    }
    size_t low = 0, high = zone.count; /* how many changes are not later */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (number64(zone.times + 8 * middle) <= when) low = middle + 1;
        else high = middle;
    }
    size_t kind = low ? zone.kinds[low - 1] : 0;
    if (kind >= zone.type_count) kind = 0;
    const uint8_t *type = zone.types + 6 * kind;
    const char *name = type[5] < zone.name_length ? (const char *)zone.names + type[5] : "";
    return broken_down(when, (int)number32(type), type[4] != 0, name, result);
}

struct tm *localtime(const time_t *time) {
    static struct tm result;
    return localtime_r(time, &result);
}
