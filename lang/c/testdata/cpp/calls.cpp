// call greet ["Ada"] => "Hello, Ada!"
// call greet ["Ada", "Hi"] => "Hi, Ada!"
// call greet ["Ada"] {"greeting": "Hi"} => "Hi, Ada!"
// call greet [] {"times": 2, "greeting": "Hi", "name": "Ada"} => "Hi, Ada!Hi, Ada!"
// call greet [] => error ArgumentError: greet
// call greet ["Ada"] {"nme": "x"} => error ArgumentError: nme
// call greet ["Ada"] {"name": "x"} => error ArgumentError: name
// call greet ["Ada", "Hi", 1, 2] => error ArgumentError: greet
// call geo::area [2, 3.5] => 7.0
// call geo::inner::unit [] => "m"
// call geo::Circle::area [1] => 3.14
// call twice [4] => 8
// call power [2, 10] => 1024.0
// call scale [3] => 6
// call nothing [] => null
// call consume ["text"] => 4
// call shout ["straße"] => "STRAßE!"
// call view ["abcdef", 2] => "cdef"
// call c_length ["héllo"] => 6
// call c_length [null] => -1
// call c_length ["a\u0000b"] => error ArgumentError: args[0] (text): text with a NUL cannot become a char*
// call echo ["a\u0000b"] => "a\u0000b"
// call echo [{"$bytes": "/w=="}] => {"$bytes": "/w=="}
// call echo [""] => ""
// call name_of [1] => "one"
// call name_of [2] => null
// call größe ["x"] => "x𝔘"
// call fallback [] => [1, 2, 3]
// call fallback [[4]] => [4]
#include <cctype>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

std::string greet(const std::string &name, std::string greeting = "Hello", int times = 1) {
    std::string text;
    while (times-- > 0) text += greeting + ", " + name + "!";
    return text;
}

namespace geo {

double area(double width, double height) { return width * height; }

namespace inner {
const char *unit() { return "m"; }
} // namespace inner

struct Circle {
    static double area(double radius) { return 3.14 * radius * radius; }
};

} // namespace geo

constexpr auto twice = [](int value) { return 2 * value; };
auto power = [](double base, int exponent) { return std::pow(base, exponent); };

static int factor = 2;
int scale(int value) noexcept { return factor * value; }

void nothing() {}
std::size_t consume(std::string &&text) { return std::move(text).size(); }

std::string shout(std::string_view text) {
    std::string loud;
    for (char c : text) loud += static_cast<unsigned char>(c) < 128 ? static_cast<char>(std::toupper(c)) : c;
    return loud + "!";
}

std::string_view view(std::string_view text, unsigned from) { return text.substr(from); }
int c_length(const char *text) { return text ? static_cast<int>(std::strlen(text)) : -1; }
const std::string &echo(const std::string &text) { return text; }
const char *name_of(int number) { return number == 1 ? "one" : nullptr; }
std::string größe(const std::string &名) { return 名 + "𝔘"; }
std::vector<int> fallback(std::vector<int> values = {1, 2, 3}) { return values; }
