/* machine.c replaces wasm/machine.c: where the machine stack begins. lld defines the
 * symbol; the stack grows down from it. */
#include "wasm/machine.h"

extern char __stack_high;

void *rb_wasm_stack_get_base(void) { return &__stack_high; }
