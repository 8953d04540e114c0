// value.cpp: funcbox::value.
#include "include/funcbox/value.hpp"

#include <limits>

namespace funcbox {

namespace {

constexpr funcbox_type types[] = {FUNCBOX_IS_NULL,  FUNCBOX_IS_BOOL, FUNCBOX_IS_INTEGER, FUNCBOX_IS_REAL, FUNCBOX_IS_TEXT,
                                  FUNCBOX_IS_BYTES, FUNCBOX_IS_LIST, FUNCBOX_IS_MAP,     FUNCBOX_IS_TIME};

const char *describe(funcbox_type type) {
    switch (type) {
    case FUNCBOX_IS_NULL: return "null";
    case FUNCBOX_IS_BOOL: return "a bool";
    case FUNCBOX_IS_INTEGER: return "an integer";
    case FUNCBOX_IS_REAL: return "a float";
    case FUNCBOX_IS_TEXT: return "text";
    case FUNCBOX_IS_BYTES: return "bytes";
    case FUNCBOX_IS_LIST: return "a list";
    case FUNCBOX_IS_MAP: return "a map";
    case FUNCBOX_IS_TIME: return "a time";
    case FUNCBOX_IS_NOTHING: break;
    }
    return "nothing";
}

template <class T, class D> auto &expect(D *data, const char *expected, funcbox_type got) {
    auto *found = data ? std::get_if<T>(&data->of) : nullptr;
    if (!found) throw value_error(std::string("expected ") + expected + ", got " + describe(got));
    return *found;
}

} // namespace

struct value::data {
    std::variant<std::nullptr_t, bool, int64_t, double, std::string, bytes, list, map, time> of;
};

value::value(tag, bool boolean) : data_(new data{boolean}) {}
value::value(tag, double number) : data_(new data{number}) {}
value::value(bool is_signed, uint64_t integer) : data_(nullptr) {
    if (!is_signed && integer > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) throw value_error("an integer beyond 64 bits with a sign");
    data_ = new data{static_cast<int64_t>(integer)};
}
value::value(const char *text) : data_(text ? new data{std::string(text)} : nullptr) {}
value::value(std::string text) : data_(new data{std::move(text)}) {}
value::value(std::string_view text) : data_(new data{std::string(text)}) {}
value::value(bytes bytes) : data_(new data{std::move(bytes)}) {}
value::value(list items) : data_(new data{std::move(items)}) {}
value::value(map pairs) : data_(new data{std::move(pairs)}) {}
value::value(time at) : data_(new data{at}) {}

value::value(const value &other) : data_(other.data_ ? new data(*other.data_) : nullptr) {}
value::value(value &&other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
value &value::operator=(const value &other) { return *this = value(other); }
value &value::operator=(value &&other) noexcept {
    std::swap(data_, other.data_);
    return *this;
}
value::~value() { delete data_; }

funcbox_type value::type() const noexcept { return data_ ? types[data_->of.index()] : FUNCBOX_IS_NULL; }

bool value::as_bool() const { return expect<bool>(data_, "a bool", type()); }
int64_t value::as_integer() const { return expect<int64_t>(data_, "an integer", type()); }
double value::as_double() const {
    if (auto *integer = data_ ? std::get_if<int64_t>(&data_->of) : nullptr) return static_cast<double>(*integer);
    return expect<double>(data_, "a float", type());
}
const std::string &value::as_string() const { return expect<std::string>(data_, "text", type()); }
const value::bytes &value::as_bytes() const { return expect<bytes>(data_, "bytes", type()); }
const value::list &value::as_list() const { return expect<list>(data_, "a list", type()); }
value::list &value::as_list() { return expect<list>(data_, "a list", type()); }
const value::map &value::as_map() const { return expect<map>(data_, "a map", type()); }
value::map &value::as_map() { return expect<map>(data_, "a map", type()); }
value::time value::as_time() const { return expect<time>(data_, "a time", type()); }

const value &value::at(size_t index) const { return as_list().at(index); }
const value &value::at(std::string_view key) const {
    const map &pairs = as_map();
    auto found = pairs.find(std::string(key));
    if (found == pairs.end()) throw std::out_of_range("no key \"" + std::string(key) + "\"");
    return found->second;
}
bool value::contains(std::string_view key) const { return as_map().contains(std::string(key)); }
size_t value::size() const { return is_map() ? as_map().size() : as_list().size(); }

bool operator==(const value &a, const value &b) {
    if (!a.data_ || !b.data_) return a.is_null() && b.is_null();
    return a.data_->of == b.data_->of;
}

namespace detail {

bool read_value(input &in, value &to) {
    bool boolean;
    int64_t integer;
    double number;
    std::string text;
    value::bytes data;
    value::list items;
    value::map pairs;
    value::time at;
    switch (funcbox_in_type(&in)) {
    case FUNCBOX_IS_NULL:
        to = nullptr;
        return funcbox_in_null(&in);
    case FUNCBOX_IS_BOOL: return codec<bool>::read(in, boolean) && (to = boolean, true);
    case FUNCBOX_IS_INTEGER: return codec<int64_t>::read(in, integer) && (to = integer, true);
    case FUNCBOX_IS_REAL: return codec<double>::read(in, number) && (to = number, true);
    case FUNCBOX_IS_TEXT: return read_string(in, text) && (to = std::move(text), true);
    case FUNCBOX_IS_BYTES: return codec<value::bytes>::read(in, data) && (to = std::move(data), true);
    case FUNCBOX_IS_LIST: return codec<value::list>::read(in, items) && (to = std::move(items), true);
    case FUNCBOX_IS_MAP: return codec<value::map>::read(in, pairs) && (to = std::move(pairs), true);
    case FUNCBOX_IS_TIME: return codec<value::time>::read(in, at) && (to = at, true);
    case FUNCBOX_IS_NOTHING: break;
    }
    return funcbox_in_fail(&in, "broken value");
}

bool write_value(output &out, const value &from) {
    switch (from.type()) {
    case FUNCBOX_IS_BOOL: return funcbox_out_bool(&out, from.as_bool());
    case FUNCBOX_IS_INTEGER: return funcbox_out_integer(&out, from.as_integer());
    case FUNCBOX_IS_REAL: return funcbox_out_real(&out, from.as_double());
    case FUNCBOX_IS_TEXT: return codec<std::string>::write(out, from.as_string());
    case FUNCBOX_IS_BYTES: return codec<value::bytes>::write(out, from.as_bytes());
    case FUNCBOX_IS_LIST: return codec<value::list>::write(out, from.as_list());
    case FUNCBOX_IS_MAP: return codec<value::map>::write(out, from.as_map());
    case FUNCBOX_IS_TIME: return codec<value::time>::write(out, from.as_time());
    case FUNCBOX_IS_NULL:
    case FUNCBOX_IS_NOTHING: break;
    }
    return funcbox_out_null(&out);
}

} // namespace detail

} // namespace funcbox
