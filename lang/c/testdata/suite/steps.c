#include "step.h"
#include <funcbox.h>

/* A copy that is terminated; NULL for text with a NUL, which no path can have. */
static char *text_of(funcbox_value value) {
    const char *data;
    const uint8_t *bytes;
    size_t length;
    if (funcbox_get_bytes(value, &bytes, &length)) data = (const char *)bytes;
    else if (!funcbox_get_text(value, &data, &length)) return NULL;
    if (memchr(data, 0, length)) return NULL;
    return strndup(data, length);
}

funcbox_value steps(funcbox_value list) {
    funcbox_builder *all = funcbox_new_list();
    funcbox_value rest = funcbox_first(list), one;
    while (funcbox_next_item(&rest, &one)) {
        char *texts[4] = {"", "", "", ""};
        int64_t numbers[4] = {0};
        size_t i = 0, at_text = 0, at_number = 0;
        int bad = 0;
        funcbox_value parts = funcbox_first(one), part;
        for (; i < 4 && funcbox_next_item(&parts, &part); i++) {
            if (funcbox_get_integer(part, numbers + at_number)) {
                at_number++;
                if (i == 1) at_text = 2; /* a slot: its path or text comes next */
                continue;
            }
            bad |= !(texts[at_text++] = text_of(part));
        }
        const char *said = "EINVAL";
        strcpy(result, "ok");
        result_length = 0;
        errno = 0;
        if (!bad) {
            int truncate = !strcmp(texts[0], "truncate");
            said = step(texts[0], texts[1], texts[2], texts[3], numbers[0], truncate ? numbers[0] : numbers[1]) ? name_of(errno) : result;
        }
        funcbox_add(all, "S", said, said == result && result_length ? result_length : strlen(said));
    }
    return funcbox_build(all);
}
