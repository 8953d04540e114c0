/*
 * shim.c: the exports of the Python runtime: start, and requests.
 */
#include "shim.h"

FUNCBOX_EXPORT(funcbox_abi) int shim_abi(void) { return FUNCBOX_ABI; }

static void reply_plain(struct funcbox_writer *reply, const char *type, const char *message) {
    funcbox_error_reply(reply, type, strlen(type), message, strlen(message), "", 0);
}

/* What is said when there is no memory left to say anything with. */
static struct funcbox_writer last_words;

/* Let go of when memory has run out, so that there is some to describe that with:
 * enough for two arenas of the interpreter's allocator. */
enum { RESERVE = 640 << 10 };
static void *reserve;

FUNCBOX_EXPORT(funcbox_init) int shim_init(void) {
    reply_plain(&last_words, "MemoryError", "out of memory");
    reserve = malloc(RESERVE);
    return last_words.failed || start();
}

/* ---- the request ------------------------------------------------------- */

/* What the guest library calls the parts of a request. */
static const char *const part_names[FUNCBOX_REQUEST_KEYS] = {
    [FUNCBOX_REQUEST_OP] = "op",
    [FUNCBOX_REQUEST_CODE] = "code",
    [FUNCBOX_REQUEST_FILE] = "file",
    [FUNCBOX_REQUEST_FUNCTION] = "function",
    [FUNCBOX_REQUEST_ARGS] = "args",
    [FUNCBOX_REQUEST_KWARGS] = "kwargs",
    [FUNCBOX_REQUEST_ENV] = "env",
    [FUNCBOX_REQUEST_WORKDIR] = "workdir",
    [FUNCBOX_REQUEST_ARGV] = "argv",
    [FUNCBOX_REQUEST_FLAGS] = "flags",
};

struct request {
    PyObject *parts; /* a dict; NULL: exception */
    unsigned long operation, flags;
};

static int broken(const char *what) {
    PyErr_Format(PyExc_ValueError, "broken request: %s", what);
    return -1;
}

/* A part that is a number, which is added if it is missing. */
static unsigned long number_of(PyObject *parts, const char *name, unsigned long missing) {
    PyObject *part = PyDict_GetItemString(parts, name);
    if (part) return PyLong_Check(part) ? PyLong_AsUnsignedLong(part) : (unsigned long)broken(name);
    part = PyLong_FromUnsignedLong(missing);
    if (part) PyDict_SetItemString(parts, name, part);
    Py_XDECREF(part);
    return missing;
}

static void read_request(struct request *request, const uint8_t *bytes, size_t length) {
    struct funcbox_reader reader;
    struct funcbox_item map, key;
    request->operation = FUNCBOX_OP_EXECUTE;
    request->flags = FUNCBOX_FLAG_FRESH | FUNCBOX_FLAG_LAST;
    request->parts = PyDict_New();
    if (!request->parts) return;
    funcbox_read(&reader, bytes, length);
    if (!funcbox_next(&reader, &map) || map.kind != FUNCBOX_MAP) {
        broken("no map");
        map.number = 0;
    }
    for (; map.number && !PyErr_Occurred(); map.number--) {
        if (!funcbox_next(&reader, &key) || key.kind != FUNCBOX_UNSIGNED) {
            broken("a key is not a number");
            break;
        }
        PyObject *part = value_read(&reader);
        if (!part) break;
        if (key.number < FUNCBOX_REQUEST_KEYS) PyDict_SetItemString(request->parts, part_names[key.number], part);
        Py_DECREF(part);
    }
    if (!PyErr_Occurred()) {
        request->operation = number_of(request->parts, "op", request->operation);
        request->flags = number_of(request->parts, "flags", request->flags);
    }
    if (!PyErr_Occurred() && request->operation > FUNCBOX_OP_END) broken("unknown operation");
    if (PyErr_Occurred()) Py_CLEAR(request->parts);
}

/* Makes the process of the request as it is to be. */
static int begin(PyObject *parts) {
    PyObject *argv = PyDict_GetItemString(parts, "argv"), *file = PyDict_GetItemString(parts, "file");
    PyObject *environment = PyDict_GetItemString(parts, "env"), *workdir = PyDict_GetItemString(parts, "workdir");
    const char *path = workdir && PyUnicode_Check(workdir) ? PyUnicode_AsUTF8(workdir) : NULL;
    PyObject *whole = NULL;
    int bad = 0;
    if (argv) {
        PyObject *before = PySys_GetObject("argv"); /* its first is the file's name, where there is one */
        whole = file || !before || !PyList_Check(before) ? PyList_New(0) : PyList_GetSlice(before, 0, 1);
        bad = !whole || (file && PyList_Append(whole, file) < 0) || (argv && PyList_Extend(whole, argv) < 0);
    }
    bad = bad || process_begin(whole, environment && PyDict_Check(environment) ? environment : NULL, path) < 0;
    Py_XDECREF(whole);
    return bad ? -1 : 0;
}

