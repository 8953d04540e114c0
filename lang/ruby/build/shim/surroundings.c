/*
 * surroundings.c: what a request says about the world around the program. ENV is
 * C's environment; ARGV and $0 are Ruby's own.
 */
#include "shim.h"

#include "ruby/util.h"

#include <unistd.h>

extern char **environ;

void ruby_reset_timezone(const char *name); /* of Ruby, not in its public headers */

static int set_variable(VALUE name, VALUE value, VALUE data) {
    (void)data;
    ruby_setenv(StringValueCStr(name), StringValueCStr(value));
    return ST_CONTINUE;
}

void surroundings_set(const struct request *request) {
    if (NIL_P(request->env)) return; /* a copy of a session goes on in those that it has */
    if (environ && *environ) clearenv();
    rb_hash_foreach(request->env, set_variable, Qnil);
    ruby_reset_timezone(getenv("TZ"));
    VALUE argv = rb_const_get(rb_cObject, rb_intern("ARGV"));
    rb_ary_replace(argv, request->argv);
    for (long i = 0; i < RARRAY_LEN(argv); i++) rb_obj_freeze(RARRAY_AREF(argv, i));
    ruby_set_script_name(request->file);
    if (RSTRING_LEN(request->workdir) && chdir(StringValueCStr(((struct request *)request)->workdir)) < 0) rb_sys_fail_str(request->workdir);
}
