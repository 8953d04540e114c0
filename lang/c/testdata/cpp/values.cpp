// call echo [null] => null
// call echo [true] => true
// call echo [-5] => -5
// call echo [1.0] => 1.0
// call echo ["héllo"] => "héllo"
// call echo [{"$bytes": "AP8="}] => {"$bytes": "AP8="}
// call echo [{"$time": "2024-02-29T12:34:56.789Z"}] => {"$time": "2024-02-29T12:34:56.789Z"}
// call echo [[1, [2.5, {"a": null}], "x"]] => [1, [2.5, {"a": null}], "x"]
// call echo [18446744073709551615] => error ArgumentError: args[0] (anything): 18446744073709551615 does not fit into a signed integer of 64 bits
// call report [] => {"count": 2, "items": [1, "two", 3.0, null, false], "name": "report"}
// call total [{"items": [{"price": 2.5}, {"price": 4}]}] => 6.5
// call total [{"items": [{"cost": 1}]}] => error std::out_of_range: no key "price"
// call total [[]] => error funcbox::value_error: expected a map, got a list
// call kind [7] => "int"
// call kind ["7"] => "text"
// call kind [[1]] => "list"
// call kind [{"x": 1, "y": 2}] => "point"
// call kind [null] => "none"
// call kind [7.5] => error ArgumentError: args[0] (value): fits none of the 5 alternatives
// call pick [0] => null
// call pick [1] => true
// call pick [2] => 2.5
// call pick [3] => ["a"]
// call later [{"$time": "1969-12-31T23:59:59.5Z"}, 1] => {"$time": "1970-01-01T00:00:00.5Z"}
// call later [{"$time": "2024-03-10T01:30:00+02:00"}, 86400] => {"$time": "2024-03-10T23:30:00Z"}
// call later ["2024-03-10T01:30:00Z", 1] => error ArgumentError: args[0] (when): expected a time, got text
// call day [{"$time": "2024-12-31T23:59:59Z"}] => {"$time": "2024-12-31T00:00:00Z"}
// call keys [{"b": 1, "a": {}}] => ["a", "b"]
#include <chrono>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include <funcbox.h>

funcbox::value echo(funcbox::value anything) { return anything; }

funcbox::value report() {
    funcbox::value::list items = {1, "two", 3.0, nullptr, false};
    return funcbox::value::map{{"name", "report"}, {"count", 2u}, {"items", items}};
}

double total(const funcbox::value &order) {
    double sum = 0;
    for (const auto &item : order.at("items").as_list()) sum += item.at("price").as_double();
    return sum;
}

struct Point {
    int x, y;
};

std::string kind(const std::variant<std::monostate, int, std::string, std::vector<int>, Point> &value) {
    static const char *const names[] = {"none", "int", "text", "list", "point"};
    return names[value.index()];
}

std::variant<std::monostate, bool, double, std::vector<std::string>> pick(int which) {
    switch (which) {
    case 1: return true;
    case 2: return 2.5;
    case 3: return std::vector<std::string>{"a"};
    }
    return {};
}

std::chrono::system_clock::time_point later(std::chrono::system_clock::time_point when, int seconds) { return when + std::chrono::seconds(seconds); }
std::chrono::sys_days day(std::chrono::sys_seconds when) { return std::chrono::floor<std::chrono::days>(when); }

std::vector<std::string> keys(const std::map<std::string, funcbox::value> &pairs) {
    std::vector<std::string> names;
    for (const auto &[key, item] : pairs) names.push_back(key);
    return names;
}
