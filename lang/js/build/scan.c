/*
 * scan.c: finds what the top level of a source declares.
 *
 * Not a parser: it skips strings, templates, comments and regular expressions,
 * counts brackets and looks at the words that begin statements outside of them.
 */
#include "shim.h"

enum token { NOTHING, WORD, KEYWORD, OPERAND, CLOSER, PUNCTUATION, SEMICOLON };

struct scanner {
    const char *at, *end;
    int braces, others;       /* open {, and open ( and [ */
    enum token previous;      /* the token before */
    int newline;              /* a line ended since then */
    int async_seen;           /* in this statement */
    int templates[64];        /* value of braces inside the ${ of each open template */
    int template_count;
};

static int word_byte(unsigned char c) {
    return (c | 32) - 'a' < 26u || c - '0' < 10u || c == '_' || c == '$' || c == '\\' || c >= 0x80;
}

static int is_word(const char *word, size_t length, const char *other) {
    return strlen(other) == length && !memcmp(word, other, length);
}

/* Words after which an expression follows, so that a slash begins a regular expression. */
static int before_expression(const char *word, size_t length) {
    static const char *const words[] = {"return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "instanceof", "else", "do", "await", "yield"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(word, length, words[i])) return 1;
    return 0;
}

static void skip_quoted(struct scanner *s, char quote) {
    while (s->at < s->end && *s->at != quote && *s->at != '\n') s->at += *s->at == '\\' && s->at + 1 < s->end ? 2 : 1;
    if (s->at < s->end) s->at++;
}

static void skip_template(struct scanner *s) {
    while (s->at < s->end) {
        char c = *s->at++;
        if (c == '\\') s->at += s->at < s->end;
        else if (c == '`') return;
        else if (c == '$' && s->at < s->end && *s->at == '{') {
            s->at++;
            if (s->template_count == sizeof s->templates / sizeof *s->templates) {
                s->at = s->end;
                return;
            }
            s->templates[s->template_count++] = s->braces++;
            return;
        }
    }
}

/* After a slash that begins a regular expression; 0 if none ends on this line. */
static int skip_regexp(struct scanner *s) {
    const char *p = s->at;
    for (int class = 0; p < s->end && *p != '\n'; p++) {
        if (*p == '\\') p++;
        else if (*p == '[') class = 1;
        else if (*p == ']') class = 0;
        else if (*p == '/' && !class) {
            s->at = p + 1;
            while (s->at < s->end && word_byte((unsigned char)*s->at)) s->at++;
            return 1;
        }
    }
    return 0;
}

static void skip_space(struct scanner *s) {
    while (s->at < s->end) {
        const char *p = s->at;
        if (*p == '\n') s->newline = 1, s->at++;
        else if (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\v' || *p == '\f') s->at++;
        else if (s->end - p >= 2 && p[0] == '/' && p[1] == '/') {
            const char *line = memchr(p, '\n', (size_t)(s->end - p));
            s->at = line ? line : s->end;
        } else if (s->end - p >= 2 && p[0] == '/' && p[1] == '*') {
            for (p += 2; p < s->end && !(p[0] == '*' && p + 1 < s->end && p[1] == '/'); p++) s->newline |= *p == '\n';
            s->at = s->end - p > 2 ? p + 2 : s->end;
        } else if (s->end - p >= 3 && !memcmp(p, "\xef\xbb\xbf", 3)) s->at += 3;
        else return;
    }
}

static size_t take_word(struct scanner *s, const char **word) {
    skip_space(s);
    *word = s->at;
    while (s->at < s->end && word_byte((unsigned char)*s->at)) s->at++;
    return (size_t)(s->at - *word);
}

static int follows(struct scanner *s, const char *word) {
    struct scanner ahead = *s;
    const char *start;
    size_t length = take_word(&ahead, &start);
    return is_word(start, length, word);
}

static void declare(struct scan *scan, const char *name, size_t length, enum declaration_kind kind) {
    if (!length || *name - '0' < 10u || memchr(name, '\\', length)) return;
    if (scan->count == scan->capacity) {
        size_t capacity = scan->capacity ? 2 * scan->capacity : 16;
        struct declaration *grown = realloc(scan->declarations, capacity * sizeof *grown);
        if (!grown) return;
        scan->declarations = grown;
        scan->capacity = capacity;
    }
    scan->declarations[scan->count++] = (struct declaration){name, length, kind};
}

/* Whether an initializer that begins here may be a function. */
static int function_like(struct scanner *s) {
    struct scanner ahead = *s;
    const char *word;
    size_t length = take_word(&ahead, &word);
    if (!length) return ahead.at < ahead.end && *ahead.at == '(';
    if (is_word(word, length, "function") || is_word(word, length, "async")) return 1;
    skip_space(&ahead);
    return ahead.end - ahead.at >= 2 && ahead.at[0] == '=' && ahead.at[1] == '>';
}

/* After const, let, var or a comma between declarators. */
static void declarator(struct scan *scan, struct scanner *s) {
    const char *name;
    size_t length = take_word(s, &name);
    if (!length) return; /* a pattern */
    struct scanner ahead = *s;
    skip_space(&ahead);
    enum declaration_kind kind = DECLARES_VARIABLE;
    if (ahead.at < ahead.end && *ahead.at == '=' && !(ahead.at + 1 < ahead.end && (ahead.at[1] == '=' || ahead.at[1] == '>'))) {
        ahead.at++;
        if (function_like(&ahead)) kind = DECLARES_FUNCTION_VARIABLE;
    }
    declare(scan, name, length, kind);
}

/* Words that go on with the line before, and those that give out what was declared. */
static int continues(const char *word, size_t length) {
    static const char *const words[] = {"instanceof", "in", "of", "from", "as", "module", "exports"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(word, length, words[i])) return 1;
    return 0;
}

/* A word that begins a statement at the top level; 1 if it begins a list of declarators. */
static int statement(struct scan *scan, struct scanner *s, const char *word, size_t length) {
    const char *name;
    int exports = 0;
    if (is_word(word, length, "import")) {
        skip_space(s);
        if (s->at < s->end && *s->at != '(' && *s->at != '.') scan->module_syntax = 1;
        else scan->statements = 1;
        return 0;
    }
    if (is_word(word, length, "export")) {
        scan->module_syntax = exports = 1;
        scan->exports = 1;
        length = take_word(s, &word);
        if (is_word(word, length, "default")) length = take_word(s, &word);
    }
    if (is_word(word, length, "module") || is_word(word, length, "exports")) scan->exports = 1;
    if (is_word(word, length, "async") && follows(s, "function")) length = take_word(s, &word);
    if (is_word(word, length, "function")) {
        skip_space(s);
        if (s->at < s->end && *s->at == '*') s->at++;
        length = take_word(s, &name);
        declare(scan, name, length, DECLARES_FUNCTION);
    } else if (is_word(word, length, "class")) {
        length = take_word(s, &name);
        if (!is_word(name, length, "extends")) declare(scan, name, length, DECLARES_CLASS);
    } else if (is_word(word, length, "const") || is_word(word, length, "let") || is_word(word, length, "var")) {
        declarator(scan, s);
        return 1;
    } else if (!exports && !continues(word, length)) scan->statements = 1;
    return 0;
}

void scan_source(struct scan *scan, const char *source, size_t length) {
    struct scanner s = {.at = source, .end = source + length, .newline = 1};
    int declarators = 0;
    memset(scan, 0, sizeof *scan);
    if (length > 2 && source[0] == '#' && source[1] == '!')
        while (s.at < s.end && *s.at != '\n') s.at++;
    for (;;) {
        skip_space(&s);
        if (s.at >= s.end) return;
        char c = *s.at;
        int top = !s.braces && !s.others;
        int ended = s.previous == NOTHING || s.previous == SEMICOLON || (s.newline && s.previous != PUNCTUATION && s.previous != KEYWORD);
        s.newline = 0;
        if (word_byte((unsigned char)c)) {
            const char *word;
            size_t n = take_word(&s, &word);
            if (top && (ended || s.previous == CLOSER)) {
                s.async_seen = 0;
                declarators = statement(scan, &s, word, n);
            }
            if (is_word(word, n, "async")) s.async_seen = 1;
            if (is_word(word, n, "await")) {
                scan->any_await = 1;
                if (!s.braces && !s.async_seen) scan->top_await = 1;
            }
            if (is_word(word, n, "import") || is_word(word, n, "export")) scan->any_await = 1;
            s.previous = before_expression(word, n) ? KEYWORD : c - '0' < 10u ? OPERAND : WORD;
            continue;
        }
        s.at++;
        /* After a line break alone these would go on with the line before. */
        if (top && (s.previous == NOTHING || s.previous == SEMICOLON || s.previous == CLOSER) && strchr("([`+-!~/", c)) scan->statements = 1;
        switch (c) {
        case '"':
        case '\'':
            skip_quoted(&s, c);
            s.previous = OPERAND;
            break;
        case '`':
            skip_template(&s);
            s.previous = s.template_count && s.at[-1] == '{' ? PUNCTUATION : OPERAND;
            break;
        case '{':
            s.braces++;
            s.previous = PUNCTUATION;
            break;
        case '}':
            if (s.braces) s.braces--;
            if (s.template_count && s.templates[s.template_count - 1] == s.braces) {
                s.template_count--;
                skip_template(&s);
                s.previous = s.at[-1] == '{' ? PUNCTUATION : OPERAND;
            } else s.previous = CLOSER;
            break;
        case '(':
        case '[':
            s.others++;
            s.previous = PUNCTUATION;
            break;
        case ')':
        case ']':
            if (s.others) s.others--;
            s.previous = OPERAND;
            break;
        case ';':
            if (top) declarators = 0;
            s.previous = SEMICOLON;
            break;
        case ',':
            if (top && declarators) {
                declarator(scan, &s);
                s.previous = WORD;
            } else s.previous = PUNCTUATION;
            break;
        case '/':
            if (s.previous != WORD && s.previous != OPERAND && skip_regexp(&s)) s.previous = OPERAND;
            else s.previous = PUNCTUATION;
            break;
        case '+':
        case '-':
            /* x++ and x-- end an expression. */
            if (s.at < s.end && *s.at == c) {
                s.at++;
                s.previous = s.previous == WORD || s.previous == OPERAND ? OPERAND : PUNCTUATION;
            } else s.previous = PUNCTUATION;
            break;
        default: s.previous = PUNCTUATION;
        }
    }
}

int scan_keep(struct scan *scan) {
    for (size_t i = 0; i < scan->count; i++) {
        char *copy = strndup(scan->declarations[i].name, scan->declarations[i].length);
        if (!copy) {
            while (i) free((void *)scan->declarations[--i].name);
            return 0;
        }
        scan->declarations[i].name = copy;
    }
    scan->owned = 1;
    return 1;
}

void scan_merge(struct scan *scan, struct scan *more) {
    size_t kept = 0;
    for (size_t i = 0; i < scan->count; i++) {
        struct declaration *old = &scan->declarations[i];
        int replaced = 0;
        for (size_t j = 0; j < more->count && !replaced; j++)
            replaced = more->declarations[j].length == old->length && !memcmp(more->declarations[j].name, old->name, old->length);
        if (replaced) free((void *)old->name);
        else scan->declarations[kept++] = *old;
    }
    scan->count = kept;
    for (size_t i = 0; i < more->count; i++) {
        struct declaration *d = &more->declarations[i];
        declare(scan, d->name, d->length, d->kind);
        if (!scan->count || scan->declarations[scan->count - 1].name != d->name) free((void *)d->name);
    }
    scan->owned = 1;
    more->owned = 0;
    scan_free(more);
}

void scan_free(struct scan *scan) {
    if (scan->owned)
        for (size_t i = 0; i < scan->count; i++) free((void *)scan->declarations[i].name);
    free(scan->declarations);
    scan->declarations = NULL;
    scan->count = scan->capacity = 0;
}
