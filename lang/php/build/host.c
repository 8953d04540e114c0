/*
 * host.c: the extension funcbox: the functions that the host offers.
 */
#include "shim.h"

#include <Zend/zend_exceptions.h>
#include <Zend/zend_interfaces.h>
#include <ext/spl/spl_exceptions.h>

zend_class_entry *host_error_ce;
static zend_class_entry *host_ce;
static zval the_host; /* the one object, made when first asked for */

static void throw_host_error(struct funcbox_reader *reader) {
    zval description, *message;
    if (!value_read(reader, &description, "error")) return;
    message = Z_TYPE(description) == IS_ARRAY ? zend_hash_str_find(Z_ARRVAL(description), "message", 7) : NULL;
    zend_throw_exception(host_error_ce, message && Z_TYPE_P(message) == IS_STRING ? Z_STRVAL_P(message) : "", 0);
    zval_ptr_dtor(&description);
}

/* Sends the request, which it frees, and reads the reply into *result; an exception
 * says what went wrong. */
static void exchange(struct funcbox_writer *request, zval *result) {
    if (request->failed) zend_error_noreturn(E_ERROR, "Out of memory: the arguments do not fit");
    size_t length = funcbox_host_call(request->data, request->length);
    funcbox_writer_free(request);
    uint8_t *reply = emalloc(length + 1);
    funcbox_host_reply(reply);
    struct funcbox_reader reader;
    struct funcbox_item map, key, status;
    funcbox_read(&reader, reply, length);
    if (!funcbox_next(&reader, &map) || map.kind != FUNCBOX_MAP || map.number != 2 || !funcbox_next(&reader, &key) || !funcbox_next(&reader, &status) ||
        !funcbox_next(&reader, &key))
        zend_value_error("broken reply of the host");
    else if (key.number == FUNCBOX_REPLY_VALUE) value_read(&reader, result, "reply");
    else throw_host_error(&reader);
    efree(reply);
}

/* arguments: those with integer keys and, behind them, named ones. */
static void call(const char *name, size_t length, HashTable *arguments, zval *result) {
    struct funcbox_writer request = {0};
    zend_string *key;
    zval *value;
    uint32_t named = 0;
    int index = 0, done = 1;
    ZEND_HASH_FOREACH_STR_KEY(arguments, key) { named += key != NULL; }
    ZEND_HASH_FOREACH_END();
    funcbox_map(&request, named ? 3 : 2);
    funcbox_unsigned(&request, FUNCBOX_HOST_NAME);
    value_append_utf8(&request, name, length);
    funcbox_unsigned(&request, FUNCBOX_HOST_ARGS);
    funcbox_array(&request, zend_hash_num_elements(arguments) - named);
    ZEND_HASH_FOREACH_STR_KEY_VAL(arguments, key, value) {
        if (!key && done) done = value_write_argument(&request, value, NULL, index++);
    }
    ZEND_HASH_FOREACH_END();
    if (named && done) {
        funcbox_unsigned(&request, FUNCBOX_HOST_KWARGS);
        funcbox_map(&request, named);
        ZEND_HASH_FOREACH_STR_KEY_VAL(arguments, key, value) {
            if (!key || !done) continue;
            value_append_utf8(&request, ZSTR_VAL(key), ZSTR_LEN(key));
            done = value_write_argument(&request, value, key, 0);
        }
        ZEND_HASH_FOREACH_END();
    }
    if (done) exchange(&request, result);
    else funcbox_writer_free(&request);
}

static void list_functions(zval *result) {
    zval none;
    ZVAL_EMPTY_ARRAY(&none);
    call("", 0, Z_ARRVAL(none), result);
}

static int is_granted(zend_string *name) {
    zval names, *one;
    int found = 0;
    ZVAL_NULL(&names);
    list_functions(&names);
    if (Z_TYPE(names) == IS_ARRAY) {
        ZEND_HASH_FOREACH_VAL(Z_ARRVAL(names), one) {
            if (Z_TYPE_P(one) == IS_STRING && zend_string_equals(Z_STR_P(one), name)) found = 1;
        }
        ZEND_HASH_FOREACH_END();
    }
    zval_ptr_dtor(&names);
    return found;
}

/* $host->name(...): mixed */
ZEND_METHOD(Funcbox_Host, __call) {
    zend_string *name;
    HashTable *arguments;
    ZEND_PARSE_PARAMETERS_START(2, 2)
        Z_PARAM_STR(name)
        Z_PARAM_ARRAY_HT(arguments)
    ZEND_PARSE_PARAMETERS_END();
    if (ZSTR_LEN(name)) call(ZSTR_VAL(name), ZSTR_LEN(name), arguments, return_value);
}

/* isset($host->name): whether there is such a function */
ZEND_METHOD(Funcbox_Host, __isset) {
    zend_string *name;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(name)
    ZEND_PARSE_PARAMETERS_END();
    RETURN_BOOL(is_granted(name));
}

ZEND_METHOD(Funcbox_Host, __construct) {
    (void)return_value;
    ZEND_PARSE_PARAMETERS_NONE();
}

/* Funcbox\host(): the host's functions as methods of one object */
ZEND_FUNCTION(Funcbox_host) {
    ZEND_PARSE_PARAMETERS_NONE();
    if (Z_ISUNDEF(the_host)) object_init_ex(&the_host, host_ce);
    RETURN_COPY(&the_host);
}

/* Funcbox\functions(): the names of the host's functions */
ZEND_FUNCTION(Funcbox_functions) {
    ZEND_PARSE_PARAMETERS_NONE();
    list_functions(return_value);
}

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_host, 0, 0, Funcbox\\Host, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_functions, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_call, 0, 2, IS_MIXED, 0)
    ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO(0, arguments, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_isset, 0, 1, _IS_BOOL, 0)
    ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
ZEND_END_ARG_INFO()

static const zend_function_entry functions[] = {
    ZEND_RAW_FENTRY("Funcbox\\host", zif_Funcbox_host, arginfo_host, 0, NULL, NULL)
    ZEND_RAW_FENTRY("Funcbox\\functions", zif_Funcbox_functions, arginfo_functions, 0, NULL, NULL)
    ZEND_FE_END
};

static const zend_function_entry methods[] = {
    ZEND_ME(Funcbox_Host, __construct, arginfo_construct, ZEND_ACC_PRIVATE)
    ZEND_ME(Funcbox_Host, __call, arginfo_call, ZEND_ACC_PUBLIC)
    ZEND_ME(Funcbox_Host, __isset, arginfo_isset, ZEND_ACC_PUBLIC)
    ZEND_FE_END
};

static zend_result start(int type, int number) {
    zend_class_entry ce;
    (void)type, (void)number;
    INIT_CLASS_ENTRY(ce, "Funcbox\\Host", methods);
    host_ce = zend_register_internal_class(&ce);
    host_ce->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NOT_SERIALIZABLE | ZEND_ACC_NO_DYNAMIC_PROPERTIES;
    INIT_CLASS_ENTRY(ce, "Funcbox\\HostError", NULL);
    host_error_ce = zend_register_internal_class_ex(&ce, spl_ce_RuntimeException);
    return SUCCESS;
}

zend_module_entry host_module = {
    STANDARD_MODULE_HEADER, "funcbox", functions, start, NULL, NULL, NULL, NULL, PHP_VERSION, STANDARD_MODULE_PROPERTIES,
};
