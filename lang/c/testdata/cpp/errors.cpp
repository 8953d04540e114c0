// call at [9] => error std::out_of_range: vector
// call parse ["12"] => 12
// call parse ["x"] => error std::invalid_argument: stoi
// call parse ["99999999999"] => error std::out_of_range: stoi
// call fail [] => error shop::OutOfStock: no such thing: 42
// call fail_hidden [] => error Hidden: hidden
// call throw_number [] => error int: 7
// call throw_text [] => error const char *: just text
// call throw_string [] => error std::string: a string
// call throw_other [] => error Other: an exception of type Other
// call nested [] => error std::runtime_error: cannot load
// call missing_value [] => error std::bad_optional_access: bad_optional_access
// call wrong_variant [] => error std::bad_variant_access: bad_variant_access
// call cast_wrongly [] => error std::bad_cast: std::bad_cast
// call huge [] => error std::bad_alloc: out of memory
// call open_file ["/no/such/file"] => error std::filesystem::filesystem_error: No such file or directory
// call unwind [3] => ["~2", "~1", "~0", "caught: deep"]
// call rethrow [] => error std::logic_error: second
// call system_failure [] => error std::system_error: No such file or directory
// call in_argument [{"items": [1, 2]}] => error ArgumentError: args[0].items[0] (table): expected text, got an integer
// call cyclic [] => error TypeError: nested more than 1024 deep
// call far_future [] => error TypeError: result.when[0]: a time in the year 12
#include <chrono>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <typeinfo>
#include <variant>
#include <vector>

int at(int index) { return std::vector<int>{1, 2}.at(index); }
int parse(const std::string &text) { return std::stoi(text); }

namespace shop {
struct OutOfStock : std::runtime_error {
    using std::runtime_error::runtime_error;
};
} // namespace shop

namespace {
struct Hidden : std::exception {
    const char *what() const noexcept override { return "hidden"; }
};
} // namespace

struct Other {};

void fail() { throw shop::OutOfStock("no such thing: 42"); }
void fail_hidden() { throw Hidden(); }
void throw_number() { throw 7; }
void throw_text() { throw "just text"; }
void throw_string() { throw std::string("a string"); }
void throw_other() { throw Other(); }

void nested() {
    try {
        try {
            throw std::out_of_range("no line 3");
        } catch (...) {
            std::throw_with_nested(std::invalid_argument("broken file"));
        }
    } catch (...) {
        std::throw_with_nested(std::runtime_error("cannot load"));
    }
}

int missing_value() { return std::optional<int>{}.value(); }
int wrong_variant() { return std::get<int>(std::variant<int, std::string>{"text"}); }

struct Base {
    virtual ~Base() = default;
};
struct Derived : Base {};
struct Sibling : Base {};
void cast_wrongly() {
    std::unique_ptr<Base> base = std::make_unique<Derived>();
    (void)dynamic_cast<Sibling &>(*base);
}

std::size_t huge() {
    std::vector<std::string> all;
    for (;;) all.emplace_back(1 << 24, 'x');
}

std::uintmax_t open_file(const std::string &path) { return std::filesystem::file_size(path); }

struct Witness {
    std::vector<std::string> &seen;
    int number;
    ~Witness() { seen.push_back("~" + std::to_string(number)); }
};

void descend(std::vector<std::string> &seen, int depth, int number) {
    if (number == depth) throw std::runtime_error("deep");
    Witness witness{seen, number};
    descend(seen, depth, number + 1);
}

std::vector<std::string> unwind(int depth) {
    std::vector<std::string> seen;
    try {
        descend(seen, depth, 0);
    } catch (const std::exception &e) {
        seen.push_back(std::string("caught: ") + e.what());
    }
    return seen;
}

void rethrow() {
    try {
        throw std::runtime_error("first");
    } catch (std::runtime_error &) {
        throw std::logic_error("second");
    }
}

void system_failure() { throw std::system_error(std::make_error_code(std::errc::no_such_file_or_directory)); }
std::size_t in_argument(const std::map<std::string, std::vector<std::string>> &table) { return table.size(); }

struct Ring {
    std::shared_ptr<Ring> next;
};
std::shared_ptr<Ring> cyclic() {
    auto ring = std::make_shared<Ring>();
    ring->next = ring;
    return ring;
}

std::map<std::string, std::vector<std::chrono::sys_seconds>> far_future() { return {{"when", {std::chrono::sys_days(std::chrono::year(12000) / 1 / 1)}}}; }
