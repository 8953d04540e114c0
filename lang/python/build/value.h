/* value.h: what reading and writing values share. */
#ifndef VALUE_H
#define VALUE_H

#include "shim.h"

/* As internal/value of the host has it: values nested deeper, and integers of more
 * bits, do not cross. */
#define MAX_DEPTH 1000
#define MAX_INTEGER_BITS (1 << 20)

/* ---- value_time.c ---- */

int time_init(void); /* -1: exception */

/* Whether value is a datetime. */
int time_check(PyObject *value);

/* Writes a datetime as a time of RFC 3339; what stands in the way, or NULL. An
 * exception may be pending then. */
const char *time_write(struct funcbox_writer *writer, PyObject *value);

/* A datetime with its time zone from RFC 3339; NULL: exception. */
PyObject *time_read(const char *text, size_t length);

#endif
