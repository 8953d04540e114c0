// codec.hpp: how the types of C++ are read from arguments and written as results.
// funcbox::detail::codec<T> has, for every type that can cross,
//
//     readable, writable                       whether there is such a direction
//     static bool read(input &, T &)           into a T that was default-constructed
//     static bool write(output &, const T &)
//
// Both return false after a failure, which the input or output keeps.
//
// All of this is compiled with every program, so what needs no type lives in the
// object that call.h describes, and little here has a destructor in scope, which
// would make each call a guarded one.
#ifndef FUNCBOX_CODEC_HPP
#define FUNCBOX_CODEC_HPP
#pragma clang system_header

#include "choice.hpp"
#include "list.hpp"
#include "map.hpp"
#include "scalar.hpp"

#endif
