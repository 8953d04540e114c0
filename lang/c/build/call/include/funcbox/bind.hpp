// bind.hpp: the table of a program's functions, from nothing but their names. A line
//
//     FUNCBOX_FUNCTIONS(
//         FUNCBOX_FUNCTION(geo::scale, 1, "geo::scale(value,factor)"),
//         FUNCBOX_FUNCTION(area, 1, "area(shape)"))
//
// after the program's code makes it: a function, or an object that can be called; how
// many parameters have no default argument; the name with those of the parameters.
#ifndef FUNCBOX_BIND_HPP
#define FUNCBOX_BIND_HPP
#pragma clang system_header

#include "codec.hpp"
#include "host.hpp"
#include "record.hpp"
#include "value.hpp"

extern "C" int funcbox_guarded(int (*call)(funcbox_frame *), funcbox_frame *frame); // guard.cpp

namespace funcbox::detail {

using frame = ::funcbox_frame;

template <class R, class... P> struct signature {};

// How a function is called: its parameters' types, deduced from its own.
template <class F> struct callable {
    static constexpr bool known = false;
};
template <class R, class... P> struct callable<R (*)(P...)> {
    static constexpr bool known = true;
    using type = signature<R, P...>;
};
template <class R, class... P> struct callable<R (*)(P...) noexcept> : callable<R (*)(P...)> {};

template <class M> struct method : callable<void> {};
template <class R, class C, class... P> struct method<R (C::*)(P...)> : callable<R (*)(P...)> {};
template <class R, class C, class... P> struct method<R (C::*)(P...) const> : callable<R (*)(P...)> {};
template <class R, class C, class... P> struct method<R (C::*)(P...) noexcept> : callable<R (*)(P...)> {};
template <class R, class C, class... P> struct method<R (C::*)(P...) const noexcept> : callable<R (*)(P...)> {};

// An object: by the one way in which it can be called.
template <class T>
    requires requires { &T::operator(); }
struct callable<T *> : method<decltype(&T::operator())> {};

// ---- what cannot be called -------------------------------------------------

template <class T> using value_of = std::remove_cvref_t<T>;

template <class R, class P>
inline constexpr bool accepted = readable<value_of<P>> && std::is_default_constructible_v<value_of<P>> &&
                                 !(std::is_void_v<R> && std::is_lvalue_reference_v<P> && !std::is_const_v<std::remove_reference_t<P>>);

template <class R, class... P> consteval message refuse(std::string_view function, signature<R, P...>) {
    message text;
    size_t number = 0, wrong = 0;
    ((number++, !wrong && !accepted<R, P> ? void(wrong = number) : void()), ...);
    if (!wrong) return text.add("funcbox: result of ").add(function).add(": values of type ").add(type_name<R>()).add(" cannot cross");
    text.add("funcbox: parameter ").add_number(wrong).add(" of ").add(function).add(": ");
    number = 0;
    auto one = [&](std::string_view type, bool lost) {
        if (++number != wrong) return;
        if (lost) text.add("what the function writes to ").add(type).add(" would be lost: return it");
        else text.add("values of type ").add(type).add(" cannot cross");
    };
    (one(type_name<P>(), readable<value_of<P>> && std::is_default_constructible_v<value_of<P>>), ...);
    return text;
}

// ---- calls -----------------------------------------------------------------

template <auto Function, class... A> decltype(auto) invoke(A &&...arguments) {
    if constexpr (std::is_pointer_v<decltype(Function)>) return (*Function)(static_cast<A &&>(arguments)...);
    else return Function(static_cast<A &&>(arguments)...); // a lambda that leaves parameters to their defaults
}

template <auto Function, class R, class... P, size_t... I> bool call_with(frame *frame, std::index_sequence<I...>, value_of<P> &&...values) {
    if (!(codec<value_of<P>>::read(*funcbox_argument(frame, I), values) && ...)) return false;
    if constexpr (std::is_void_v<R>) {
        invoke<Function>(static_cast<P &&>(values)...);
        return funcbox_out_null(funcbox_output(frame));
    } else {
        return codec<value_of<R>>::write(*funcbox_output(frame), invoke<Function>(static_cast<P &&>(values)...));
    }
}

template <auto Function, class R, class... P> int call_all(frame *frame) {
    return call_with<Function, R, P...>(frame, std::index_sequence_for<P...>{}, value_of<P>{}...);
}

template <class R, class... P> struct first {
    // With the first N of the parameters, where N are given.
    template <auto Function, size_t... I> static int call(frame *frame, std::index_sequence<I...>) {
        return call_with<Function, R, std::tuple_element_t<I, std::tuple<P...>>...>(frame, std::index_sequence<I...>{},
                                                                                 value_of<std::tuple_element_t<I, std::tuple<P...>>>{}...);
    }
};

template <auto Function, auto Short, size_t Required, size_t N, class R, class... P> int call_some(frame *frame) {
    if constexpr (N > Required) {
        if (funcbox_given(frame) < N) return call_some<Function, Short, Required, N - 1, R, P...>(frame);
    }
    if constexpr (N == sizeof...(P)) return call_all<Function, R, P...>(frame);
    else return first<R, P...>::template call<Short>(frame, std::make_index_sequence<N>{});
}

template <auto Function> using kind_of = callable<std::remove_const_t<std::remove_pointer_t<decltype(Function)>> *>;

template <class R, class... P> consteval bool can_be_called(signature<R, P...>) {
    return (accepted<R, P> && ...) && (std::is_void_v<R> || writable<value_of<R>>);
}

template <auto Function> consteval bool can_be_called() {
    if constexpr (kind_of<Function>::known) return can_be_called(typename kind_of<Function>::type{});
    else return false;
}

// Why it cannot.
template <auto Function> consteval message refuse(const char *text) {
    std::string_view function = text;
    if constexpr (kind_of<Function>::known) return refuse(function, typename kind_of<Function>::type{});
    else return message{}.add("funcbox: ").add(function).add(" is no function that can be called by itself: it is of type ").add(type_name<decltype(Function)>());
}

template <auto Function, size_t Required, auto Short, class R, class... P> consteval funcbox_function make(const char *text, signature<R, P...>) {
    if constexpr (Required >= sizeof...(P)) return {text, sizeof...(P), sizeof...(P), call_all<Function, R, P...>};
    else return {text, sizeof...(P), Required, call_some<Function, Short, Required, sizeof...(P), R, P...>};
}

template <auto Function, size_t Required, auto Short> consteval funcbox_function describe(const char *text) {
    if constexpr (can_be_called<Function>()) return make<Function, Required, Short>(text, typename kind_of<Function>::type{});
    else return {};
}

} // namespace funcbox::detail

