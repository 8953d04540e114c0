/* shim.h: what the files of the Python shim share. */
#ifndef SHIM_H
#define SHIM_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "funcbox.h"

/* ---- start.c ---- */

/* Starts the interpreter and imports the guest library; 0, or 1 after a message
 * on standard error. */
int start(void);

/* ---- guest.c: the functions of the guest library that C calls ---- */

/* funcbox_guest, and its functions by the names they have there. */
extern PyObject *guest_serve, *guest_convert, *guest_describe, *guest_key;

/* Its TypeError for a value that cannot cross, without the place. */
extern PyObject *guest_unreturnable;

/* Its HostError. */
extern PyObject *guest_host_error;

int guest_load(void); /* -1: exception */

/* ---- settle.c ---- */

/* The last step before the photograph. -1: memory ran out. */
int settle(void);

/* ---- module.c: the module _funcbox ---- */

PyMODINIT_FUNC module_init(void);

/* ---- value_read.c, value_write.c, value_time.c: CBOR to objects and back ---- */

int value_init(void); /* -1: exception */

/* One item; NULL: exception. */
PyObject *value_read(struct funcbox_reader *reader);

/* -1: exception, whose message names the place, beginning with "result". */
int value_write(struct funcbox_writer *writer, PyObject *value);

/* Arguments for a function of the host: an array of count of them and, of those that
 * follow, a map by the texts of the tuple names, which may be NULL. -1: exception, whose
 * message names the place, beginning with "args" or "kwargs". */
int value_write_args(struct funcbox_writer *writer, PyObject *const *args, Py_ssize_t count);
int value_write_kwargs(struct funcbox_writer *writer, PyObject *const *args, PyObject *names);

/* ---- host.c: functions of the host ---- */

/* The functions of the module _funcbox that are about these. */
extern PyMethodDef host_functions[];

/* ---- process.c: what a process is given and leaves behind ---- */

int process_init(void); /* -1: exception */

/* Begins a process, or goes on with a copy of one, with the arguments, the
 * environment and the working directory of a request. Each may be NULL: it stays as
 * it is. -1: exception. */
int process_begin(PyObject *argv, PyObject *environment, const char *workdir);

/* Flushes the standard streams. Leaves the pending exception as it was. */
void process_rest(void);

/* Runs the exit handlers and flushes the standard streams. Leaves the pending
 * exception, if there is one, as it was. */
void process_end(void);

/* If the pending exception is SystemExit, ends the process as it says. */
void process_exit_if_asked(void);

/* ---- system.c: the C library, mended ---- */

void system_begin(void); /* a process begins */

/* Grows by one with each process; see patches/01-random.patch. */
extern unsigned funcbox_random_call;

#endif
