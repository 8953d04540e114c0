/*
 * fail.c: funcbox_fail of <funcbox.h>.
 */
#include "include/funcbox.h"

#include <stdarg.h>
#include <stdio.h>

#include "reply.h"

_Noreturn void funcbox_fail_at(const char *file, int line, const char *function, const char *type, const char *format, ...) {
    char stack[512], message[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    snprintf(stack, sizeof stack, "%s (%s:%d)", function, file, line);
    leave_with_error(type, message, stack);
}