#define FUNCBOX_FUNCTION(NAME, REQUIRED, TEXT) FUNCBOX_ENTRY(NAME, REQUIRED, TEXT, &NAME)

// One of several functions of that name: the one that has the type, which is that of a
// pointer to it, such as int (*)(const std::string &, int).
#define FUNCBOX_OVERLOAD(NAME, REQUIRED, TEXT, ...) FUNCBOX_ENTRY(NAME, REQUIRED, TEXT, static_cast<__VA_ARGS__>(&NAME))

#define FUNCBOX_ENTRY(NAME, REQUIRED, TEXT, ...)                                                                      \
    [] {                                                                                                              \
        static_assert(::funcbox::detail::can_be_called<(__VA_ARGS__)>(), ::funcbox::detail::refuse<(__VA_ARGS__)>(TEXT)); \
        return ::funcbox::detail::describe<(__VA_ARGS__), REQUIRED, [](auto &&...arguments) -> decltype(auto) {       \
            return NAME(static_cast<decltype(arguments)>(arguments)...);                                              \
        }>(TEXT);                                                                                                     \
    }()

// The type of the pointer is that of guard.cpp's function; C programs have none.
#define FUNCBOX_FUNCTIONS(...)                                                                                        \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wc++26-extensions\"")                         \
    extern "C" {                                                                                                      \
    extern constexpr ::funcbox_function funcbox_functions[] = {__VA_ARGS__ __VA_OPT__(, ) {}};                         \
    int (*const funcbox_guard)(int (*)(::funcbox_frame *), ::funcbox_frame *) = ::funcbox_guarded;                    \
    }                                                                                                                 \
    _Pragma("clang diagnostic pop")

#endif
