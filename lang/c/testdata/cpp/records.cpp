// call length [{"x": 3.0, "y": 4}] => 5.0
// call length [{"x": 3.0}] => error ArgumentError: args[0] (point): no field "y"
// call length [{"x": 3.0, "y": 4, "z": 1}] => error ArgumentError: args[0] (point): no field "z", there are: x, y
// call length [{"x": 3.0, "y": null}] => error ArgumentError: args[0].y (point): expected a float, got null
// call length [[3, 4]] => error ArgumentError: args[0] (point): expected a map, got a list
// call mirror [[{"x": 1.0, "y": 2.0}]] => [{"x": 2.0, "y": 1.0}]
// call describe [{"name": "box", "corner": {"x": 0, "y": 0}, "tags": ["a"]}] => "box 0 0 10 solid a"
// call describe [{"name": "box", "corner": {"x": 0, "y": 0}, "tags": [], "width": 3, "style": "thin"}] => "box 0 0 3 thin"
// call describe [{"name": "box", "corner": {"x": 0, "y": "a"}, "tags": []}] => error ArgumentError: args[0].corner.y (shape): expected a float, got text
// call describe [{"name": "box", "tags": []}] => error ArgumentError: args[0] (shape): no field "corner"
// call describe [{"corner": {"x": 0, "y": 0}, "tags": []}] => error ArgumentError: args[0] (shape): no field "name"
// call settings [{}] => {"retries": 0, "verbose": false, "label": "none", "inner": {"depth": 4, "names": ["root"]}, "note": null}
// call settings [{"inner": {"depth": 5}, "note": "hi"}] => {"retries": 0, "verbose": false, "label": "none", "inner": {"depth": 5, "names": ["root"]}, "note": "hi"}
// call tree [{"value": 1, "children": [{"value": 2, "children": []}, {"value": 3, "children": [{"value": 4, "children": []}]}]}] => 10
// call tree [{"value": 1, "children": [{"value": "2", "children": []}]}] => error ArgumentError: args[0].children[0].value (root): expected an integer, got text
// call chain [3] => {"value": 3, "next": {"value": 2, "next": {"value": 1, "next": null}}}
// call last [{"value": 3, "next": {"value": 9}}] => 9
// call paint [1, 2] => [2, 1]
// call paint [1, 300] => error ArgumentError: args[1] (b): 300 does not fit into an unsigned integer of 8 bits
// call weekdays [{"0": 5}] => {"0": 6}
// call grid [{"cells": [[1, 2], [3, 4]], "name": "abc"}] => {"cells": [[2, 4], [6, 8]], "name": "ABC"}
// call grid [{"cells": [[1, 2], [3, 4]], "name": "abcdefgh"}] => error ArgumentError: args[0].name (g): text of 8 bytes does not fit into char[8] with its NUL
// call grid [{"cells": [[1, 2], [3]], "name": ""}] => error ArgumentError: args[0].cells[1] (g): expected a list of length 2, got one of length 1
// call shared [true] => {"x": 1.0, "y": 2.0}
// call shared [false] => null
// call empty [{}] => {}
#include <cctype>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

struct Point {
    double x, y;
};

double length(const Point &point) { return std::hypot(point.x, point.y); }

std::vector<Point> mirror(std::vector<Point> points) {
    for (Point &point : points) std::swap(point.x, point.y);
    return points;
}

struct Shape {
    std::string name;
    Point corner;
    std::vector<std::string> tags;
    int width = 10;
    std::string style = "solid";
};

std::string describe(const Shape &shape) {
    std::ostringstream text;
    text << shape.name << ' ' << shape.corner.x << ' ' << shape.corner.y << ' ' << shape.width << ' ' << shape.style;
    for (const auto &tag : shape.tags) text << ' ' << tag;
    return text.str();
}

namespace config {

struct Inner {
    int depth = 4;
    std::vector<std::string> names = {"root"};
};

struct Settings {
    int retries = 0;
    bool verbose = false;
    std::string label = "none";
    Inner inner;
    std::optional<std::string> note;
};

} // namespace config

config::Settings settings(config::Settings given) { return given; }

struct Tree {
    int value;
    std::vector<Tree> children;
};

int tree(const Tree &root) {
    int sum = root.value;
    for (const Tree &child : root.children) sum += tree(child);
    return sum;
}

struct Link {
    int value;
    std::unique_ptr<Link> next;
};

std::unique_ptr<Link> chain(int length) {
    if (length == 0) return nullptr;
    return std::make_unique<Link>(Link{length, chain(length - 1)});
}

int last(const Link &first) { return first.next ? last(*first.next) : first.value; }

enum class Color : std::uint8_t { red, green, blue };
enum Day { sunday, saturday = 6 };

std::pair<Color, Color> paint(Color a, Color b) { return {b, a}; }

std::map<Day, int> weekdays(std::map<Day, int> days) {
    for (auto &[day, count] : days) count++;
    return days;
}

struct Grid {
    int cells[2][2];
    char name[8];
};

Grid grid(Grid g) {
    for (auto &row : g.cells)
        for (int &cell : row) cell *= 2;
    for (char &c : g.name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return g;
}

std::shared_ptr<Point> shared(bool present) { return present ? std::make_shared<Point>(Point{1, 2}) : nullptr; }

struct Nothing {};

Nothing empty(Nothing nothing) { return nothing; }
