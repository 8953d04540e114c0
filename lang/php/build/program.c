/*
 * program.c: compiles and runs the user's code, and what runs after it.
 */
#include "shim.h"

#include <Zend/zend_exceptions.h>
#include <Zend/zend_language_scanner.h>
#include <ext/standard/basic_functions.h>
#include <ext/standard/head.h>
#include <main/fopen_wrappers.h>
#include <main/php_output.h>

#define OPEN_TAG "<?php "

static uint32_t first_object;
static zend_long first_resource;
static int finish_stage;
static uint32_t shutdown_done;

void program_init(void) {
    first_object = EG(objects_store).top;
    first_resource = EG(regular_list).nNextFreeElement;
}

void program_begin_call(void) {
    finish_stage = 0;
    shutdown_done = 0;
}

/* The code of a request, as the text of a file. */
struct source {
    const char *text;
    size_t length, blank; /* bytes at the start to be moved behind the tag */
    int tagged;
};

static int is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static int begins(const char *text, const char *end, const char *with) {
    size_t length = strlen(with);
    return (size_t)(end - text) >= length && !zend_binary_strcasecmp(text, length, with, length);
}

/* Code that begins with a tag, a line for the shell or markup is a file as it
 * is; no statement begins with "<". Blanks before the first <?php are not meant
 * as output. */
static struct source look_at(struct request *request) {
    struct source source = {request->code, request->code_length, 0, 0};
    const char *end = source.text + source.length;
    if (begins(source.text, end, "\xef\xbb\xbf")) source.text += 3, source.length -= 3;
    const char *at = source.text;
    while (at < end && is_blank(*at)) at++;
    if (begins(at, end, "<?php")) {
        source.tagged = 1;
        source.blank = (size_t)(at - source.text);
    } else source.tagged = begins(at, end, "#!") ? at == source.text : at < end && *at == '<' && !begins(at, end, "<<<");
    return source;
}

static zend_op_array *compile(const struct source *source, zend_string *file, int tagged) {
    zend_file_handle handle;
    size_t tag = tagged ? 0 : sizeof OPEN_TAG - 1, blank = tagged ? source->blank : 0;
    char *text = safe_emalloc(1, source->length, tag + ZEND_MMAP_AHEAD);
    memcpy(text, OPEN_TAG, tag);
    memcpy(text + tag, source->text, source->length);
    if (blank) {
        /* "\n\n<?php": lines stay right when the blanks stand behind the tag. */
        memmove(text, source->text + blank, 5);
        memcpy(text + 5, source->text, blank);
    }
    memset(text + tag + source->length, 0, ZEND_MMAP_AHEAD);
    zend_stream_init_filename_ex(&handle, file);
    handle.primary_script = 1;
    handle.buf = text;
    handle.len = tag + source->length;
    CG(skip_shebang) = 1;
    zend_op_array *compiled = zend_compile_file(&handle, ZEND_REQUIRE);
    zend_destroy_file_handle(&handle);
    return compiled;
}

static int has_tag(const struct source *source) {
    return php_memnstr(source->text, "<?php", 5, source->text + source->length) || php_memnstr(source->text, "<?=", 3, source->text + source->length);
}

/* "Dear <?= $name ?>" begins like a statement, but is none. */
static zend_op_array *compile_program(struct request *request, zend_string *file) {
    struct source source = look_at(request);
    zend_op_array *compiled = compile(&source, file, source.tagged);
    if (compiled || source.tagged || !EG(exception) || EG(exception)->ce != zend_ce_parse_error || !has_tag(&source)) return compiled;
    zend_object *error = EG(exception);
    EG(exception) = NULL;
    compiled = compile(&source, file, 1);
    if (compiled) OBJ_RELEASE(error);
    else {
        if (EG(exception)) OBJ_RELEASE(EG(exception));
        EG(exception) = error;
    }
    return compiled;
}

/* A file that ends without return gives 1 to include; a program gives nothing.
 * zend_emit_final_return marks its instruction with -1. */
static void end_without_value(zend_op_array *program) {
    zend_op *last = &program->opcodes[program->last - 1];
    if (last->opcode == ZEND_RETURN && last->extended_value == (uint32_t)-1 && last->op1_type == IS_CONST) ZVAL_NULL(RT_CONSTANT(last, last->op1));
}

/* Whether the program does more than declare things: a script is not there to
 * have its only helper called. Plain assignments and includes are how functions
 * get what they need. */
static int does_something(const zend_op_array *program) {
    for (uint32_t i = 0; i < program->last; i++) {
        const zend_op *op = &program->opcodes[i];
        switch (op->opcode) {
        case ZEND_NOP:
        case ZEND_TICKS:
        case ZEND_FREE:
        case ZEND_EXT_STMT:
        case ZEND_DECLARE_FUNCTION:
        case ZEND_DECLARE_CLASS:
        case ZEND_DECLARE_CLASS_DELAYED:
        case ZEND_DECLARE_CONST:
        case ZEND_INCLUDE_OR_EVAL: break;
        case ZEND_ASSIGN:
            if (op->op1_type != IS_CV || op->op2_type != IS_CONST) return 1;
            break;
        case ZEND_RETURN:
            if (i + 1 != program->last || op->extended_value != (uint32_t)-1) return 1;
            break;
        default: return 1;
        }
    }
    return 0;
}

