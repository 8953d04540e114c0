/* jumps.c: setjmp and longjmp. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

static jmp_buf target;

NOINLINE static void leap(int value) { longjmp(target, value); }
NOINLINE static int deeper(int depth) {
    char room[100];
    memset(room, depth, sizeof room);
    if (depth == 0) leap(5);
    return deeper(depth - 1) + room[zero];
}

CASE(jump_over_frames) {
    volatile int before = 12;
    int got = setjmp(target);
    if (got == 0) {
        before = 13;
        deeper(200);
    }
    CHECK(got == 5 && before == 13);
}

CASE(jump_with_zero) {
    int got = setjmp(target);
    if (got == 0) leap(0);
    CHECK(got == 1);
}

CASE(jump_several_times) {
    volatile int rounds = 0;
    int got = setjmp(target);
    if (got < 100) {
        rounds++;
        leap(got + 1);
    }
    CHECK(rounds == 100);
}

NOINLINE static int guarded(int value) {
    jmp_buf here, *outer = &here;
    int got = setjmp(here);
    if (got == 0) {
        if (value == 3) leap(9);
        longjmp(*outer, value);
    }
    return got;
}

CASE(nested_targets) {
    volatile int sum = 0;
    if (setjmp(target) == 0) {
        for (int i = 1; i < 5; i++) sum += guarded(i);
    } else {
        sum += 100;
    }
    CHECK(sum == 103);
}

CASE(two_targets_in_one_function) {
    jmp_buf one, two;
    volatile int path = 0;
    switch (setjmp(one)) {
    case 0: break;
    case 1: path = path * 10 + 1; goto second;
    default: path = path * 10 + 2; goto done;
    }
second:
    switch (setjmp(two)) {
    case 0:
        if (path == 0) longjmp(one, 1);
        longjmp(two, 1);
    default: path = path * 10 + 3; longjmp(one, 2);
    }
done:
    CHECK(path == 132);
}

static int compare(const void *a, const void *b) {
    if (*(const int *)a == 0 || *(const int *)b == 0) leap(4);
    return *(const int *)a - *(const int *)b;
}

CASE(jump_out_of_qsort) {
    int values[] = {5, 3, 1, 0, 4};
    int got = setjmp(target);
    if (got == 0) qsort(values, 5, sizeof *values, compare);
    CHECK(got == 4);
}

NOINLINE static void print_and_leap(void) {
    printf("before the jump %d\n", 7);
    fflush(stdout);
    leap(2);
}

CASE(library_calls_around_jumps) {
    int got = setjmp(target);
    if (got == 0) print_and_leap();
    char text[32];
    snprintf(text, sizeof text, "%d %.2f", got, 1.25);
    CHECK(!strcmp(text, "2 1.25"));
}

/* Not only jumps: the rest of C's own library that needs the runtime. */
CASE(long_double_is_printed) {
    char text[64];
    snprintf(text, sizeof text, "%.3Lf", 1.5L);
    CHECK(!strcmp(text, "1.500"));
    CHECK(strtold("2.25", NULL) == 2.25L);
}

CASE(malloc_is_bounded) {
    void *volatile kept = malloc(3u << 30); /* volatile: else it is left out */
    CHECK(kept == NULL);
    static void *volatile pieces[1000];
    int n = 0;
    while (n < 1000 && (pieces[n] = malloc(1 << 20))) n++;
    CHECK(n > 10 && n < 1000);
    while (n > 0) free(pieces[--n]);
    kept = malloc(8 << 20);
    CHECK(kept != NULL);
}
