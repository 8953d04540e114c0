// type_name.cpp: see type_name.h. The grammar is that of the Itanium C++ ABI, section
// 5.1, "External Names (a.k.a. Mangling)".
#include "type_name.h"

#include <string.h>

namespace {

struct Builtin {
    char code;
    const char *name;
};

constexpr Builtin builtins[] = {
    {'v', "void"},     {'w', "wchar_t"},   {'b', "bool"},          {'c', "char"},      {'a', "signed char"},        {'h', "unsigned char"},
    {'s', "short"},    {'t', "unsigned short"}, {'i', "int"},      {'j', "unsigned int"}, {'l', "long"},            {'m', "unsigned long"},
    {'x', "long long"}, {'y', "unsigned long long"}, {'n', "__int128"}, {'o', "unsigned __int128"}, {'f', "float"}, {'d', "double"},
    {'e', "long double"},
};

class Name {
public:
    Name(const char *mangled, char *to, size_t size) : next_(mangled), at_(to), end_(to + size - 1) {}

    bool type() {
        if (*next_ == 'P') {
            next_++;
            return type() && add(" *");
        }
        if (*next_ == 'K') {
            next_++;
            return add("const ") && type();
        }
        for (const Builtin &builtin : builtins) {
            if (builtin.code == *next_) {
                next_++;
                return add(builtin.name);
            }
        }
        if (*next_ != 'N') return unqualified(true);
        next_++;
        for (bool first = true; *next_ != 'E'; first = false) {
            if (!first && !add("::")) return false;
            if (!unqualified(false)) return false;
        }
        next_++;
        return true;
    }

    bool done() {
        *at_ = 0;
        return *next_ == 0;
    }

private:
    // A name, or "std", which may stand before one.
    bool unqualified(bool alone) {
        if (strncmp(next_, "St", 2) == 0) {
            next_ += 2;
            if (!add("std")) return false;
            return !alone || (add("::") && unqualified(false));
        }
        if (strncmp(next_, "12_GLOBAL__N_1", 14) == 0) {
            next_ += 14;
            return add("(anonymous namespace)");
        }
        size_t length = 0;
        for (; *next_ >= '0' && *next_ <= '9' && length < 4096; next_++) length = length * 10 + static_cast<size_t>(*next_ - '0');
        if (length == 0 || strlen(next_) < length) return false;
        next_ += length;
        return add(next_ - length, length);
    }

    bool add(const char *text) { return add(text, strlen(text)); }
    bool add(const char *text, size_t length) {
        if (length > static_cast<size_t>(end_ - at_)) return false;
        memcpy(at_, text, length);
        at_ += length;
        return true;
    }

    const char *next_;
    char *at_, *end_;
};

} // namespace

extern "C" const char *funcbox_type_name(const char *mangled, char *name, size_t size) {
    Name parsed(mangled, name, size);
    if (parsed.type() && parsed.done()) return name;
    strncpy(name, mangled, size - 1);
    name[size - 1] = 0;
    return name;
}
