/*
 * value_write.c: PHP values to CBOR.
 */
#include "shim.h"

#include <Zend/zend_closures.h>
#include <Zend/zend_enum.h>
#include <Zend/zend_exceptions.h>
#include <Zend/zend_generators.h>
#include <Zend/zend_interfaces.h>
#include <ext/date/php_date.h>
#include <ext/json/php_json.h>
#include <ext/simplexml/php_simplexml.h>

/* Values nested deeper than this are an error; the host takes as many. */
#define MAX_DEPTH 1000

/* Where a value is in the result, and what holds it. */
struct place {
    const struct place *outer; /* NULL: the result itself */
    const void *holder;        /* the array or object that the value is in */
    zend_string *key;          /* NULL: index counts */
    zend_long index;
    int depth;
};

static int write_one(struct funcbox_writer *w, zval *value, const struct place *place);

/* ---- text -------------------------------------------------------------- */

/* Bytes of the UTF-8 sequence at text (RFC 3629, section 4); 0: it is none. */
static size_t sequence(const uint8_t *text, size_t left) {
    uint8_t c = *text;
    if (c < 0x80) return 1;
    if (c < 0xc2) return 0;
    if (c < 0xe0) return left >= 2 && text[1] >> 6 == 2 ? 2 : 0;
    if (c < 0xf0) {
        if (left < 3 || text[1] >> 6 != 2 || text[2] >> 6 != 2) return 0;
        return (c == 0xe0 && text[1] < 0xa0) || (c == 0xed && text[1] >= 0xa0) ? 0 : 3;
    }
    if (c > 0xf4 || left < 4 || text[1] >> 6 != 2 || text[2] >> 6 != 2 || text[3] >> 6 != 2) return 0;
    return (c == 0xf0 && text[1] < 0x90) || (c == 0xf4 && text[1] >= 0x90) ? 0 : 4;
}

/* How much of text is UTF-8, from its start. */
static size_t valid_part(const char *text, size_t length) {
    size_t at = 0;
    while (at < length) {
        uint64_t eight;
        while (length - at >= 8) {
            memcpy(&eight, text + at, 8);
            if (eight & 0x8080808080808080) break;
            at += 8;
        }
        if (at >= length) break;
        size_t size = sequence((const uint8_t *)text + at, length - at);
        if (!size) break;
        at += size;
    }
    return at;
}

int value_is_utf8(const char *text, size_t length) { return valid_part(text, length) == length; }

void value_append_text(struct funcbox_writer *w, const char *text, size_t length) {
    for (;;) {
        size_t valid = valid_part(text, length);
        funcbox_raw(w, text, valid);
        if (valid == length) return;
        funcbox_raw(w, "\xef\xbf\xbd", 3);
        text += valid + 1;
        length -= valid + 1;
    }
}

void value_append_utf8(struct funcbox_writer *w, const char *text, size_t length) {
    if (value_is_utf8(text, length)) {
        funcbox_text(w, text, length);
        return;
    }
    struct funcbox_writer valid = {0};
    value_append_text(&valid, text, length);
    funcbox_text(w, (const char *)valid.data, valid.length);
    if (valid.failed) w->failed = 1;
    funcbox_writer_free(&valid);
}

static void write_string(struct funcbox_writer *w, const char *text, size_t length) {
    if (value_is_utf8(text, length)) funcbox_text(w, text, length);
    else funcbox_bytes(w, text, length);
}

/* ---- errors ------------------------------------------------------------ */

static int is_identifier(zend_string *key) {
    if (!ZSTR_LEN(key) || (ZSTR_VAL(key)[0] >= '0' && ZSTR_VAL(key)[0] <= '9')) return 0;
    for (size_t i = 0; i < ZSTR_LEN(key); i++) {
        unsigned char c = (unsigned char)ZSTR_VAL(key)[i];
        if ((c | 32) - 'a' >= 26u && c - '0' >= 10u && c != '_' && c < 0x80) return 0;
    }
    return 1;
}

/* What the outermost place is called, and whether it is an argument for the host. */
static const char *root_name = "result";
static int leaves_by_call;

