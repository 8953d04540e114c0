/*
 * sizes.h, included at the end of Zend/zend.h. PHP's integers have 64 bits here
 * and sizes 32, which no other build of PHP has: without this, sizes of 4 GiB
 * and more, given as integers, would silently lose their upper half. Allocations
 * of such a size end like those that are too large elsewhere.
 */
#ifndef COMPAT_SIZES_H
#define COMPAT_SIZES_H

static zend_always_inline size_t funcbox_size(uint64_t size) {
    if (UNEXPECTED(size > SIZE_MAX)) zend_error_noreturn(E_ERROR, "Possible integer overflow in memory allocation (%" PRIu64 " bytes)", size);
    return (size_t)size;
}

/* For lengths that count only up to the end of what there is. */
static zend_always_inline size_t funcbox_clamp(int64_t length) { return length > (int64_t)SIZE_MAX ? SIZE_MAX : (size_t)length; }

/* For positions in memory: what is written there must still have a size. */
static zend_always_inline size_t funcbox_position(int64_t position) { return position > INT32_MAX ? INT32_MAX : (size_t)position; }

/* Nothing where the value is a size already. */
#define FUNCBOX_SIZE(value) (sizeof(value) <= sizeof(size_t) ? (size_t)(value) : funcbox_size((uint64_t)(value)))

#undef emalloc
#define emalloc(size) _emalloc(FUNCBOX_SIZE(size))
#undef safe_emalloc
#define safe_emalloc(count, size, offset) _safe_emalloc(FUNCBOX_SIZE(count), FUNCBOX_SIZE(size), FUNCBOX_SIZE(offset))
#undef ecalloc
#define ecalloc(count, size) _ecalloc(FUNCBOX_SIZE(count), FUNCBOX_SIZE(size))
#undef erealloc
#define erealloc(block, size) _erealloc((block), FUNCBOX_SIZE(size))
#undef safe_erealloc
#define safe_erealloc(block, count, size, offset) _safe_erealloc((block), FUNCBOX_SIZE(count), FUNCBOX_SIZE(size), FUNCBOX_SIZE(offset))
#define zend_string_alloc(length, persistent) zend_string_alloc(FUNCBOX_SIZE(length), persistent)
#define zend_string_safe_alloc(count, size, more, persistent) zend_string_safe_alloc(FUNCBOX_SIZE(count), FUNCBOX_SIZE(size), FUNCBOX_SIZE(more), persistent)
#define zend_string_init(text, length, persistent) zend_string_init(text, FUNCBOX_SIZE(length), persistent)
#define zend_string_realloc(string, length, persistent) zend_string_realloc(string, FUNCBOX_SIZE(length), persistent)
#define zend_string_extend(string, length, persistent) zend_string_extend(string, FUNCBOX_SIZE(length), persistent)

#endif
