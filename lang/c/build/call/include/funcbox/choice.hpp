// choice.hpp: the codecs of what may be null, and of one of several types.
#ifndef FUNCBOX_CHOICE_HPP
#define FUNCBOX_CHOICE_HPP
#pragma clang system_header

#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "scalar.hpp"

namespace funcbox::detail {

template <class T> struct codec<std::optional<T>> : made_of<T> {
    [[gnu::noinline]] static bool read(input &in, std::optional<T> &value) {
        value.reset();
        return funcbox_in_null(&in) || codec<T>::read(in, value.emplace());
    }
    static bool write(output &out, const std::optional<T> &value) { return value ? codec<T>::write(out, *value) : funcbox_out_null(&out); }
};

template <class P> struct pointer_codec : made_of<typename P::element_type> {
    using T = typename P::element_type;
    [[gnu::noinline]] static bool read(input &in, P &value) {
        if (funcbox_in_null(&in)) return true;
        value = P(new T{});
        return codec<T>::read(in, *value);
    }
    static bool write(output &out, const P &value) { return value ? codec<T>::write(out, *value) : funcbox_out_null(&out); }
};

template <class T> struct codec<std::unique_ptr<T>> : pointer_codec<std::unique_ptr<T>> {};
template <class T> struct codec<std::shared_ptr<T>> : pointer_codec<std::shared_ptr<T>> {};

// The first alternative that fits.
template <class... T> struct codec<std::variant<T...>> : made_of<T...> {
    using variant = std::variant<T...>;
    [[gnu::noinline]] static bool read(input &in, variant &value) {
        return read_one(in, value, std::index_sequence_for<T...>{}) || funcbox_in_fail(&in, "fits none of the %zu alternatives", sizeof...(T));
    }
    static bool write(output &out, const variant &value) { return write_one(out, value, std::index_sequence_for<T...>{}); }

private:
    template <size_t... I> static bool read_one(input &in, variant &value, std::index_sequence<I...>) {
        funcbox_mark mark = funcbox_in_mark(&in);
        return ((codec<T>::read(in, value.template emplace<I>()) || (funcbox_in_rewind(&in, mark), false)) || ...);
    }
    template <size_t... I> static bool write_one(output &out, const variant &value, std::index_sequence<I...>) {
        bool written = false;
        if (value.valueless_by_exception()) return funcbox_out_fail(&out, "a variant without a value");
        ((value.index() == I && (written = codec<T>::write(out, *std::get_if<I>(&value)), true)) || ...);
        return written;
    }
};

} // namespace funcbox::detail

#endif
