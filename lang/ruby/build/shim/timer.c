/*
 * timer.c: deadlines for Timeout.timeout. Ruby's own needs a thread; here the
 * interpreter looks at the clock where it would look for interrupts of other threads
 * (patches/05-timeout.patch). Functions that run long without such a place, which are
 * few (a large multiplication, say), are not interrupted.
 */
#include "shim.h"

#include "hrtime.h"
#include "vm_core.h"

/* In Ruby, patched: the nearest deadline, 0 for none, and how often still to be asked
 * before the clock is. */
extern rb_hrtime_t funcbox_deadline;
extern int funcbox_checks;

struct timer {
    rb_hrtime_t deadline;
    long id;
    VALUE exception;
};

static struct timer *timers;
static size_t count, capacity;
static long last_id;
static VALUE exceptions; /* a hash from id to exception: what the collector sees */

static struct timer *nearest(void) {
    struct timer *first = NULL;
    for (size_t i = 0; i < count; i++)
        if (!first || timers[i].deadline < first->deadline) first = &timers[i];
    return first;
}

static void update(void) {
    struct timer *first = nearest();
    funcbox_deadline = first ? first->deadline : 0;
    funcbox_checks = 0;
}

static void drop(struct timer *timer) {
    *timer = timers[--count];
    update();
}

/* The exception of the timer that is due. The interpreter asks once for each. */
VALUE funcbox_expired(void) {
    struct timer *first = nearest();
    VALUE exception = first->exception;
    drop(first);
    return exception;
}

static VALUE timer_start(VALUE self, VALUE seconds, VALUE exception) {
    (void)self;
    struct timeval interval = rb_time_interval(seconds);
    if (count == capacity) {
        capacity = capacity * 2 + 8;
        REALLOC_N(timers, struct timer, capacity);
    }
    rb_hash_aset(exceptions, LONG2NUM(++last_id), exception);
    timers[count++] = (struct timer){rb_hrtime_add(rb_hrtime_now(), rb_timeval2hrtime(&interval)), last_id, exception};
    update();
    /* Noticed at the next method call. */
    RUBY_VM_SET_TIMER_INTERRUPT(GET_EC());
    return LONG2NUM(last_id);
}

static VALUE timer_stop(VALUE self, VALUE id) {
    (void)self;
    rb_hash_delete(exceptions, id);
    for (size_t i = 0; i < count; i++)
        if (timers[i].id == NUM2LONG(id)) {
            drop(&timers[i]);
            break;
        }
    return Qnil;
}

/* Those that are left when a request has been answered are of fibers that have ended. */
void timer_clear(void) {
    if (!count) return;
    count = 0;
    update();
    rb_hash_clear(exceptions);
}

void timer_init(void) {
    exceptions = rb_hash_new();
    rb_gc_register_address(&exceptions);
    rb_define_singleton_method(shim_library, "timer_start", timer_start, 2);
    rb_define_singleton_method(shim_library, "timer_stop", timer_stop, 1);
}
