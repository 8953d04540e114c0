// containers.cpp: the codecs that containers.hpp promises.
#include "include/funcbox/containers.hpp"

namespace funcbox::detail {
FUNCBOX_CONTAINERS()
} // namespace funcbox::detail
