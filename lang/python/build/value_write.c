/*
 * value_write.c: Python objects to CBOR.
 */
#include "value.h"

#include <stdio.h>

/* Where the value being written stands: a list from the innermost place out. */
struct place {
    const struct place *outer; /* NULL: all that is written */
    const char *name;          /* of that: args or kwargs; NULL: the result */
    PyObject *object;          /* the container being written at this place, or NULL */
    PyObject *key;             /* in the outer container; NULL: index counts */
    Py_ssize_t index;
    int same;                  /* as the outer place: how often the value there was converted */
    int depth;
};

static int write_value(struct funcbox_writer *w, PyObject *value, struct place *place);

/* ---- errors ------------------------------------------------------------- */

/* Bytes of a path that suffice to find a place. */
#define LONGEST_PATH 300

static PyObject *path_of(const struct place *place) {
    while (place->same) place = place->outer;
    if (!place->outer) return PyUnicode_FromString(place->name ? place->name : "result");
    PyObject *outer = path_of(place->outer), *path = NULL;
    if (!outer || PyUnicode_GET_LENGTH(outer) > LONGEST_PATH) return outer;
    if (!place->key) path = PyUnicode_FromFormat("%U[%zd]", outer, place->index);
    else if (PyUnicode_CheckExact(place->key) && PyUnicode_IsIdentifier(place->key) == 1) path = PyUnicode_FromFormat("%U.%U", outer, place->key);
    else path = PyUnicode_FromFormat("%U[%A]", outer, place->key);
    Py_DECREF(outer);
    return path;
}

/* Raises what stands in the way of the value at place, which is told for results. */
static void refuse_text(const struct place *place, PyObject *what) {
    const struct place *whole = place;
    while (whole->outer) whole = whole->outer;
    PyObject *path = path_of(place);
    PyObject *returned = whole->name ? PyUnicode_FromString("be returned") : NULL, *passed = returned ? PyUnicode_FromString("be passed") : NULL;
    PyObject *told = passed ? PyUnicode_Replace(what, returned, passed, -1) : Py_NewRef(what);
    if (path && told) PyErr_Format(PyExc_TypeError, "%U: %U", path, told);
    Py_XDECREF(path);
    Py_XDECREF(returned);
    Py_XDECREF(passed);
    Py_XDECREF(told);
}

static int refuse(const struct place *place, const char *what) {
    PyErr_Clear();
    PyObject *text = PyUnicode_FromString(what);
    if (text) refuse_text(place, text);
    Py_XDECREF(text);
    return -1;
}

/* Puts the place before the message of the pending exception, if the guest library
 * says with it that a value cannot cross; what the program raised stays as it is. */
static int refuse_raised(const struct place *place) {
    PyObject *error = PyErr_GetRaisedException();
    if (!error || !PyErr_GivenExceptionMatches(error, guest_unreturnable)) {
        PyErr_SetRaisedException(error);
        return -1;
    }
    PyObject *text = PyObject_Str(error);
    if (text) refuse_text(place, text);
    Py_XDECREF(text);
    Py_DECREF(error);
    return -1;
}

/* ---- numbers and text ----------------------------------------------------- */

static int write_int(struct funcbox_writer *w, PyObject *value, const struct place *place) {
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (!overflow) {
        funcbox_int(w, number);
        return 0;
    }
    Py_ssize_t length = PyLong_AsNativeBytes(value, NULL, 0, Py_ASNATIVEBYTES_BIG_ENDIAN);
    if (length < 0) return -1;
    if (length > MAX_INTEGER_BITS / 8 + 1) return refuse(place, "an integer of more than 1048576 bits cannot be returned");
    uint8_t *bytes = malloc((size_t)length), *magnitude = bytes;
    if (!bytes || PyLong_AsNativeBytes(value, bytes, length, Py_ASNATIVEBYTES_BIG_ENDIAN) < 0) {
        free(bytes);
        if (!PyErr_Occurred()) PyErr_NoMemory();
        return -1;
    }
    /* The complement of two, inverted, is -1 - value. */
    int negative = bytes[0] >> 7;
    for (Py_ssize_t i = 0; negative && i < length; i++) bytes[i] = (uint8_t)~bytes[i];
    for (; length && !*magnitude; length--) magnitude++;
    funcbox_bignum(w, negative, magnitude, (size_t)length);
    free(bytes);
    return 0;
}

