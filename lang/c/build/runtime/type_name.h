// type_name.h: names of types for messages.
#ifndef FUNCBOX_TYPE_NAME_H
#define FUNCBOX_TYPE_NAME_H

#include <stddef.h>

// Writes the name that a mangled type has in the source, such as ns::Failure, to name,
// cut to size - 1 bytes, and returns it. Knows classes and namespaces without template
// arguments, fundamental types, and pointers to them; any other comes back as
// mangled: a whole demangler would be most of a small program.
extern "C" const char *funcbox_type_name(const char *mangled, char *name, size_t size);

#endif
