// host.hpp: calling functions of the host.
//
//     double rate = funcbox::call<double>("rate", "EUR", funcbox::arg("digits", 2));
#ifndef FUNCBOX_HOST_HPP
#define FUNCBOX_HOST_HPP
#pragma clang system_header

#include "codec.hpp"
#include "record.hpp"
#include "value.hpp"

struct funcbox_exchange;

namespace funcbox {

// What a function of the host failed with, or a call of one that there is not.
class host_error : public std::runtime_error {
public:
    host_error(const std::string &type, const std::string &message, const std::string &stack);
    host_error(const host_error &other) noexcept;
    ~host_error() override;

    const char *type() const noexcept; // "HostError" for whatever the host's function returned
    const char *stack() const noexcept;

private:
    std::shared_ptr<const std::pair<std::string, std::string>> about_;
};

// An argument by name.
template <class T> struct named {
    std::string_view name;
    const T &value;
};
template <class T> named<T> arg(std::string_view name, const T &value) { return {name, value}; }

namespace detail {

// A call of the host, one step after the other.
class exchange {
public:
    explicit exchange(std::string_view name);
    exchange(const exchange &) = delete;
    exchange &operator=(const exchange &) = delete;
    ~exchange();

    output &argument();
    output &argument(std::string_view name);
    void check(bool good); // throws host_error if it is not
    void send();
    input &result();

private:
    ::funcbox_exchange *state_;
};

template <class T> struct as_argument : std::type_identity<T> {};
template <size_t N> struct as_argument<char[N]> : std::type_identity<const char *> {};

template <class T> void add(exchange &call, const T &value) {
    using type = typename as_argument<T>::type;
    static_assert(writable<type>, "funcbox: an argument of funcbox::call is of a type whose values cannot cross");
    if constexpr (writable<type>) call.check(codec<type>::write(call.argument(), value));
}
template <class T> void add(exchange &call, const named<T> &argument) {
    using type = typename as_argument<T>::type;
    static_assert(writable<type>, "funcbox: an argument of funcbox::call is of a type whose values cannot cross");
    if constexpr (writable<type>) call.check(codec<type>::write(call.argument(argument.name), argument.value));
}

// What would point to a reply that is gone.
template <class T> inline constexpr bool is_view = std::is_pointer_v<T>;
template <> inline constexpr bool is_view<std::string_view> = true;
template <class T, size_t N> inline constexpr bool is_view<std::span<T, N>> = true;

} // namespace detail

// Calls a function of the host with arguments of any types that functions can have;
// some may be from arg. Throws host_error, also for a result that is no T.
template <class T = value, class... A> T call(std::string_view name, const A &...arguments) {
    detail::exchange exchange(name);
    (detail::add(exchange, arguments), ...);
    exchange.send();
    if constexpr (!std::is_void_v<T>) {
        static_assert(detail::readable<T> && !detail::is_view<T>, "funcbox: the result of funcbox::call is of a type that does not cross, or would point to what is gone");
        T result{};
        exchange.check(detail::codec<T>::read(exchange.result(), result));
        return result;
    }
}

// The names of the functions that the host grants, sorted.
std::vector<std::string> functions();

} // namespace funcbox

#endif
