/*
 * listing.c: describes the functions of the loaded code.
 */
#include "shim.h"

#include <Zend/zend_ast.h>
#include <Zend/zend_smart_str.h>
#include <ext/standard/php_string.h>

/* Functions that a listing describes. */
#define MAX_DESCRIBED 1000

/* A map whose number of pairs is known at its end; at most 23. */
struct map {
    struct funcbox_writer *w;
    size_t at;
    unsigned pairs;
};

static struct map map_begin(struct funcbox_writer *w) {
    struct map map = {w, w->length, 0};
    funcbox_map(w, 0);
    return map;
}

static void map_key(struct map *map, const char *key) {
    map->pairs++;
    funcbox_text(map->w, key, strlen(key));
}

static void map_end(struct map *map) {
    if (!map->w->failed) funcbox_put_head(map->w->data + map->at, 5, map->pairs, 1);
}

static void map_text(struct map *map, const char *key, const char *text, size_t length) {
    if (!length) return;
    map_key(map, key);
    value_append_utf8(map->w, text, length);
}

static void map_bool(struct map *map, const char *key, int value) {
    map_key(map, key);
    funcbox_bool(map->w, value);
}

/* ---- comments ---------------------------------------------------------- */

/* The text of one line of a comment without its marks; NULL: there is none left. */
static const char *comment_line(const char **at, const char *end, size_t *length) {
    if (*at >= end) return NULL;
    const char *line = *at, *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop) stop = end;
    *at = stop + 1;
    while (line < stop && (*line == ' ' || *line == '\t')) line++;
    if (line < stop && *line == '*') line++;
    if (line < stop && *line == ' ') line++;
    while (stop > line && strchr(" \t\r", stop[-1])) stop--;
    *length = (size_t)(stop - line);
    return line;
}

static int comment_bounds(zend_string *comment, const char **at, const char **end) {
    if (!comment || ZSTR_LEN(comment) < 5) return 0;
    *at = ZSTR_VAL(comment) + 3;
    *end = ZSTR_VAL(comment) + ZSTR_LEN(comment) - 2;
    return 1;
}

/* What stands before the first tag. */
static void describe_text(struct map *map, zend_string *comment) {
    const char *at, *end, *line;
    size_t length;
    smart_str text = {0};
    if (!comment_bounds(comment, &at, &end)) return;
    while ((line = comment_line(&at, end, &length)) && !(length && *line == '@')) {
        if (text.s) smart_str_appendc(&text, '\n');
        smart_str_appendl(&text, line, length);
    }
    if (text.s) {
        smart_str_0(&text);
        zend_string *trimmed = php_trim(text.s, NULL, 0, 3);
        map_text(map, "doc", ZSTR_VAL(trimmed), ZSTR_LEN(trimmed));
        zend_string_release(trimmed);
    }
    smart_str_free(&text);
}

/* What "@param type $name text" says of a parameter. */
static void describe_parameter(struct map *map, zend_string *comment, zend_string *name) {
    const char *at, *end, *line;
    size_t length;
    if (!comment_bounds(comment, &at, &end)) return;
    while ((line = comment_line(&at, end, &length))) {
        const char *stop = line + length, *dollar;
        if (length < 8 || memcmp(line, "@param", 6) || !(dollar = memchr(line, '$', length))) continue;
        if ((size_t)(stop - dollar - 1) < ZSTR_LEN(name) || memcmp(dollar + 1, ZSTR_VAL(name), ZSTR_LEN(name))) continue;
        dollar += 1 + ZSTR_LEN(name);
        if (dollar < stop && *dollar != ' ' && *dollar != '\t') continue;
        while (dollar < stop && strchr(" \t-", *dollar)) dollar++;
        map_text(map, "doc", dollar, (size_t)(stop - dollar));
        return;
    }
}

/* ---- functions --------------------------------------------------------- */

static void describe_type(struct map *map, const char *key, zend_type type) {
    if (!ZEND_TYPE_IS_SET(type)) return;
    zend_string *text = zend_type_to_string(type);
    map_text(map, key, ZSTR_VAL(text), ZSTR_LEN(text));
    zend_string_release(text);
}

