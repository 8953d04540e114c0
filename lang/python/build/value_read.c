/*
 * value_read.c: CBOR to Python objects.
 */
#include "value.h"

static PyObject *broken(struct funcbox_reader *reader) {
    return PyErr_Format(PyExc_ValueError, "broken request: %s", reader->error ? reader->error : "unexpected item");
}

/* ---- keys --------------------------------------------------------------- */

/* Lists of dicts have the same keys again and again. A slot holds the last key that
 * fell into it, while one value is read. */
#define SLOTS 64
#define LONGEST 32 /* bytes */

struct keys {
    PyObject *slots[SLOTS];
};

static PyObject *read_key(struct keys *keys, const char *text, size_t length) {
    if (length > LONGEST) return PyUnicode_DecodeUTF8(text, (Py_ssize_t)length, NULL);
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < length; i++) hash = (hash ^ (uint8_t)text[i]) * 16777619u;
    PyObject **slot = &keys->slots[(hash ^ hash >> 16) % SLOTS];
    if (*slot && PyUnicode_IS_COMPACT_ASCII(*slot) && (size_t)PyUnicode_GET_LENGTH(*slot) == length &&
        !memcmp(PyUnicode_1BYTE_DATA(*slot), text, length))
        return Py_NewRef(*slot);
    PyObject *key = PyUnicode_DecodeUTF8(text, (Py_ssize_t)length, NULL);
    if (key) Py_XSETREF(*slot, Py_NewRef(key));
    return key;
}

/* ---- items -------------------------------------------------------------- */

static PyObject *read_item(struct funcbox_reader *reader, struct keys *keys);

static PyObject *read_bignum(const uint8_t *magnitude, size_t length, int negative) {
    PyObject *number = PyLong_FromUnsignedNativeBytes(magnitude, length, Py_ASNATIVEBYTES_BIG_ENDIAN);
    if (!number || !negative) return number;
    PyObject *inverted = PyNumber_Invert(number);
    Py_DECREF(number);
    return inverted;
}

static PyObject *read_negative(uint64_t number) {
    if (number <= INT64_MAX) return PyLong_FromLongLong(-1 - (long long)number);
    uint8_t magnitude[8];
    for (int i = 0; i < 8; i++) magnitude[i] = (uint8_t)(number >> (56 - 8 * i));
    return read_bignum(magnitude, sizeof magnitude, 1);
}

static PyObject *read_list(struct funcbox_reader *reader, struct keys *keys, uint64_t count) {
    PyObject *list = PyList_New((Py_ssize_t)count);
    for (uint64_t i = 0; list && i < count; i++) {
        PyObject *item = read_item(reader, keys);
        if (item) PyList_SET_ITEM(list, (Py_ssize_t)i, item);
        else Py_CLEAR(list);
    }
    return list;
}

static PyObject *read_dict(struct funcbox_reader *reader, struct keys *keys, uint64_t count) {
    PyObject *dict = PyDict_New();
    for (; dict && count; count--) {
        struct funcbox_item item;
        PyObject *key = NULL, *value = NULL;
        if (!funcbox_next(reader, &item) || item.kind != FUNCBOX_TEXT) broken(reader);
        else key = read_key(keys, (const char *)item.data, (size_t)item.number);
        if (key) value = read_item(reader, keys);
        if (!value || PyDict_SetItem(dict, key, value) < 0) Py_CLEAR(dict);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    return dict;
}

static PyObject *read_tagged(struct funcbox_reader *reader, struct keys *keys, uint64_t tag) {
    struct funcbox_item item;
    if (tag == FUNCBOX_TAG_TIME) {
        if (!funcbox_next(reader, &item) || item.kind != FUNCBOX_TEXT) return broken(reader);
        return time_read((const char *)item.data, (size_t)item.number);
    }
    if (tag == FUNCBOX_TAG_BIGNUM || tag == FUNCBOX_TAG_NEGATIVE_BIGNUM) {
        if (!funcbox_next(reader, &item) || item.kind != FUNCBOX_BYTES) return broken(reader);
        return read_bignum(item.data, (size_t)item.number, tag == FUNCBOX_TAG_NEGATIVE_BIGNUM);
    }
    return read_item(reader, keys);
}

static PyObject *read_item(struct funcbox_reader *reader, struct keys *keys) {
    struct funcbox_item item;
    PyObject *value;
    if (!funcbox_next(reader, &item)) return broken(reader);
    switch (item.kind) {
    case FUNCBOX_NULL: Py_RETURN_NONE;
    case FUNCBOX_FALSE: Py_RETURN_FALSE;
    case FUNCBOX_TRUE: Py_RETURN_TRUE;
    case FUNCBOX_FLOAT: return PyFloat_FromDouble(item.real);
    case FUNCBOX_UNSIGNED: return PyLong_FromUnsignedLongLong(item.number);
    case FUNCBOX_NEGATIVE: return read_negative(item.number);
    case FUNCBOX_TEXT: return PyUnicode_DecodeUTF8((const char *)item.data, (Py_ssize_t)item.number, NULL);
    case FUNCBOX_BYTES: return PyBytes_FromStringAndSize((const char *)item.data, (Py_ssize_t)item.number);
    default: break;
    }
    if (!funcbox_enter(reader)) return broken(reader);
    if (item.kind == FUNCBOX_ARRAY) value = read_list(reader, keys, item.number);
    else if (item.kind == FUNCBOX_MAP) value = read_dict(reader, keys, item.number);
    else value = read_tagged(reader, keys, item.number);
    funcbox_leave(reader);
    return value;
}

PyObject *value_read(struct funcbox_reader *reader) {
    struct keys keys = {0};
    PyObject *value = read_item(reader, &keys);
    for (int i = 0; i < SLOTS; i++) Py_XDECREF(keys.slots[i]);
    return value;
}