/* Writes the path to place: result.items[3]["a b"]. */
static void describe(struct funcbox_writer *w, const struct place *place) {
    char number[32];
    if (!place->outer) {
        funcbox_raw(w, root_name, strlen(root_name));
        return;
    }
    describe(w, place->outer);
    if (w->length > 400) return; /* long enough to find it */
    if (!place->key) {
        funcbox_raw(w, number, (size_t)snprintf(number, sizeof number, "[%lld]", (long long)place->index));
        return;
    }
    int plain = is_identifier(place->key);
    funcbox_raw(w, plain ? "." : "[\"", plain ? 1 : 2);
    value_append_text(w, ZSTR_VAL(place->key), ZSTR_LEN(place->key) < 100 ? ZSTR_LEN(place->key) : 100);
    if (!plain) funcbox_raw(w, "\"]", 2);
}

static int stop(const struct place *place, const char *what) {
    struct funcbox_writer text = {0};
    describe(&text, place);
    funcbox_raw(&text, "", 1);
    zend_type_error("%s: %s", text.failed ? root_name : (const char *)text.data, what);
    funcbox_writer_free(&text);
    return 0;
}

static int refuse(const struct place *place, const char *what) {
    char text[160];
    snprintf(text, sizeof text, "%.100s cannot be %s", what, leaves_by_call ? "passed" : "returned");
    return stop(place, text);
}

/* Whether what is about to be entered is in itself, or is in too much. */
static int may_enter(const void *holder, const struct place *place) {
    if (place->depth >= MAX_DEPTH) return stop(place, "nested too deeply");
    for (const struct place *p = place; p; p = p->outer)
        if (p->holder == holder) return refuse(place, "circular reference");
    return 1;
}

/* ---- arrays ------------------------------------------------------------ */

static int write_key(struct funcbox_writer *w, zend_string *key, zend_long index, const struct place *place) {
    char number[24];
    if (!key) {
        funcbox_text(w, number, (size_t)snprintf(number, sizeof number, "%lld", (long long)index));
        return 1;
    }
    if (!value_is_utf8(ZSTR_VAL(key), ZSTR_LEN(key))) return refuse(place, "a key that is not UTF-8");
    funcbox_text(w, ZSTR_VAL(key), ZSTR_LEN(key));
    return 1;
}

static int write_list(struct funcbox_writer *w, HashTable *array, const void *holder, const struct place *outer) {
    struct place place = {outer, holder, NULL, 0, outer->depth + 1};
    zval *value;
    funcbox_array(w, zend_hash_num_elements(array));
    ZEND_HASH_FOREACH_VAL(array, value) {
        if (w->failed || !write_one(w, value, &place)) return 0;
        place.index++;
    }
    ZEND_HASH_FOREACH_END();
    return 1;
}

static int write_array(struct funcbox_writer *w, HashTable *array, const void *holder, const struct place *outer) {
    if (zend_array_is_list(array)) return write_list(w, array, holder, outer);
    struct place place = {outer, holder, NULL, 0, outer->depth + 1};
    zend_ulong index;
    zend_string *key;
    zval *value;
    funcbox_map(w, zend_hash_num_elements(array));
    ZEND_HASH_FOREACH_KEY_VAL(array, index, key, value) {
        place.key = key;
        place.index = (zend_long)index;
        if (w->failed || !write_key(w, key, (zend_long)index, &place) || !write_one(w, value, &place)) return 0;
    }
    ZEND_HASH_FOREACH_END();
    return 1;
}

/* ---- objects ----------------------------------------------------------- */

static int write_date(struct funcbox_writer *w, zend_object *date, const struct place *place) {
    zval format, text;
    ZVAL_STRING(&format, "Y-m-d\\TH:i:s.uP");
    ZVAL_UNDEF(&text);
    zend_call_method_with_1_params(date, date->ce, NULL, "format", &text, &format);
    zval_ptr_dtor(&format);
    if (Z_TYPE(text) != IS_STRING) return EG(exception) ? 0 : refuse(place, "a date that was not initialized");
    /* Years of more or fewer than four digits are not RFC 3339; neither are seconds in an offset. */
    int fits = Z_STRLEN(text) == 32 && Z_STRVAL(text)[0] != '-';
    if (fits) {
        funcbox_tag(w, FUNCBOX_TAG_TIME);
        funcbox_text(w, Z_STRVAL(text), Z_STRLEN(text));
    }
    zval_ptr_dtor(&text);
    return fits || refuse(place, "a date outside of the years 0 to 9999");
}

static int write_enum(struct funcbox_writer *w, zend_object *value, const struct place *place) {
    return write_one(w, value->ce->enum_backing_type != IS_UNDEF ? zend_enum_fetch_case_value(value) : zend_enum_fetch_case_name(value), place);
}

