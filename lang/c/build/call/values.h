/*
 * values.h: between format.c and values.c.
 */
#ifndef FUNCBOX_VALUES_H
#define FUNCBOX_VALUES_H

#include <stdarg.h>
#include <stddef.h>

struct funcbox_output;

/* Writes one value; 0 where the format is not that of exactly one. */
int write_format(struct funcbox_output *out, const char *format, va_list values);

/* The length of the name that the format begins with, after blanks; 0: none. */
size_t format_name(const char *format);

#endif
