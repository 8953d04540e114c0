// scalar.hpp: what every codec is, and those of numbers, enumerations, times and text.
#ifndef FUNCBOX_SCALAR_HPP
#define FUNCBOX_SCALAR_HPP
#pragma clang system_header

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "call.h"

namespace funcbox::detail {

using input = struct ::funcbox_input;
using output = struct ::funcbox_output;

template <class T> struct codec;

template <class T> inline constexpr bool readable = codec<T>::readable;
template <class T> inline constexpr bool writable = codec<T>::writable;

// A type that crosses in both directions if those that it is made of do.
template <class... T> struct made_of {
    static constexpr bool readable = (detail::readable<T> && ...);
    static constexpr bool writable = (detail::writable<T> && ...);
};

template <class T>
inline constexpr bool is_number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char> && !std::is_same_v<T, wchar_t> &&
                                  !std::is_same_v<T, char8_t> && !std::is_same_v<T, char16_t> && !std::is_same_v<T, char32_t> && sizeof(T) <= 8;

template <class T>
inline constexpr funcbox_number number_of =
    std::is_floating_point_v<T> ? FUNCBOX_REAL_NUMBERS : std::is_signed_v<T> ? FUNCBOX_SIGNED_NUMBERS : FUNCBOX_UNSIGNED_NUMBERS;

template <class T> struct number_codec : made_of<> {
    static bool read(input &in, T &value) noexcept {
        if constexpr (std::is_floating_point_v<T>) return funcbox_in_real(&in, &value, sizeof(T));
        else return funcbox_in_integer(&in, &value, sizeof(T), std::is_signed_v<T>);
    }
    static bool write(output &out, T value) noexcept {
        if constexpr (std::is_floating_point_v<T>) return funcbox_out_real(&out, value);
        else if constexpr (std::is_signed_v<T>) return funcbox_out_integer(&out, value);
        else return funcbox_out_unsigned(&out, value);
    }
};

template <class T> struct enum_codec : made_of<> {
    using number = std::underlying_type_t<T>;
    static bool read(input &in, T &value) noexcept {
        number n;
        if (!read_underlying(in, n)) return false;
        value = static_cast<T>(n);
        return true;
    }
    static bool write(output &out, T value) noexcept {
        if constexpr (std::is_signed_v<number>) return funcbox_out_integer(&out, static_cast<number>(value));
        else return funcbox_out_unsigned(&out, static_cast<number>(value));
    }

private:
    static bool read_underlying(input &in, number &n) noexcept {
        if constexpr (std::is_same_v<number, bool>) return funcbox_in_bool(&in, &n);
        else return funcbox_in_integer(&in, &n, sizeof n, std::is_signed_v<number>);
    }
};

template <class T> struct unsupported_codec {
    static constexpr bool readable = false, writable = false;
};

template <class T> struct record_codec; // record.hpp

template <class T> consteval auto choose_codec() {
    if constexpr (is_number<T>) return std::type_identity<number_codec<T>>{};
    else if constexpr (std::is_enum_v<T>) return std::type_identity<enum_codec<T>>{};
    else if constexpr (std::is_class_v<T> && std::is_aggregate_v<T>) return std::type_identity<record_codec<T>>{};
    else return std::type_identity<unsupported_codec<T>>{};
}

template <class T> struct codec : decltype(choose_codec<T>())::type {};

template <> struct codec<bool> : made_of<> {
    static bool read(input &in, bool &value) noexcept { return funcbox_in_bool(&in, &value); }
    static bool write(output &out, bool value) noexcept { return funcbox_out_bool(&out, value); }
};

template <> struct codec<void> : made_of<> {
    static constexpr bool readable = false;
};

template <> struct codec<std::nullptr_t> : made_of<> {
    static bool read(input &in, std::nullptr_t &) noexcept { return funcbox_in_null(&in) || funcbox_in_fail(&in, "expected null"); }
    static bool write(output &out, std::nullptr_t) noexcept { return funcbox_out_null(&out); }
};

template <> struct codec<std::monostate> : made_of<> {
    static bool read(input &in, std::monostate &) noexcept { return funcbox_in_null(&in) || funcbox_in_fail(&in, "expected null"); }
    static bool write(output &out, std::monostate) noexcept { return funcbox_out_null(&out); }
};

template <class Clock, class Duration> struct codec<std::chrono::time_point<Clock, Duration>> : made_of<> {
    using time = std::chrono::time_point<Clock, Duration>;
    static constexpr bool readable = std::is_same_v<Clock, std::chrono::system_clock>, writable = readable;
    static bool read(input &in, time &value) noexcept {
        int64_t seconds;
        int32_t nanoseconds;
        if (!funcbox_in_time(&in, &seconds, &nanoseconds)) return false;
        value = time(std::chrono::floor<Duration>(std::chrono::seconds(seconds)) + std::chrono::floor<Duration>(std::chrono::nanoseconds(nanoseconds)));
        return true;
    }
    static bool write(output &out, const time &value) noexcept {
        auto seconds = std::chrono::floor<std::chrono::seconds>(value);
        auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(value - seconds);
        return funcbox_out_time(&out, seconds.time_since_epoch().count(), static_cast<int32_t>(rest.count()));
    }
};

// ---- text and bytes --------------------------------------------------------

bool read_string(input &in, std::string &value);

template <> struct codec<std::string> : made_of<> {
    static bool read(input &in, std::string &value) { return read_string(in, value); }
    static bool write(output &out, const std::string &value) noexcept { return funcbox_out_string(&out, value.data(), value.size()); }
};

template <> struct codec<std::string_view> : made_of<> {
    static bool read(input &in, std::string_view &value) noexcept {
        const char *data;
        size_t length;
        if (!funcbox_in_string(&in, &data, &length)) return false;
        value = std::string_view(data, length);
        return true;
    }
    static bool write(output &out, std::string_view value) noexcept { return funcbox_out_string(&out, value.data(), value.size()); }
};

template <> struct codec<const char *> : made_of<> {
    static bool read(input &in, const char *&value) noexcept { return funcbox_in_cstring(&in, const_cast<char **>(&value)); }
    static bool write(output &out, const char *value) noexcept { return funcbox_out_cstring(&out, value); }
};

template <> struct codec<char *> : made_of<> {
    static bool read(input &in, char *&value) noexcept { return funcbox_in_cstring(&in, &value); }
    static bool write(output &out, const char *value) noexcept { return funcbox_out_cstring(&out, value); }
};

bool read_character(input &in, char &value) noexcept;

// One character, as text of one byte.
template <> struct codec<char> : made_of<> {
    static bool read(input &in, char &value) noexcept { return read_character(in, value); }
    static bool write(output &out, char value) noexcept { return funcbox_out_string(&out, &value, 1); }
};

template <class T> inline constexpr bool is_byte = std::is_same_v<T, uint8_t> || std::is_same_v<T, std::byte>;

} // namespace funcbox::detail

#endif