/* ---- the reply --------------------------------------------------------- */

static void write_text(struct funcbox_writer *reply, PyObject *text) {
    PyObject *bytes = text && PyUnicode_Check(text) ? PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace") : NULL;
    if (bytes) funcbox_text(reply, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
    else funcbox_text(reply, "", 0);
    Py_XDECREF(bytes);
    PyErr_Clear();
}

/* Type, message and stack of an error; NULL if that fails. */
static PyObject *describe(PyObject *error, int is_last) {
    if (error && PyErr_GivenExceptionMatches(error, PyExc_MemoryError)) {
        free(reserve);
        reserve = NULL;
    }
    PyObject *described = error ? PyObject_CallFunctionObjArgs(guest_describe, error, is_last ? Py_True : Py_False, NULL) : NULL;
    if (described && (!PyTuple_Check(described) || PyTuple_GET_SIZE(described) != 3)) Py_CLEAR(described);
    PyErr_Clear();
    return described;
}

/* Puts an error and what describe made of it into the reply. */
static void reply_error(struct funcbox_writer *reply, PyObject *error, PyObject *described) {
    static const char *const keys[3] = {"type", "message", "stack"};
    if (!described) {
        const char *type = error ? _PyType_Name(Py_TYPE(error)) : "SystemError";
        reply_plain(reply, type, error && PyErr_GivenExceptionMatches(error, PyExc_MemoryError) ? "out of memory" : "the error could not be described");
        Py_XDECREF(error);
        return;
    }
    reply->length = 0;
    reply->failed = 0;
    funcbox_map(reply, 2);
    funcbox_unsigned(reply, FUNCBOX_REPLY_STATUS);
    funcbox_unsigned(reply, FUNCBOX_STATUS_ERROR);
    funcbox_unsigned(reply, FUNCBOX_REPLY_ERROR);
    funcbox_map(reply, 3);
    for (int i = 0; i < 3; i++) {
        funcbox_text(reply, keys[i], strlen(keys[i]));
        write_text(reply, PyTuple_GET_ITEM(described, i));
    }
    Py_DECREF(described);
    Py_DECREF(error);
}

static void serve(struct funcbox_writer *reply, uint8_t *bytes, size_t length) {
    struct request request;
    PyObject *result = NULL;
    read_request(&request, bytes, length);
    free(bytes);
    int is_last = request.flags & FUNCBOX_FLAG_LAST || request.operation == FUNCBOX_OP_END;
    if (request.parts && (!(request.flags & FUNCBOX_FLAG_FRESH) || begin(request.parts) == 0)) result = PyObject_CallOneArg(guest_serve, request.parts);
    Py_XDECREF(request.parts);
    if (!result) process_exit_if_asked();
    if (result) {
        funcbox_map(reply, 2);
        funcbox_unsigned(reply, FUNCBOX_REPLY_STATUS);
        funcbox_unsigned(reply, FUNCBOX_STATUS_VALUE);
        funcbox_unsigned(reply, FUNCBOX_REPLY_VALUE);
        if (value_write(reply, result) < 0) {
            process_exit_if_asked();
            Py_CLEAR(result);
        }
    }
    /* The program's end takes away its globals, which its errors may need for their
     * text. */
    PyObject *error = result ? NULL : PyErr_GetRaisedException(), *described = result ? NULL : describe(error, is_last);
    if (is_last) process_end();
    else process_rest();
    if (!result) reply_error(reply, error, described);
    Py_XDECREF(result);
    if (!is_last && !reserve) reserve = malloc(RESERVE);
}

FUNCBOX_EXPORT(funcbox_call) void shim_call(size_t length) {
    struct funcbox_writer reply = {0};
    uint8_t *bytes = malloc(length ? length : 1);
    if (bytes) {
        funcbox_request(bytes);
        serve(&reply, bytes, length);
    }
    if (reply.failed || !reply.length) funcbox_result(last_words.data, last_words.length);
    else funcbox_result(reply.data, reply.length);
    funcbox_writer_free(&reply);
}
