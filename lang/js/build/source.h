/* source.h: what source.c tells those who rewrite a program's source. */
#ifndef SOURCE_H
#define SOURCE_H

#include "shim.h"

/* An import or export, in the source that was parsed. */
struct source_declaration {
    JSParsePart part; /* JS_PART_IMPORT and those after it */
    const char *start, *end;
};

/* Those since source_listen, in the order of the source; until one of the functions that end that. */
const struct source_declaration *source_declarations(size_t *count);

#endif
