// list.hpp: the codecs of what crosses as a list.
#ifndef FUNCBOX_LIST_HPP
#define FUNCBOX_LIST_HPP
#pragma clang system_header

#include <array>
#include <deque>
#include <list>
#include <set>
#include <span>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "scalar.hpp"

namespace funcbox::detail {

// The items of a list that is entered already, in place.
template <class T> bool read_items(input &in, T *items, size_t count) {
    if constexpr (is_number<T>) {
        return funcbox_in_numbers(&in, items, count, sizeof(T), number_of<T>);
    } else {
        for (size_t i = 0; i < count; i++)
            if (!codec<T>::read(in, items[i])) return funcbox_in_at_index(&in, i);
        return true;
    }
}

template <class T> bool write_items(output &out, const T *items, size_t count) {
    if constexpr (is_byte<T>) {
        return funcbox_out_bytes(&out, items, count);
    } else {
        if (!funcbox_out_list(&out, count)) return false;
        if constexpr (is_number<T>) {
            funcbox_out_numbers(&out, items, count, sizeof(T), number_of<T>);
        } else {
            for (size_t i = 0; i < count; i++)
                if (!codec<T>::write(out, items[i])) return funcbox_out_at_index(&out, i);
        }
        return funcbox_out_leave(&out);
    }
}

template <class C> bool write_list(output &out, const C &list) {
    using T = typename C::value_type;
    if (!funcbox_out_list(&out, list.size())) return false;
    size_t i = 0;
    for (const T &item : list) {
        if (!codec<T>::write(out, item)) return funcbox_out_at_index(&out, i);
        i++;
    }
    return funcbox_out_leave(&out);
}

// Bytes where the type is one of bytes and the value too; a list else.
inline bool is_bytes(input &in) noexcept { return funcbox_in_type(&in) == FUNCBOX_IS_BYTES; }

template <class T, class A> struct codec<std::vector<T, A>> : made_of<T> {
    using vector = std::vector<T, A>;
    [[gnu::noinline]] static bool read(input &in, vector &value) {
        size_t count;
        if constexpr (is_byte<T>) {
            if (is_bytes(in)) {
                const uint8_t *data;
                if (!funcbox_in_bytes(&in, &data, &count)) return false;
                value.assign(reinterpret_cast<const T *>(data), reinterpret_cast<const T *>(data) + count);
                return true;
            }
        }
        if (!funcbox_in_list(&in, &count)) return false;
        value.resize(count);
        return read_items(in, value.data(), count) && funcbox_in_leave(&in);
    }
    [[gnu::noinline]] static bool write(output &out, const vector &value) { return write_items(out, value.data(), value.size()); }
};

template <class A> struct codec<std::vector<bool, A>> : made_of<> {
    using vector = std::vector<bool, A>;
    [[gnu::noinline]] static bool read(input &in, vector &value) {
        size_t count;
        if (!funcbox_in_list(&in, &count)) return false;
        value.resize(count);
        for (size_t i = 0; i < count; i++) {
            bool item;
            if (!funcbox_in_bool(&in, &item)) return funcbox_in_at_index(&in, i);
            value[i] = item;
        }
        return funcbox_in_leave(&in);
    }
    [[gnu::noinline]] static bool write(output &out, const vector &value) {
        if (!funcbox_out_list(&out, value.size())) return false;
        for (bool item : value) funcbox_out_bool(&out, item);
        return funcbox_out_leave(&out);
    }
};

// A deque or a list.
template <class C> struct sequence_codec : made_of<typename C::value_type> {
    [[gnu::noinline]] static bool read(input &in, C &value) {
        size_t count;
        if (!funcbox_in_list(&in, &count)) return false;
        for (size_t i = 0; i < count; i++) {
            value.emplace_back();
            if (!codec<typename C::value_type>::read(in, value.back())) return funcbox_in_at_index(&in, i);
        }
        return funcbox_in_leave(&in);
    }
    [[gnu::noinline]] static bool write(output &out, const C &value) { return write_list(out, value); }
};

template <class T, class A> struct codec<std::deque<T, A>> : sequence_codec<std::deque<T, A>> {};
template <class T, class A> struct codec<std::list<T, A>> : sequence_codec<std::list<T, A>> {};

template <class C> struct set_codec : made_of<typename C::value_type> {
    using T = typename C::value_type;
    [[gnu::noinline]] static bool read(input &in, C &value) {
        size_t count;
        if (!funcbox_in_list(&in, &count)) return false;
        for (size_t i = 0; i < count; i++) {
            T item{};
            if (!codec<T>::read(in, item)) return funcbox_in_at_index(&in, i);
            value.insert(std::move(item));
        }
        return funcbox_in_leave(&in);
    }
    [[gnu::noinline]] static bool write(output &out, const C &value) { return write_list(out, value); }
};

template <class T, class C, class A> struct codec<std::set<T, C, A>> : set_codec<std::set<T, C, A>> {};
template <class T, class C, class A> struct codec<std::multiset<T, C, A>> : set_codec<std::multiset<T, C, A>> {};
template <class T, class H, class E, class A> struct codec<std::unordered_set<T, H, E, A>> : set_codec<std::unordered_set<T, H, E, A>> {};

template <class T, size_t N> struct fixed_codec : made_of<T> {
    [[gnu::noinline]] static bool read(input &in, T *items) {
        if constexpr (is_byte<T>) {
            if (is_bytes(in)) {
                const uint8_t *data;
                size_t count;
                if (!funcbox_in_bytes(&in, &data, &count)) return false;
                if (count != N) return funcbox_in_fail(&in, "expected bytes of length %zu, got length %zu", N, count);
                __builtin_memcpy(items, data, N);
                return true;
            }
        }
        return funcbox_in_list_of(&in, N) && read_items(in, items, N) && funcbox_in_leave(&in);
    }
};

template <class T, size_t N> struct codec<std::array<T, N>> : fixed_codec<T, N> {
    static bool read(input &in, std::array<T, N> &value) { return fixed_codec<T, N>::read(in, value.data()); }
    static bool write(output &out, const std::array<T, N> &value) { return write_items(out, value.data(), N); }
};

template <class T, size_t N> struct codec<T[N]> : fixed_codec<T, N> {
    static bool read(input &in, T (&value)[N]) { return fixed_codec<T, N>::read(in, value); }
    static bool write(output &out, const T (&value)[N]) { return write_items(out, value, N); }
};

bool read_characters(input &in, char *value, size_t size) noexcept;
bool write_characters(output &out, const char *value, size_t size) noexcept;

// Text that ends at a NUL.
template <size_t N> struct codec<char[N]> : made_of<> {
    static bool read(input &in, char (&value)[N]) noexcept { return read_characters(in, value, N); }
    static bool write(output &out, const char (&value)[N]) noexcept { return write_characters(out, value, N); }
};

// What a span shows lives as long as the call.
template <class T> struct codec<std::span<T>> : made_of<std::remove_const_t<T>> {
    using item = std::remove_const_t<T>;
    [[gnu::noinline]] static bool read(input &in, std::span<T> &value) {
        if constexpr (is_byte<item>) {
            if (is_bytes(in)) return read_bytes(in, value);
        }
        size_t count;
        if (!funcbox_in_list(&in, &count)) return false;
        auto *items = keep(in, count);
        if (!items || !read_items(in, items, count)) return false;
        value = std::span<T>(items, count);
        return funcbox_in_leave(&in);
    }
    static bool write(output &out, std::span<T> value) { return write_items(out, value.data(), value.size()); }

private:
    struct header {
        alignas(16) size_t count;
    };
    static bool read_bytes(input &in, std::span<T> &value) noexcept {
        const uint8_t *data;
        size_t count;
        if (!funcbox_in_bytes(&in, &data, &count)) return false;
        // The request itself is not written to.
        auto *copy = static_cast<item *>(funcbox_in_keep(&in, count, nullptr));
        if (!copy) return false;
        if (count) __builtin_memcpy(copy, data, count);
        value = std::span<T>(copy, count);
        return true;
    }
    static item *keep(input &in, size_t count) {
        if (count > (SIZE_MAX - sizeof(header)) / sizeof(item)) return nullptr;
        void *memory = funcbox_in_keep(&in, sizeof(header) + count * sizeof(item), finish);
        if (!memory) return nullptr;
        auto *head = static_cast<header *>(memory);
        auto *items = reinterpret_cast<item *>(head + 1);
        for (; head->count < count; head->count++) ::new (static_cast<void *>(items + head->count)) item{};
        return items;
    }
    static void finish(void *memory) {
        auto *head = static_cast<header *>(memory);
        auto *items = reinterpret_cast<item *>(head + 1);
        while (head->count) items[--head->count].~item();
    }
};

template <class... T> struct tuple_codec : made_of<T...> {
    template <class V, size_t... I> static bool read(input &in, V &value, std::index_sequence<I...>) {
        return funcbox_in_list_of(&in, sizeof...(T)) &&
               ((codec<T>::read(in, std::get<I>(value)) || funcbox_in_at_index(&in, I)) && ...) && funcbox_in_leave(&in);
    }
    template <class V, size_t... I> static bool write(output &out, const V &value, std::index_sequence<I...>) {
        return funcbox_out_list(&out, sizeof...(T)) &&
               ((codec<T>::write(out, std::get<I>(value)) || funcbox_out_at_index(&out, I)) && ...) && funcbox_out_leave(&out);
    }
};

template <class A, class B> struct codec<std::pair<A, B>> : tuple_codec<A, B> {
    static bool read(input &in, std::pair<A, B> &value) { return tuple_codec<A, B>::read(in, value, std::index_sequence<0, 1>{}); }
    static bool write(output &out, const std::pair<A, B> &value) { return tuple_codec<A, B>::write(out, value, std::index_sequence<0, 1>{}); }
};

template <class... T> struct codec<std::tuple<T...>> : tuple_codec<T...> {
    static bool read(input &in, std::tuple<T...> &value) { return tuple_codec<T...>::read(in, value, std::index_sequence_for<T...>{}); }
    static bool write(output &out, const std::tuple<T...> &value) { return tuple_codec<T...>::write(out, value, std::index_sequence_for<T...>{}); }
};

} // namespace funcbox::detail

#endif
