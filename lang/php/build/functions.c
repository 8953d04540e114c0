/*
 * functions.c: finds the function to call, and those that there are.
 */
#include "shim.h"

#include <Zend/zend_closures.h>
#include <Zend/zend_exceptions.h>

/* Functions that the error about a missing one lists. */
#define MAX_LISTED 50

/* Where the user's functions and classes begin in their tables. */
static uint32_t first_user, first_class;

static zend_internal_function frame_function = {.type = ZEND_INTERNAL_FUNCTION};
static zend_execute_data frame;

void functions_init(void) {
    first_user = EG(function_table)->nNumUsed;
    first_class = EG(class_table)->nNumUsed;
}

uint32_t functions_first_class(void) { return first_class; }

void functions_enter(void) {
    memset(&frame, 0, sizeof frame);
    frame.func = (zend_function *)&frame_function;
    EG(current_execute_data) = &frame;
}

void functions_leave(void) { EG(current_execute_data) = NULL; }

/* The parameter of a name; NULL: there is none. */
static zend_arg_info *named_parameter(zend_function *function, zend_string *name) {
    for (uint32_t i = 0; i < function->common.num_args; i++) {
        zend_arg_info *info = &function->common.arg_info[i];
        if (function->type == ZEND_USER_FUNCTION) {
            if (zend_string_equals(info->name, name)) return info;
        } else if (!strcmp(((zend_internal_arg_info *)info)->name, ZSTR_VAL(name))) return info;
    }
    if (function->common.fn_flags & ZEND_ACC_VARIADIC) return &function->common.arg_info[function->common.num_args];
    return NULL;
}

/* Arguments for parameters by reference are made references, or PHP would warn. */
static void call(zend_fcall_info_cache *target, struct request *request, zval *result) {
    zend_function *function = target->function_handler;
    zend_fcall_info info = {0};
    uint32_t count = zend_hash_num_elements(Z_ARRVAL(request->args)), i = 0;
    zval *arguments = safe_emalloc(count, sizeof *arguments, sizeof *arguments), *value;
    zend_string *name;
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL(request->args), value) {
        ZVAL_COPY(&arguments[i], value);
        if (ARG_SHOULD_BE_SENT_BY_REF(function, i + 1)) ZVAL_MAKE_REF(&arguments[i]);
        i++;
    }
    ZEND_HASH_FOREACH_END();
    SEPARATE_ARRAY(&request->kwargs);
    ZEND_HASH_FOREACH_STR_KEY_VAL(Z_ARRVAL(request->kwargs), name, value) {
        zend_arg_info *parameter = named_parameter(function, name);
        if (parameter && ZEND_ARG_SEND_MODE(parameter)) ZVAL_MAKE_REF(value);
    }
    ZEND_HASH_FOREACH_END();
    info.size = sizeof info;
    info.retval = result;
    info.params = arguments;
    info.param_count = count;
    info.object = target->object;
    ZVAL_UNDEF(&info.function_name);
    if (zend_hash_num_elements(Z_ARRVAL(request->kwargs))) info.named_params = Z_ARRVAL(request->kwargs);
    ZVAL_UNDEF(result);
    functions_enter();
    zend_call_function(&info, target);
    functions_leave();
    for (i = 0; i < count; i++) zval_ptr_dtor(&arguments[i]);
    efree(arguments);
    if (Z_ISREF_P(result)) zend_unwrap_reference(result);
}

static void call_function(zend_function *function, struct request *request, zval *result) {
    zend_fcall_info_cache target = {.function_handler = function};
    call(&target, request, result);
}

/* What follows the last backslash. */
static const char *short_name(zend_string *name) {
    const char *slash = zend_memrchr(ZSTR_VAL(name), '\\', ZSTR_LEN(name));
    return slash ? slash + 1 : ZSTR_VAL(name);
}

zend_function *functions_next(uint32_t *index, zend_string *main_file) {
    HashTable *table = EG(function_table);
    if (*index < first_user) *index = first_user;
    while (*index < table->nNumUsed) {
        zval *value = &table->arData[(*index)++].val;
        if (Z_TYPE_P(value) != IS_PTR) continue;
        zend_function *function = Z_PTR_P(value);
        if (function->type != ZEND_USER_FUNCTION || !function->common.function_name || (function->common.fn_flags & ZEND_ACC_CLOSURE)) continue;
        if (function->op_array.filename && zend_string_equals(function->op_array.filename, main_file)) return function;
    }
    return NULL;
}

static void fail_with_names(struct funcbox_writer message, zend_string *main_file, int all) {
    int count = 0;
    uint32_t index = 0;
    zend_function *function;
    while ((function = functions_next(&index, main_file))) {
        if (!all && !functions_is_public(function)) continue;
        if (count++ == MAX_LISTED) {
            funcbox_raw(&message, ZEND_STRL(", …"));
            break;
        }
        funcbox_raw(&message, count == 1 ? ": " : ", ", 2);
        funcbox_raw(&message, ZSTR_VAL(function->common.function_name), ZSTR_LEN(function->common.function_name));
    }
    if (!count) funcbox_raw(&message, all ? " no functions" : " none", all ? 13 : 5);
    fail("FunctionNotFound", (char *)message.data, message.failed ? 0 : message.length);
    funcbox_writer_free(&message);
}

static void not_found(struct request *request, zend_string *main_file) {
    struct funcbox_writer message = {0};
    funcbox_raw(&message, ZEND_STRL("function \""));
    funcbox_raw(&message, request->function, request->function_length);
    funcbox_raw(&message, ZEND_STRL("\" is not defined; the code defines"));
    fail_with_names(message, main_file, 1);
}

