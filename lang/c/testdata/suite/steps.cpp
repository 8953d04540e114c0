#include "step.h"
#include <funcbox.h>
#include <variant>

using part = std::variant<int64_t, std::string, std::vector<uint8_t>>;

std::vector<std::string> steps(const std::vector<std::vector<part>> &list) {
    std::vector<std::string> all;
    for (const auto &one : list) {
        std::string texts[4];
        int64_t numbers[4] = {};
        std::size_t at_text = 0, at_number = 0;
        bool bad = false;
        for (std::size_t i = 0; i < one.size() && i < 4; i++) {
            if (auto number = std::get_if<int64_t>(&one[i])) {
                numbers[at_number++] = *number;
                if (i == 1) at_text = 2; // a slot: its path or text comes next
                continue;
            }
            auto &text = texts[at_text++];
            if (auto bytes = std::get_if<std::vector<uint8_t>>(&one[i])) text.assign(bytes->begin(), bytes->end());
            else text = std::get<std::string>(one[i]);
            bad |= text.find('\0') != text.npos; // no path can have it
        }
        const char *said = "EINVAL";
        strcpy(result, "ok");
        result_length = 0;
        errno = 0;
        if (!bad) {
            bool truncate = texts[0] == "truncate";
            said = step(texts[0].c_str(), texts[1].c_str(), texts[2].c_str(), texts[3].c_str(), numbers[0], truncate ? numbers[0] : numbers[1]) ? name_of(errno)
                                                                                                                                                : result;
        }
        all.emplace_back(said, said == result && result_length ? result_length : strlen(said));
    }
    return all;
}
