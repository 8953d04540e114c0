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
#include "outline.h"
#include "vm_core.h"

static VALUE initial_methods; /* of Object, when the image was made */
static VALUE toplevel;        /* TOPLEVEL_BINDING: the scope that all code shares */
static ID id_find, id_only, id_completion, id_data, id_loaded, id_listing, id_set;

void program_init(void) {
    id_find = rb_intern("find");
    id_only = rb_intern("only");
    id_completion = rb_intern("completion");
    id_data = rb_intern("data");
    id_loaded = rb_intern("loaded");
    id_listing = rb_intern("listing");
    id_set = rb_intern("local_variable_set");
    rb_gc_register_address(&toplevel);
    toplevel = rb_const_get(rb_cObject, rb_intern("TOPLEVEL_BINDING"));
    rb_gc_register_address(&initial_methods);
    initial_methods = rb_hash_new();
    VALUE names = rb_funcall(rb_cObject, rb_intern("private_instance_methods"), 1, Qfalse);
    rb_ary_concat(names, rb_funcall(rb_cObject, rb_intern("instance_methods"), 1, Qfalse));
    for (long i = 0; i < RARRAY_LEN(names); i++) rb_hash_aset(initial_methods, RARRAY_AREF(names, i), Qtrue);
    rb_ivar_set(shim_library, rb_intern("@initial_methods"), initial_methods);
}

/* ---- code ------------------------------------------------------------- */

static const rb_iseq_t *scope(void) {
    rb_binding_t *binding;
    GetBindingPtr(toplevel, binding);
    return vm_block_iseq(&binding->block);
}

static rb_ast_t *parse(const struct request *request) {
    VALUE parser = rb_parser_set_context(rb_parser_new(), scope(), FALSE);
    /* For the listing: the text goes with what it defines, also when other code is run
     * under the same name later. */
    if (request->op != FUNCBOX_OP_EXECUTE) rb_parser_set_script_lines(parser, Qtrue);
    rb_ast_t *ast = rb_parser_compile_string_path(parser, request->file, request->code, 1);
    if (!ast->body.root) {
        rb_ast_dispose(ast);
        rb_exc_raise(rb_errinfo());
    }
    if (RTEST(rb_parser_end_seen_p(parser))) rb_funcall(shim_library, id_data, 1, request->code);
    RB_GC_GUARD(parser);
    return ast;
}

/* Runs what was parsed. only: the function that a call without a name takes, or nil. */
static VALUE run(const struct request *request, rb_ast_t *ast, VALUE only) {
    VALUE path = rb_file_expand_path(request->file, request->workdir);
    rb_iseq_t *iseq = rb_iseq_new_main(&ast->body, request->file, path, scope(), TRUE);
    rb_ast_dispose(ast);
    rb_funcall(shim_library, id_loaded, 2, request->file, only);
    return rb_iseq_eval_main(iseq); /* its frame keeps it */
}

/* What a body finds its arguments under. */
static void set_arguments(const struct request *request) {
    rb_funcall(toplevel, id_set, 2, ID2SYM(rb_intern("args")), request->args);
    rb_funcall(toplevel, id_set, 2, ID2SYM(rb_intern("kwargs")), NIL_P(request->kwargs) ? rb_hash_new() : request->kwargs);
}

static VALUE run_body(const struct request *request) {
    set_arguments(request); /* before the code is parsed, which must know the names */
    return rb_funcall(shim_library, id_completion, 1, run(request, parse(request), Qnil));
}

/* ---- functions -------------------------------------------------------- */

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

static VALUE call_named(const struct request *request, VALUE name) {
    if (is_name(name)) {
        ID id = rb_intern_str(name);
        if (defines(id)) return call(rb_vm_top_self(), id, request);
    }
    VALUE found = rb_funcall(shim_library, id_find, 1, name); /* [receiver, name of its method] */
    return call(rb_ary_entry(found, 0), rb_sym2id(rb_ary_entry(found, 1)), request);
}

/* ---- operations ------------------------------------------------------- */

static int has_arguments(const struct request *request) {
    return (request->flags & FUNCBOX_FLAG_HAS_ARGS) || RARRAY_LEN(request->args) || !NIL_P(request->kwargs);
}

/* Which function a request without a name calls: a string, nil for none, which makes
 * the code the body, or Qundef where no single one is meant. A program that does
 * something by itself and is given no arguments is not there to have its only helper
 * called. */
static VALUE meant(const struct request *request, const rb_ast_t *ast) {
    struct outline found = outline(ast->body.root);
    long count = RARRAY_LEN(found.names);
    if (!has_arguments(request) && (found.statements || !count)) return Qnil;
    if (count == 1) return rb_ary_entry(found.names, 0);
    return count || (found.modules && !found.statements) ? Qundef : Qnil;
}

/* Runs the code and returns the function to be called, nil where the code is a body, of
 * which nothing has run then, and Qundef where several could be meant. Empty code, by
 * which a session asks what there is, changes nothing. */
static VALUE load(const struct request *request) {
    if (!RSTRING_LEN(request->code) && RSTRING_LEN(request->function)) return request->function;
    rb_ast_t *ast = parse(request);
    int named = RSTRING_LEN(request->function) > 0;
    VALUE name = named ? request->function : meant(request, ast);
    if (NIL_P(name)) rb_ast_dispose(ast);
    else run(request, ast, named || name == Qundef ? Qnil : name);
    return name;
}

VALUE program_execute(const struct request *request) {
    VALUE name = load(request);
    if (NIL_P(name)) return run_body(request);
    if (name == Qundef) name = rb_funcall(shim_library, id_only, 0); /* an error that lists them */
    return call_named(request, name);
}

VALUE program_load(const struct request *request) {
    VALUE name = load(request);
    return rb_funcall(shim_library, id_listing, 1, name == Qundef ? request->function : name);
}

VALUE program_call(const struct request *request) {
    return call_named(request, RSTRING_LEN(request->function) ? request->function : rb_funcall(shim_library, id_only, 0));
}

VALUE program_run(const struct request *request) { return run_body(request); }
