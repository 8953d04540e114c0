/*
 * core.c: the exports of a compiled program, and one request from beginning to end.
 */
#include "internal.h"
#include "runtime.h"

#include <setjmp.h>
#include <stdio.h>
#include <unistd.h>

/* ---- what the program has --------------------------------------------- */

/* The listing of its functions, CBOR, if its compiler made one. */
extern const unsigned char funcbox_listing[] __attribute__((weak));
extern const uint32_t funcbox_listing_length __attribute__((weak));

/* What clang calls the two forms of main. */
int main_with_arguments(int argc, char **argv) __asm__("__main_argc_argv") __attribute__((weak));
int main_without_arguments(void) __asm__("__main_void") __attribute__((weak));

/* Of the C library, if the program uses its streams. */
int fflush(FILE *stream) __attribute__((weak));

static int has_main(void) { return main_with_arguments || main_without_arguments; }

/* ---- the request ------------------------------------------------------ */

struct request {
    const uint8_t *at[FUNCBOX_REQUEST_KEYS]; /* where each part is, NULL: missing */
    const uint8_t *end;
};

static int find_parts(struct request *request, const uint8_t *data, size_t length) {
    struct funcbox_reader reader;
    struct funcbox_item item;
    memset(request, 0, sizeof *request);
    request->end = data + length;
    funcbox_read(&reader, data, length);
    if (!funcbox_next(&reader, &item) || item.kind != FUNCBOX_MAP) return 0;
    for (uint64_t pairs = item.number; pairs; pairs--) {
        if (!funcbox_next(&reader, &item)) return 0;
        if (item.kind == FUNCBOX_UNSIGNED && item.number < FUNCBOX_REQUEST_KEYS) request->at[item.number] = reader.next;
        if (!funcbox_skip(&reader)) return 0;
    }
    return 1;
}

static struct funcbox_item part(const struct request *request, int key, struct funcbox_reader *reader) {
    struct funcbox_item item = {.kind = FUNCBOX_NULL};
    if (!request->at[key]) return item;
    funcbox_read(reader, request->at[key], (size_t)(request->end - request->at[key]));
    funcbox_next(reader, &item);
    return item;
}

static uint64_t number_part(const struct request *request, int key, uint64_t otherwise) {
    struct funcbox_reader reader;
    struct funcbox_item item = part(request, key, &reader);
    return item.kind == FUNCBOX_UNSIGNED ? item.number : otherwise;
}

/* A copy with a NUL, NULL without memory. */
static char *text_of(const struct funcbox_item *item) {
    size_t length = item->kind == FUNCBOX_TEXT ? (size_t)item->number : 0;
    char *text = malloc(length + 1);
    if (!text) return NULL;
    if (length) memcpy(text, item->data, length);
    text[length] = 0;
    return text;
}

static int set_surroundings(const struct request *request) {
    struct funcbox_reader reader;
    struct funcbox_item item = part(request, FUNCBOX_REQUEST_ENV, &reader);
    for (uint64_t pairs = item.kind == FUNCBOX_MAP ? item.number : 0; pairs; pairs--) {
        struct funcbox_item name, value;
        if (!funcbox_next(&reader, &name) || !funcbox_next(&reader, &value)) return 0;
        char *variable = text_of(&name), *text = text_of(&value);
        int set = variable && text && !setenv(variable, text, 1);
        free(variable);
        free(text);
        if (!set) return 0;
    }
    item = part(request, FUNCBOX_REQUEST_WORKDIR, &reader);
    char *workdir = text_of(&item);
    int changed = workdir && (!*workdir || !chdir(workdir));
    free(workdir);
    return changed;
}

/* ---- the reply -------------------------------------------------------- */

static void begin_reply(struct funcbox_frame *frame) {
    struct funcbox_writer *writer = &frame->output.writer;
    writer->length = 0;
    writer->failed = 0;
    frame->output.depth = 0;
    failure_clear(&frame->output.failure);
    funcbox_map(writer, 2);
    funcbox_unsigned(writer, FUNCBOX_REPLY_STATUS);
    funcbox_unsigned(writer, FUNCBOX_STATUS_VALUE);
    funcbox_unsigned(writer, FUNCBOX_REPLY_VALUE);
}

void reply_with_error(struct funcbox_frame *frame, const char *type, const char *message, const char *stack) {
    struct funcbox_writer *writer = &frame->output.writer;
    funcbox_error_reply(writer, type, strlen(type), message, strlen(message), stack, strlen(stack));
    frame->replied = 1;
}

int funcbox_frame_fail(struct funcbox_frame *frame, const char *type, const char *format, ...) {
    char message[2048];
    va_list arguments;
    va_start(arguments, format);
    format_text(message, sizeof message, format, arguments);
    va_end(arguments);
    reply_with_error(frame, type, message, "");
    return 0;
}

