// call sum [[1, 2, 3.5]] => 6.5
// call sum [[]] => 0.0
// call sum [[1, "2"]] => error ArgumentError: args[0][1] (values): expected a float, got text
// call sum [null] => error ArgumentError: args[0] (values): expected a list, got null
// call sort_words [["pear", "fig", "apple"]] => ["apple", "fig", "pear"]
// call count_words ["a b a"] => {"a": 2, "b": 1}
// call invert [{"one": 1, "two": 2}] => {"1": "one", "2": "two"}
// call label [{"-7": "x", "0": "y"}] => "-7=x 0=y "
// call label [{"07": "x"}] => error ArgumentError: args[0] (names): expected an integer as key, got "07"
// call label [{"3000000000": "x"}] => error ArgumentError: 3000000000 does not fit into a signed integer of 32 bits
// call label [{"1": 2}] => error ArgumentError: args[0]["1"] (names): expected text, got an integer
// call flags [[true, false]] => [false, true]
// call flags [[true, 0]] => error ArgumentError: args[0][1] (values): expected a bool, got an integer
// call reverse_bytes [{"$bytes": "AQID/w=="}] => {"$bytes": "/wMCAQ=="}
// call reverse_bytes [[1, 2]] => {"$bytes": "AgE="}
// call reverse_bytes [[1, 256]] => error ArgumentError: args[0][1] (data): 256 does not fit into an unsigned integer of 8 bits
// call checksum [{"$bytes": "AQL/"}] => 258
// call raw [{"$bytes": "AP8="}] => {"$bytes": "AP8="}
// call fixed [[1, 2, 3]] => [3, 2, 1]
// call fixed [[1, 2]] => error ArgumentError: args[0] (values): expected a list of length 3, got one of length 2
// call total [[1, 2, 3]] => 6
// call words [["a", "b"]] => "a|b|"
// call doubled [[1, 2]] => [2, 4]
// call queue [["x", "y"]] => ["y", "x"]
// call chain [[3, 1, 2]] => [1, 2, 3]
// call unique [[3, 1, 3]] => [1, 3]
// call distinct [["a", "b", "a"]] => 2
// call lookup [{"a": [1, 2], "b": []}] => {"a": 2, "b": 0}
// call matrix [[[1, 2], [3, 4]]] => [[1, 3], [2, 4]]
// call matrix [[[1, 2], [3, "x"]]] => error ArgumentError: args[0][1][1] (rows): expected an integer, got text
// call find [[5, 6], 6] => 1
// call find [[5, 6], 7] => null
// call or_zero [null] => 0
// call or_zero [4] => 4
// call swap [["a", 1]] => [1, "a"]
// call swap [["a"]] => error ArgumentError: args[0] (pair): expected a list of length 2, got one of length 1
// call swap [["a", "b"]] => error ArgumentError: args[0][1] (pair): expected an integer, got text
// call mixed [[1, "x", [true, null]]] => [1, "x", [true, null]]
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

double sum(const std::vector<double> &values) { return std::accumulate(values.begin(), values.end(), 0.0); }

std::vector<std::string> sort_words(std::vector<std::string> words) {
    std::sort(words.begin(), words.end());
    return words;
}

std::map<std::string, int> count_words(const std::string &text) {
    std::map<std::string, int> counts;
    std::istringstream in(text);
    for (std::string word; in >> word;) counts[word]++;
    return counts;
}

std::map<int, std::string> invert(const std::unordered_map<std::string, int> &numbers) {
    std::map<int, std::string> names;
    for (const auto &[name, number] : numbers) names[number] = name;
    return names;
}

std::string label(const std::map<int, std::string> &names) {
    std::string text;
    for (const auto &[number, name] : names) text += std::to_string(number) + "=" + name + " ";
    return text;
}

std::vector<bool> flags(std::vector<bool> values) {
    values.flip();
    return values;
}

std::vector<std::uint8_t> reverse_bytes(std::vector<std::uint8_t> data) {
    std::reverse(data.begin(), data.end());
    return data;
}

int checksum(std::span<const std::uint8_t> data) { return std::accumulate(data.begin(), data.end(), 0); }
std::vector<std::byte> raw(std::vector<std::byte> &&data) { return std::move(data); }
std::array<int, 3> fixed(const std::array<int, 3> &values) { return {values[2], values[1], values[0]}; }
long total(std::span<const long> values) { return std::accumulate(values.begin(), values.end(), 0L); }

std::string words(std::span<const std::string> all) {
    std::string text;
    for (const auto &word : all) text += word + "|";
    return text;
}

std::vector<int> doubled(std::vector<int> &values) {
    for (int &value : values) value *= 2;
    return values;
}

std::deque<std::string> queue(std::deque<std::string> items) {
    std::reverse(items.begin(), items.end());
    return items;
}

std::list<int> chain(std::list<int> items) {
    items.sort();
    return items;
}

std::set<int> unique(const std::vector<int> &values) { return {values.begin(), values.end()}; }
std::size_t distinct(const std::unordered_set<std::string> &values) { return values.size(); }

std::map<std::string, std::size_t> lookup(const std::map<std::string, std::vector<int>> &table) {
    std::map<std::string, std::size_t> sizes;
    for (const auto &[key, values] : table) sizes[key] = values.size();
    return sizes;
}

std::vector<std::vector<int>> matrix(const std::vector<std::vector<int>> &rows) {
    std::vector<std::vector<int>> columns(rows.at(0).size());
    for (const auto &row : rows)
        for (std::size_t i = 0; i < row.size(); i++) columns[i].push_back(row[i]);
    return columns;
}

std::optional<std::size_t> find(const std::vector<int> &values, int wanted) {
    auto found = std::find(values.begin(), values.end(), wanted);
    if (found == values.end()) return std::nullopt;
    return static_cast<std::size_t>(found - values.begin());
}

int or_zero(std::optional<int> value) { return value.value_or(0); }
std::pair<int, std::string> swap(std::pair<std::string, int> pair) { return {pair.second, pair.first}; }
std::tuple<int, std::string, std::tuple<bool, std::optional<double>>> mixed(std::tuple<int, std::string, std::tuple<bool, std::optional<double>>> all) { return all; }
