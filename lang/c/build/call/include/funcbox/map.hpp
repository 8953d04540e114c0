// map.hpp: the codecs of maps.
#ifndef FUNCBOX_MAP_HPP
#define FUNCBOX_MAP_HPP
#pragma clang system_header

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "scalar.hpp"

namespace funcbox::detail {

template <class K> inline constexpr bool is_key = (is_number<K> && std::is_integral_v<K>) || std::is_enum_v<K>;
template <> inline constexpr bool is_key<std::string> = true;
template <> inline constexpr bool is_key<std::string_view> = true;

// A key is text; that of a number has its digits.
template <class K> bool read_key(input &in, const char *data, size_t length, K &key) {
    if constexpr (is_number<K>) {
        return funcbox_in_key_integer(&in, data, length, &key, sizeof(K), std::is_signed_v<K>);
    } else if constexpr (std::is_enum_v<K>) {
        std::underlying_type_t<K> number;
        if (!read_key(in, data, length, number)) return false;
        key = static_cast<K>(number);
        return true;
    } else {
        key = K(data, length);
        return true;
    }
}

template <class K> bool write_key(output &out, const K &key) noexcept {
    if constexpr (is_number<K>) {
        if constexpr (std::is_signed_v<K>) return funcbox_out_key_integer(&out, key);
        else return funcbox_out_key_unsigned(&out, key);
    } else if constexpr (std::is_enum_v<K>) {
        return write_key(out, static_cast<std::underlying_type_t<K>>(key));
    } else {
        return funcbox_out_key(&out, key.data(), key.size());
    }
}

template <class M> struct map_codec {
    using K = typename M::key_type;
    using V = typename M::mapped_type;
    static constexpr bool readable = is_key<K> && detail::readable<V>;
    static constexpr bool writable = is_key<K> && detail::writable<V>;
    [[gnu::noinline]] static bool read(input &in, M &value) {
        size_t count;
        if (!funcbox_in_map(&in, &count)) return false;
        while (count--) {
            const char *data;
            size_t length;
            if (!funcbox_in_key(&in, &data, &length)) return false;
            K key{};
            if (!read_key(in, data, length, key)) return false;
            if (!codec<V>::read(in, value[std::move(key)])) return funcbox_in_at_key(&in, data, length);
        }
        return funcbox_in_leave(&in);
    }
    [[gnu::noinline]] static bool write(output &out, const M &value) {
        if (!funcbox_out_map(&out, value.size())) return false;
        for (const auto &[key, item] : value) {
            if (!write_key(out, key)) return false;
            if (!codec<V>::write(out, item)) return at_key(out, key);
        }
        return funcbox_out_leave(&out);
    }

private:
    static bool at_key(output &out, const K &key) noexcept {
        if constexpr (is_number<K> || std::is_enum_v<K>) return funcbox_out_at_index(&out, static_cast<size_t>(key));
        else return funcbox_out_at_key(&out, key.data(), key.size());
    }
};

template <class K, class V, class C, class A> struct codec<std::map<K, V, C, A>> : map_codec<std::map<K, V, C, A>> {};
template <class K, class V, class H, class E, class A> struct codec<std::unordered_map<K, V, H, E, A>> : map_codec<std::unordered_map<K, V, H, E, A>> {};

} // namespace funcbox::detail

#endif
