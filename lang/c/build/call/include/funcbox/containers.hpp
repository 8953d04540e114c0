// containers.hpp: the codecs of the containers that functions have most are compiled
// once, in containers.cpp. They are never inlined, so programs do not compile them again.
#ifndef FUNCBOX_CONTAINERS_HPP
#define FUNCBOX_CONTAINERS_HPP
#pragma clang system_header

#include "codec.hpp"

#define FUNCBOX_CONTAINERS_OF(PREFIX, T)                                                                              \
    PREFIX template struct codec<std::vector<T>>;                                                                     \
    PREFIX template struct codec<std::vector<std::vector<T>>>;                                                        \
    PREFIX template struct map_codec<std::map<std::string, T>>;                                                       \
    PREFIX template struct map_codec<std::map<std::string, std::vector<T>>>;                                          \
    PREFIX template struct map_codec<std::unordered_map<std::string, T>>;                                             \
    PREFIX template struct set_codec<std::set<T>>;

#define FUNCBOX_CONTAINERS(PREFIX)                                                                                    \
    FUNCBOX_CONTAINERS_OF(PREFIX, int)                                                                                \
    FUNCBOX_CONTAINERS_OF(PREFIX, long long)                                                                          \
    FUNCBOX_CONTAINERS_OF(PREFIX, double)                                                                             \
    FUNCBOX_CONTAINERS_OF(PREFIX, std::string)

namespace funcbox::detail {
FUNCBOX_CONTAINERS(extern)
} // namespace funcbox::detail

#endif
