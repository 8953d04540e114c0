// codec.cpp: what codec.hpp needs of the library, compiled once.
#include "include/funcbox/codec.hpp"

#include <string.h>

namespace funcbox::detail {

bool read_string(input &in, std::string &value) {
    const char *data;
    size_t length;
    if (!funcbox_in_string(&in, &data, &length)) return false;
    value.assign(data, length);
    return true;
}

bool read_character(input &in, char &value) noexcept {
    const char *data;
    size_t length;
    if (!funcbox_in_string(&in, &data, &length)) return false;
    if (length != 1) return funcbox_in_fail(&in, "expected one character of one byte, got text of %zu bytes", length);
    value = *data;
    return true;
}

bool read_characters(input &in, char *value, size_t size) noexcept {
    const char *data;
    size_t length;
    if (!funcbox_in_string(&in, &data, &length)) return false;
    if (length >= size) return funcbox_in_fail(&in, "text of %zu bytes does not fit into char[%zu] with its NUL", length, size);
    if (memchr(data, 0, length)) return funcbox_in_fail(&in, "text with a NUL cannot become a char[]");
    memcpy(value, data, length);
    memset(value + length, 0, size - length);
    return true;
}

bool write_characters(output &out, const char *value, size_t size) noexcept {
    const void *end = memchr(value, 0, size);
    return funcbox_out_string(&out, value, end ? static_cast<size_t>(static_cast<const char *>(end) - value) : size);
}

} // namespace funcbox::detail
