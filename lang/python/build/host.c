/*
 * host.c: functions of the host, as functions of Python.
 */
#include "shim.h"

#define BROKEN "the host's reply is broken"

/* ---- the reply --------------------------------------------------------- */

/* The value of a reply's error: its message. NULL: exception. */
static PyObject *read_message(struct funcbox_reader *reader) {
    PyObject *error = value_read(reader);
    PyObject *message = error && PyDict_Check(error) ? PyDict_GetItemString(error, "message") : NULL;
    message = message ? Py_NewRef(message) : error ? PyUnicode_FromString("") : NULL;
    Py_XDECREF(error);
    return message;
}

/* The value of a reply; NULL: exception, which is a HostError if the reply says so. */
static PyObject *read_reply(const uint8_t *bytes, size_t length) {
    struct funcbox_reader reader;
    struct funcbox_item map, key;
    uint64_t status = FUNCBOX_STATUS_VALUE;
    PyObject *value = NULL;
    funcbox_read(&reader, bytes, length);
    if (!funcbox_next(&reader, &map) || map.kind != FUNCBOX_MAP) return PyErr_Format(PyExc_SystemError, BROKEN);
    for (; map.number; map.number--) {
        struct funcbox_item item;
        PyObject *read = NULL;
        if (!funcbox_next(&reader, &key) || key.kind != FUNCBOX_UNSIGNED) break;
        if (key.number == FUNCBOX_REPLY_STATUS) {
            if (!funcbox_next(&reader, &item)) break;
            status = item.number;
        } else if (key.number == FUNCBOX_REPLY_VALUE || key.number == FUNCBOX_REPLY_ERROR) {
            read = key.number == FUNCBOX_REPLY_VALUE ? value_read(&reader) : read_message(&reader);
            if (!read) break;
            Py_XSETREF(value, read);
        } else if (!funcbox_skip(&reader)) break;
    }
    if (map.number || !value) {
        Py_CLEAR(value);
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_SystemError, BROKEN);
    } else if (status != FUNCBOX_STATUS_VALUE) {
        PyErr_SetObject(guest_host_error, value);
        Py_CLEAR(value);
    }
    return value;
}

/* ---- the call ---------------------------------------------------------- */

/* name is a str; the arguments are those of a vectorcall. */
static PyObject *call_host(PyObject *name, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    struct funcbox_writer request = {0};
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(name, &length);
    if (!text) return NULL;
    funcbox_map(&request, 3);
    funcbox_unsigned(&request, FUNCBOX_HOST_NAME);
    funcbox_text(&request, text, (size_t)length);
    funcbox_unsigned(&request, FUNCBOX_HOST_ARGS);
    if (value_write_args(&request, arguments, count) == 0) {
        funcbox_unsigned(&request, FUNCBOX_HOST_KWARGS);
        value_write_kwargs(&request, arguments + count, names);
    }
    if (PyErr_Occurred()) {
        funcbox_writer_free(&request);
        return NULL;
    }
    size_t reply_length = funcbox_host_call(request.data, request.length);
    funcbox_writer_free(&request);
    uint8_t *reply = malloc(reply_length ? reply_length : 1);
    if (!reply) return PyErr_NoMemory();
    funcbox_host_reply(reply);
    PyObject *value = read_reply(reply, reply_length);
    free(reply);
    return value;
}

/* host_call(name, /, *args, **kwargs) -> value */
static PyObject *host_call(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    if (count < 1 || !PyUnicode_Check(arguments[0])) return PyErr_Format(PyExc_TypeError, "the name of a function of the host must be a str");
    return call_host(arguments[0], arguments + 1, count - 1, names);
}

/* host_function(name) -> the function of that name, as one that is built in. It is
 * never let go of. */
static PyObject *host_function(PyObject *module, PyObject *name) {
    if (!PyUnicode_Check(name)) return PyErr_Format(PyExc_TypeError, "the name of a function of the host must be a str");
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(name, &length);
    if (!text) return NULL;
    struct { PyMethodDef definition; char name[]; } *made = malloc(sizeof *made + (size_t)length + 1);
    if (!made) return PyErr_NoMemory();
    memcpy(made->name, text, (size_t)length + 1);
    made->definition = (PyMethodDef){made->name, _PyCFunction_CAST(call_host), METH_FASTCALL | METH_KEYWORDS, PyDoc_STR("A function of the host.")};
    PyObject *where = PyUnicode_FromString("funcbox"), *function = where ? PyCFunction_NewEx(&made->definition, name, where) : NULL;
    Py_XDECREF(where);
    if (!function) free(made);
    return function;
}

PyMethodDef host_functions[] = {
    {"host_call", _PyCFunction_CAST(host_call), METH_FASTCALL | METH_KEYWORDS, NULL},
    {"host_function", host_function, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
