// unwind.cpp: the unwinder beneath libc++abi for code compiled with
//
//     -mllvm -enable-emscripten-cxx-exceptions
//
// LLVM turns each call that may throw and has a landing pad into a call of an import
// env.invoke_*, which the engine serves as a nested call (wasm/try.go). To throw is to
// end that nested call by the import funcbox.throw. The code after it finds __THREW__
// (../../build/sjlj.c) set, and asks __cxa_find_matching_catch_N which of its handlers
// is meant (llvm/lib/Target/WebAssembly/WebAssemblyLowerEmscriptenEHSjLj.cpp). So
// unwinding has one phase: destructors run before it is known whether somebody
// catches.
#include <stddef.h>
#include <stdint.h>

#include "cxxabi.h"

#include "cxa_exception.h"
#include "private_typeinfo.h"
#include "unwind_state.h"

using namespace __cxxabiv1;

namespace {

_Unwind_Exception *in_flight; // the exception last thrown

} // namespace

extern "C" {

extern uintptr_t __THREW__; // 1: an exception; else the address of a jmp_buf
extern int __threwValue;
void setTempRet0(int value);

__attribute__((import_module("funcbox"), import_name("throw"), noreturn)) void funcbox_throw();

[[noreturn]] void __resumeException(void *exception) {
    in_flight = static_cast<_Unwind_Exception *>(exception);
    __THREW__ = 1;
    __threwValue = 0;
    funcbox_throw();
}

_Unwind_Reason_Code _Unwind_RaiseException(_Unwind_Exception *exception) { __resumeException(exception); }

void _Unwind_Resume(_Unwind_Exception *exception) { __resumeException(exception); }

void _Unwind_DeleteException(_Unwind_Exception *exception) {
    if (exception->exception_cleanup) exception->exception_cleanup(_URC_FOREIGN_EXCEPTION_CAUGHT, exception);
}

// Handlers are told apart by the address of their type.
int llvm_eh_typeid_for(void *type) { return static_cast<int>(reinterpret_cast<intptr_t>(type)); }

// Finds the first of count types that catches the exception in flight; a null type
// catches all. Returns the exception and leaves the type's number in TempRet0, 0: none
// or all. The functions __cxa_find_matching_catch_<2 + count> of find_catch.c call it.
void *funcbox_find_catch(int count, const __shim_type_info *const *types) {
    auto *header = reinterpret_cast<__cxa_exception *>(in_flight + 1) - 1;
    void *thrown = unwinding::object(in_flight);
    auto *type = static_cast<const __shim_type_info *>(header->exceptionType);
    int found = 0;
    header->adjustedPtr = thrown;
    for (int i = 0; i < count && types[i] != nullptr; i++) {
        void *adjusted = thrown;
        if (types[i]->can_catch(type, adjusted)) {
            header->adjustedPtr = adjusted;
            found = llvm_eh_typeid_for(const_cast<__shim_type_info *>(types[i]));
            break;
        }
    }
    setTempRet0(found);
    return in_flight;
}

} // extern "C"

namespace unwinding {

_Unwind_Exception *current() {
    __cxa_eh_globals *globals = __cxa_get_globals();
    if (globals->uncaughtExceptions > 0) return in_flight;
    return globals->caughtExceptions ? &globals->caughtExceptions->unwindHeader : nullptr;
}

void *object(_Unwind_Exception *exception) {
    auto *header = reinterpret_cast<__cxa_exception *>(exception + 1) - 1;
    if (__getExceptionClass(exception) == kOurDependentExceptionClass) { // made by rethrow_exception
        return reinterpret_cast<__cxa_dependent_exception *>(header)->primaryException;
    }
    return exception + 1;
}

} // namespace unwinding
