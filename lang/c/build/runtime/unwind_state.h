// unwind_state.h: what unwind.cpp knows about exceptions under way.
#ifndef FUNCBOX_UNWIND_STATE_H
#define FUNCBOX_UNWIND_STATE_H

#include <unwind.h>

namespace unwinding {

// The exception that is looking for its handler, else the one caught last and not yet
// done with, else null.
_Unwind_Exception *current();

// What was thrown.
void *object(_Unwind_Exception *exception);

} // namespace unwinding

#endif
