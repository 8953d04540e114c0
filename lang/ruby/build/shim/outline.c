/*
 * outline.c: reads the tree of a program before it runs, to tell whether it is there to
 * have its only function called, or to run by itself.
 */
#include "outline.h"

#include "internal.h"
#include "node.h"

static void read_node(const NODE *node, struct outline *reading);

static void add(struct outline *reading, ID name) {
    VALUE text = rb_id2str(name);
    if (!text || !RSTRING_LEN(text) || RSTRING_PTR(text)[0] == '_') return;
    if (!RTEST(rb_ary_includes(reading->names, text))) rb_ary_push(reading->names, text);
}

static int is_one_of(ID name, const char *const *names) {
    for (; *names; names++)
        if (name == rb_intern(*names)) return 1;
    return 0;
}

static ID called(const NODE *node) {
    if (!node) return 0;
    if (nd_type_p(node, NODE_FCALL)) return RNODE_FCALL(node)->nd_mid;
    if (nd_type_p(node, NODE_VCALL)) return RNODE_VCALL(node)->nd_mid;
    return 0;
}

/* A function written as a value: ->, lambda, proc, method(:name). */
static int is_function(const NODE *node) {
    static const char *const with_block[] = {"lambda", "proc", NULL};
    if (!node) return 0;
    if (nd_type_p(node, NODE_LAMBDA)) return 1;
    if (nd_type_p(node, NODE_ITER)) return is_one_of(called(RNODE_ITER(node)->nd_iter), with_block);
    return called(node) == rb_intern("method");
}

/* What may stand in a program besides definitions: its last value and its output are of
 * no interest. */
static int is_declaration(const NODE *node, struct outline *reading) {
    static const char *const names[] = {"require", "require_relative", "load", "private", "public", "using", "include", "extend", NULL};
    if (!is_one_of(called(node), names)) return 0;
    const NODE *arguments = nd_type_p(node, NODE_FCALL) ? RNODE_FCALL(node)->nd_args : NULL;
    for (; arguments && nd_type_p(arguments, NODE_LIST); arguments = RNODE_LIST(arguments)->nd_next) {
        const NODE *argument = RNODE_LIST(arguments)->nd_head;
        if (argument && (nd_type_p(argument, NODE_DEFN) || nd_type_p(argument, NODE_DEFS))) read_node(argument, reading); /* private def f */
    }
    return 1;
}

/* define_method(:name) { } */
static int is_defining_call(const NODE *node, struct outline *reading) {
    if (!nd_type_p(node, NODE_ITER) || called(RNODE_ITER(node)->nd_iter) != rb_intern("define_method")) return 0;
    const NODE *arguments = RNODE_FCALL(RNODE_ITER(node)->nd_iter)->nd_args;
    if (!arguments || !nd_type_p(arguments, NODE_LIST)) return 0;
    const NODE *name = RNODE_LIST(arguments)->nd_head;
    if (!nd_type_p(name, NODE_LIT) || !RB_SYMBOL_P(RNODE_LIT(name)->nd_lit)) return 0;
    add(reading, rb_sym2id(RNODE_LIT(name)->nd_lit));
    return 1;
}

static void read_node(const NODE *node, struct outline *reading) {
    if (!node) return;
    switch (nd_type(node)) {
    case NODE_SCOPE: read_node(RNODE_SCOPE(node)->nd_body, reading); return;
    case NODE_BLOCK:
        for (; node && nd_type_p(node, NODE_BLOCK); node = RNODE_BLOCK(node)->nd_next) read_node(RNODE_BLOCK(node)->nd_head, reading);
        return;
    case NODE_BEGIN: read_node(RNODE_BEGIN(node)->nd_body, reading); return;
    case NODE_IF: /* if __FILE__ == $0, unless defined?(f) */
        read_node(RNODE_IF(node)->nd_body, reading);
        read_node(RNODE_IF(node)->nd_else, reading);
        reading->statements = 1;
        return;
    case NODE_UNLESS:
        read_node(RNODE_UNLESS(node)->nd_body, reading);
        read_node(RNODE_UNLESS(node)->nd_else, reading);
        reading->statements = 1;
        return;
    case NODE_DEFN: add(reading, RNODE_DEFN(node)->nd_mid); return;
    case NODE_DEFS:
        if (nd_type_p(RNODE_DEFS(node)->nd_recv, NODE_SELF)) add(reading, RNODE_DEFS(node)->nd_mid);
        return;
    case NODE_CDECL:
        if (RNODE_CDECL(node)->nd_vid && is_function(RNODE_CDECL(node)->nd_value)) add(reading, RNODE_CDECL(node)->nd_vid);
        else reading->modules = 1;
        return;
    case NODE_LASGN: /* a lambda that has a name */
        if (!is_function(RNODE_LASGN(node)->nd_value)) reading->statements = 1;
        return;
    case NODE_CLASS:
    case NODE_MODULE: reading->modules = 1; return;
    case NODE_SCLASS:
    case NODE_ALIAS:
    case NODE_VALIAS:
    case NODE_UNDEF:
    case NODE_POSTEXE:
    case NODE_LIT:
    case NODE_STR:
    case NODE_NIL:
    case NODE_TRUE:
    case NODE_FALSE: return;
    default:
        if (!is_declaration(node, reading) && !is_defining_call(node, reading)) reading->statements = 1;
    }
}

struct outline outline(const struct RNode *root) {
    struct outline reading = {rb_ary_new(), 0, 0};
    read_node((const NODE *)root, &reading);
    return reading;
}
