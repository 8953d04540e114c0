# environment.sh is read by the scripts that run inside the Debian root.
export LC_ALL=C TZ=UTC
work=/build/ruby
prefix=$work/prefix

CC="clang-19 --target=wasm32-wasi"
optimize="-O2 -fno-strict-aliasing"
# setjmp without WebAssembly's exceptions: ../../build/sjlj.c
lowering="-mllvm -enable-emscripten-sjlj"
