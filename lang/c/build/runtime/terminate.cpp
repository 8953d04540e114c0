// terminate.cpp: the handlers that a C++ program starts with, in place of libc++abi's,
// which print with stdio and a demangler. The host is told why the program ends.
#include <exception>
#include <new>
#include <stdarg.h>
#include <string.h>
#include <typeinfo>

#include "abort_message.h"
#include "cxa_exception.h"
#include "cxa_handlers.h"
#include "private_typeinfo.h"
#include "runtime.h"
#include "type_name.h"
#include "unwind_state.h"

using namespace __cxxabiv1;

namespace {

// A text of limited size, built piece by piece.
class Message {
public:
    void add(const char *text) { add(text, strlen(text)); }
    void add(const char *text, size_t length) {
        length = length < sizeof text_ - 1 - used_ ? length : sizeof text_ - 1 - used_;
        memcpy(text_ + used_, text, length);
        used_ += length;
    }
    void add(int number) {
        if (number < 0) add("-");
        unsigned rest = number < 0 ? 0u - static_cast<unsigned>(number) : static_cast<unsigned>(number);
        char digits[10];
        size_t first = sizeof digits;
        do digits[--first] = static_cast<char>('0' + rest % 10);
        while (rest /= 10);
        add(digits + first, sizeof digits - first);
    }
    [[noreturn]] void crash() { funcbox_crash(text_); }

private:
    size_t used_ = 0;
    char text_[2048] = {};
};

constinit Message message;

[[noreturn]] void terminated() noexcept {
    _Unwind_Exception *exception = unwinding::current();
    message.add("std::terminate was called");
    if (exception != nullptr && __isOurExceptionClass(exception)) {
        auto *type = static_cast<const __shim_type_info *>((reinterpret_cast<__cxa_exception *>(exception + 1) - 1)->exceptionType);
        void *object = unwinding::object(exception);
        char name[512];
        message.add(" because of an exception of type ");
        message.add(funcbox_type_name(type->name(), name, sizeof name));
        if (static_cast<const __shim_type_info *>(&typeid(std::exception))->can_catch(type, object)) {
            message.add(": ");
            message.add(static_cast<const std::exception *>(object)->what());
        }
    }
    message.crash();
}

} // namespace

// Knows %s and %d, which is all that libc++abi uses.
extern "C" void abort_message(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    for (const char *next; (next = strchr(format, '%')) != nullptr; format = next + 2) {
        message.add(format, static_cast<size_t>(next - format));
        if (next[1] == 's') message.add(va_arg(arguments, const char *));
        else message.add(va_arg(arguments, int));
    }
    va_end(arguments);
    message.add(format);
    message.crash();
}

extern "C" {
constinit std::terminate_handler __cxa_terminate_handler = terminated;
constinit std::unexpected_handler __cxa_unexpected_handler = terminated;
constinit std::new_handler __cxa_new_handler = nullptr;

[[noreturn]] void __cxa_call_unexpected(void *) { std::terminate(); }
}

namespace std {

terminate_handler set_terminate(terminate_handler handler) noexcept {
    terminate_handler old = __cxa_terminate_handler;
    __cxa_terminate_handler = handler ? handler : terminated;
    return old;
}

unexpected_handler set_unexpected(unexpected_handler handler) noexcept {
    unexpected_handler old = __cxa_unexpected_handler;
    __cxa_unexpected_handler = handler ? handler : terminated;
    return old;
}

new_handler set_new_handler(new_handler handler) noexcept {
    new_handler old = __cxa_new_handler;
    __cxa_new_handler = handler;
    return old;
}

} // namespace std
