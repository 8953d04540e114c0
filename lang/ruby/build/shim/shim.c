/*
 * shim.c: the exports of the Ruby runtime: start, and one request.
 */
#include "shim.h"

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#define LIBRARY "/usr/lib/funcbox/start.rb"

/* Objects that a load has to make before the collector is asked to sort them: fewer are
 * not worth its time. */
#define MANY_OBJECTS 50000

/* Of Ruby, not in its public headers. */
int ruby_setup(void);
/* Of Ruby, patched: patches/06-end.patch and 07-rest.patch. */
void funcbox_teardown(void);
void funcbox_run_finalizers(void);
void funcbox_flush(void);
void funcbox_end_fibers(void);
void funcbox_reseed(void);
void funcbox_settle(void);
size_t funcbox_allocated(void);

VALUE shim_library;

static ID id_describe, id_status;

FUNCBOX_EXPORT(funcbox_abi) int shim_abi(void) { return FUNCBOX_ABI; }

/* ---- start ------------------------------------------------------------ */

static VALUE load_library(VALUE data) {
    (void)data;
    rb_require(LIBRARY);
    shim_library = rb_path2class("Funcbox::Guest");
    rb_gc_register_address(&shim_library);
    host_init();
    value_write_init();
    timer_init();
    system_init();
    program_init();
    id_describe = rb_intern("describe");
    id_status = rb_intern("status");
    rb_funcall(shim_library, rb_intern("ready"), 0);
    funcbox_settle();
    return Qnil;
}

static VALUE inspect_error(VALUE error) {
    VALUE text = rb_funcall(error, rb_intern("full_message"), 0);
    write(2, RSTRING_PTR(text), (size_t)RSTRING_LEN(text));
    write(2, "\n", 1);
    return Qnil;
}

static int complain(void) {
    int state;
    VALUE error = rb_errinfo();
    rb_set_errinfo(Qnil);
    rb_protect(inspect_error, error, &state);
    return 1;
}

static const char no_memory[] = "failed to allocate memory";
static struct funcbox_writer no_memory_reply; /* made ahead, for when there is no room for any other */

static void reply_plain(struct funcbox_writer *w, const char *type, const char *message) {
    funcbox_error_reply(w, type, strlen(type), message, strlen(message), "", 0);
}

FUNCBOX_EXPORT(funcbox_init) int shim_init(void) {
    static char *arguments[] = {"ruby", "--disable=gems", "--encoding=UTF-8", "-e_=0", NULL};
    int count = 4, state;
    char **list = arguments;
    setlocale(LC_CTYPE, "C.UTF-8"); /* names of files and variables are UTF-8 */
    ruby_sysinit(&count, &list);
    if (ruby_setup()) return complain();
    ruby_options(count, list);
    rb_protect(load_library, Qnil, &state);
    if (state) return complain();
    reply_plain(&no_memory_reply, "NoMemoryError", no_memory);
    memory_keep_reserve();
    return 0;
}

/* ---- a request -------------------------------------------------------- */

struct call {
    uint8_t *bytes;
    size_t length;
    struct funcbox_writer reply;
    struct request request;
};

static VALUE read_request(VALUE data) {
    struct call *call = (struct call *)data;
    struct request *request = &call->request;
    struct funcbox_reader reader;
    struct funcbox_item map, key;
    funcbox_read(&reader, call->bytes, call->length);
    if (!funcbox_next(&reader, &map) || map.kind != FUNCBOX_MAP) rb_raise(rb_eArgError, "broken request");
    for (; map.number; map.number--) {
        if (!funcbox_next(&reader, &key) || key.kind != FUNCBOX_UNSIGNED) rb_raise(rb_eArgError, "broken request");
        switch (key.number) {
        case FUNCBOX_REQUEST_OP:
            request->op = NUM2INT(value_read(&reader));
            break;
        case FUNCBOX_REQUEST_CODE: request->code = value_read(&reader); break;
        case FUNCBOX_REQUEST_FILE: request->file = value_read(&reader); break;
        case FUNCBOX_REQUEST_FUNCTION: request->function = value_read(&reader); break;
        case FUNCBOX_REQUEST_ARGS: request->args = value_read(&reader); break;
        case FUNCBOX_REQUEST_KWARGS: request->kwargs = value_read_keywords(&reader); break;
        case FUNCBOX_REQUEST_ENV: request->env = value_read(&reader); break;
        case FUNCBOX_REQUEST_WORKDIR: request->workdir = value_read(&reader); break;
        case FUNCBOX_REQUEST_ARGV: request->argv = value_read(&reader); break;
        case FUNCBOX_REQUEST_FLAGS: request->flags = NUM2UINT(value_read(&reader)); break;
        default:
            if (!funcbox_skip(&reader)) rb_raise(rb_eArgError, "broken request");
        }
    }
    if (NIL_P(request->code)) request->code = rb_utf8_str_new("", 0);
    if (NIL_P(request->file) || !RSTRING_LEN(request->file)) request->file = rb_utf8_str_new_cstr("main.rb");
    if (NIL_P(request->function)) request->function = rb_utf8_str_new("", 0);
    if (NIL_P(request->args)) request->args = rb_ary_new();
    if (NIL_P(request->argv)) request->argv = rb_ary_new();
    if (NIL_P(request->workdir)) request->workdir = rb_utf8_str_new("", 0);
    rb_obj_freeze(request->file);
    return Qnil;
}

