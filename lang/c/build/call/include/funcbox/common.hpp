// common.hpp: what is precompiled for programs in C++: the headers that they include
// most, bind.hpp, and the templates that they instantiate most, which would otherwise
// be a good part of the time that a small program takes to compile.
#ifndef FUNCBOX_COMMON_HPP
#define FUNCBOX_COMMON_HPP
#pragma clang system_header

#include <algorithm>
#include <any>
#include <array>
#include <bit>
#include <bitset>
#include <charconv>
#include <chrono>
#include <climits>
#include <cmath>
#include <compare>
#include <complex>
#include <concepts>
#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <numbers>
#include <numeric>
#include <optional>
#include <queue>
#include <random>
#include <ranges>
#include <regex>
#include <set>
#include <span>
#include <sstream>
#include <stack>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "bind.hpp"
#include "containers.hpp"

namespace funcbox::common {

// Whatever a list of any T is used for.
template <class T> void use_list() {
    std::vector<T> items(2), more(items), other = {T()};
    items.push_back(T()), items.emplace_back(), items.push_back(more[0]), items.resize(3), items.reserve(4), items.pop_back();
    items.insert(items.end(), more.begin(), more.end()), items.erase(items.begin());
    items = more, items = std::move(other), items.assign(more.begin(), more.end());
    std::sort(items.begin(), items.end()), std::reverse(items.begin(), items.end()), std::swap(items, more);
    (void)std::find(items.begin(), items.end(), T()), (void)*std::max_element(items.begin(), items.end());
    (void)(items == more);
}

// Whatever a map M of texts to anything is used for.
template <class M> void use_map() {
    M pairs, more(pairs), other = {{"a", {}}};
    std::string name;
    pairs["a"] = {}, pairs[name] = {}, pairs[std::move(name)] = {}, pairs.at(name) = {};
    pairs.emplace(name, typename M::mapped_type()), pairs.insert({name, {}}), pairs.erase(name), (void)pairs.count(name), (void)pairs.contains(name);
    if (auto found = pairs.find(name); found != pairs.end()) pairs.erase(found);
    for (auto &[key, value] : pairs) value = {};
    pairs = more, pairs = std::move(other);
}

inline void use() {
    use_list<int>(), use_list<double>(), use_list<std::string>();
    use_map<std::map<std::string, int>>(), use_map<std::map<std::string, double>>(), use_map<std::map<std::string, std::string>>();
    use_map<std::unordered_map<std::string, int>>(), use_map<std::unordered_map<std::string, std::string>>();
    std::map<int, int> numbers;
    numbers[1]++, numbers.erase(1);
    std::set<int> distinct{1};
    std::set<std::string> words{"a"};
    distinct.insert(2), words.insert("b");
    std::ostringstream stream;
    stream << "a" << std::string("b") << 1 << 1.5 << 'c' << std::setw(2) << std::fixed << std::setprecision(3) << std::endl;
    std::istringstream input(stream.str() + std::to_string(1) + std::to_string(1.5));
    int number;
    std::string word;
    while (input >> word >> number && std::getline(input, word)) word += word + "a" + 'b' + word.substr(1);
    (void)std::runtime_error(word), (void)std::invalid_argument("a" + word), (void)std::out_of_range("b");
}

} // namespace funcbox::common

#endif
