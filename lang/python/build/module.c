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

/* changed(dict, before) -> keys of a dict whose values are not those of the dict it
 * was before. No object is touched: that would copy its page. */
static PyObject *changed(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    if (count != 2 || !PyDict_Check(arguments[0]) || !PyDict_Check(arguments[1])) return PyErr_Format(PyExc_TypeError, "changed() takes 2 dicts");
    PyObject *keys = PyList_New(0), *key, *value, *old_key, *old;
    Py_ssize_t at = 0, old_at = 0;
    while (keys && PyDict_Next(arguments[0], &at, &key, &value)) {
        /* Mostly, both have the same keys in the same order. */
        int same = PyDict_Next(arguments[1], &old_at, &old_key, &old) && old_key == key;
        if (!same && PyUnicode_CheckExact(key)) old = PyDict_GetItem(arguments[1], key);
        if ((same || PyUnicode_CheckExact(key)) && old == value) continue;
        if (PyList_Append(keys, key) < 0) Py_CLEAR(keys);
    }
    return keys;
}

/* instances(objects, types) -> those of a list that are of one of the types of a tuple */
static PyObject *instances(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    if (count != 2 || !PyList_Check(arguments[0]) || !PyTuple_Check(arguments[1])) return PyErr_Format(PyExc_TypeError, "instances() takes a list and a tuple");
    PyObject *found = PyList_New(0);
    for (Py_ssize_t i = 0; found && i < PyList_GET_SIZE(arguments[0]); i++) {
        PyTypeObject *type = Py_TYPE(PyList_GET_ITEM(arguments[0], i));
        for (Py_ssize_t j = 0; j < PyTuple_GET_SIZE(arguments[1]); j++) {
            if (!PyType_IsSubtype(type, (PyTypeObject *)PyTuple_GET_ITEM(arguments[1], j))) continue;
            if (PyList_Append(found, PyList_GET_ITEM(arguments[0], i)) < 0) Py_CLEAR(found);
            break;
        }
    }
    return found;
}

static PyMethodDef functions[] = {
    {"instances", _PyCFunction_CAST(instances), METH_FASTCALL, NULL},
    {"changed", _PyCFunction_CAST(changed), METH_FASTCALL, NULL},
    {"call", _PyCFunction_CAST(call), METH_FASTCALL, NULL},
    {"encode", encode, METH_O, NULL},
    {"decode", decode, METH_O, NULL},
    {"memory", memory, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_funcbox", .m_size = 0, .m_methods = functions};

PyMODINIT_FUNC module_init(void) {
    PyObject *module = PyModule_Create(&definition);
    if (module && PyModule_AddFunctions(module, host_functions) < 0) Py_CLEAR(module);
    return module;
}
