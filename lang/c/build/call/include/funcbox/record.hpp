// record.hpp: aggregates as maps of their fields' names.
//
// The fields come from a structured binding of all of them, their names from the
// compiler's own name for a template whose argument is a pointer to the field.
#ifndef FUNCBOX_RECORD_HPP
#define FUNCBOX_RECORD_HPP
#pragma clang system_header

#include "codec.hpp"

namespace funcbox::detail {

// A text that a static_assert can show, outside of templates: LLVM 22's precompiled
// headers can hold it there as a literal only.
struct message {
    char text[512] = {};
    size_t length = 0;

    consteval const char *data() const { return text; }
    consteval size_t size() const { return length; }
    consteval message &add(std::string_view more) {
        for (char c : more)
            if (length < sizeof text) text[length++] = c;
        return *this;
    }
    consteval message &add_number(size_t number) {
        if (number >= 10) add_number(number / 10);
        char digit = static_cast<char>('0' + number % 10);
        return add(std::string_view(&digit, 1));
    }
};

template <class T> consteval std::string_view type_text() { return __PRETTY_FUNCTION__; }

// The type's name as the compiler writes it: what follows "[T = ".
template <class T> consteval std::string_view type_name() {
    std::string_view text = type_text<T>();
    size_t begin = text.find("[T = ") + 5;
    return text.substr(begin, text.size() - begin - 1);
}

#if __clang_major__ >= 21 // structured bindings that are packs

template <class T> struct wrapper {
    T value;
};
template <class T> extern const wrapper<T> nowhere; // no object: only addresses within it are named

// Not by __builtin_structured_binding_size: LLVM 22's precompiled headers cannot hold
// it in a template.
template <class T> consteval size_t field_count(const T &record) {
    auto &[... field] = record;
    return sizeof...(field);
}

template <class T, size_t I> consteval auto field_address(const T &record) {
    auto &[... field] = record;
    return &field...[I];
}

template <auto Address> constexpr const char *field_text() { return __PRETTY_FUNCTION__; }

template <class T> int read_field(input *in, void *at) { return codec<T>::read(*in, *static_cast<T *>(at)); }
template <class T> int write_field(output *out, const void *at) { return codec<T>::write(*out, *static_cast<const T *>(at)); }
template <class T> int field_is_blank(const void *at) { return static_cast<const T *>(at)->empty(); }

template <class T> inline constexpr bool may_be_null = false;
template <class T> inline constexpr bool may_be_null<std::optional<T>> = true;
template <class T> inline constexpr bool may_be_null<std::unique_ptr<T>> = true;
template <class T> inline constexpr bool may_be_null<std::shared_ptr<T>> = true;
template <class... T> inline constexpr bool may_be_null<std::variant<std::monostate, T...>> = true;

template <class T> consteval uint32_t field_kind() {
    if constexpr (may_be_null<T>) return FUNCBOX_FIELD_OPTIONAL;
    else if constexpr (std::is_trivially_default_constructible_v<T>) return FUNCBOX_FIELD_PLAIN;
    else if constexpr (std::is_base_of_v<record_codec<T>, codec<T>>) return FUNCBOX_FIELD_RECORD;
    else return FUNCBOX_FIELD_REQUIRED;
}

template <class T> consteval auto field_blank() -> int (*)(const void *) {
    if constexpr (requires(const T &value) { value.empty(); }) return field_is_blank<T>;
    else return nullptr;
}

// The types, and the field as the end of the address, stand in the compiler's note.
#define FUNCBOX_FIELD_REFUSED "funcbox: a field of a struct is of a type whose values cannot cross"

template <class Record, class T, auto Address> constexpr funcbox_field read_description(T &field) {
    static_assert(readable<T> && !std::is_const_v<T>, FUNCBOX_FIELD_REFUSED);
    if constexpr (readable<T> && !std::is_const_v<T>) {
        return {field_text<Address>(), &field, read_field<T>, nullptr, field_blank<T>(), sizeof(T), field_kind<T>()};
    } else {
        return {};
    }
}

template <class Record, class T, auto Address> constexpr funcbox_field write_description(const T &field) {
    static_assert(writable<T>, FUNCBOX_FIELD_REFUSED);
    if constexpr (writable<T>) {
        return {field_text<Address>(), const_cast<T *>(&field), nullptr, write_field<T>, nullptr, sizeof(T), FUNCBOX_FIELD_REQUIRED};
    } else {
        return {};
    }
}

template <class T> void make_record(void *memory) { ::new (memory) T; }
template <class T> void finish_record(void *memory) { static_cast<T *>(memory)->~T(); }

template <class T> struct record_codec {
    // A class that has fields of its own and of a base is refused by the compiler, with
    // these words, where it is used.
    static constexpr bool readable = std::is_default_constructible_v<T>;
    static constexpr bool writable = true;

    static bool read(input &in, T &record) { return read(in, record, std::make_index_sequence<field_count(nowhere<T>.value)>{}); }
    static bool write(output &out, const T &record) { return write(out, record, std::make_index_sequence<field_count(nowhere<T>.value)>{}); }

private:
    template <size_t... I> static bool read(input &in, T &record, std::index_sequence<I...>) {
        auto &[... field] = record;
        const funcbox_field fields[] = {read_description<T, std::remove_reference_t<decltype((field))>, field_address<T, I>(nowhere<T>.value)>(field)..., {}};
        return funcbox_in_record(&in, fields, sizeof...(I), &record, sizeof record, make_record<T>, finish_record<T>);
    }
    template <size_t... I> static bool write(output &out, const T &record, std::index_sequence<I...>) {
        auto &[... field] = record;
        const funcbox_field fields[] = {write_description<T, std::remove_cvref_t<decltype((field))>, field_address<T, I>(nowhere<T>.value)>(field)..., {}};
        return funcbox_out_record(&out, fields, sizeof...(I));
    }
};

#else // the libraries have no records

template <class T> struct record_codec : unsupported_codec<T> {};

#endif

} // namespace funcbox::detail

#endif
