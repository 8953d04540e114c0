// frames.cpp: exceptions through every kind of call, and out of every kind of flow.
#include <memory>
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

struct Big {
    int values[64];
};
NOINLINE static Big make_big(int value) {
    Big b{};
    b.values[63] = value + raise(value);
    return b;
}

CASE(returns_by_memory) {
    int got = 0;
    try {
        CHECK(make_big(0).values[63] == 0);
        got = make_big(9).values[63];
    } catch (int e) {
        got = e;
    }
    CHECK(got == 9);
}

NOINLINE static double many(int a, long long b, double c, float d, int e, int f, int g, int h, int i, double j) {
    raise(a);
    return static_cast<double>(b) + c + d + e + f + g + h + i + j;
}

CASE(many_parameters) {
    double got = 0;
    try {
        got = many(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        many(1, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    } catch (int) {
        got += 100;
    }
    CHECK(got == 145);
}

CASE(through_lambda_and_virtual) {
    struct Base {
        virtual ~Base() = default;
        virtual int run(int v) = 0;
    };
    struct Derived : Base {
        int run(int v) override { return raise(v); }
    };
    std::unique_ptr<Base> b = std::make_unique<Derived>();
    auto call = [&](int v) { return b->run(v); };
    int got = 0;
    try {
        call(zero);
        call(11);
    } catch (int e) {
        got = e;
    }
    CHECK(got == 11);
}

CASE(through_member_function_pointer) {
    struct Thing {
        int base = 5;
        int run(int v) { return base + raise(v); }
    } thing;
    int (Thing::*f)(int) = &Thing::run;
    int got = 0;
    try {
        got = (thing.*f)(0);
        (thing.*f)(2);
    } catch (int e) {
        got += e;
    }
    CHECK(got == 7);
}

struct Once {
    static int tries;
    Once() {
        if (++tries < 3) throw tries;
    }
};
int Once::tries = 0;

NOINLINE static void use_once() { static Once once; }

CASE(static_local_is_tried_again) {
    int failures = 0;
    for (int i = 0; i < 5; i++) {
        try {
            use_once();
        } catch (int) {
            failures++;
        }
    }
    CHECK(failures == 2 && Once::tries == 3);
}

NOINLINE static int descend(int depth) {
    Mark m('.');
    if (depth == 0) throw depth + 1;
    return descend(depth - 1) + 1;
}

CASE(out_of_deep_recursion) {
    trail.clear();
    int got = 0;
    try {
        descend(1500);
    } catch (int e) {
        got = e;
    }
    CHECK(got == 1 && trail.size() == 1501);
}

NOINLINE static int climb(int depth) {
    try {
        if (depth == 0) throw 0;
        return climb(depth - 1);
    } catch (int e) {
        throw e + 1;
    }
}

CASE(rethrown_at_each_level) {
    int got = 0;
    try {
        climb(1000);
    } catch (int e) {
        got = e;
    }
    CHECK(got == 1001);
}

CASE(many_in_a_row) {
    int sum = 0;
    for (int i = 1; i <= 20000; i++) {
        char room[4000];
        room[zero] = static_cast<char>(i);
        try {
            raise(i + room[zero] - room[zero]);
        } catch (int e) {
            sum += e == i;
        }
    }
    CHECK(sum == 20000);
}

CASE(control_flow_out_of_try) {
    int sum = 0;
    for (int i = 0; i < 10; i++) {
        try {
            if (i == 2) continue;
            if (i == 7) break;
            raise(i % 2);
            sum += 10;
        } catch (int) {
            sum += 1;
            if (i == 5) goto out;
        }
    }
    sum += 1000;
out:
    CHECK(sum == 23);
}

NOINLINE static void quiet() noexcept {
    try {
        raise(1);
    } catch (int) {
    }
}

CASE(noexcept_that_keeps_its_word) { quiet(); }

static thread_local std::string local = "of the thread";
CASE(thread_local_object) { CHECK(local == "of the thread"); }
