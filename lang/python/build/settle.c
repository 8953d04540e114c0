/*
 * settle.c: what is done right before the photograph so that calls write to few of
 * its pages.
 */
#define Py_BUILD_CORE
#include "shim.h"

#include "pycore_interp.h"
#include "pycore_object.h"

/* In bytes; no other bytes object of the image is as large. */
#define RESERVE (128 << 10)

/* Objects found, whose references have yet to be followed. */
static struct {
    PyObject **objects;
    size_t count, capacity;
    int failed;
} found;

/* An immortal object's count is never written. Nothing of the image is ever let go
 * of anyway: the next call begins with all of it again. */
static int immortalize(PyObject *object, void *unused) {
    if (!object || _Py_IsImmortal(object)) return 0;
    /* The guest library holds memory back, to let go of it when there is no other. */
    if (PyBytes_CheckExact(object) && PyBytes_GET_SIZE(object) > RESERVE) return 0;
    if (found.count == found.capacity) {
        size_t capacity = found.capacity ? 2 * found.capacity : 1 << 16;
        PyObject **objects = realloc(found.objects, capacity * sizeof *objects);
        if (!objects) return found.failed = 1;
        found.objects = objects;
        found.capacity = capacity;
    }
    found.objects[found.count++] = object;
    _Py_SetImmortalUntracked(object);
    return 0;
}

static int visit(PyObject *object, void *unused) {
    immortalize(object, NULL);
    return 1;
}

/* A code object holds others without the collector's knowledge. */
static void follow_code(PyCodeObject *code) {
    PyObject *held[] = {code->co_consts,   code->co_names, code->co_exceptiontable, code->co_localsplusnames, code->co_localspluskinds,
                        code->co_filename, code->co_name,  code->co_qualname,       code->co_linetable};
    for (size_t i = 0; i < sizeof held / sizeof *held; i++) immortalize(held[i], NULL);
}

/* Uses up the holes that the start has left in memory, so that what a call allocates
 * lies side by side instead of one to a page. The blocks are never let go of. */
static void fill_holes(void) {
    enum { LARGEST = 1 << 20, SMALL = 512 }; /* bytes; SMALL_REQUEST_THRESHOLD of pymalloc */
    /* A block from the end of the heap; what is below it is a hole, or lies in one. */
    uintptr_t end = (uintptr_t)malloc(LARGEST + 1), at = 0;
    free((void *)end);
    for (size_t size = LARGEST; size >= 16; size -= size > 1 << 12 ? size / 8 : 16) {
        while ((at = (uintptr_t)malloc(size)) && at < end) {}
        free((void *)at);
    }
    end = (uintptr_t)malloc(SMALL + 1);
    for (size_t size = 8; size <= SMALL; size += 8)
        while ((at = (uintptr_t)PyMem_Malloc(size)) && at < end) {}
}

int settle(void) {
    PyGC_Collect();
    PyUnstable_GC_VisitObjects(visit, NULL);
    immortalize(PyInterpreterState_Get()->cached_objects.interned_strings, NULL);
    for (size_t i = 0; i < found.count && !found.failed; i++) {
        PyObject *object = found.objects[i];
        if (PyCode_Check(object)) follow_code((PyCodeObject *)object);
        else if (PyDict_Check(object)) {
            PyObject *key, *value;
            for (Py_ssize_t at = 0; PyDict_Next(object, &at, &key, &value);) {
                immortalize(key, NULL);
                immortalize(value, NULL);
            }
        } else if (Py_TYPE(object)->tp_traverse && (!Py_TYPE(object)->tp_is_gc || Py_TYPE(object)->tp_is_gc(object)))
            Py_TYPE(object)->tp_traverse(object, immortalize, NULL);
        immortalize((PyObject *)Py_TYPE(object), NULL);
    }
    free(found.objects);
    PyGC_Collect();
    fill_holes();
    _PyGC_Freeze(PyInterpreterState_Get());
    return found.failed ? -1 : 0;
}