static zval *default_of(const zend_op_array *code, uint32_t index) {
    for (uint32_t i = 0; i < code->last; i++) {
        const zend_op *op = &code->opcodes[i];
        if (op->opcode == ZEND_RECV_INIT && op->op1.num == index + 1) return RT_CONSTANT(op, op->op2);
    }
    return NULL;
}

/* Whether value holds no constant that is only known when the function runs. */
static int is_plain(zval *value, int depth) {
    if (Z_TYPE_P(value) == IS_ARRAY && depth < 100) {
        zval *item;
        ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), item) {
            if (!is_plain(item, depth + 1)) return 0;
        }
        ZEND_HASH_FOREACH_END();
        return 1;
    }
    return Z_TYPE_P(value) <= IS_STRING;
}

static void describe_default(struct map *map, zval *value) {
    if (is_plain(value, 0)) {
        map_key(map, "default");
        value_write(map->w, value);
    } else if (Z_TYPE_P(value) == IS_CONSTANT_AST) {
        zend_string *text = zend_ast_export("", Z_ASTVAL_P(value), "");
        map_text(map, "defaultText", ZSTR_VAL(text), ZSTR_LEN(text));
        zend_string_release(text);
    } else map_text(map, "defaultText", ZEND_STRL("…"));
}

static void describe_parameters(struct map *map, const zend_op_array *code) {
    uint32_t count = code->num_args + !!(code->fn_flags & ZEND_ACC_VARIADIC);
    if (!count) return;
    map_key(map, "params");
    funcbox_array(map->w, count);
    for (uint32_t i = 0; i < count; i++) {
        zend_arg_info *info = &code->arg_info[i];
        struct map parameter = map_begin(map->w);
        zval *value = i < code->num_args ? default_of(code, i) : NULL;
        map_text(&parameter, "name", ZSTR_VAL(info->name), ZSTR_LEN(info->name));
        map_text(&parameter, "kind", i < code->num_args ? "either" : "rest", i < code->num_args ? 6 : 4);
        map_bool(&parameter, "required", i < code->required_num_args);
        if (value) describe_default(&parameter, value);
        describe_type(&parameter, "type", info->type);
        describe_parameter(&parameter, code->doc_comment, info->name);
        map_end(&parameter);
    }
}

/* PHP ignores more arguments than there are parameters, but functions may ask for
 * them. */
static int looks_at_arguments(const zend_op_array *code) {
    static const char *const names[] = {"func_get_args", "func_get_arg", "func_num_args"};
    for (uint32_t i = 0; i < code->last; i++)
        if (code->opcodes[i].opcode == ZEND_FUNC_GET_ARGS || code->opcodes[i].opcode == ZEND_FUNC_NUM_ARGS) return 1;
    for (int i = 0; i < code->last_literal; i++) {
        if (Z_TYPE(code->literals[i]) != IS_STRING) continue;
        for (size_t j = 0; j < sizeof names / sizeof *names; j++)
            if (zend_string_equals_cstr(Z_STR(code->literals[i]), names[j], strlen(names[j]))) return 1;
    }
    return 0;
}

static void describe(struct funcbox_writer *w, zend_string *class, const char *name, size_t length, zend_function *function, int public) {
    struct map map = map_begin(w);
    map_key(&map, "name");
    size_t whole = length + (class ? ZSTR_LEN(class) + 2 : 0);
    funcbox_head(w, 3, whole);
    if (class) {
        funcbox_raw(w, ZSTR_VAL(class), ZSTR_LEN(class));
        funcbox_raw(w, "::", 2);
    }
    funcbox_raw(w, name, length);
    map_bool(&map, "public", public);
    map_bool(&map, "exact", function->type == ZEND_USER_FUNCTION && !looks_at_arguments(&function->op_array));
    if (function->type == ZEND_USER_FUNCTION) {
        zend_op_array *code = &function->op_array;
        describe_text(&map, code->doc_comment);
        describe_parameters(&map, code);
        if (code->fn_flags & ZEND_ACC_HAS_RETURN_TYPE) describe_type(&map, "returns", code->arg_info[-1].type);
    }
    map_end(&map);
}

