/*
 * program.c: compiles and runs the user's code.
 */
#include "shim.h"

#include <Zend/zend_exceptions.h>
#include <Zend/zend_language_scanner.h>
#include <main/fopen_wrappers.h>

#define OPEN_TAG "<?php "

/* Candidates of the collector of cycles that may stay; it runs at 10,001. */
#define MAX_CANDIDATES 1000

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

/* ---- what is loaded ---------------------------------------------------- */

static zend_string *main_file;

/* Code that was compiled and waits for its execution. */
static zend_op_array *waiting;
static zend_string *waiting_code;

static void set_main_file(struct request *request) {
    if (main_file && zend_string_equals_cstr(main_file, request->file, request->file_length)) return;
    if (main_file) zend_string_release(main_file);
    main_file = zend_string_init(request->file, request->file_length, 0);
}

/* The program of the request; NULL: an exception. */
static zend_op_array *prepare(struct request *request) {
    zend_op_array *program = waiting;
    int same = program && zend_string_equals_cstr(waiting_code, request->code, request->code_length);
    if (waiting_code) zend_string_release(waiting_code);
    waiting = NULL;
    waiting_code = NULL;
    set_main_file(request);
    if (same) return program;
    program = compile_program(request, main_file);
    if (!program) return NULL;
    char *path = expand_filepath(ZSTR_VAL(main_file), NULL);
    if (path) {
        zend_hash_str_add_empty_element(&EG(included_files), path, strlen(path));
        efree(path);
    }
    end_without_value(program);
    return program;
}

static void set_variable(const char *name, size_t length, zval *value) {
    Z_TRY_ADDREF_P(value);
    zend_hash_str_update_ind(&EG(symbol_table), name, length, value);
}

/* The code may be the body of a function. */
static void set_arguments(struct request *request) {
    set_variable(ZEND_STRL("args"), &request->args);
    set_variable(ZEND_STRL("kwargs"), &request->kwargs);
}

static int is_given(struct request *request) { return zend_hash_num_elements(Z_ARRVAL(request->args)) || zend_hash_num_elements(Z_ARRVAL(request->kwargs)); }

/* Runs the program in the global scope; *value is what it returned. */
static void start(zend_op_array *program, zval *value) {
    ZVAL_UNDEF(value);
    zend_execute(program, value);
    if (!EG(exception) && Z_ISREF_P(value)) zend_unwrap_reference(value);
}

void program_execute(struct request *request, zval *result) {
    zend_op_array *program = prepare(request);
    if (!program) return;
    int given = is_given(request), may_call = !request->function_length && (given || !does_something(program));
    if (!request->function_length && given) set_arguments(request);
    zval value;
    start(program, &value);
    if (EG(exception)) return;
    if (request->function_length) functions_call_named(request, main_file, result);
    else if ((!may_call || !functions_call_only(request, main_file, result)) && !Z_ISUNDEF(value)) ZVAL_COPY_VALUE(result, &value);
}

/* Whether code without the name of a function is to be run as it stands. */
static int is_body(struct request *request, const zend_op_array *program) {
    if (request->function_length) return 0;
    int given = (request->flags & FUNCBOX_FLAG_HAS_ARGS) != 0, acts = does_something(program);
    if (acts != given) return acts; /* a script; or only declarations, to be called */
    uint32_t count = functions_count(main_file);
    for (uint32_t i = 0; i < program->last; i++) count += program->opcodes[i].opcode == ZEND_DECLARE_FUNCTION;
    return !count;
}

/* The collector of cycles looks at all that its candidates lead to: not soon after
 * the memory was copied. */
static void collect_candidates(void) {
    zend_gc_status status;
    zend_gc_get_status(&status);
    if (status.num_roots <= MAX_CANDIDATES) return;
    functions_enter();
    zend_gc_collect_cycles();
    functions_leave();
}

zend_string *program_load(struct request *request) {
    zend_op_array *program = prepare(request);
    if (!program) return NULL;
    if (is_body(request, program)) {
        waiting = program;
        waiting_code = zend_string_init(request->code, request->code_length, 0);
        return NULL;
    }
    zval value;
    start(program, &value);
    if (EG(exception)) return NULL;
    zval_ptr_dtor(&value);
    collect_candidates();
    return main_file;
}

void program_call(struct request *request, zval *result) {
    if (!main_file) main_file = zend_string_init("main.php", 8, 0);
    if (request->function_length) functions_call_named(request, main_file, result);
    else if (!functions_call_only(request, main_file, result)) functions_not_clear(main_file);
}

void program_run(struct request *request, zval *result) {
    zend_op_array *program = prepare(request);
    if (!program) return;
    set_arguments(request);
    zval value;
    start(program, &value);
    /* What it declared is apart from it; so it goes as a file that was included. */
    zend_destroy_static_vars(program);
    destroy_op_array(program);
    efree_size(program, sizeof *program);
    if (!EG(exception) && !Z_ISUNDEF(value)) ZVAL_COPY_VALUE(result, &value);
}
