/*
 * guest.c: loads the guest library, the package funcbox_guest.
 */
#include "shim.h"

#define LIBRARY "/usr/lib/funcbox"

PyObject *guest_serve, *guest_convert, *guest_describe, *guest_key, *guest_unreturnable, *guest_host_error;

/* The folder of the library is there only while the runtime starts, so whatever
 * the package needs it imports now. */
static const char loader[] =
    "def load():\n"
    "    from _frozen_importlib_external import spec_from_file_location\n"
    "    from _frozen_importlib import _load\n"
    "    spec = spec_from_file_location('funcbox_guest', '" LIBRARY "/__init__.py',\n"
    "                                   submodule_search_locations=['" LIBRARY "'])\n"
    "    package = _load(spec)\n"
    "    from funcbox_guest.rehearsal import rehearse\n"
    "    package.start()\n"
    "    rehearse()\n"
    "    return package\n";

static PyObject *load(void) {
    PyObject *names = PyDict_New(), *package = NULL;
    if (!names || PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins()) < 0) return NULL;
    PyObject *code = Py_CompileString(loader, "<start>", Py_file_input);
    PyObject *done = code ? PyEval_EvalCode(code, names, names) : NULL;
    if (done) package = PyObject_CallNoArgs(PyDict_GetItemString(names, "load"));
    Py_XDECREF(code);
    Py_XDECREF(done);
    Py_DECREF(names);
    return package;
}

int guest_load(void) {
    PyObject *package = load();
    if (!package) return -1;
    const struct {
        const char *name;
        PyObject **object;
    } names[] = {
        {"serve", &guest_serve}, {"convert", &guest_convert},           {"describe", &guest_describe},
        {"key", &guest_key},     {"Unreturnable", &guest_unreturnable}, {"HostError", &guest_host_error},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!(*names[i].object = PyObject_GetAttrString(package, names[i].name))) return -1;
    Py_DECREF(package);
    return 0;
}
