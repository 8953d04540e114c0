/*
 * host.c: calls of the functions that the host offers. ../../library/host.rb is what
 * programs see of them.
 */
#include "shim.h"

static VALUE host_error; /* Funcbox::HostError */

struct host_call {
    struct funcbox_writer request;
    VALUE name, args, kwargs;
};

static VALUE write_request(VALUE data) {
    struct host_call *call = (struct host_call *)data;
    struct funcbox_writer *w = &call->request;
    funcbox_map(w, 3);
    funcbox_unsigned(w, FUNCBOX_HOST_NAME);
    value_write_argument(w, call->name, "name");
    funcbox_unsigned(w, FUNCBOX_HOST_ARGS);
    value_write_argument(w, call->args, "args");
    funcbox_unsigned(w, FUNCBOX_HOST_KWARGS);
    value_write_argument(w, call->kwargs, "kwargs");
    return Qnil;
}

static void expect(struct funcbox_reader *r, struct funcbox_item *item, enum funcbox_kind kind) {
    if (!funcbox_next(r, item) || item->kind != kind) rb_raise(host_error, "broken reply of the host");
}

/* The value of a reply; an error is raised. */
static VALUE read_reply(struct funcbox_reader *r) {
    struct funcbox_item map, key;
    VALUE value = Qnil, message = Qnil;
    expect(r, &map, FUNCBOX_MAP);
    for (; map.number; map.number--) {
        expect(r, &key, FUNCBOX_UNSIGNED);
        if (key.number == FUNCBOX_REPLY_VALUE) value = value_read(r);
        else if (key.number == FUNCBOX_REPLY_ERROR) message = rb_hash_aref(value_read(r), rb_utf8_str_new_cstr("message"));
        else if (!funcbox_skip(r)) rb_raise(host_error, "broken reply of the host");
    }
    if (!NIL_P(message)) rb_exc_raise(rb_exc_new_str(host_error, message));
    return value;
}

/* Guest.host_call(name, args, kwargs). An empty name asks for the names there are. */
static VALUE host_call(VALUE self, VALUE name, VALUE args, VALUE kwargs) {
    (void)self;
    struct host_call call = {{NULL, 0, 0, 0}, name, args, kwargs};
    int state;
    rb_protect(write_request, (VALUE)&call, &state);
    if (state) {
        funcbox_writer_free(&call.request);
        rb_jump_tag(state);
    }
    size_t length = funcbox_host_call(call.request.data, call.request.length);
    funcbox_writer_free(&call.request);
    VALUE holder = Qfalse;
    void *reply = rb_alloc_tmp_buffer(&holder, (long)(length ? length : 1));
    funcbox_host_reply(reply);
    struct funcbox_reader reader;
    funcbox_read(&reader, reply, length);
    VALUE value = read_reply(&reader);
    rb_free_tmp_buffer(&holder);
    return value;
}

void host_init(void) {
    rb_gc_register_address(&host_error);
    host_error = rb_const_get(rb_const_get(rb_cObject, rb_intern("Funcbox")), rb_intern("HostError"));
    rb_define_singleton_method(shim_library, "host_call", host_call, 3);
}
