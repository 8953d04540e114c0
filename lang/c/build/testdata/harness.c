/* harness.c: the requests of the programs of the runtime's test, see cases.h. */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../runtime/runtime.h"

__attribute__((import_module("funcbox"), import_name("request"))) void request(void *where);
__attribute__((import_module("funcbox"), import_name("result"))) void result(const void *reply, size_t length);

volatile int zero;

static struct test_case *cases;
static char failure[512];

void add_case(struct test_case *added) {
    added->next = cases;
    cases = added;
}

void fail_case(const char *file, int line, const char *what) {
    if (!failure[0]) snprintf(failure, sizeof failure, "%s:%d: %s", file, line, what);
}

/* Runs a case; in C++ programs run.cpp has one that reports what it throws. */
__attribute__((weak)) void run_case(void (*run)(void)) { run(); }

static void reply(const char *text) { result(text, strlen(text)); }

__attribute__((export_name("funcbox_abi"))) int abi(void) { return 2; }
__attribute__((export_name("funcbox_init"))) int init(void) { return 0; }

__attribute__((export_name("funcbox_call"))) void call(size_t length) {
    char name[256] = {0};
    request(name);
    funcbox_start();
    if (length == 0) {
        static char names[16384];
        for (struct test_case *c = cases; c; c = c->next) strcat(strcat(names, c->name), "\n");
        reply(names);
        return;
    }
    for (struct test_case *c = cases; c; c = c->next) {
        if (strcmp(c->name, name) == 0) {
            run_case(c->run);
            funcbox_finish();
            reply(failure[0] ? failure : "ok");
            return;
        }
    }
    reply("there is no such case");
}
