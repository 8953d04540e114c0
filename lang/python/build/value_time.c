/*
 * value_time.c: datetime to RFC 3339 and back. One without a time zone is taken as
 * UTC, which is what the sandbox's clock shows.
 */
#include "value.h"

#include <datetime.h>
#include <stdio.h>

static PyObject *method_utcoffset, *method_astimezone;

int time_init(void) {
    PyDateTime_IMPORT;
    method_utcoffset = PyUnicode_InternFromString("utcoffset");
    method_astimezone = PyUnicode_InternFromString("astimezone");
    return PyDateTimeAPI && method_utcoffset && method_astimezone ? 0 : -1;
}

int time_check(PyObject *value) { return PyDateTime_Check(value); }

/* ---- writing ------------------------------------------------------------ */

static void write_fields(struct funcbox_writer *w, PyObject *value, int minutes) {
    char text[48];
    int n = snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", PyDateTime_GET_YEAR(value), PyDateTime_GET_MONTH(value),
                     PyDateTime_GET_DAY(value), PyDateTime_DATE_GET_HOUR(value), PyDateTime_DATE_GET_MINUTE(value),
                     PyDateTime_DATE_GET_SECOND(value));
    int microsecond = PyDateTime_DATE_GET_MICROSECOND(value);
    if (microsecond) n += snprintf(text + n, sizeof text - (size_t)n, ".%06d", microsecond);
    if (minutes) {
        int size = minutes < 0 ? -minutes : minutes;
        n += snprintf(text + n, sizeof text - (size_t)n, "%c%02d:%02d", minutes < 0 ? '-' : '+', size / 60, size % 60);
    } else text[n++] = 'Z';
    funcbox_tag(w, FUNCBOX_TAG_TIME);
    funcbox_text(w, text, (size_t)n);
}

const char *time_write(struct funcbox_writer *w, PyObject *value) {
    if (PyDateTime_DATE_GET_TZINFO(value) == Py_None) {
        write_fields(w, value, 0);
        return NULL;
    }
    PyObject *offset = PyObject_CallMethodNoArgs(value, method_utcoffset);
    if (!offset) return "";
    if (!PyDelta_Check(offset)) { /* None: naive after all */
        Py_DECREF(offset);
        write_fields(w, value, 0);
        return NULL;
    }
    int seconds = PyDateTime_DELTA_GET_DAYS(offset) * 86400 + PyDateTime_DELTA_GET_SECONDS(offset);
    int fits = seconds % 60 == 0 && PyDateTime_DELTA_GET_MICROSECONDS(offset) == 0;
    Py_DECREF(offset);
    if (fits) {
        write_fields(w, value, seconds / 60);
        return NULL;
    }
    /* An offset that is not in whole minutes cannot be written. */
    PyObject *universal = PyObject_CallMethodOneArg(value, method_astimezone, PyDateTime_TimeZone_UTC);
    if (!universal) return "";
    write_fields(w, universal, 0);
    Py_DECREF(universal);
    return NULL;
}

/* ---- reading ------------------------------------------------------------ */

struct text {
    const char *at, *end;
    int bad;
};

static int digits(struct text *text, int count) {
    int value = 0;
    for (; count; count--) {
        if (text->at >= text->end || *text->at < '0' || *text->at > '9') {
            text->bad = 1;
            return 0;
        }
        value = value * 10 + (*text->at++ - '0');
    }
    return value;
}

static char one_of(struct text *text, const char *set) {
    if (text->at < text->end && strchr(set, *text->at)) return *text->at++;
    text->bad = 1;
    return 0;
}

PyObject *time_read(const char *data, size_t length) {
    struct text text = {data, data + length, 0};
    int year = digits(&text, 4), month = (one_of(&text, "-"), digits(&text, 2)), day = (one_of(&text, "-"), digits(&text, 2));
    int hour = (one_of(&text, "Tt "), digits(&text, 2)), minute = (one_of(&text, ":"), digits(&text, 2));
    int second = (one_of(&text, ":"), digits(&text, 2)), microsecond = 0, offset = 0;
    if (text.at < text.end && *text.at == '.') {
        int unit = 100000;
        for (text.at++; text.at < text.end && *text.at >= '0' && *text.at <= '9'; unit /= 10) microsecond += unit * (*text.at++ - '0');
    }
    char sign = one_of(&text, "Zz+-");
    if (sign == '+' || sign == '-') {
        offset = digits(&text, 2) * 60;
        one_of(&text, ":");
        offset += digits(&text, 2);
        if (sign == '-') offset = -offset;
    }
    if (text.bad || text.at != text.end) return PyErr_Format(PyExc_ValueError, "broken request: time");
    PyObject *zone = Py_NewRef(PyDateTime_TimeZone_UTC);
    if (offset) {
        PyObject *delta = PyDelta_FromDSU(0, offset * 60, 0);
        Py_SETREF(zone, delta ? PyTimeZone_FromOffset(delta) : NULL);
        Py_XDECREF(delta);
    }
    PyObject *value = zone ? PyDateTimeAPI->DateTime_FromDateAndTime(year, month, day, hour, minute, second, microsecond, zone,
                                                                      PyDateTimeAPI->DateTimeType)
                           : NULL;
    Py_XDECREF(zone);
    return value;
}