void functions_not_clear(zend_string *main_file) {
    struct funcbox_writer message = {0};
    funcbox_raw(&message, ZEND_STRL("no function is named, and the code has"));
    if (functions_count(main_file)) funcbox_raw(&message, ZEND_STRL(" several"));
    fail_with_names(message, main_file, 0);
}

/* The only function of the main file with this name behind its namespace. It goes
 * before one of PHP's own. */
static zend_function *by_short_name(const char *name, size_t length, zend_string *main_file) {
    uint32_t index = 0;
    zend_function *function, *found = NULL;
    while ((function = functions_next(&index, main_file))) {
        const char *own = short_name(function->common.function_name);
        size_t own_length = ZSTR_LEN(function->common.function_name) - (size_t)(own - ZSTR_VAL(function->common.function_name));
        if (own_length != length || zend_binary_strcasecmp(own, own_length, name, length)) continue;
        if (found) return NULL;
        found = function;
    }
    return found;
}

static int is_name(const char *name, size_t length) {
    int start = 1;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c == '\\' && !start && i + 1 < length) start = 1;
        else if ((c | 32) - 'a' < 26u || c == '_' || c >= 0x80 || (c - '0' < 10u && !start)) start = 0;
        else return 0;
    }
    return length > 0;
}

/* Class::method. A method that is not static is called on a new object, if the
 * class can be made without arguments; else PHP's own error says what is wrong. */
static int call_method(struct request *request, const char *class, size_t class_length, const char *method, size_t method_length, zval *result) {
    if (!is_name(class, class_length) || !is_name(method, method_length)) return 0;
    zend_string *class_name = zend_string_init(class, class_length, 0), *method_name = zend_string_init(method, method_length, 0);
    functions_enter();
    zend_class_entry *ce = zend_lookup_class(class_name);
    zend_string_release(class_name);
    zend_string *lower = zend_string_tolower(method_name);
    zend_function *function = ce ? zend_hash_find_ptr(&ce->function_table, lower) : NULL;
    zend_string_release(lower);
    zend_string_release(method_name);
    functions_leave();
    if (EG(exception)) return 1; /* an autoloader's */
    if (!function || !(function->common.fn_flags & ZEND_ACC_PUBLIC)) return 0;
    zend_fcall_info_cache target = {.function_handler = function, .called_scope = ce};
    zval object;
    ZVAL_UNDEF(&object);
    if (!(function->common.fn_flags & ZEND_ACC_STATIC)) {
        zend_function *constructor = ce->constructor;
        int plain = !(ce->ce_flags & ZEND_ACC_UNINSTANTIABLE) &&
                    (!constructor || ((constructor->common.fn_flags & ZEND_ACC_PUBLIC) && !constructor->common.required_num_args));
        functions_enter();
        if (!plain) {
            zend_throw_error(NULL, "Non-static method %s::%s() cannot be called statically", ZSTR_VAL(ce->name), ZSTR_VAL(function->common.function_name));
        } else if (object_init_ex(&object, ce) == SUCCESS && constructor) {
            zend_call_known_instance_method_with_0_params(constructor, Z_OBJ(object), NULL);
        }
        functions_leave();
        if (EG(exception)) {
            zval_ptr_dtor(&object);
            return 1;
        }
        target.object = Z_OBJ(object);
    } else if (function->common.fn_flags & ZEND_ACC_ABSTRACT) {
        functions_enter();
        zend_throw_error(NULL, "Cannot call abstract method %s::%s()", ZSTR_VAL(ce->name), ZSTR_VAL(function->common.function_name));
        functions_leave();
        return 1;
    }
    call(&target, request, result);
    zval_ptr_dtor(&object);
    return 1;
}

zend_function *functions_find(struct request *request, zend_string *main_file) {
    const char *name = request->function;
    size_t length = request->function_length;
    if (*name == '\\') name++, length--;
    if (!is_name(name, length)) return NULL;
    zend_function *function = by_short_name(name, length, main_file);
    if (function) return function;
    zend_string *lower = zend_string_alloc(length, 0);
    zend_str_tolower_copy(ZSTR_VAL(lower), name, length);
    function = zend_hash_find_ptr(EG(function_table), lower);
    zend_string_release(lower);
    return function;
}

void functions_call_named(struct request *request, zend_string *main_file, zval *result) {
    const char *name = request->function;
    size_t length = request->function_length;
    if (*name == '\\') name++, length--;
    for (size_t i = 0; i + 1 < length; i++) {
        if (name[i] != ':' || name[i + 1] != ':') continue;
        if (!call_method(request, name, i, name + i + 2, length - i - 2, result)) not_found(request, main_file);
        return;
    }
    zend_function *function = functions_find(request, main_file);
    if (function) call_function(function, request, result);
    else not_found(request, main_file);
}

int functions_is_public(zend_function *function) { return *short_name(function->common.function_name) != '_'; }

uint32_t functions_count(zend_string *main_file) {
    uint32_t index = 0, count = 0;
    zend_function *function;
    while ((function = functions_next(&index, main_file))) count += functions_is_public(function) != 0;
    return count;
}

int functions_call_only(struct request *request, zend_string *main_file, zval *result) {
    uint32_t index = 0;
    zend_function *function, *only = NULL;
    while ((function = functions_next(&index, main_file))) {
        if (!functions_is_public(function)) continue;
        if (only) return 0;
        only = function;
    }
    if (!only) return 0;
    call_function(only, request, result);
    return 1;
}
