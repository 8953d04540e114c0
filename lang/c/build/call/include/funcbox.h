/*
 * funcbox.h: what a C or C++ program can ask of the host that runs it.
 *
 * In C++ see funcbox/host.hpp and funcbox/value.hpp, which this header includes:
 *
 *     double rate = funcbox::call<double>("rate", "EUR", funcbox::arg("digits", 2));
 *
 * In C, values are described by a format, and follow as arguments:
 *
 *     double rate;
 *     if (funcbox_call("rate", "s digits:i -> d", "EUR", 2, &rate))
 *         fprintf(stderr, "%s\n", funcbox_error());
 *
 * A format is a sequence of these, with blanks where wanted:
 *
 *     n                    null, takes no argument
 *     b  i  u              bool, int, unsigned
 *     l  L  d              int64_t, uint64_t, double
 *     s                    const char *, text; NULL is null
 *     S  y                 const char * and size_t, text of that length; const void * and size_t, bytes
 *     v                    funcbox_value
 *     [ … ]                a list of what is in it
 *     { name:… other:… }   a map
 *     name:…               an argument by name, outside of brackets
 *
 * and, for a call, after -> what the result is stored as, through a pointer:
 *
 *     b  i  u  l  L  d     bool *, int *, unsigned *, int64_t *, uint64_t *, double *
 *     s                    char **; to be freed with free; NULL for null
 *     S  y                 char ** or unsigned char **, and size_t *; to be freed with free
 *     v                    funcbox_value *; to be freed with funcbox_free
 *
 * Without -> the result is dropped.
 */
#ifndef FUNCBOX_USER_H
#define FUNCBOX_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "funcbox/type.h"

#ifdef __cplusplus
extern "C" {
#define FUNCBOX_NORETURN [[noreturn]]
#else
#define FUNCBOX_NORETURN _Noreturn
#endif

/* Calls a function of the host. Returns 0, or -1 after an error, which
 * funcbox_error then tells: the function's own, one for a name that is not
 * granted, a result that does not fit, or a format that cannot be read. */
int funcbox_call(const char *name, const char *format, ...);

/* The message of the last call that returned -1, and its type ("HostError" for
 * what the host's function said). Valid until the next call. */
const char *funcbox_error(void);
const char *funcbox_error_type(void);

/* Whether the host grants a function of that name. */
bool funcbox_has_function(const char *name);

/* Ends the call that is running with an error: its type, and a message as printf
 * makes it. In C++ throw an exception instead: destructors do not run. */
#define funcbox_fail(...) funcbox_fail_at(__FILE__, __LINE__, __func__, __VA_ARGS__)
FUNCBOX_NORETURN void funcbox_fail_at(const char *file, int line, const char *function, const char *type, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* ---- values of any type ------------------------------------------------ */

/* One value, in the host's own encoding; data is NULL where there is none. As a
 * parameter of a function it belongs to the caller, as a result to Funcbox, which
 * frees it. */
typedef struct funcbox_value {
    const uint8_t *data;
    size_t length; /* in bytes */
} funcbox_value;

/* Makes a value by a format without names outside of brackets; NULL data where the
 * format cannot be read or memory is out. To be freed with funcbox_free. */
funcbox_value funcbox_make(const char *format, ...);
void funcbox_free(funcbox_value value);

enum funcbox_type funcbox_type_of(funcbox_value value);

/* Each stores the value and returns true, or returns false if it is of another
 * type or does not fit. An integer is a double too where it is one exactly. Texts
 * and bytes are those in the value itself, not terminated. */
bool funcbox_get_bool(funcbox_value value, bool *to);
bool funcbox_get_integer(funcbox_value value, int64_t *to);
bool funcbox_get_double(funcbox_value value, double *to);
bool funcbox_get_text(funcbox_value value, const char **data, size_t *length);
bool funcbox_get_bytes(funcbox_value value, const uint8_t **data, size_t *length);

/* How many items a list, or pairs a map has; 0 for all else. */
size_t funcbox_count(funcbox_value value);

/* The value of a map's key; without data if there is none. */
funcbox_value funcbox_get(funcbox_value map, const char *key);

/* Goes through a list or a map:
 *
 *     funcbox_value rest = funcbox_first(list), item;
 *     while (funcbox_next_item(&rest, &item)) …
 *
 * A map gives its keys and values in turn. */
funcbox_value funcbox_first(funcbox_value value);
bool funcbox_next_item(funcbox_value *rest, funcbox_value *item);

/* Lists and maps that grow: begin with what funcbox_new_list or funcbox_new_map
 * returns (NULL without memory), add items by format ("i" to a list, "name:[d d]"
 * to a map), then take the value, which frees the builder. After an error all that
 * follows fails, too, and the value has no data. */
typedef struct funcbox_builder funcbox_builder;
funcbox_builder *funcbox_new_list(void);
funcbox_builder *funcbox_new_map(void);
bool funcbox_add(funcbox_builder *builder, const char *format, ...);
funcbox_value funcbox_build(funcbox_builder *builder);

#ifdef __cplusplus
}
#include "funcbox/host.hpp"
#endif

#endif
