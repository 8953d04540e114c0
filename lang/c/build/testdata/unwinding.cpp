// unwinding.cpp: what happens between a throw and its handler.
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

#include "cases.h"

namespace {

NOINLINE int raise(int value) {
    if (value != zero) throw value;
    return value;
}

std::string trail;

struct Mark {
    char letter;
    explicit Mark(char c) : letter(c) {}
    Mark(const Mark &) = delete;
    ~Mark() { trail += letter; }
};

} // namespace

NOINLINE static void third(int value) {
    Mark c('c');
    raise(value);
    Mark d('d');
}
NOINLINE static void second(int value) {
    Mark b('b');
    third(value);
}
NOINLINE static void first(int value) {
    Mark a('a');
    second(value);
}

CASE(destructors_while_unwinding) {
    trail.clear();
    try {
        first(1);
    } catch (int) {
        trail += '!';
    }
    CHECK(trail == "cba!");
    trail.clear();
    first(0);
    CHECK(trail == "dcba");
}

CASE(destructors_of_a_scope) {
    trail.clear();
    for (int i = 0; i < 3; i++) {
        try {
            Mark x('x');
            if (i == 1) {
                Mark y('y');
                raise(i);
            }
        } catch (int) {
            trail += '!';
        }
    }
    CHECK(trail == "xyx!x");
}

CASE(temporaries_are_destroyed) {
    trail.clear();
    try {
        raise((Mark('t'), 1));
    } catch (int) {
        trail += '!';
    }
    CHECK(trail == "t!");
}

struct Member {
    Mark mark{'m'};
    int value;
    explicit Member(int v) try : value(raise(v)) {
    } catch (int) {
        trail += 'F';
    }
};

CASE(constructor_try_block) {
    trail.clear();
    int got = 0;
    try {
        Member m(4);
    } catch (int e) {
        got = e;
    }
    CHECK(got == 4 && trail == "mF");
}

NOINLINE static int function_try(int value) try {
    return raise(value);
} catch (int e) {
    return e * 10;
}

CASE(function_try_block) { CHECK(function_try(0) == 0 && function_try(5) == 50); }

struct Parts {
    Mark one{'1'};
    Mark two{'2'};
    Mark three;
    explicit Parts(int v) : three((raise(v), '3')) {}
    ~Parts() { trail += 'P'; }
};

CASE(half_made_object) {
    trail.clear();
    try {
        Parts p(1);
    } catch (int) {
    }
    CHECK(trail == "21");
}

struct Delegating {
    Mark one{'1'};
    Delegating() {}
    explicit Delegating(int v) : Delegating() { raise(v); }
    ~Delegating() { trail += 'D'; }
};

CASE(delegating_constructor) {
    trail.clear();
    try {
        Delegating d(1);
    } catch (int) {
    }
    CHECK(trail == "D1");
}

static int made;
struct Counted {
    int number = ++made;
    Counted() {
        if (number == 3) throw number;
    }
    ~Counted() { trail += static_cast<char>('0' + number); }
};

CASE(half_made_array) {
    trail.clear();
    made = 0;
    try {
        Counted several[5];
    } catch (int e) {
        CHECK(e == 3);
    }
    CHECK(trail == "21");
}

CASE(half_made_array_on_heap) {
    trail.clear();
    made = 0;
    try {
        delete[] new Counted[5];
    } catch (int e) {
        CHECK(e == 3);
    }
    CHECK(trail == "21");
}

static int allocated;
struct Own {
    explicit Own(int v) { raise(v); }
    void *operator new(size_t size) {
        allocated++;
        return ::operator new(size);
    }
    void operator delete(void *p) {
        allocated--;
        ::operator delete(p);
    }
};

CASE(new_frees_after_throw) {
    allocated = 0;
    try {
        new Own(1);
    } catch (int) {
    }
    CHECK(allocated == 0);
}

struct Throwing {
    ~Throwing() noexcept(false) { raise(6); }
};

CASE(throwing_destructor) {
    int got = 0;
    try {
        Throwing t;
    } catch (int e) {
        got = e;
    }
    CHECK(got == 6);
}

struct Careful {
    ~Careful() {
        try {
            raise(2);
        } catch (int e) {
            trail += static_cast<char>('0' + e);
        }
        trail += static_cast<char>('a' + std::uncaught_exceptions());
    }
};

CASE(try_in_destructor_while_unwinding) {
    trail.clear();
    int got = 0;
    try {
        Careful c;
        raise(1);
    } catch (int e) {
        got = e;
    }
    CHECK(got == 1 && trail == "2b" && std::uncaught_exceptions() == 0);
}

CASE(exception_pointer) {
    std::exception_ptr kept;
    try {
        throw std::runtime_error("kept");
    } catch (...) {
        kept = std::current_exception();
    }
    for (int i = 0; i < 2; i++) {
        std::string got;
        try {
            std::rethrow_exception(kept);
        } catch (const std::exception &e) {
            got = e.what();
        }
        CHECK(got == "kept");
    }
}

CASE(nested_exceptions) {
    std::string got;
    try {
        try {
            throw std::logic_error("inner");
        } catch (...) {
            std::throw_with_nested(std::runtime_error("outer"));
        }
    } catch (const std::runtime_error &e) {
        got = e.what();
        try {
            std::rethrow_if_nested(e);
        } catch (const std::logic_error &inner) {
            got += std::string(" ") + inner.what();
        }
    }
    CHECK(got == "outer inner");
}

CASE(object_lives_until_handler_ends) {
    static int alive;
    struct Tracked {
        Tracked() { alive++; }
        Tracked(const Tracked &) { alive++; }
        ~Tracked() { alive--; }
    };
    alive = 0;
    try {
        throw Tracked();
    } catch (Tracked &) {
        CHECK(alive == 1);
    }
    CHECK(alive == 0);
}
