/*
 * module.c: the module _funcbox, which the guest library is built on.
 */
#include "shim.h"

/* encode(value) -> bytes: as a result is encoded */
static PyObject *encode(PyObject *module, PyObject *value) {
    struct funcbox_writer writer = {0};
    PyObject *bytes = NULL;
    if (value_write(&writer, value) == 0) bytes = PyBytes_FromStringAndSize((char *)writer.data, (Py_ssize_t)writer.length);
    funcbox_writer_free(&writer);
    return bytes;
}

/* decode(bytes) -> value: as an argument is decoded */
static PyObject *decode(PyObject *module, PyObject *argument) {
    Py_buffer view;
    if (PyObject_GetBuffer(argument, &view, PyBUF_SIMPLE) < 0) return NULL;
    struct funcbox_reader reader;
    funcbox_read(&reader, view.buf, (size_t)view.len);
    PyObject *value = value_read(&reader);
    if (value && reader.next != reader.end) {
        Py_CLEAR(value);
        PyErr_SetString(PyExc_ValueError, "bytes follow the value");
    }
    PyBuffer_Release(&view);
    return value;
}

/* memory() -> bytes of linear memory */
static PyObject *memory(PyObject *module, PyObject *ignored) {
    return PyLong_FromUnsignedLongLong((unsigned long long)__builtin_wasm_memory_size(0) * 65536);
}

/* call(function, args, kwargs): without the caller's frames below it */
static PyObject *call(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    if (count != 3) return PyErr_Format(PyExc_TypeError, "call() takes 3 arguments");
    PyThreadState *thread = PyThreadState_GET();
    struct _PyInterpreterFrame *frame = thread->current_frame;
    PyObject *args = PySequence_Tuple(arguments[1]), *result;
    if (!args) return NULL;
    /* The program has the recursion limit for itself, too. */
    int used = thread->py_recursion_limit - thread->py_recursion_remaining;
    thread->py_recursion_remaining += used;
    thread->current_frame = NULL;
    result = PyObject_Call(arguments[0], args, PyDict_Check(arguments[2]) && PyDict_GET_SIZE(arguments[2]) ? arguments[2] : NULL);
    thread->current_frame = frame;
    thread->py_recursion_remaining -= used;
    Py_DECREF(args);
    return result;
}

static PyMethodDef functions[] = {
    {"call", _PyCFunction_CAST(call), METH_FASTCALL, NULL},
    {"encode", encode, METH_O, NULL},
    {"decode", decode, METH_O, NULL},
    {"memory", memory, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_funcbox", .m_size = 0, .m_methods = functions};

PyMODINIT_FUNC module_init(void) { return PyModule_Create(&definition); }