static int write_json(struct funcbox_writer *w, zend_object *object, const struct place *place, int *same) {
    zval value;
    ZVAL_UNDEF(&value);
    zend_call_method_with_0_params(object, object->ce, NULL, "jsonserialize", &value);
    *same = 0;
    if (EG(exception) || Z_ISUNDEF(value)) return 0;
    if (Z_TYPE(value) == IS_OBJECT && Z_OBJ(value) == object) {
        *same = 1;
        zval_ptr_dtor(&value);
        return 1;
    }
    struct place inner = *place; /* the same place, one deeper: it may go on for ever */
    inner.depth++;
    int done = inner.depth < MAX_DEPTH ? write_one(w, &value, &inner) : stop(place, "nested too deeply");
    zval_ptr_dtor(&value);
    return done;
}

static int write_throwable(struct funcbox_writer *w, zend_object *exception, const struct place *place) {
    zval unused;
    struct place inner = {place, exception, ZSTR_KNOWN(ZEND_STR_MESSAGE), 0, place->depth + 1};
    zval *message = zend_read_property_ex(zend_get_exception_base(exception), exception, inner.key, 1, &unused);
    funcbox_map(w, 2);
    funcbox_text(w, ZEND_STRL("type"));
    write_string(w, ZSTR_VAL(exception->ce->name), strlen(ZSTR_VAL(exception->ce->name)));
    funcbox_text(w, ZEND_STRL("message"));
    return write_one(w, message, &inner);
}

/* Generators and the like, run to their end. The values of a generator are a
 * list unless it has keys that are no integers; others are as iterator_to_array
 * would give them. */
static int write_iterated(struct funcbox_writer *w, zend_object *object, const struct place *place) {
    int generator = object->ce == zend_ce_generator, list = generator;
    zval self, values, keyed;
    ZVAL_OBJ(&self, object);
    zend_object_iterator *it = object->ce->get_iterator(object->ce, &self, 0);
    if (!it || EG(exception)) return 0;
    array_init(&values);
    array_init(&keyed);
    it->index = 0;
    if (it->funcs->rewind) it->funcs->rewind(it);
    for (; !EG(exception) && it->funcs->valid(it) == SUCCESS && !EG(exception); it->index++) {
        zval *value = it->funcs->get_current_data(it), key;
        if (!value || EG(exception)) break;
        ZVAL_LONG(&key, (zend_long)it->index);
        if (it->funcs->get_current_key) it->funcs->get_current_key(it, &key);
        if (EG(exception)) break;
        if (Z_TYPE(key) != IS_LONG) list = 0;
        ZVAL_DEREF(value);
        if (generator) {
            Z_TRY_ADDREF_P(value);
            add_next_index_zval(&values, value);
        }
        if (Z_TYPE(key) == IS_LONG || Z_TYPE(key) == IS_STRING) {
            array_set_zval_key(Z_ARRVAL(keyed), &key, value);
        } else if (!generator) {
            Z_TRY_ADDREF_P(value);
            add_next_index_zval(&keyed, value);
        }
        zval_ptr_dtor(&key);
        it->funcs->move_forward(it);
    }
    int done = !EG(exception);
    zend_iterator_dtor(it);
    if (done) {
        if (list) done = write_list(w, Z_ARRVAL(values), object, place);
        else done = write_array(w, Z_ARRVAL(keyed), object, place);
    }
    zval_ptr_dtor(&values);
    zval_ptr_dtor(&keyed);
    return done;
}

/* Public properties, as json_encode sees them (ext/json/json_encoder.c). */
static int write_properties(struct funcbox_writer *w, zend_object *object, const struct place *outer) {
    struct place place = {outer, object, NULL, 0, outer->depth + 1};
    zval self;
    ZVAL_OBJ(&self, object);
    HashTable *properties = zend_get_properties_for(&self, ZEND_PROP_PURPOSE_JSON);
    uint64_t written = 0;
    uint64_t most = properties ? zend_hash_num_elements(properties) : 0;
    int done = !EG(exception);
    /* The head is written for as many pairs as there may be and set right afterwards. */
    unsigned head = funcbox_head_size(most);
    size_t head_at = w->length;
    if (funcbox_room(w, head)) w->length += head;
    if (properties && done) {
        zend_ulong index;
        zend_string *key;
        zval *value;
        ZEND_HASH_FOREACH_KEY_VAL_IND(properties, index, key, value) {
            zval read;
            if (key && ZSTR_LEN(key) && !ZSTR_VAL(key)[0]) continue; /* protected or private */
            ZVAL_UNDEF(&read);
            if (Z_TYPE_P(value) == IS_PTR) { /* a property with hooks */
                zend_property_info *info = Z_PTR_P(value);
                if ((info->flags & ZEND_ACC_VIRTUAL) && !info->hooks[ZEND_PROPERTY_HOOK_GET]) continue;
                value = zend_read_property_ex(info->ce, object, info->name, 1, &read);
            }
            place.key = key;
            place.index = (zend_long)index;
            done = !EG(exception) && !w->failed && write_key(w, key, (zend_long)index, &place) && write_one(w, value, &place);
            zval_ptr_dtor(&read);
            if (!done) break;
            written++;
        }
        ZEND_HASH_FOREACH_END();
    }
    zend_release_properties(properties);
    if (done && !w->failed) funcbox_put_head(w->data + head_at, 5, written, head);
    return done;
}

