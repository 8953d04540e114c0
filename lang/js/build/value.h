/* value.h: what reading and writing values share. */
#ifndef VALUE_H
#define VALUE_H

#include "shim.h"

#define MAX_SAFE_INTEGER 9007199254740991.0

/* What becomes of an object, by its class. */
enum treatment {
    BY_PROPERTIES, /* plain objects, instances of classes, arguments of proxies */
    AS_ITEMS,      /* Array, arguments */
    AS_NUMBERS,    /* typed arrays */
    AS_BYTES,      /* Uint8Array and its like */
    AS_BUFFER,     /* ArrayBuffer */
    AS_VIEW,       /* DataView */
    AS_DATE,
    AS_MAP,
    AS_SET,
    AS_ERROR,
    UNBOXED,       /* Number, String, Boolean, BigInt objects */
    REFUSED
};

/* The treatment of an object by its class. */
enum treatment value_treatment(JSValueConst object);

/* The value of a fixed expression; an exception only when memory is short. */
JSValue value_evaluate(const char *expression);

int value_read_init(void);
int value_write_init(void);

#endif
