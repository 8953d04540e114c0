/*
 * outline.h: what code defines at its top level, as far as its text says.
 */
#ifndef OUTLINE_H
#define OUTLINE_H

#include "ruby.h"

struct RNode;

struct outline {
    VALUE names;    /* of the functions, strings in their order, without those that begin with an underscore */
    int statements; /* whether the code does anything besides defining */
    int modules;    /* whether it defines modules, classes or other constants */
};

struct outline outline(const struct RNode *root);

#endif