/* Classes of PHP's own that say they cannot be taken out of the process, and the
 * nodes of documents, whose properties are not kept in them. */
static int is_bound(zend_class_entry *class) {
    for (; class; class = class->parent) {
        if (class->type != ZEND_INTERNAL_CLASS) continue;
        if ((class->ce_flags & ZEND_ACC_NOT_SERIALIZABLE) || !strcmp(class->info.internal.module->name, "dom")) return 1;
    }
    return 0;
}

static int write_object(struct funcbox_writer *w, zend_object *object, const struct place *place) {
    zend_class_entry *class = object->ce;
    int same;
    if (class == zend_ce_closure) return refuse(place, ZSTR_VAL(class->name));
    if (class->ce_flags & ZEND_ACC_ENUM) return write_enum(w, object, place);
    if (instanceof_function(class, php_date_get_interface_ce())) return write_date(w, object, place);
    if (!may_enter(object, place)) return 0;
    if (instanceof_function(class, php_json_serializable_ce)) {
        if (!write_json(w, object, place, &same)) return 0;
        if (!same) return 1;
        return write_properties(w, object, place);
    }
    if (instanceof_function(class, zend_ce_throwable)) return write_throwable(w, object, place);
    if (class == zend_ce_generator) return write_iterated(w, object, place);
    if (instanceof_function(class, ce_SimpleXMLElement)) return write_properties(w, object, place);
    if (is_bound(class)) return refuse(place, ZSTR_VAL(class->name));
    if (class->get_iterator && instanceof_function(class, zend_ce_traversable)) return write_iterated(w, object, place);
    return write_properties(w, object, place);
}

static int write_one(struct funcbox_writer *w, zval *value, const struct place *place) {
    ZVAL_DEREF(value);
    switch (Z_TYPE_P(value)) {
    case IS_UNDEF:
    case IS_NULL: funcbox_null(w); return 1;
    case IS_FALSE: funcbox_bool(w, 0); return 1;
    case IS_TRUE: funcbox_bool(w, 1); return 1;
    case IS_LONG: funcbox_int(w, Z_LVAL_P(value)); return 1;
    case IS_DOUBLE: funcbox_float(w, Z_DVAL_P(value)); return 1;
    case IS_STRING: write_string(w, Z_STRVAL_P(value), Z_STRLEN_P(value)); return 1;
    case IS_ARRAY:
        if (!may_enter(Z_ARRVAL_P(value), place)) return 0;
        return write_array(w, Z_ARRVAL_P(value), Z_ARRVAL_P(value), place);
    case IS_OBJECT: return write_object(w, Z_OBJ_P(value), place);
    case IS_RESOURCE: return refuse(place, "resource");
    }
    return refuse(place, "value of unknown type");
}

int value_write(struct funcbox_writer *w, zval *value) {
    struct place place = {0};
    root_name = "result"; /* an argument may have ended in a bailout */
    leaves_by_call = 0;
    return write_one(w, value, &place);
}

int value_write_argument(struct funcbox_writer *w, zval *value, zend_string *key, int index) {
    /* Writing may run code of the program, which may call the host too. */
    const char *outer_name = root_name;
    int outer_leaves = leaves_by_call;
    struct place root = {0}, place = {&root, NULL, key, index, 0};
    root_name = key ? "kwargs" : "args";
    leaves_by_call = 1;
    int done = write_one(w, value, &place);
    root_name = outer_name;
    leaves_by_call = outer_leaves;
    return done;
}
