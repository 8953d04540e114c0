/*
 * exchange.c: see exchange.h. Nothing in here is shared between two exchanges: the
 * host may call back into the program.
 */
#include "exchange.h"

#include "internal.h"

struct funcbox_exchange {
    struct funcbox_output positional, named;
    uint64_t positional_count, named_count;
    struct funcbox_input input;
    uint8_t *reply;
    struct exchange_error error; /* the host's */
    char text[1600];             /* of our own */
    size_t name_length;
    char name[];
};

struct funcbox_exchange *exchange_open(const char *name, size_t length) {
    struct funcbox_exchange *exchange = calloc(1, sizeof *exchange + length);
    if (!exchange) return NULL;
    failure_clear(&exchange->positional.failure);
    failure_clear(&exchange->named.failure);
    failure_clear(&exchange->input.failure);
    exchange->name_length = length;
    memcpy(exchange->name, name, length);
    return exchange;
}

void exchange_close(struct funcbox_exchange *exchange) {
    if (!exchange) return;
    funcbox_writer_free(&exchange->positional.writer);
    funcbox_writer_free(&exchange->named.writer);
    input_free(&exchange->input);
    free(exchange->reply);
    free(exchange);
}

struct funcbox_output *exchange_argument(struct funcbox_exchange *exchange) {
    exchange->positional_count++;
    return &exchange->positional;
}

struct funcbox_output *exchange_named_argument(struct funcbox_exchange *exchange, const char *name, size_t length) {
    exchange->named_count++;
    funcbox_out_key(&exchange->named, name, length);
    return &exchange->named;
}

static void host_text(struct funcbox_item *item, struct exchange_text *to) {
    if (item->kind != FUNCBOX_TEXT) return;
    to->data = (const char *)item->data;
    to->length = (size_t)item->number;
}

/* Whether the reply is a value, which the input then is at. */
static int read_reply(struct funcbox_exchange *exchange, size_t length) {
    struct funcbox_reader reader;
    struct funcbox_item item, key;
    uint64_t status = FUNCBOX_STATUS_ERROR;
    const uint8_t *end = exchange->reply + length;
    funcbox_read(&reader, exchange->reply, length);
    if (!funcbox_next(&reader, &item) || item.kind != FUNCBOX_MAP) return 0;
    for (uint64_t pairs = item.number; pairs; pairs--) {
        if (!funcbox_next(&reader, &key)) return 0;
        const uint8_t *at = reader.next;
        if (key.number == FUNCBOX_REPLY_STATUS) {
            if (!funcbox_next(&reader, &item)) return 0;
            status = item.number;
        } else if (key.number == FUNCBOX_REPLY_VALUE) {
            input_open(&exchange->input, at, (size_t)(end - at));
            if (!funcbox_skip(&reader)) return 0;
        } else {
            if (!funcbox_next(&reader, &item) || item.kind != FUNCBOX_MAP) return 0;
            for (uint64_t parts = item.number; parts; parts--) {
                if (!funcbox_next(&reader, &key) || !funcbox_next(&reader, &item)) return 0;
                if (key.kind != FUNCBOX_TEXT || !key.number) continue;
                host_text(&item, *key.data == 't' ? &exchange->error.type : *key.data == 'm' ? &exchange->error.message : &exchange->error.stack);
            }
        }
    }
    return status == FUNCBOX_STATUS_VALUE && exchange->input.reader.next;
}

int exchange_send(struct funcbox_exchange *exchange) {
    struct funcbox_writer request = {0};
    const struct funcbox_output *positional = &exchange->positional, *named = &exchange->named;
    if (positional->failure.set || named->failure.set) return 0;
    funcbox_map(&request, 3);
    funcbox_unsigned(&request, FUNCBOX_HOST_NAME);
    funcbox_text(&request, exchange->name, exchange->name_length);
    funcbox_unsigned(&request, FUNCBOX_HOST_ARGS);
    funcbox_array(&request, exchange->positional_count);
    funcbox_raw(&request, positional->writer.data, positional->writer.length);
    funcbox_unsigned(&request, FUNCBOX_HOST_KWARGS);
    funcbox_map(&request, exchange->named_count);
    funcbox_raw(&request, named->writer.data, named->writer.length);
    if (request.failed) return funcbox_in_fail(&exchange->input, "out of memory");
    size_t length = funcbox_host_call(request.data, request.length);
    funcbox_writer_free(&request);
    exchange->reply = malloc(length + 1);
    if (!exchange->reply) return funcbox_in_fail(&exchange->input, "out of memory");
    funcbox_host_reply(exchange->reply);
    if (read_reply(exchange, length)) return 1;
    if (!exchange->error.type.data) funcbox_in_fail(&exchange->input, "broken reply");
    return 0;
}

struct funcbox_input *exchange_result(struct funcbox_exchange *exchange) { return &exchange->input; }

static void put_text(char *to, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    format_text(to, size, format, arguments);
    va_end(arguments);
}

struct exchange_error exchange_failure(struct funcbox_exchange *exchange) {
    static const char type[] = "HostError";
    struct exchange_error error = exchange->error;
    const struct funcbox_failure *failure = &exchange->positional.failure;
    if (error.type.data) return error;
    size_t size = sizeof exchange->text;
    if (failure->set) {
        put_text(exchange->text, size, "args[%u]%s: %s", (unsigned)exchange->positional_count - 1, failure->place + failure->step, failure->message);
    } else if ((failure = &exchange->named.failure)->set) {
        put_text(exchange->text, size, "kwargs%s: %s", failure->place + failure->step, failure->message);
    } else {
        failure = &exchange->input.failure;
        put_text(exchange->text, size, "result of %.*s%s: %s", exchange->name_length > LONGEST_SHOWN ? LONGEST_SHOWN : (int)exchange->name_length,
                 exchange->name, failure->place + failure->step, failure->message);
    }
    error.type = (struct exchange_text){type, sizeof type - 1};
    error.message = (struct exchange_text){exchange->text, strlen(exchange->text)};
    return error;
}
