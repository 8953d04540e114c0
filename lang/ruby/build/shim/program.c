/*
 * program.c: loads the user's code as ruby loads its main script, finds the function
 * that is meant and calls it. All from C, so that no frame of ours is in a backtrace.
 */
#include "shim.h"

/* Of Ruby's own headers, which are not installed (vm_core.h, method.h, ...), what is
 * needed here. */
#include "internal.h"
#include "internal/class.h"
#include "internal/parse.h"
#include "internal/ruby_parser.h"
#include "internal/variable.h"
#include "iseq.h"
#include "node.h"
#include "vm_core.h"

static VALUE initial_methods; /* of Object, when the image was made */
static ID id_find, id_only_function, id_missing, id_data, id_call;

void program_init(void) {
    id_find = rb_intern("find");
    id_only_function = rb_intern("only_function");
    id_missing = rb_intern("missing");
    id_data = rb_intern("data");
    id_call = rb_intern("call");
    initial_methods = rb_hash_new();
    rb_gc_register_address(&initial_methods);
    VALUE names = rb_funcall(rb_cObject, rb_intern("private_instance_methods"), 1, Qfalse);
    rb_ary_concat(names, rb_funcall(rb_cObject, rb_intern("instance_methods"), 1, Qfalse));
    for (long i = 0; i < RARRAY_LEN(names); i++) rb_hash_aset(initial_methods, RARRAY_AREF(names, i), Qtrue);
    rb_ivar_set(shim_library, rb_intern("@initial_methods"), initial_methods);
}

static rb_iseq_t *compile(const struct request *request) {
    rb_binding_t *binding;
    VALUE toplevel = rb_const_get(rb_cObject, rb_intern("TOPLEVEL_BINDING"));
    GetBindingPtr(toplevel, binding);
    const rb_iseq_t *parent = vm_block_iseq(&binding->block);
    VALUE parser = rb_parser_set_context(rb_parser_new(), NULL, FALSE);
    rb_ast_t *ast = rb_parser_compile_string_path(parser, request->file, request->code, 1);
    if (!ast->body.root) {
        rb_ast_dispose(ast);
        rb_exc_raise(rb_errinfo());
    }
    if (RTEST(rb_parser_end_seen_p(parser))) rb_funcall(shim_library, id_data, 1, request->code);
    VALUE path = rb_file_expand_path(request->file, request->workdir);
    rb_iseq_t *iseq = rb_iseq_new_main(&ast->body, request->file, path, parent, TRUE);
    rb_ast_dispose(ast);
    RB_GC_GUARD(parser);
    return iseq;
}

static int is_name(VALUE text) {
    const char *p = RSTRING_PTR(text), *end = p + RSTRING_LEN(text);
    if (p == end || (unsigned char)(*p - '0') < 10) return 0;
    for (; p < end; p++) {
        unsigned char c = (unsigned char)*p;
        if (!((c | 32) - 'a' < 26u || c - '0' < 10u || c == '_' || c >= 0x80)) return 0;
    }
    return 1;
}

/* Whether the code defined a method of this name at the top level. */
static int defines(ID name) {
    VALUE method;
    struct rb_id_table *table = RCLASS_M_TBL(rb_cObject);
    return rb_id_table_lookup(table, name, &method) && NIL_P(rb_hash_lookup(initial_methods, ID2SYM(name)));
}

static VALUE call(VALUE receiver, ID name, const struct request *request) {
    int count = (int)RARRAY_LEN(request->args);
    if (NIL_P(request->kwargs)) return rb_funcallv(receiver, name, count, RARRAY_CONST_PTR(request->args));
    VALUE arguments = rb_ary_dup(request->args);
    rb_ary_push(arguments, request->kwargs);
    VALUE result = rb_funcallv_kw(receiver, name, count + 1, RARRAY_CONST_PTR(arguments), RB_PASS_KEYWORDS);
    RB_GC_GUARD(arguments);
    return result;
}

VALUE program_run(const struct request *request) {
    rb_iseq_t *iseq = compile(request);
    VALUE completion = rb_iseq_eval_main(iseq);
    VALUE found; /* [receiver, name of its method] */
    if (RSTRING_LEN(request->function)) {
        if (is_name(request->function)) {
            ID name = rb_intern_str(request->function);
            if (defines(name)) return call(rb_vm_top_self(), name, request);
        }
        found = rb_funcall(shim_library, id_find, 2, request->function, request->file);
    } else {
        VALUE has_arguments = RBOOL(RARRAY_LEN(request->args) || !NIL_P(request->kwargs));
        found = rb_funcall(shim_library, id_only_function, 3, request->code, request->file, has_arguments);
        if (NIL_P(found)) return rb_funcall(shim_library, rb_intern("completion"), 1, completion);
    }
    return call(rb_ary_entry(found, 0), rb_sym2id(rb_ary_entry(found, 1)), request);
}
