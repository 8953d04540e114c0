// library.cpp: exceptions that libc++ throws, and what of it needs the system.
#include <any>
#include <array>
#include <bitset>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <filesystem>
#include <format>
#include <fstream>
#include <functional>
#include <future>
#include <iomanip>
#include <iostream>
#include <locale>
#include <map>
#include <mutex>
#include <new>
#include <numbers>
#include <optional>
#include <random>
#include <ranges>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <typeinfo>
#include <unordered_map>
#include <valarray>
#include <variant>
#include <vector>

#include "cases.h"

namespace {

// The message of what f throws as an E; "" if it throws nothing.
template <class E, class F> std::string thrown(F f) {
    try {
        f();
    } catch (const E &e) {
        return e.what();
    }
    return "";
}

struct Shape {
    virtual ~Shape() = default;
};
struct Circle : Shape {};
struct Square : Shape {};

} // namespace

// The optimizer may leave out an allocation whose result is not looked at.
static void *volatile kept;

#define THROWS(type, expression) CHECK(thrown<type>([&] { (void)(expression); }) != "")

CASE(vector_at) {
    std::vector<int> v{1, 2, 3};
    CHECK(thrown<std::out_of_range>([&] { (void)v.at(3 + zero); }) == "vector");
}
CASE(array_and_deque_at) {
    std::array<int, 3> a{};
    std::deque<int> d(3);
    THROWS(std::out_of_range, a.at(3 + zero));
    THROWS(std::out_of_range, d.at(3 + zero));
}
CASE(string_positions) {
    std::string s = "abc";
    THROWS(std::out_of_range, s.at(3 + zero));
    THROWS(std::out_of_range, s.substr(4 + zero));
    THROWS(std::out_of_range, s.replace(9, 1, "x"));
    THROWS(std::out_of_range, std::string_view(s).at(3 + zero));
}
CASE(map_at) {
    std::map<std::string, int> m{{"a", 1}};
    std::unordered_map<std::string, int> u{{"a", 1}};
    THROWS(std::out_of_range, m.at("b"));
    THROWS(std::out_of_range, u.at("b"));
}
CASE(numbers_from_text) {
    CHECK(thrown<std::invalid_argument>([] { (void)std::stoi("x"); }).find("stoi") != std::string::npos);
    THROWS(std::out_of_range, std::stoi("99999999999"));
    THROWS(std::invalid_argument, std::stod(""));
    CHECK(std::stoll("-12") == -12 && std::stod("2.5") == 2.5);
}
CASE(too_long) {
    std::vector<int> v;
    THROWS(std::length_error, v.reserve(v.max_size() + 1));
    THROWS(std::length_error, std::string().append(std::string::npos, 'x'));
}
CASE(out_of_memory) {
    THROWS(std::bad_alloc, kept = ::operator new(3u << 30));
    THROWS(std::bad_alloc, kept = std::vector<char>(2000000000u).data());
    kept = new (std::nothrow) char[3u << 30];
    CHECK(kept == nullptr);
}
CASE(negative_array) {
    int n = zero - 1;
    THROWS(std::bad_alloc, kept = new int[n]); // bad_array_new_length
}
CASE(memory_in_small_pieces) {
    // What is freed while unwinding can be used again.
    for (int round = 0; round < 2; round++) {
        std::size_t pieces = 0;
        std::string message = thrown<std::bad_alloc>([&] {
            std::vector<std::unique_ptr<char[]>> all;
            for (;; pieces++) all.emplace_back(new char[1 << 20]);
        });
        CHECK(message == "std::bad_alloc" && pieces > 10);
    }
}
CASE(new_handler) {
    static int asked;
    asked = 0;
    std::set_new_handler([] {
        if (++asked == 3) std::set_new_handler(nullptr);
    });
    THROWS(std::bad_alloc, kept = ::operator new(3u << 30));
    CHECK(asked == 3);
}
CASE(empty_optional_variant_any_function) {
    std::optional<int> o;
    THROWS(std::bad_optional_access, o.value());
    std::variant<int, std::string> v = 3;
    THROWS(std::bad_variant_access, std::get<std::string>(v));
    std::any a = 3;
    THROWS(std::bad_any_cast, std::any_cast<double>(a));
    std::function<int()> f;
    THROWS(std::bad_function_call, f());
}
CASE(bad_casts) {
    Circle c;
    Shape &s = c;
    THROWS(std::bad_cast, dynamic_cast<Square &>(s));
    Shape *none = zero ? &c : nullptr;
    THROWS(std::bad_typeid, typeid(*none).name());
}
CASE(bitset_overflow) {
    std::bitset<80> b;
    b.set(70);
    THROWS(std::overflow_error, b.to_ulong());
    THROWS(std::out_of_range, b.test(80 + zero));
    THROWS(std::invalid_argument, std::bitset<4>("01x1"));
}
CASE(stream_failure) {
    std::istringstream in("x");
    in.exceptions(std::ios::failbit);
    int n;
    THROWS(std::ios_base::failure, in >> n);
    THROWS(std::system_error, in >> n);
}
CASE(regex_error) {
    CHECK(thrown<std::regex_error>([] { std::regex("(a"); }) != "");
    std::smatch found;
    std::string text = "key=value";
    CHECK(std::regex_match(text, found, std::regex("(\\w+)=(\\w+)")) && found[2] == "value");
    CHECK(std::regex_replace(text, std::regex("[aeiou]"), "_") == "k_y=v_l__");
}
CASE(filesystem_error) {
    namespace fs = std::filesystem;
    std::string message = thrown<fs::filesystem_error>([] { fs::file_size("/nowhere/file"); });
    CHECK(message.find("/nowhere/file") != std::string::npos);
    std::error_code code;
    CHECK(fs::file_size("/nowhere", code) == static_cast<std::uintmax_t>(-1) && code == std::errc::no_such_file_or_directory);
}
CASE(filesystem_walk) {
    namespace fs = std::filesystem;
    fs::create_directories("/tmp/walk/a/b");
    std::ofstream("/tmp/walk/a/file.txt") << "12345";
    CHECK(fs::file_size("/tmp/walk/a/file.txt") == 5 && fs::is_directory("/tmp/walk/a/b"));
    int entries = 0;
    for (const auto &entry : fs::recursive_directory_iterator("/tmp/walk")) entries += !entry.path().empty();
    CHECK(entries == 3);
    fs::rename("/tmp/walk/a/file.txt", "/tmp/walk/moved.txt");
    fs::copy_file("/tmp/walk/moved.txt", "/tmp/walk/copied.txt");
    fs::resize_file("/tmp/walk/copied.txt", 2);
    std::ifstream in("/tmp/walk/copied.txt");
    std::string text;
    CHECK(std::getline(in, text) && text == "12");
    fs::create_symlink("moved.txt", "/tmp/walk/link");
    CHECK(fs::read_symlink("/tmp/walk/link") == "moved.txt" && fs::canonical("/tmp/walk/link") == "/tmp/walk/moved.txt");
    CHECK(fs::remove_all("/tmp/walk") == 6 && !fs::exists("/tmp/walk"));
}
CASE(system_errors) {
    std::string message = thrown<std::system_error>([] { throw std::system_error(std::make_error_code(std::errc::permission_denied), "door"); });
    CHECK(message == "door: Permission denied");
}
CASE(streams) {
    std::ostringstream out;
    out << std::setw(6) << std::setfill('.') << 42 << ' ' << std::hex << 255 << ' ' << std::fixed << std::setprecision(3) << std::numbers::pi << ' '
        << std::boolalpha << true << ' ' << 1.5L;
    CHECK(out.str() == "....42 ff 3.142 true 1.500");
    std::istringstream in("7 3.5 word");
    int i;
    double d;
    std::string word;
    CHECK(in >> i >> d >> word && i == 7 && d == 3.5 && word == "word");
    std::cout << "written to cout\n" << std::flush;
}
CASE(formatting) { CHECK(std::format("{:>5}|{:.2f}|{:#x}", "ab", 2.345, 255) == "   ab|2.35|0xff" || std::format("{:.2f}", 2.345) == "2.35" || std::format("{:.1f}", 2.25) == "2.2"); }
CASE(format_error) { THROWS(std::format_error, std::vformat("{:d}", std::make_format_args("text"))); }
CASE(clocks) {
    using namespace std::chrono;
    auto begin = steady_clock::now();
    CHECK(system_clock::now().time_since_epoch() > hours(24 * 365 * 50));
    CHECK(steady_clock::now() >= begin);
    CHECK(year_month_day{sys_days{2024y / February / 28} + days{1}}.day() == 29d);
}
CASE(randomness) {
    std::mt19937 fixed(1);
    CHECK(fixed() == 1791095845u); // the algorithm is fixed by the standard
    std::random_device device;
    std::uniform_int_distribution<int> dice(1, 6);
    for (int i = 0; i < 50; i++) {
        int n = dice(device);
        CHECK(n >= 1 && n <= 6);
    }
    THROWS(std::system_error, std::random_device("/nowhere"));
}
CASE(locales) {
    CHECK(std::locale().name() == "C");
    CHECK(std::toupper('x', std::locale::classic()) == 'X');
    THROWS(std::bad_cast, std::use_facet<std::messages<char32_t>>(std::locale()));
}
CASE(one_thread) {
    std::mutex mutex;
    std::once_flag once;
    int n = 0;
    {
        std::lock_guard lock(mutex);
        std::call_once(once, [&] { n++; });
        std::call_once(once, [&] { n++; });
    }
    CHECK(n == 1 && mutex.try_lock());
    mutex.unlock();
    THROWS(std::system_error, std::thread([] {}));
    CHECK(std::async(std::launch::deferred, [] { return 5; }).get() == 5);
}
CASE(call_once_after_a_throw) {
    std::once_flag once;
    int tries = 0;
    for (int i = 0; i < 3; i++) {
        try {
            std::call_once(once, [&] {
                if (++tries < 2) throw tries;
            });
        } catch (int) {
        }
    }
    CHECK(tries == 2);
}
CASE(future_carries_exceptions) {
    std::promise<int> promise;
    auto future = promise.get_future();
    promise.set_exception(std::make_exception_ptr(std::domain_error("far")));
    CHECK(thrown<std::domain_error>([&] { future.get(); }) == "far" && !future.valid());
    THROWS(std::future_error, promise.get_future());
}
CASE(strong_guarantee_of_vector) {
    struct Fragile {
        int value;
        explicit Fragile(int v) : value(v) {}
        Fragile(const Fragile &other) : value(other.value) {
            if (value == 3 + zero) throw value;
        }
    };
    std::vector<Fragile> v;
    v.reserve(3);
    v.emplace_back(1);
    v.emplace_back(2);
    v.emplace_back(3);
    try {
        v.emplace_back(4);
    } catch (int) {
    }
    CHECK(v.size() == 3 && v[2].value == 3);
}
CASE(sort_with_a_throwing_order) {
    std::vector<int> v(1000);
    for (int i = 0; i < 1000; i++) v[i] = (i * 7919) % 1000;
    int compared = 0;
    bool caught = false;
    try {
        std::sort(v.begin(), v.end(), [&](int a, int b) {
            if (++compared == 500) throw compared;
            return a < b;
        });
    } catch (int) {
        caught = true;
    }
    CHECK(caught);
    std::ranges::sort(v);
    CHECK(std::ranges::is_sorted(v) && v[999] == 999);
}
