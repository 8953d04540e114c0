# link.sh, run in the Debian root: compiles the shim and links php.wasm. The
# stack's size in bytes is the argument.
set -eu
cd /build/php
stack=$1
flags="-O2 -std=gnu17 -D_LP64=1 -fno-strict-aliasing -Wall -Wextra -Werror -isystem php -isystem php/main -isystem php/Zend -isystem php/TSRM -isystem include"
objects=
for source in shim/*.c; do
    object=${source%.c}.o
    # What is left above the limit is for C code that does not look at it.
    ./cc $flags -DSTACK_LIMIT="\"$((stack - 131072))\"" -c "$source" -o "$object"
    objects="$objects $object"
done
# The functions of env that the engine serves (wasm/try.go); any other undefined symbol is an error.
llvm-nm-19 --undefined-only --no-sort $objects php/.libs/libphp.a lib/*.a 2>/dev/null | sed -n 's/^ *U \(invoke_.*\)/\1/p' | sort -u >invoked
clang-19 --target=wasm32-wasi -mexec-model=reactor $objects php/.libs/libphp.a -o php.wasm -Llib -lonig -lxml2 -lz -lcompat \
    -lwasi-emulated-signal -lwasi-emulated-process-clocks -lwasi-emulated-getpid -lm \
    -Wl,--stack-first -Wl,-z,stack-size=$stack -Wl,--export=__stack_pointer -Wl,--export-table -Wl,--wrap=close,--wrap=lseek,--wrap=stat,--wrap=lstat,--wrap=fstat,--wrap=chmod,--wrap=fchmod,--wrap=iconv_open,--wrap=iconv,--wrap=iconv_close \
    -Wl,--allow-undefined-file=invoked -Wl,--strip-all -Wl,--no-demangle -Wl,--error-limit=0
