/*
 * finish.c: what runs when a program has ended.
 */
#include "shim.h"

#include <Zend/zend_exceptions.h>
#include <Zend/zend_fibers.h>
#include <ext/standard/basic_functions.h>
#include <ext/standard/head.h>
#include <main/php_output.h>

static uint32_t first_object;
static zend_long first_resource;
static int finish_stage;
static uint32_t shutdown_done;

void finish_init(void) {
    first_object = EG(objects_store).top;
    first_resource = EG(regular_list).nNextFreeElement;
}

void finish_begin_call(void) {
    finish_stage = 0;
    shutdown_done = 0;
}

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

/* Whether the end of object can run code. */
static int ends(zend_object *object) {
    return IS_OBJ_VALID(object) && !(OBJ_FLAGS(object) & IS_OBJ_DESTRUCTOR_CALLED) &&
           (object->handlers->dtor_obj != zend_objects_destroy_object || object->ce->destructor);
}

/* Only looks: the memory of a program's objects is shared as long as nothing is
 * written to it. */
static int any_ends(void) {
    for (uint32_t i = 1; i < EG(objects_store).top; i++)
        if (ends(EG(objects_store).object_buckets[i])) return 1;
    return 0;
}

/* As zend_call_destructors, but an exception ends it and is left for the shim.
 * Objects whose destructor is not public want no frame: they are only warned of. */
static void destroy(void) {
    uint32_t variables;
    if (!any_ends()) return;
    functions_enter();
    do {
        variables = zend_hash_num_elements(&EG(symbol_table));
        zend_hash_reverse_apply(&EG(symbol_table), destroy_variable);
    } while (!EG(exception) && variables != zend_hash_num_elements(&EG(symbol_table)));
    EG(flags) |= EG_FLAGS_OBJECT_STORE_NO_REUSE;
    for (uint32_t i = 1; i < EG(objects_store).top && !EG(exception); i++) {
        zend_object *object = EG(objects_store).object_buckets[i];
        if (!ends(object)) continue;
        GC_ADD_FLAGS(object, IS_OBJ_DESTRUCTOR_CALLED);
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

/* A fiber has a stack of the host's, which ends with the request: those that are
 * suspended are ended as when nothing refers to them any more. */
void finish_fibers(void) {
    functions_enter();
    for (uint32_t i = 1; i < EG(objects_store).top && !EG(exception); i++) {
        zend_object *object = EG(objects_store).object_buckets[i];
        if (!IS_OBJ_VALID(object) || object->ce != zend_ce_fiber || ((zend_fiber *)object)->context.status != ZEND_FIBER_STATUS_SUSPENDED) continue;
        GC_ADD_FLAGS(object, IS_OBJ_DESTRUCTOR_CALLED);
        GC_ADDREF(object);
        object->handlers->dtor_obj(object);
        OBJ_RELEASE(object);
    }
    functions_leave();
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