void program_run(struct request *request, zval *result) {
    zend_string *file = zend_string_init(request->file, request->file_length, 0);
    int given = zend_hash_num_elements(Z_ARRVAL(request->args)) || zend_hash_num_elements(Z_ARRVAL(request->kwargs));
    ZVAL_NULL(result);
    zend_op_array *program = compile_program(request, file);
    if (!program) return;
    char *path = expand_filepath(ZSTR_VAL(file), NULL);
    if (path) {
        zend_hash_str_add_empty_element(&EG(included_files), path, strlen(path));
        efree(path);
    }
    end_without_value(program);
    int may_call = !request->function_length && (given || !does_something(program));
    if (!request->function_length && given) {
        /* The code may be the body of a function. */
        Z_ADDREF(request->args);
        Z_ADDREF(request->kwargs);
        zend_hash_str_update(&EG(symbol_table), "args", 4, &request->args);
        zend_hash_str_update(&EG(symbol_table), "kwargs", 6, &request->kwargs);
    }
    zval value;
    ZVAL_UNDEF(&value);
    zend_execute(program, &value);
    if (EG(exception)) return;
    if (request->function_length) functions_call_named(request, file, result);
    else if (!may_call || !functions_call_only(request, file, result)) {
        if (!Z_ISUNDEF(value)) ZVAL_COPY_DEREF(result, &value);
    }
}

/* ---- the end ----------------------------------------------------------- */

enum { SHUTDOWN_FUNCTIONS, DESTRUCTORS, OUTPUT, RESOURCES, FINISHED };

int program_has_to_finish(void) {
    if (finish_stage == SHUTDOWN_FUNCTIONS && !BG(user_shutdown_function_names)) finish_stage++;
    if (finish_stage == DESTRUCTORS && EG(objects_store).top == first_object) finish_stage++;
    if (finish_stage == OUTPUT && !php_output_get_level() && Z_ISUNDEF(SG(callback_func))) finish_stage++;
    if (finish_stage == RESOURCES && EG(regular_list).nNextFreeElement == first_resource) finish_stage++;
    return finish_stage < FINISHED;
}

/* Functions that are registered meanwhile are called too. An exception ends the
 * round, as in PHP. */
static void call_shutdown_functions(void) {
    HashTable *table = BG(user_shutdown_function_names);
    while (table && shutdown_done < table->nNumUsed) {
        zval *entry = ZEND_HASH_ELEMENT(table, shutdown_done++), value;
        if (Z_TYPE_P(entry) != IS_PTR) continue;
        php_shutdown_function_entry *function = Z_PTR_P(entry);
        function->fci.retval = &value;
        ZVAL_UNDEF(&value);
        functions_enter();
        zend_call_function(&function->fci, &function->fci_cache);
        functions_leave();
        zval_ptr_dtor(&value);
        if (errors_take()) break;
    }
}

static int hidden_destructor(zend_object *object) {
    zend_function *destructor = object->ce->destructor;
    return destructor && !(destructor->common.fn_flags & ZEND_ACC_PUBLIC);
}

/* Objects that only a global variable holds go first, the last one first. */
static int destroy_variable(zval *variable) {
    if (EG(exception)) return ZEND_HASH_APPLY_STOP;
    if (Z_TYPE_P(variable) == IS_INDIRECT) variable = Z_INDIRECT_P(variable);
    if (Z_TYPE_P(variable) != IS_OBJECT || Z_REFCOUNT_P(variable) != 1 || hidden_destructor(Z_OBJ_P(variable))) return ZEND_HASH_APPLY_KEEP;
    return ZEND_HASH_APPLY_REMOVE;
}

/* As zend_call_destructors, but an exception ends it and is left for the shim.
 * Objects whose destructor is not public want no frame: they are only warned of. */
static void destroy(void) {
    uint32_t variables;
    functions_enter();
    do {
        variables = zend_hash_num_elements(&EG(symbol_table));
        zend_hash_reverse_apply(&EG(symbol_table), destroy_variable);
    } while (!EG(exception) && variables != zend_hash_num_elements(&EG(symbol_table)));
    EG(flags) |= EG_FLAGS_OBJECT_STORE_NO_REUSE;
    for (uint32_t i = 1; i < EG(objects_store).top && !EG(exception); i++) {
        zend_object *object = EG(objects_store).object_buckets[i];
        if (!IS_OBJ_VALID(object) || (OBJ_FLAGS(object) & IS_OBJ_DESTRUCTOR_CALLED)) continue;
        GC_ADD_FLAGS(object, IS_OBJ_DESTRUCTOR_CALLED);
        if (object->handlers->dtor_obj == zend_objects_destroy_object && !object->ce->destructor) continue;
        if (hidden_destructor(object)) functions_leave();
        GC_ADDREF(object);
        object->handlers->dtor_obj(object);
        GC_DELREF(object);
        functions_enter();
    }
    functions_leave();
    if (EG(exception)) zend_objects_store_mark_destructed(&EG(objects_store));
    errors_take();
}

/* Output buffers, and the callback of header_register_callback. */
static void end_output(void) {
    functions_enter();
    php_output_end_all();
    if (!Z_ISUNDEF(SG(callback_func))) php_header();
    functions_leave();
    errors_take();
}

static void close_resources(void) {
    functions_enter();
    zend_close_rsrc_list(&EG(regular_list));
    functions_leave();
    errors_take();
}

void program_finish(void) {
    while (program_has_to_finish()) {
        switch (finish_stage++) {
        case SHUTDOWN_FUNCTIONS: call_shutdown_functions(); break;
        case DESTRUCTORS: destroy(); break;
        case OUTPUT: end_output(); break;
        case RESOURCES: close_resources(); break;
        }
    }
}