/* Whether Class::method can be called: functions_call_named makes an object of a
 * class that needs no arguments for it. */
static int is_callable(zend_class_entry *class, zend_function *method) {
    zend_function *constructor = class->constructor;
    if (!(method->common.fn_flags & ZEND_ACC_PUBLIC) || (method->common.fn_flags & ZEND_ACC_ABSTRACT) || !strncmp(ZSTR_VAL(method->common.function_name), "__", 2)) return 0;
    if (method->type != ZEND_USER_FUNCTION || !value_is_utf8(ZSTR_VAL(method->common.function_name), ZSTR_LEN(method->common.function_name))) return 0;
    if (method->common.fn_flags & ZEND_ACC_STATIC) return 1;
    return !(class->ce_flags & ZEND_ACC_UNINSTANTIABLE) && (!constructor || ((constructor->common.fn_flags & ZEND_ACC_PUBLIC) && !constructor->common.required_num_args));
}

static uint32_t describe_methods(struct funcbox_writer *w, zend_string *main_file, uint32_t count) {
    zend_class_entry *class;
    zend_function *method;
    HashTable *table = EG(class_table);
    for (uint32_t i = functions_first_class(); i < table->nNumUsed; i++) {
        zval *entry = &table->arData[i].val;
        if (Z_TYPE_P(entry) != IS_PTR) continue;
        class = Z_PTR_P(entry);
        if (class->type != ZEND_USER_CLASS || (class->ce_flags & (ZEND_ACC_INTERFACE | ZEND_ACC_TRAIT | ZEND_ACC_ANON_CLASS)) || !(class->ce_flags & ZEND_ACC_LINKED)) continue;
        if (!class->info.user.filename || !zend_string_equals(class->info.user.filename, main_file) || !value_is_utf8(ZSTR_VAL(class->name), ZSTR_LEN(class->name))) continue;
        ZEND_HASH_MAP_FOREACH_PTR(&class->function_table, method) {
            if (count == MAX_DESCRIBED) return count;
            if (!is_callable(class, method)) continue;
            describe(w, class->name, ZSTR_VAL(method->common.function_name), ZSTR_LEN(method->common.function_name), method, 0);
            count++;
        }
        ZEND_HASH_FOREACH_END();
    }
    return count;
}

void listing_write(struct funcbox_writer *w, struct request *request, zend_string *main_file) {
    struct funcbox_writer functions = {0};
    zend_function *function, *only = NULL;
    uint32_t index = 0, count = 0, publics = 0;
    int named = 0;
    while (main_file && (function = functions_next(&index, main_file)) && count < MAX_DESCRIBED) {
        zend_string *name = function->common.function_name;
        if (!value_is_utf8(ZSTR_VAL(name), ZSTR_LEN(name))) continue;
        int public = functions_is_public(function);
        if (public && !publics++) only = function;
        named |= zend_string_equals_cstr(name, request->function, request->function_length);
        describe(&functions, NULL, ZSTR_VAL(name), ZSTR_LEN(name), function, public);
        count++;
    }
    if (main_file) count = describe_methods(&functions, main_file, count);
    if (main_file && request->function_length && !named && (function = functions_find(request, main_file))) {
        describe(&functions, NULL, request->function, request->function_length, function, 0);
        count++;
    }
    struct map map = map_begin(w);
    map_text(&map, "kind", main_file ? "module" : "body", main_file ? 6 : 4);
    if (publics == 1) map_text(&map, "only", ZSTR_VAL(only->common.function_name), ZSTR_LEN(only->common.function_name));
    if (count) {
        map_key(&map, "functions");
        funcbox_array(w, count);
        funcbox_raw(w, functions.data, functions.length);
        if (functions.failed) w->failed = 1;
    }
    map_end(&map);
    funcbox_writer_free(&functions);
}
