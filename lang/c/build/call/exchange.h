/*
 * exchange.h: one call of the host, step by step, beneath format.c and host.cpp.
 */
#ifndef FUNCBOX_EXCHANGE_H
#define FUNCBOX_EXCHANGE_H

#include "include/funcbox/call.h"

#ifdef __cplusplus
extern "C" {
#endif

struct funcbox_exchange;

/* NULL without memory. An empty name asks for the names of all functions. */
struct funcbox_exchange *exchange_open(const char *name, size_t length) FUNCBOX_NOEXCEPT;

/* Where the next argument is to be written, by position or by name. */
struct funcbox_output *exchange_argument(struct funcbox_exchange *exchange) FUNCBOX_NOEXCEPT;
struct funcbox_output *exchange_named_argument(struct funcbox_exchange *exchange, const char *name, size_t length) FUNCBOX_NOEXCEPT;

/* Makes the call; 0 after an error, which exchange_failure then has. */
int exchange_send(struct funcbox_exchange *exchange) FUNCBOX_NOEXCEPT;

/* The reply's value. */
struct funcbox_input *exchange_result(struct funcbox_exchange *exchange) FUNCBOX_NOEXCEPT;

struct exchange_text {
    const char *data;
    size_t length;
};
struct exchange_error {
    struct exchange_text type, message, stack;
};

/* The host's error, else what failed to be written or read. Lives as long as the
 * exchange. */
struct exchange_error exchange_failure(struct funcbox_exchange *exchange) FUNCBOX_NOEXCEPT;

void exchange_close(struct funcbox_exchange *exchange) FUNCBOX_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