/* An error for an argument or a result that could not cross. */
static void reply_with_failure(struct funcbox_frame *frame) {
    const struct funcbox_function *function = frame->function;
    struct funcbox_failure *failure = &frame->input.failure;
    if (failure->set && frame->named[frame->current]) {
        size_t length;
        const char *name = parameter_name(function, frame->current, &length);
        funcbox_frame_fail(frame, "ArgumentError", "kwargs.%.*s%s: %s", (int)length, name, failure->place + failure->step, failure->message);
    } else if (failure->set) {
        size_t length;
        const char *name = parameter_name(function, frame->current, &length);
        funcbox_frame_fail(frame, "ArgumentError", length ? "args[%u]%s (%.*s): %s" : "args[%u]%s%.*s: %s", frame->current, failure->place + failure->step,
                           (int)length, name, failure->message);
    } else {
        failure = &frame->output.failure;
        funcbox_frame_fail(frame, "TypeError", "result%s: %s", failure->place + failure->step, failure->set ? failure->message : "out of memory");
    }
}

/* ---- calls ------------------------------------------------------------ */

struct funcbox_input *funcbox_argument(struct funcbox_frame *frame, uint32_t parameter) {
    frame->current = parameter;
    input_open(&frame->input, frame->arguments[parameter], (size_t)(frame->end - frame->arguments[parameter]));
    return &frame->input;
}

uint32_t funcbox_given(const struct funcbox_frame *frame) { return frame->given; }

struct funcbox_output *funcbox_output(struct funcbox_frame *frame) { return &frame->output; }

/* Where funcbox_fail goes, and the call that it ends. */
static jmp_buf leave;
static struct funcbox_frame *running;

_Noreturn void leave_with_error(const char *type, const char *message, const char *stack) {
    if (!running) funcbox_crash(message);
    reply_with_error(running, type, message, stack);
    longjmp(leave, 1);
}

static int call_protected(struct funcbox_frame *frame, int (*call)(struct funcbox_frame *)) {
    if (setjmp(leave)) return 0;
    return &funcbox_guard ? funcbox_guard(call, frame) : call(frame);
}

static void call(struct funcbox_frame *frame, int (*function)(struct funcbox_frame *)) {
    struct funcbox_frame *outer = running;
    running = frame;
    begin_reply(frame);
    int good = call_protected(frame, function);
    running = outer;
    if (frame->replied) return;
    if (!good || frame->output.failure.set || frame->output.writer.failed) reply_with_failure(frame);
}

static void no_function(struct funcbox_frame *frame, const struct funcbox_item *name) {
    char text[1024] = "";
    size_t used = 0;
    for (const struct funcbox_function *f = funcbox_functions; f->text && used + 2 < sizeof text; f++) {
        size_t length = strlen(f->text), room = sizeof text - used - 3;
        if (used) text[used++] = ',', text[used++] = ' ';
        if (length > room) length = room;
        memcpy(text + used, f->text, length);
        used += length;
    }
    const char *there = used ? "there are: " : "there is none";
    if (name->number) {
        funcbox_frame_fail(frame, "FunctionNotFound", "no function %.*s, %s%.*s", name->number > LONGEST_SHOWN ? LONGEST_SHOWN : (int)name->number, name->data,
                           there, (int)used, text);
    } else {
        funcbox_frame_fail(frame, "FunctionNotFound", "no function was named, %s%.*s", there, (int)used, text);
    }
}

static void call_function(struct funcbox_frame *frame, const struct request *request, const struct funcbox_item *name) {
    for (const struct funcbox_function *f = funcbox_functions; f->text; f++) {
        if (name->number ? function_name_length(f) != name->number || memcmp(f->text, name->data, (size_t)name->number) : f[1].text != NULL) continue;
        frame->function = f;
        frame->end = request->end;
        if (bind_arguments(frame, request->at[FUNCBOX_REQUEST_ARGS], request->at[FUNCBOX_REQUEST_KWARGS])) call(frame, f->call);
        free(frame->arguments);
        free(frame->named);
        return;
    }
    no_function(frame, name);
}

/* ---- main ------------------------------------------------------------- */

/* The arguments of main stay: the program may keep them. */
static int argument_count;
static char **argument_values;

static int set_arguments(const struct request *request) {
    struct funcbox_reader reader;
    struct funcbox_item item = part(request, FUNCBOX_REQUEST_ARGV, &reader);
    size_t count = item.kind == FUNCBOX_ARRAY ? (size_t)item.number : 0;
    char **values = calloc(count + 2, sizeof *values);
    if (!values) return 0;
    struct funcbox_reader file_reader;
    struct funcbox_item file = part(request, FUNCBOX_REQUEST_FILE, &file_reader);
    values[0] = text_of(&file);
    for (size_t i = 1; i <= count; i++) {
        if (!funcbox_next(&reader, &item) || !(values[i] = text_of(&item))) return 0;
    }
    argument_values = values;
    argument_count = (int)count + 1;
    return values[0] != NULL;
}

static int call_main(struct funcbox_frame *frame) {
    int code = main_with_arguments ? main_with_arguments(argument_count, argument_values) : main_without_arguments();
    if (code) exit(code);
    return funcbox_out_null(&frame->output);
}

/* ---- operations ------------------------------------------------------- */

