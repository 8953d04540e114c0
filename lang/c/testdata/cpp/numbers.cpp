// call add [2, 3] => 5
// call add [2147483647, 1] => -2147483648
// call add [2147483648, 1] => error ArgumentError: args[0] (a): 2147483648 does not fit into a signed integer of 32 bits
// call add [1.0, 1] => error ArgumentError: args[0] (a): expected an integer, got a float
// call add ["1", 1] => error ArgumentError: args[0] (a): expected an integer, got text
// call add [1] {"b": true} => error ArgumentError: args[1] (b): expected an integer, got a bool
// call add [] {"b": 3, "a": 2} => 5
// call tiny [-128, 127] => [-128, 127]
// call tiny [-129, 0] => error ArgumentError: args[0] (low): -129 does not fit into a signed integer of 8 bits
// call tiny [0, 128] => error ArgumentError: args[1] (high): 128 does not fit into a signed integer of 8 bits
// call octet [255] => 255
// call octet [256] => error ArgumentError: 256 does not fit into an unsigned integer of 8 bits
// call octet [-1] => error ArgumentError: -1 does not fit into an unsigned integer of 8 bits
// call shorts [-32768, 65535] => [-32768, 65535]
// call shorts [32768, 0] => error ArgumentError: 32768 does not fit into a signed integer of 16 bits
// call longest [9223372036854775807] => 9223372036854775807
// call longest [-9223372036854775808] => -9223372036854775808
// call longest [9223372036854775808] => error ArgumentError: 9223372036854775808 does not fit into a signed integer of 64 bits
// call longest [-9223372036854775809] => error ArgumentError: does not fit into a signed integer of 64 bits
// call longest [100000000000000000000] => error ArgumentError: an integer of more than 64 bits does not fit
// call largest [18446744073709551615] => 18446744073709551615
// call largest [-1] => error ArgumentError: -1 does not fit into an unsigned integer of 64 bits
// call half [3] => 1.5
// call half [3.0] => 1.5
// call half [9007199254740992] => 4503599627370496.0
// call half [9007199254740993] => error ArgumentError: args[0] (value): no float has exactly the value of that integer
// call half [-9223372036854775808] => -4611686018427387904.0
// call half [{"$float": "-Infinity"}] => {"$float": "-Infinity"}
// call half [null] => error ArgumentError: args[0] (value): expected a float, got null
// call narrow [0.5] => 0.5
// call narrow [1e300] => error ArgumentError: args[0] (value): a float that large does not fit into one of 32 bits
// call narrow [{"$float": "Infinity"}] => {"$float": "Infinity"}
// call narrow [16777217] => error ArgumentError: no float has exactly the value of that integer
// call negate [true] => false
// call negate [1] => error ArgumentError: args[0] (flag): expected a bool, got an integer
// call letter ["a"] => "b"
// call letter ["ab"] => error ArgumentError: args[0] (c): expected one character of one byte, got text of 2 bytes
// call widest [] => [127, 255, 32767, 65535, 2147483647, 4294967295, 9223372036854775807, 18446744073709551615]
#include <cstdint>
#include <limits>
#include <tuple>
#include <utility>

int add(int a, int b) { return static_cast<int>(static_cast<unsigned>(a) + static_cast<unsigned>(b)); }
std::pair<std::int8_t, signed char> tiny(std::int8_t low, signed char high) { return {low, high}; }
std::uint8_t octet(std::uint8_t value) { return value; }
std::pair<short, unsigned short> shorts(short a, unsigned short b) { return {a, b}; }
long long longest(long long value) { return value; }
std::uint64_t largest(std::uint64_t value) { return value; }
double half(double value) { return value / 2; }
float narrow(float value) noexcept { return value; }
bool negate(bool flag) { return !flag; }
char letter(char c) { return static_cast<char>(c + 1); }
std::tuple<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t> widest() {
    return {std::numeric_limits<std::int8_t>::max(),  std::numeric_limits<std::uint8_t>::max(),  std::numeric_limits<std::int16_t>::max(),
            std::numeric_limits<std::uint16_t>::max(), std::numeric_limits<std::int32_t>::max(),  std::numeric_limits<std::uint32_t>::max(),
            std::numeric_limits<std::int64_t>::max(),  std::numeric_limits<std::uint64_t>::max()};
}
