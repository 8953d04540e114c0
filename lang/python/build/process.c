/*
 * process.c: what a process is given when it starts, and what it leaves to be done
 * when it ends: each isolated call is one, and so is each session.
 */
#include "shim.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* In place of libc's, which takes any stream without a position for a terminal. */
int __wrap_isatty(int descriptor);
int __wrap_isatty(int descriptor) {
    struct stat found;
    if (fstat(descriptor, &found) == 0) errno = ENOTTY;
    return 0;
}

static PyObject *environ_mapping; /* os.environ */
static PyObject *pending_exits, *run_exits;

static PyObject *attribute(const char *module, const char *name) {
    PyObject *imported = PyImport_ImportModule(module);
    PyObject *value = imported ? PyObject_GetAttrString(imported, name) : NULL;
    Py_XDECREF(imported);
    return value;
}

int process_init(void) {
    environ_mapping = attribute("os", "environ");
    pending_exits = attribute("atexit", "_ncallbacks");
    run_exits = attribute("atexit", "_run_exitfuncs");
    return environ_mapping && pending_exits && run_exits ? 0 : -1;
}

static int set_environment(PyObject *environment) {
    PyObject *name, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(environment, &at, &name, &value))
        if (PyObject_SetItem(environ_mapping, name, value) < 0) return -1;
    return 0;
}

int process_begin(PyObject *argv, PyObject *environment, const char *workdir) {
    system_begin();
    funcbox_random_call++;
    if (argv && PySys_SetObject("argv", argv) < 0) return -1;
    if (environment && PyDict_GET_SIZE(environment) && set_environment(environment) < 0) return -1;
    /* If it is not there, the call starts in the root. */
    if (workdir && *workdir) (void)chdir(workdir);
    return 0;
}

static void flush(const char *stream) {
    PyObject *file = PySys_GetObject(stream);
    if (!file || file == Py_None) return;
    PyObject *done = PyObject_CallMethod(file, "flush", NULL);
    if (!done) PyErr_Clear(); /* the program has closed it, or done something else to it */
    Py_XDECREF(done);
}

static void flush_all(void) {
    flush("stdout");
    flush("stderr");
}

void process_rest(void) {
    PyObject *error = PyErr_GetRaisedException();
    flush_all();
    PyErr_SetRaisedException(error);
}

void process_end(void) {
    PyObject *error = PyErr_GetRaisedException();
    PyObject *pending = PyObject_CallNoArgs(pending_exits);
    if (!pending || PyObject_IsTrue(pending)) {
        PyObject *done = PyObject_CallNoArgs(run_exits);
        if (!done) PyErr_Clear();
        Py_XDECREF(done);
    }
    PyErr_Clear();
    Py_XDECREF(pending);
    flush_all();
    if (error) PyErr_SetRaisedException(error);
}

/* What SystemExit holds becomes the exit code as in a process of its own: nothing is
 * 0, a number is itself, anything else is written to standard error and is 1. */
void process_exit_if_asked(void) {
    if (!PyErr_ExceptionMatches(PyExc_SystemExit)) return;
    PyObject *error = PyErr_GetRaisedException();
    PyObject *code = PyObject_GetAttrString(error, "code");
    int status = 1;
    if (!code || code == Py_None) status = 0;
    else if (PyLong_Check(code)) status = (int)PyLong_AsLong(code);
    else {
        PyObject *file = PySys_GetObject("stderr");
        if (file && file != Py_None && PyFile_WriteObject(code, file, Py_PRINT_RAW) == 0) PyFile_WriteString("\n", file);
    }
    PyErr_Clear();
    process_end();
    _exit(status & 0xff);
}
