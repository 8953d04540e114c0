/*
 * reply.h: error replies, for the sources that do not know the rest of a call.
 */
#ifndef FUNCBOX_REPLY_H
#define FUNCBOX_REPLY_H

#include "include/funcbox/call.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The reply is that error, whatever was written so far. */
void reply_with_error(struct funcbox_frame *frame, const char *type, const char *message, const char *stack) FUNCBOX_NOEXCEPT;

/* The call that is running ends with that error. Nothing is unwound. */
__attribute__((noreturn)) void leave_with_error(const char *type, const char *message, const char *stack) FUNCBOX_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