static void load(struct funcbox_frame *frame, const struct funcbox_item *name, uint64_t flags) {
    int one = funcbox_functions[0].text && !funcbox_functions[1].text;
    begin_reply(frame);
    if (!name->number && has_main() && !(one && (flags & FUNCBOX_FLAG_HAS_ARGS))) {
        funcbox_map(&frame->output.writer, 1);
        funcbox_text(&frame->output.writer, "kind", 4);
        funcbox_text(&frame->output.writer, "body", 4);
    } else if (&funcbox_listing_length) {
        funcbox_raw(&frame->output.writer, funcbox_listing, funcbox_listing_length);
    } else {
        funcbox_null(&frame->output.writer);
    }
}

static int started;

static int start(struct funcbox_frame *frame) {
    funcbox_start();
    return funcbox_out_null(&frame->output);
}

static int finish(struct funcbox_frame *frame) {
    (void)frame;
    funcbox_finish();
    return 1;
}

static void handle(struct funcbox_frame *frame, const struct request *request, uint64_t flags) {
    struct funcbox_reader reader;
    struct funcbox_item name = part(request, FUNCBOX_REQUEST_FUNCTION, &reader);
    if (name.kind != FUNCBOX_TEXT) name.number = 0;
    uint64_t op = number_part(request, FUNCBOX_REQUEST_OP, FUNCBOX_REQUEST_KEYS);
    int one = funcbox_functions[0].text && !funcbox_functions[1].text;
    struct funcbox_reader env_reader; /* without an environment, a copy of a session goes on in what it has */
    int are_new = (flags & FUNCBOX_FLAG_FRESH) && part(request, FUNCBOX_REQUEST_ENV, &env_reader).kind == FUNCBOX_MAP;
    if (are_new && (!set_surroundings(request) || !set_arguments(request))) {
        funcbox_frame_fail(frame, "Error", "the surroundings of the call cannot be set");
        return;
    }
    if (!started) {
        call(frame, start);
        started = !frame->replied;
        if (!started) return;
    }
    switch (op) {
    case FUNCBOX_OP_LOAD: load(frame, &name, flags); return;
    case FUNCBOX_OP_EXECUTE:
    case FUNCBOX_OP_CALL: {
        struct funcbox_reader args_reader, kwargs_reader;
        struct funcbox_item args = part(request, FUNCBOX_REQUEST_ARGS, &args_reader), kwargs = part(request, FUNCBOX_REQUEST_KWARGS, &kwargs_reader);
        int has_args = (args.kind == FUNCBOX_ARRAY && args.number) || (kwargs.kind == FUNCBOX_MAP && kwargs.number);
        if (!name.number && has_main() && !(one && has_args)) call(frame, call_main);
        else call_function(frame, request, &name);
        return;
    }
    case FUNCBOX_OP_RUN:
        funcbox_frame_fail(frame, "Unsupported", "C and C++ cannot run code in a session that was not compiled with it: load it as a program");
        return;
    case FUNCBOX_OP_END: begin_reply(frame), funcbox_null(&frame->output.writer); return;
    }
    funcbox_frame_fail(frame, "Error", "broken request");
}

FUNCBOX_EXPORT(funcbox_abi) int guest_abi(void) { return FUNCBOX_ABI; }

/* Nothing of the program runs before its first request: funcbox_start. */
FUNCBOX_EXPORT(funcbox_init) int guest_init(void) { return 0; }

FUNCBOX_EXPORT(funcbox_call) void guest_call(size_t length) {
    struct funcbox_frame *frame = calloc(1, sizeof *frame);
    struct request request;
    uint8_t *data = malloc(length + 1);
    if (!frame || !data) funcbox_crash("out of memory before the call");
    funcbox_request(data);
    failure_clear(&frame->input.failure);
    failure_clear(&frame->output.failure);
    if (!find_parts(&request, data, length)) {
        funcbox_frame_fail(frame, "Error", "broken request");
    } else {
        uint64_t flags = number_part(&request, FUNCBOX_REQUEST_FLAGS, FUNCBOX_FLAG_FRESH | FUNCBOX_FLAG_LAST);
        handle(frame, &request, flags);
        if ((flags & FUNCBOX_FLAG_LAST) || number_part(&request, FUNCBOX_REQUEST_OP, 0) == FUNCBOX_OP_END) {
            /* What an exit handler throws is the error of a call that had none. */
            struct funcbox_frame *last = calloc(1, sizeof *last);
            if (last) {
                failure_clear(&last->input.failure);
                call(last, finish);
                if (last->replied && !frame->replied) {
                    funcbox_writer_free(&frame->output.writer);
                    frame->output.writer = last->output.writer;
                }
                free(last);
            }
        }
    }
    if (fflush) fflush(NULL);
    if (frame->output.writer.failed) {
        input_free(&frame->input);
        funcbox_frame_fail(frame, "std::bad_alloc", "out of memory");
    }
    funcbox_result(frame->output.writer.data, frame->output.writer.length);
    funcbox_writer_free(&frame->output.writer);
    input_free(&frame->input);
    free(frame);
    free(data);
}
