// jumps_in_cpp.cpp: setjmp together with exceptions.
#include <setjmp.h>

#include <string>

#include "cases.h"

static jmp_buf target;

NOINLINE static void leap(int value) {
    if (value != zero) longjmp(target, value);
}
NOINLINE static void raise(int value) {
    if (value != zero) throw value;
}

CASE(jump_through_a_try) {
    int got = setjmp(target);
    if (got == 0) {
        try {
            leap(6);
        } catch (...) {
            CHECK(!"a jump is no exception");
        }
    }
    CHECK(got == 6);
}

CASE(exception_through_a_setjmp) {
    int got = 0;
    try {
        jmp_buf unused;
        if (setjmp(unused) == 0) raise(3);
    } catch (int e) {
        got = e;
    }
    CHECK(got == 3);
}

CASE(both_in_turn) {
    volatile int sum = 0;
    for (int i = 1; i <= 50; i++) {
        if (setjmp(target) == 0) {
            try {
                raise(i % 2);
                leap(i);
            } catch (int) {
                sum = sum + 1;
            }
        } else {
            sum = sum + 100;
        }
    }
    CHECK(sum == 25 + 2500);
}