static VALUE run(VALUE data) {
    struct call *call = (struct call *)data;
    struct request *request = &call->request;
    read_request(data);
    free(call->bytes);
    call->bytes = NULL;
    if (request->flags & FUNCBOX_FLAG_FRESH) {
        surroundings_set(request);
        funcbox_reseed();
    }
    switch (request->op) {
    case FUNCBOX_OP_EXECUTE: return program_execute(request);
    case FUNCBOX_OP_LOAD: return program_load(request);
    case FUNCBOX_OP_CALL: return program_call(request);
    case FUNCBOX_OP_RUN: return program_run(request);
    case FUNCBOX_OP_END: return Qnil;
    }
    rb_raise(rb_eArgError, "unknown operation");
}

static VALUE reply_value(VALUE data) {
    struct call *call = ((struct call **)data)[0];
    VALUE value = ((VALUE *)data)[1];
    funcbox_map(&call->reply, 2);
    funcbox_unsigned(&call->reply, FUNCBOX_REPLY_STATUS);
    funcbox_unsigned(&call->reply, FUNCBOX_STATUS_VALUE);
    funcbox_unsigned(&call->reply, FUNCBOX_REPLY_VALUE);
    value_write(&call->reply, value);
    return Qnil;
}

static VALUE describe(VALUE data) {
    struct call *call = ((struct call **)data)[0];
    VALUE described = rb_funcall(shim_library, id_describe, 1, ((VALUE *)data)[1]);
    VALUE type = rb_ary_entry(described, 0), message = rb_ary_entry(described, 1), stack = rb_ary_entry(described, 2);
    funcbox_error_reply(&call->reply, RSTRING_PTR(type), (size_t)RSTRING_LEN(type), RSTRING_PTR(message), (size_t)RSTRING_LEN(message),
                        RSTRING_PTR(stack), (size_t)RSTRING_LEN(stack));
    RB_GC_GUARD(described);
    return Qnil;
}

static void reply_error(struct call *call, VALUE error) {
    int state;
    VALUE data[2] = {(VALUE)call, error};
    memory_use_reserve();
    funcbox_writer_free(&call->reply);
    rb_protect(describe, (VALUE)data, &state);
    if (!state && !call->reply.failed) return;
    int memory = RTEST(rb_obj_is_kind_of(error, rb_eNoMemError));
    rb_set_errinfo(Qnil);
    reply_plain(&call->reply, memory ? "NoMemoryError" : "StandardError", memory ? no_memory : "the error raised could not be described");
}

static int is_exit(VALUE error) { return !NIL_P(error) && !SPECIAL_CONST_P(error) && RTEST(rb_obj_is_kind_of(error, rb_eSystemExit)); }

static VALUE flush(VALUE data) {
    funcbox_flush();
    return data;
}

/* What is written goes out; a file that cannot take it keeps it. */
static void flush_all(void) {
    int state;
    rb_protect(flush, Qnil, &state);
    if (state) rb_set_errinfo(Qnil);
}

/* Ends the program as ruby does, and does not come back. */
static void leave(VALUE error) {
    int status = NUM2INT(rb_funcall(error, id_status, 0));
    rb_set_errinfo(Qnil);
    funcbox_run_finalizers();
    flush_all();
    _exit(status);
}

/* at_exit's blocks, which see an error as $! and may exit on their own. */
static void end_program(void) {
    funcbox_teardown();
    if (is_exit(rb_errinfo())) leave(rb_errinfo());
    rb_set_errinfo(Qnil);
}

FUNCBOX_EXPORT(funcbox_call) void shim_call(size_t length) {
    struct call call = {.length = length};
    struct request *request = &call.request;
    request->op = FUNCBOX_OP_EXECUTE;
    request->flags = FUNCBOX_FLAG_FRESH | FUNCBOX_FLAG_LAST;
    request->code = request->file = request->function = request->args = request->kwargs = request->env = request->argv = request->workdir = Qnil;
    memory_keep_reserve();
    call.bytes = malloc(length ? length : 1);
    if (!call.bytes) {
        funcbox_result(no_memory_reply.data, no_memory_reply.length);
        return;
    }
    funcbox_request(call.bytes);
    int state;
    size_t allocated = funcbox_allocated();
    VALUE value = rb_protect(run, (VALUE)&call, &state);
    VALUE error = state ? rb_errinfo() : Qnil;
    int last = (request->flags & FUNCBOX_FLAG_LAST) || request->op == FUNCBOX_OP_END;
    if (last) end_program();
    else if (is_exit(error)) {
        funcbox_teardown();
        leave(is_exit(rb_errinfo()) ? rb_errinfo() : error);
    }
    rb_set_errinfo(Qnil);
    if (!state) {
        VALUE data[2] = {(VALUE)&call, value};
        rb_protect(reply_value, (VALUE)data, &state);
        if (state) {
            error = rb_errinfo();
            rb_set_errinfo(Qnil);
            if (is_exit(error)) leave(error);
        }
    }
    if (state) reply_error(&call, error);
    if (last) funcbox_run_finalizers();
    else {
        timer_clear();
        funcbox_end_fibers();
        if (request->op == FUNCBOX_OP_LOAD && funcbox_allocated() - allocated > MANY_OBJECTS) funcbox_settle();
    }
    flush_all();
    if (call.reply.failed) funcbox_result(no_memory_reply.data, no_memory_reply.length);
    else funcbox_result(call.reply.data, call.reply.length);
    funcbox_writer_free(&call.reply);
    free(call.bytes);
    RB_GC_GUARD(value);
    RB_GC_GUARD(error);
}
