// value.hpp: funcbox::value, a value of any type that crosses.
#ifndef FUNCBOX_VALUE_HPP
#define FUNCBOX_VALUE_HPP
#pragma clang system_header

#include "codec.hpp"

#include <concepts>
#include <stdexcept>

namespace funcbox {

// A value that is of another type than was asked for.
class value_error : public std::runtime_error {
public:
    using runtime_error::runtime_error;
};

class value {
public:
    using bytes = std::vector<uint8_t>;
    using list = std::vector<value>;
    using map = std::map<std::string, value>;
    using time = std::chrono::system_clock::time_point;

    value() noexcept : data_(nullptr) {}
    value(std::nullptr_t) noexcept : data_(nullptr) {}
    value(std::same_as<bool> auto boolean) : value(tag{}, boolean) {}
    // Throws value_error for what is beyond 64 bits with a sign.
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    value(T integer) : value(std::is_signed_v<T>, static_cast<uint64_t>(integer)) {}
    value(std::floating_point auto number) : value(tag{}, static_cast<double>(number)) {}
    value(const char *text);
    value(std::string text);
    value(std::string_view text);
    value(bytes data);
    value(list items);
    value(map pairs);
    value(time at);

    value(const value &other);
    value(value &&other) noexcept;
    value &operator=(const value &other);
    value &operator=(value &&other) noexcept;
    ~value();

    funcbox_type type() const noexcept;
    bool is_null() const noexcept { return type() == FUNCBOX_IS_NULL; }
    bool is_bool() const noexcept { return type() == FUNCBOX_IS_BOOL; }
    bool is_integer() const noexcept { return type() == FUNCBOX_IS_INTEGER; }
    bool is_double() const noexcept { return type() == FUNCBOX_IS_REAL; }
    bool is_string() const noexcept { return type() == FUNCBOX_IS_TEXT; }
    bool is_bytes() const noexcept { return type() == FUNCBOX_IS_BYTES; }
    bool is_list() const noexcept { return type() == FUNCBOX_IS_LIST; }
    bool is_map() const noexcept { return type() == FUNCBOX_IS_MAP; }
    bool is_time() const noexcept { return type() == FUNCBOX_IS_TIME; }

    // Each throws value_error for a value of another type.
    bool as_bool() const;
    int64_t as_integer() const;
    double as_double() const; // an integer too
    const std::string &as_string() const;
    const bytes &as_bytes() const;
    const list &as_list() const;
    list &as_list();
    const map &as_map() const;
    map &as_map();
    time as_time() const;

    // Items of a list or a map, which must be there: throw std::out_of_range.
    const value &at(size_t index) const;
    const value &at(std::string_view key) const;
    bool contains(std::string_view key) const; // of a map
    size_t size() const;                       // of a list or a map

    friend bool operator==(const value &a, const value &b);

private:
    struct tag {};
    value(tag, bool boolean);
    value(tag, double number);
    value(bool is_signed, uint64_t integer);

    struct data; // defined once, in value.cpp: a variant is much to compile
    data *data_; // null: the value is
};

namespace detail {

bool read_value(input &in, value &to);
bool write_value(output &out, const value &from);

template <> struct codec<value> : made_of<> {
    static bool read(input &in, value &to) { return read_value(in, to); }
    static bool write(output &out, const value &from) { return write_value(out, from); }
};

} // namespace detail

} // namespace funcbox

#endif
