/* type.h: what kinds of values cross between the host and a program. */
#ifndef FUNCBOX_TYPE_H
#define FUNCBOX_TYPE_H

enum funcbox_type {
    FUNCBOX_IS_NULL,
    FUNCBOX_IS_BOOL,
    FUNCBOX_IS_INTEGER, /* of any size */
    FUNCBOX_IS_REAL,
    FUNCBOX_IS_TEXT, /* UTF-8 */
    FUNCBOX_IS_BYTES,
    FUNCBOX_IS_LIST,
    FUNCBOX_IS_MAP, /* its keys are text */
    FUNCBOX_IS_TIME,
    FUNCBOX_IS_NOTHING /* there is no value */
};

#endif
