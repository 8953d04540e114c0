// The host grants echo, which returns the list of its arguments, and fail, which fails
// with "no such rate".
//
// call ask [2] => ["EUR", 2, 2.5, [1, 2], null]
// call first ["x"] => "x"
// call typed [] => error HostError: result of echo[0]: expected an integer, got text
// call caught [] => "HostError: no such rate"
// call uncaught [] => error HostError: no such rate
// call missing [] => "caught"
// call names [] => ["echo", "fail"]
// call from_c [3] => "EUR"
// call built [] => {"name": "x", "items": [0, 1, 2]}
#include <cstdlib>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <funcbox.h>

funcbox::value ask(int digits) { return funcbox::call("echo", "EUR", digits, 2.5, std::vector<int>{1, 2}, std::optional<int>()); }
std::string first(const std::string &text) { return std::get<0>(funcbox::call<std::tuple<std::string>>("echo", text)); }
std::tuple<int> typed() { return funcbox::call<std::tuple<int>>("echo", "no number"); }

std::string caught() {
    try {
        funcbox::call<void>("fail", 1);
    } catch (const funcbox::host_error &error) {
        return std::string(error.type()) + ": " + error.what();
    }
    return "nothing";
}

double uncaught() { return funcbox::call<double>("fail"); }

std::string missing() {
    try {
        funcbox::call("no_such_function");
    } catch (const funcbox::host_error &) {
        return "caught";
    }
    return "nothing";
}

std::vector<std::string> names() { return funcbox::functions(); }

std::string from_c(int digits) {
    funcbox_value list = {nullptr, 0};
    if (funcbox_call("echo", "s i {x:d names:[s s]} -> v", "EUR", digits, 1.5, "a", nullptr, &list)) return funcbox_error();
    funcbox_value rest = funcbox_first(list), item;
    const char *text = nullptr;
    size_t length = 0;
    std::string result = "nothing";
    if (funcbox_count(list) == 3 && funcbox_next_item(&rest, &item) && funcbox_get_text(item, &text, &length)) result.assign(text, length);
    funcbox_free(list);
    return result;
}

funcbox::value built() {
    funcbox_builder *items = funcbox_new_list();
    for (int i = 0; i < 3; i++) funcbox_add(items, "i", i);
    funcbox_value list = funcbox_build(items);
    funcbox_value reply;
    if (funcbox_call("echo", "{name:s items:v} -> v", "x", list, &reply)) return funcbox_error();
    funcbox_value map, rest = funcbox_first(reply);
    funcbox_next_item(&rest, &map);
    int64_t number = 0;
    funcbox::value::list numbers;
    funcbox_value inner = funcbox_first(funcbox_get(map, "items")), item;
    while (funcbox_next_item(&inner, &item) && funcbox_get_integer(item, &number)) numbers.push_back(number);
    funcbox_free(reply);
    funcbox_free(list);
    return funcbox::value::map{{"name", "x"}, {"items", numbers}};
}
