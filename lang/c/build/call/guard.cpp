// guard.cpp: what becomes of exceptions that leave a program's function.
#include "include/funcbox/call.h"
#include "include/funcbox/host.hpp"
#include "reply.h"
#include "type_name.h"

#include <cxxabi.h>
#include <exception>
#include <string.h>
#include <string>
#include <typeinfo>

namespace {

// The inline namespaces of libc++ are no part of a type's name to its users.
void remove_all(std::string &text, const char *part) {
    for (size_t at; (at = text.find(part)) != std::string::npos;) text.erase(at, strlen(part));
}

std::string name_of(const std::type_info *type) {
    if (type == nullptr) return "unknown";
    std::string mangled = type->name();
    // What std::throw_with_nested throws is derived from the type that was meant.
    constexpr char nested[] = "St8__nestedI";
    if (mangled.starts_with(nested) && mangled.ends_with('E')) mangled = mangled.substr(sizeof nested - 1, mangled.size() - sizeof nested);
    char buffer[512];
    std::string name = funcbox_type_name(mangled.c_str(), buffer, sizeof buffer);
    for (const char *part : {"__1::", "__2::", "__fs::", "(anonymous namespace)::"}) remove_all(name, part);
    return name;
}

struct Error {
    std::string type, message, stack;
};

void describe(Error &error);

// The causes of an exception, outermost first, each on a line of the stack.
template <class E> void add_causes(Error &error, const E &exception) {
    try {
        std::rethrow_if_nested(exception);
    } catch (...) {
        Error cause;
        describe(cause);
        error.stack += "caused by " + cause.type + ": " + cause.message + "\n" + cause.stack;
    }
}

// Of the exception that is being handled.
void describe(Error &error) {
    error.type = name_of(abi::__cxa_current_exception_type());
    try {
        throw;
    } catch (const funcbox::host_error &exception) {
        error.type = exception.type();
        error.message = exception.what();
        error.stack = exception.stack();
    } catch (const std::exception &exception) {
        error.message = exception.what();
        add_causes(error, exception);
    } catch (const std::nested_exception &exception) {
        error.message = "an exception of type " + error.type;
        add_causes(error, exception);
    } catch (const std::string &text) {
        error.type = "std::string";
        error.message = text;
    } catch (const char *text) {
        error.message = text ? text : "";
    } catch (int number) {
        error.message = std::to_string(number);
    } catch (...) {
        error.message = "an exception of type " + error.type;
    }
}

} // namespace

extern "C" int funcbox_guarded(int (*call)(funcbox_frame *), funcbox_frame *frame) {
    try {
        return call(frame);
    } catch (const std::bad_alloc &) {
        reply_with_error(frame, "std::bad_alloc", "out of memory", "");
    } catch (...) {
        try {
            Error error;
            describe(error);
            reply_with_error(frame, error.type.c_str(), error.message.c_str(), error.stack.c_str());
        } catch (...) {
            reply_with_error(frame, "std::bad_alloc", "out of memory while an error was described", "");
        }
    }
    return 0;
}
