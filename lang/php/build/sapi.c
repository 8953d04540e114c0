/*
 * sapi.c: PHP's start, and what a PHP program finds around it: standard
 * streams, arguments, variables of the server.
 */
#include "shim.h"

#include <Zend/zend_exceptions.h>
#include <ext/random/php_random.h>
#include <ext/standard/info.h>
#include <main/php_main.h>
#include <main/php_output.h>
#include <main/php_variables.h>
#include <unistd.h>

/* As php -n, except that errors go to stderr, tags are long (as in
 * php.ini-production) and what cannot be had here is off. */
static const char settings[] =
    "display_errors=stderr\n"
    "log_errors=0\n"
    "html_errors=0\n"
    "implicit_flush=1\n"
    "output_buffering=0\n"
    "max_execution_time=0\n"
    "max_input_time=-1\n"
    "memory_limit=-1\n"
    "register_argc_argv=1\n"
    "variables_order=EGPCS\n"
    "short_open_tag=0\n"
    "expose_php=0\n"
    "include_path=.\n"
    "date.timezone=UTC\n"
    "sys_temp_dir=/tmp\n"
    "fiber.stack_size=131072\n"
    "zend.max_allowed_stack_size=" STACK_LIMIT "\n"
    "zend.reserved_stack_size=65536\n";

static char script[256] = "main.php";

static size_t write_output(const char *text, size_t length) {
    size_t left = length;
    while (left) {
        ssize_t written = write(STDOUT_FILENO, text, left);
        if (written <= 0) break;
        text += written;
        left -= (size_t)written;
    }
    return length;
}

static void flush(void *context) { (void)context; }

static int send_headers(sapi_headers_struct *headers) {
    (void)headers;
    return SAPI_HEADER_SENT_SUCCESSFULLY;
}

static int keep_header(sapi_header_struct *header, sapi_header_op_enum operation, sapi_headers_struct *headers) {
    (void)header, (void)operation, (void)headers;
    return 0; /* kept in headers_list only where it is sent, as in PHP's own command */
}

static char *read_cookies(void) { return NULL; }

static void register_variables(zval *variables) {
    php_import_environment_variables(variables);
    php_register_variable("PHP_SELF", script, variables);
    php_register_variable("SCRIPT_NAME", script, variables);
    php_register_variable("SCRIPT_FILENAME", script, variables);
    php_register_variable("PATH_TRANSLATED", script, variables);
    php_register_variable("DOCUMENT_ROOT", "", variables);
}

static void log_message(const char *message, int type) {
    (void)type;
    fprintf(stderr, "%s\n", message);
}

static int start(sapi_module_struct *module) { return php_module_startup(module, &host_module); }
static int nothing(void) { return SUCCESS; }

/* "cli" is what programs ask for before they write to STDERR or read $argv. */
static sapi_module_struct module = {
    .name = "cli",
    .pretty_name = "Command Line Interface",
    .startup = start,
    .shutdown = php_module_shutdown_wrapper,
    .deactivate = nothing,
    .ub_write = write_output,
    .flush = flush,
    .sapi_error = php_error,
    .header_handler = keep_header,
    .send_headers = send_headers,
    .read_cookies = read_cookies,
    .register_server_variables = register_variables,
    .log_message = log_message,
    .phpinfo_as_text = 1,
    .php_ini_ignore = 1,
    .php_ini_ignore_cwd = 1,
};

static void define_stream(const char *name, const char *path, const char *mode) {
    php_stream *stream = php_stream_open_wrapper_ex(path, mode, 0, NULL, NULL);
    zend_constant constant;
    if (!stream) return;
    /* Closing the constant's resource leaves the descriptor alone, as in PHP's own command. */
    stream->flags |= PHP_STREAM_FLAG_NO_RSCR_DTOR_CLOSE;
    php_stream_to_zval(stream, &constant.value);
    Z_CONSTANT_FLAGS(constant.value) = 0;
    constant.name = zend_string_init_interned(name, strlen(name), 0);
    zend_register_constant(&constant);
}

int sapi_init(void) {
    sapi_startup(&module);
    module.ini_entries = settings;
    if (module.startup(&module) == FAILURE) return 1;
    SG(options) |= SAPI_OPTION_NO_CHDIR;
    if (php_request_startup() == FAILURE) return 1;
    PG(during_request_startup) = 0;
    define_stream("STDIN", "php://stdin", "rb");
    define_stream("STDOUT", "php://stdout", "wb");
    define_stream("STDERR", "php://stderr", "wb");
    return 0;
}

static void set_environment(zval *env) {
    zend_string *name;
    zval *value;
    clearenv();
    ZEND_HASH_FOREACH_STR_KEY_VAL(Z_ARRVAL_P(env), name, value) {
        if (name && Z_TYPE_P(value) == IS_STRING) setenv(ZSTR_VAL(name), Z_STRVAL_P(value), 1);
    }
    ZEND_HASH_FOREACH_END();
}

/* Variables that PHP makes when a program first mentions them, if one has. */
static void renew_global(const char *name, size_t length) {
    zend_auto_global *global = zend_hash_str_find_ptr(CG(auto_globals), name, length);
    if (global && !global->armed && global->auto_global_callback) global->auto_global_callback(global->name);
}

static void set_arguments(const char *file, size_t file_length, zval *argv) {
    zval list, count, *argument;
    size_t length = file_length < sizeof script - 1 ? file_length : sizeof script - 1;
    memmove(script, file, length);
    script[length] = 0;
    array_init(&list);
    add_next_index_stringl(&list, file, file_length);
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(argv), argument) {
        Z_TRY_ADDREF_P(argument);
        add_next_index_zval(&list, argument);
    }
    ZEND_HASH_FOREACH_END();
    ZVAL_LONG(&count, zend_hash_num_elements(Z_ARRVAL(list)));
    SG(request_info).argc = (int)Z_LVAL(count); /* then $_SERVER gets the same */
    zend_hash_str_update(&EG(symbol_table), "argv", 4, &list);
    zend_hash_str_update(&EG(symbol_table), "argc", 4, &count);
}

void sapi_begin_call(struct request *request, zval *env, zval *argv) {
    if (!(request->flags & FUNCBOX_FLAG_FRESH)) return;
    SG(global_request_time) = 0;
    RANDOM_G(combined_lcg_seeded) = RANDOM_G(mt19937_seeded) = false;
    if (Z_TYPE_P(env) != IS_ARRAY) return; /* a copy of a session goes on in what it has */
    set_environment(env);
    if (Z_TYPE_P(argv) == IS_ARRAY) {
        if (request->file_length) set_arguments(request->file, request->file_length, argv);
        else set_arguments(script, strlen(script), argv);
    }
    renew_global(ZEND_STRL("_SERVER"));
    renew_global(ZEND_STRL("_ENV"));
    if (request->workdir_length) {
        zend_string *path = zend_string_init(request->workdir, request->workdir_length, 0);
        if (chdir(ZSTR_VAL(path)) < 0) fprintf(stderr, "%s: %s\n", ZSTR_VAL(path), strerror(errno));
        zend_string_release(path);
    }
}
