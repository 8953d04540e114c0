/*
 * source.c: remembers what the engine's parser tells: of each function that is
 * compiled its parameters and the comment before it, of a module its imports and
 * exports.
 */
#include "source.h"

/* A function that was parsed. */
struct record {
    struct record *older;
    const void *function; /* while it is parsed; then NULL */
    void *code;           /* held: its memory is not used for another one; NULL while it is parsed */
    int uses_arguments;
    struct funcbox_writer parts; /* part, length (uint32_t), text */
};

static struct record *newest;
static struct record *kept; /* the newest of those that stay, see source_keep */

/* Comments of the source that is being parsed. The parser may see one twice when it
 * looks ahead. */
static struct { const char *start, *end; } *comments;
static size_t comment_count, comment_capacity;

static struct funcbox_writer declarations; /* struct source_declaration; */

static void add_part(struct record *record, int part, const char *start, const char *end) {
    uint32_t length = start ? (uint32_t)(end - start) : 0;
    uint8_t kind = (uint8_t)part;
    funcbox_raw(&record->parts, &kind, 1);
    funcbox_raw(&record->parts, &length, sizeof length);
    funcbox_raw(&record->parts, start, length);
}

/* Whether what stands between a comment and a function is the head of the
 * declaration, member or assignment that the function is in. */
static int is_head(const char *at, const char *end) {
    while (at < end) {
        unsigned char c = (unsigned char)*at;
        if (c == '/' && end - at > 1 && (at[1] == '/' || at[1] == '*')) {
            const char *close = at[1] == '/' ? memchr(at, '\n', (size_t)(end - at)) : strstr(at + 2, "*/");
            if (!close || close >= end) return 0;
            at = close + 1 + (at[1] == '*');
        } else if (c >= 0x80 || (c | 32) - 'a' < 26u || c - '0' < 10u || strchr(" \t\r\n_$.=:#'\"[]", c)) at++;
        else return 0;
    }
    return 1;
}

static void add_comment(const char *start, const char *end) {
    while (comment_count && comments[comment_count - 1].start >= start) comment_count--;
    if (comment_count == comment_capacity) {
        size_t capacity = comment_capacity ? 2 * comment_capacity : 16;
        void *grown = realloc(comments, capacity * sizeof *comments);
        if (!grown) return;
        comments = grown;
        comment_capacity = capacity;
    }
    comments[comment_count].start = start;
    comments[comment_count++].end = end;
}

static void begin(const void *function, const char *start) {
    struct record *record = calloc(1, sizeof *record);
    if (!record) return;
    record->older = newest;
    record->function = function;
    newest = record;
    size_t i = comment_count;
    while (i && comments[i - 1].end > start) i--;
    if (i && is_head(comments[i - 1].end, start)) add_part(record, JS_PART_COMMENT, comments[i - 1].start, comments[i - 1].end);
}

static void found(const void *function, JSParsePart part, const char *start, const char *end) {
    if (part == JS_PART_SOURCE) comment_count = 0;
    else if (part == JS_PART_COMMENT) add_comment(start, end);
    else if (part == JS_PART_FUNCTION) begin(function, start);
    else if (!function) {
        struct source_declaration declaration = {part, start, end};
        funcbox_raw(&declarations, &declaration, sizeof declaration);
    } else {
        for (struct record *r = newest; r; r = r->older)
            if (r->function == function) {
                add_part(r, part, start, end);
                return;
            }
    }
}

static void made(const void *function, const void *code, JS_BOOL uses_arguments) {
    struct record *r = newest;
    while (r && r->function != function) r = r->older;
    if (!r) return; /* a script, or a constructor that the engine made */
    r->uses_arguments = uses_arguments;
    r->function = NULL;
    r->code = JS_VALUE_GET_PTR(JS_DupValue(shim_context, JS_MKPTR(JS_TAG_FUNCTION_BYTECODE, (void *)code)));
}

static const JSParseListener listener = {found, made};

void source_listen(void) { JS_SetParseListener(&listener); }

static struct record *release(struct record *record) {
    struct record *older = record->older;
    if (record->code) JS_FreeValue(shim_context, JS_MKPTR(JS_TAG_FUNCTION_BYTECODE, record->code));
    funcbox_writer_free(&record->parts);
    free(record);
    return older;
}

static void stop_listening(void) {
    JS_SetParseListener(NULL);
    free(comments);
    comments = NULL;
    comment_count = comment_capacity = 0;
    funcbox_writer_free(&declarations);
}

void source_forget(void) {
    stop_listening();
    while (newest != kept) newest = release(newest);
}

void source_keep(void) {
    stop_listening();
    for (struct record **at = &newest; *at;) {
        JSRefCountHeader *code = (*at)->code;
        if (code && code->ref_count > 1) at = &(*at)->older;
        else *at = release(*at);
    }
    kept = newest;
}

void source_forget_all(void) {
    kept = NULL;
    source_forget();
}

const struct source_declaration *source_declarations(size_t *count) {
    *count = declarations.length / sizeof(struct source_declaration);
    return (const struct source_declaration *)declarations.data;
}

JSValue source_parameters(JSValueConst function) {
    JSContext *ctx = shim_context;
    const void *code = JS_GetFunctionCode(function);
    struct record *r = code ? newest : NULL;
    while (r && r->code != code) r = r->older;
    if (!r) return JS_UNDEFINED;
    JSValue array = JS_NewArray(ctx);
    uint32_t n = 0;
    if (JS_IsException(array)) return array;
    JS_SetPropertyUint32(ctx, array, n++, JS_NewBool(ctx, r->uses_arguments || r->parts.failed));
    for (const uint8_t *at = r->parts.data, *end = at + r->parts.length; at < end;) {
        uint32_t length;
        JS_SetPropertyUint32(ctx, array, n++, JS_NewInt32(ctx, *at++));
        memcpy(&length, at, sizeof length);
        at += sizeof length;
        JS_SetPropertyUint32(ctx, array, n++, JS_NewStringLen(ctx, (const char *)at, length));
        at += length;
    }
    return array;
}
