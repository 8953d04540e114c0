// endings.cpp: programs that do not come back, each in its own way.
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "cases.h"

namespace shop {
struct Closed {};
} // namespace shop

NOINLINE static void raise(int value) {
    if (value != zero) throw std::runtime_error("number " + std::to_string(value));
}

CASE(aborts) {
    std::printf("said before\n");
    std::abort();
}
CASE(asserts) { assert(zero == 1 && "one is zero"); }
CASE(terminates) { std::terminate(); }
CASE(terminates_in_handler) {
    try {
        raise(3);
    } catch (...) {
        std::terminate();
    }
}
NOINLINE static void promise() noexcept { raise(4); }
CASE(breaks_noexcept) { promise(); }
NOINLINE static void close_shop() {
    if (!zero) throw shop::Closed();
}
NOINLINE static void promise_other() noexcept { close_shop(); }
CASE(breaks_noexcept_with_a_class) { promise_other(); }
struct Clumsy {
    ~Clumsy() { raise(5); }
};
CASE(throws_out_of_destructor) { Clumsy c; }
struct Worse {
    ~Worse() noexcept(false) { raise(6); }
};
CASE(throws_while_unwinding) {
    try {
        Worse w;
        raise(7);
    } catch (...) {
    }
}
CASE(rethrows_nothing) { throw; }
CASE(own_terminate_handler) {
    std::set_terminate([] {
        std::printf("own handler\n");
        std::fflush(stdout);
        std::_Exit(70);
    });
    promise();
}
CASE(exits) {
    std::atexit([] { std::printf("at exit\n"); });
    std::printf("said before\n");
    std::exit(9);
}
struct Pure {
    Pure() { call(); }
    void call() { run(); }
    virtual void run() = 0;
};
struct Impure : Pure {
    void run() override {}
};
CASE(calls_pure_virtual) { Impure i; }
CASE(divides_by_zero) { std::printf("%d\n", 7 / zero); }
NOINLINE static int recurse(int n) {
    volatile char room[256];
    room[n & 255] = static_cast<char>(n);
    return recurse(n + 1) + room[(n + 1) & 255];
}
CASE(overflows_the_stack) { std::printf("%d\n", recurse(zero)); }
CASE(writes_far_away) { *reinterpret_cast<volatile int *>(0xfffffff0u + static_cast<unsigned>(zero)) = 1; }
NOINLINE static int read(const int *from) { return *from; }
CASE(reads_null) { std::printf("%d\n", read(zero ? const_cast<const int *>(&zero) : nullptr)); }
NOINLINE static Pure *none() { return zero ? new Impure : nullptr; }
CASE(calls_on_null) { none()->call(); }
CASE(reaches_unreachable) {
    if (!zero) __builtin_trap();
}
NOINLINE static int try_forever(int n) {
    try {
        return try_forever(n + 1) + 1;
    } catch (int) {
        return 0;
    }
}
CASE(opens_tries_without_end) { std::printf("%d\n", try_forever(0)); }
CASE(throws_without_end) {
    for (;;) {
        try {
            raise(1);
        } catch (const std::exception &) {
        }
    }
}
NOINLINE static int adds_one(int n) { return n + 1 + zero; }
CASE(calls_through_wrong_type) {
    void *volatile function = reinterpret_cast<void *>(&adds_one);
    std::printf("%f\n", reinterpret_cast<double (*)(double, double)>(function)(1.0, 2.0));
}
