#!/bin/sh
# tree.sh, inside the Debian root: makes the folder tree, which user programs are
# compiled with at /usr: headers, libraries, and our runtime.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=/build/c
resources=$work/resources
llvm=$work/llvm
tree=$work/tree
mkdir -p "$tree/include/c++" "$tree/lib/clang/include" "$work/objects"

# C: the library's headers, and of the compiler's own those that C17, C++20 and
# WebAssembly know.
cp -r "$resources/include/wasm32-wasip1/." "$tree/include"
rm -rf "$tree/include/c++"
cd "$resources/include"
cp __float_*.h __std*.h builtins.h float.h inttypes.h iso646.h limits.h std*.h tgmath.h unwind.h varargs.h wasm_simd128.h "$tree/lib/clang/include"
# setjmp works without WebAssembly's exceptions: ../../build/sjlj.c.
sed -i '/^#ifndef __wasilibc_unmodified_upstream$/,/^#include/ { /^#include/!d }' "$tree/include/setjmp.h"
for library in libc libc-printscan-long-double libwasi-emulated-signal libwasi-emulated-getpid libwasi-emulated-process-clocks libwasi-emulated-mman; do
    cp "$resources/lib/wasm32-wasip1/$library.a" "$tree/lib"
done
cp "$resources/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a" "$tree/lib"

# What is no user's code is not checked for null pointers (runtime/crash.c).
printf 'src:/usr/*\n' >"$tree/lib/clang/unchecked.txt"

# C++: the headers of libc++ and libc++abi with the configuration.
mkdir -p "$tree/include/c++"
cp -r "$llvm/libcxx/include" "$tree/include/c++/v1"
cd "$tree/include/c++/v1"
find . \( -name CMakeLists.txt -o -name '*.in' -o -name module.modulemap \) -delete
cp "$llvm/libcxxabi/include/cxxabi.h" "$llvm/libcxxabi/include/__cxxabi_config.h" "$here/config/__config_site" .
cp "$llvm/libcxx/vendor/llvm/default_assertion_handler.in" __assertion_handler

# Everything is compiled against the tree itself.
includes="-nostdinc -isystem $tree/include/c++/v1 -isystem $llvm/libunwind/include -isystem $tree/lib/clang/include -isystem $tree/include"
optimize="-O2 -fno-strict-aliasing -ffunction-sections -fdata-sections -mbulk-memory -mnontrapping-fptoint -msign-ext -fvisibility=hidden -ffile-prefix-map=$work="
emulated="-D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_PROCESS_CLOCKS -D_WASI_EMULATED_GETPID"
C="clang-19 --target=wasm32-wasip1 -std=gnu17 $includes $optimize $emulated"
# Exceptions and setjmp by the lowering that wasm/try.go serves.
sjlj="-mllvm -enable-emscripten-sjlj"
lowering="-fexceptions -fcxx-exceptions -mllvm -enable-emscripten-cxx-exceptions $sjlj"
CXX="clang++-19 --target=wasm32-wasip1 $includes $optimize $emulated $lowering"
library="-std=c++23 -w -DNDEBUG -D_LIBCPP_BUILDING_LIBRARY -D_LIBCXXABI_BUILDING_LIBRARY -DLIBCXX_BUILDING_LIBCXXABI
    -D_LIBCPP_ENABLE_CXX20_REMOVED_UNEXPECTED_FUNCTIONS -I$llvm/libcxxabi/src -I$llvm/libcxx/src"

# archive COMPILER ARCHIVE SOURCE... compiles and adds to an archive.
archive() {
    compile=$1 name=$2
    shift 2
    mkdir -p "$work/objects/$name"
    printf '%s\n' "$@" | xargs -P 2 -I '{}' sh -ec '
        object=$(echo "$2" | sed "s,^/build/c/,,; s,/,_,g").o
        $0 -c "$2" -o "$1/$object"' "$compile" "$work/objects/$name" '{}'
    rm -f "$tree/lib/$name.a"
    llvm-ar-19 rcsD "$tree/lib/$name.a" "$work/objects/$name"/*.o
}

# The rest of both libraries is for threads with atomics, other systems, or in ours:
# the unwinder (runtime/unwind.cpp) and the handlers (runtime/terminate.cpp).
abi=
for source in cxa_aux_runtime cxa_exception cxa_exception_storage cxa_guard cxa_handlers cxa_thread_atexit cxa_vector cxa_virtual \
    fallback_malloc private_typeinfo stdlib_exception stdlib_new_delete stdlib_stdexcept stdlib_typeinfo cxa_demangle; do
    abi="$abi $llvm/libcxxabi/src/$source.cpp"
done
parts=$(find "$llvm/libcxx/src" -name '*.cpp' ! -path '*/support/*' ! -path '*/experimental/*' ! -path '*/pstl/*' ! -name new.cpp | sort)
# __cxa_find_matching_catch_<2 + N> for N types that a try catches: see runtime/unwind.cpp.
awk 'BEGIN {
    print "void *funcbox_find_catch(int count, const void *const *types);"
    for (n = 0; n <= 64; n++) {
        parameters = list = separator = ""
        for (i = 0; i < n; i++) {
            parameters = parameters separator "const void *t" i
            list = list separator "t" i
            separator = ", "
        }
        printf "void *__cxa_find_matching_catch_%d(%s) { return funcbox_find_catch(%d, (const void *const[]){%s}); }\n", n + 2, n ? parameters : "void", n, n ? list : "0"
    }
}' >"$work/find_catch.c"
# shellcheck disable=SC2086
archive "$CXX $library -I$here/runtime" libc++ $parts $abi "$here"/runtime/*.cpp

# Our own: the runtime, and what programs and the host talk through. sjlj.c must not be
# lowered: see there.
cp -r "$here/call/include/." "$tree/include"
cp "$here"/adapter/*.h "$tree/include/funcbox"
strict="-Wall -Wextra -Werror -Wno-unused-parameter -I$here/runtime -I$here/call -I$here/call/include -I$here/call/include/funcbox"
archive "$C" libfuncbox "$here/sjlj.c" "$work/find_catch.c"
archive "$C $strict" libfuncbox "$here"/runtime/*.c
archive "$C $strict $sjlj" libfuncbox "$here"/call/*.c "$here"/adapter/*.c
archive "$CXX $strict -std=c++20" libfuncbox++ "$here"/call/*.cpp