static int write_text(struct funcbox_writer *w, PyObject *value, const struct place *place) {
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(value, &length);
    if (text) {
        funcbox_text(w, text, (size_t)length);
        return 0;
    }
    if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) return -1;
    return refuse(place, "a string with a lone surrogate cannot be returned");
}

static int write_buffer(struct funcbox_writer *w, PyObject *value) {
    Py_buffer view;
    if (PyObject_GetBuffer(value, &view, PyBUF_FULL_RO) < 0) return -1;
    funcbox_head(w, 2, (uint64_t)view.len);
    uint8_t *to = funcbox_room(w, (size_t)view.len);
    int bad = to ? PyBuffer_ToContiguous(to, &view, view.len, 'C') : 0;
    if (to) w->length += (size_t)view.len;
    PyBuffer_Release(&view);
    return bad;
}

static int write_time(struct funcbox_writer *w, PyObject *value, const struct place *place) {
    const char *what = time_write(w, value);
    if (what) return PyErr_Occurred() ? -1 : refuse(place, what);
    return 0;
}

/* ---- containers ----------------------------------------------------------- */

/* Notes that the value at place is a container and is being written. */
static int enter(struct place *place, PyObject *value) {
    if (place->depth >= MAX_DEPTH) return refuse(place, "nested more than 1000 levels deep");
    for (const struct place *p = place->outer; p; p = p->outer)
        if (p->object == value) return refuse(place, "a circular reference cannot be returned");
    place->object = value;
    return 0;
}

static int changed(const struct place *place) { return refuse(place, "it changed while it was being read"); }

/* A list or a tuple. */
static int write_sequence(struct funcbox_writer *w, PyObject *value, struct place *place) {
    Py_ssize_t count = PySequence_Fast_GET_SIZE(value);
    funcbox_array(w, (uint64_t)count);
    struct place inner = {.outer = place, .depth = place->depth + 1};
    for (; inner.index < count; inner.index++) {
        if (inner.index >= PySequence_Fast_GET_SIZE(value)) return changed(place);
        PyObject *item = Py_NewRef(PySequence_Fast_GET_ITEM(value, inner.index));
        int bad = write_value(w, item, &inner);
        Py_DECREF(item);
        if (bad) return -1;
    }
    return PySequence_Fast_GET_SIZE(value) == count ? 0 : changed(place);
}

static int write_set(struct funcbox_writer *w, PyObject *value, struct place *place) {
    PyObject *items = PySequence_List(value);
    int bad = items ? write_sequence(w, items, place) : -1;
    Py_XDECREF(items);
    return bad;
}

/* The text that stands for a key; NULL: exception. */
static PyObject *key_text(PyObject *key, const struct place *place) {
    if (PyUnicode_CheckExact(key)) return Py_NewRef(key);
    if (PyLong_CheckExact(key)) return PyObject_Str(key);
    PyObject *text = PyObject_CallOneArg(guest_key, key);
    if (!text) refuse_raised(place);
    else if (!PyUnicode_Check(text)) {
        Py_CLEAR(text);
        refuse(place, "a key of this type cannot be returned");
    }
    return text;
}

/* Whether every key is exactly a string, so that no two can become the same. */
static int plain_keys(PyObject *dict) {
    PyObject *key, *value;
    for (Py_ssize_t at = 0; PyDict_Next(dict, &at, &key, &value);)
        if (!PyUnicode_CheckExact(key)) return 0;
    return 1;
}

static int write_dict(struct funcbox_writer *w, PyObject *value, struct place *place) {
    Py_ssize_t count = PyDict_GET_SIZE(value), written = 0, at = 0;
    PyObject *key, *item, *seen = plain_keys(value) ? NULL : PySet_New(NULL);
    int bad = PyErr_Occurred() ? -1 : 0;
    funcbox_map(w, (uint64_t)count);
    while (!bad && PyDict_Next(value, &at, &key, &item)) {
        Py_INCREF(key);
        Py_INCREF(item);
        struct place inner = {.outer = place, .key = key, .depth = place->depth + 1};
        PyObject *text = key_text(key, &inner);
        if (!text) bad = -1;
        else if (seen && PySet_Contains(seen, text)) bad = PyErr_Occurred() ? -1 : refuse(&inner, "two keys are the same as text");
        else if (seen && PySet_Add(seen, text) < 0) bad = -1;
        if (!bad) bad = write_text(w, text, &inner) < 0 || write_value(w, item, &inner) < 0 ? -1 : 0;
        Py_XDECREF(text);
        Py_DECREF(key);
        Py_DECREF(item);
        if (++written > count) break;
    }
    Py_XDECREF(seen);
    if (!bad && (written != count || PyDict_GET_SIZE(value) != count)) bad = changed(place);
    return bad;
}

