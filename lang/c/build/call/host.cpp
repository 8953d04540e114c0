// host.cpp: see host.hpp.
#include "include/funcbox/host.hpp"

#include "exchange.h"

namespace funcbox {

host_error::host_error(const std::string &type, const std::string &message, const std::string &stack)
    : runtime_error(message), about_(std::make_shared<const std::pair<std::string, std::string>>(type, stack)) {}
host_error::host_error(const host_error &other) noexcept = default;
host_error::~host_error() = default;

const char *host_error::type() const noexcept { return about_->first.c_str(); }
const char *host_error::stack() const noexcept { return about_->second.c_str(); }

namespace detail {

exchange::exchange(std::string_view name) : state_(exchange_open(name.data(), name.size())) {
    if (!state_) throw std::bad_alloc();
}
exchange::~exchange() { exchange_close(state_); }

output &exchange::argument() { return *exchange_argument(state_); }
output &exchange::argument(std::string_view name) { return *exchange_named_argument(state_, name.data(), name.size()); }
input &exchange::result() { return *exchange_result(state_); }

static std::string text_of(const exchange_text &text) { return std::string(text.data ? text.data : "", text.length); }

void exchange::check(bool good) {
    if (good) return;
    struct exchange_error error = exchange_failure(state_);
    throw host_error(text_of(error.type), text_of(error.message), text_of(error.stack));
}
void exchange::send() { check(exchange_send(state_)); }

} // namespace detail

std::vector<std::string> functions() { return call<std::vector<std::string>>(""); }

} // namespace funcbox