/* How often what comes of a value may be another that has to be converted. */
#define MAX_CONVERSIONS 100

/* ---- everything else ------------------------------------------------------ */

/* A value that is no instance of exactly a type that crosses: the guest library
 * says what it becomes. If that is the value itself, it crosses as what it derives
 * from. */
static int write_converted(struct funcbox_writer *w, PyObject *value, struct place *place) {
    PyObject *other = PyObject_CallOneArg(guest_convert, value);
    if (!other) return refuse_raised(place);
    int bad;
    if (other == value) {
        if (PyLong_Check(value)) bad = write_int(w, value, place);
        else if (PyFloat_Check(value)) bad = (funcbox_float(w, PyFloat_AS_DOUBLE(value)), 0);
        else if (PyUnicode_Check(value)) bad = write_text(w, value, place);
        else if (PyBytes_Check(value) || PyByteArray_Check(value)) bad = write_buffer(w, value);
        else if (time_check(value)) bad = write_time(w, value, place);
        else if (enter(place, value) < 0) bad = -1;
        else if (PyDict_Check(value)) bad = write_dict(w, value, place);
        else if (PyList_Check(value) || PyTuple_Check(value)) bad = write_sequence(w, value, place);
        else if (PyAnySet_Check(value)) bad = write_set(w, value, place);
        else bad = refuse(place, "it cannot be returned");
    } else {
        struct place inner = {.outer = place, .same = place->same + 1, .depth = place->depth};
        if (inner.same > MAX_CONVERSIONS) bad = refuse(place, "it is converted to ever other objects");
        else bad = enter(place, value) < 0 ? -1 : write_value(w, other, &inner);
    }
    Py_DECREF(other);
    return bad;
}

static int write_value(struct funcbox_writer *w, PyObject *value, struct place *place) {
    if (PyUnicode_CheckExact(value)) return write_text(w, value, place);
    if (PyLong_CheckExact(value)) return write_int(w, value, place);
    if (PyFloat_CheckExact(value)) return funcbox_float(w, PyFloat_AS_DOUBLE(value)), 0;
    if (value == Py_None) return funcbox_null(w), 0;
    if (PyBool_Check(value)) return funcbox_bool(w, value == Py_True), 0;
    if (PyBytes_CheckExact(value) || PyByteArray_CheckExact(value) || PyMemoryView_Check(value)) return write_buffer(w, value);
    if (PyList_CheckExact(value) || PyTuple_CheckExact(value)) return enter(place, value) < 0 ? -1 : write_sequence(w, value, place);
    if (PyDict_CheckExact(value)) return enter(place, value) < 0 ? -1 : write_dict(w, value, place);
    if (PyAnySet_CheckExact(value)) return enter(place, value) < 0 ? -1 : write_set(w, value, place);
    return write_converted(w, value, place);
}

static int complete(const struct funcbox_writer *w) {
    if (!w->failed) return 0;
    PyErr_NoMemory();
    return -1;
}

int value_write(struct funcbox_writer *w, PyObject *value) {
    struct place place = {0};
    return write_value(w, value, &place) < 0 ? -1 : complete(w);
}

int value_write_args(struct funcbox_writer *w, PyObject *const *args, Py_ssize_t count) {
    struct place whole = {.name = "args"}, place = {.outer = &whole, .depth = 1};
    funcbox_array(w, (uint64_t)count);
    for (; place.index < count; place.index++)
        if (write_value(w, args[place.index], &place) < 0) return -1;
    return complete(w);
}

int value_write_kwargs(struct funcbox_writer *w, PyObject *const *args, PyObject *names) {
    struct place whole = {.name = "kwargs"};
    Py_ssize_t count = names ? PyTuple_GET_SIZE(names) : 0;
    funcbox_map(w, (uint64_t)count);
    for (Py_ssize_t i = 0; i < count; i++) {
        struct place place = {.outer = &whole, .key = PyTuple_GET_ITEM(names, i), .depth = 1};
        if (write_text(w, place.key, &place) < 0 || write_value(w, args[i], &place) < 0) return -1;
    }
    return complete(w);
}

int value_init(void) { return time_init(); }
