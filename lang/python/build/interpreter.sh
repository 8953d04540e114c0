#!/bin/sh
# interpreter.sh, inside the Debian root: CPython as a static library.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/environment.sh"

mkdir -p "$work/objects/python"
cd "$work/objects/python"

# What upstream's own WASI build assumes, and: sleeping by an absolute time is not
# needed, and wasi-libc's dlopen and chmod are stubs only.
cp ../../python/Tools/wasm/config.site-wasm32-wasi config.site
cat >>config.site <<'SITE'
ac_cv_func_clock_nanosleep=no
ac_cv_lib_rt_clock_nanosleep=no
ac_cv_func_dlopen=no
ac_cv_lib_dl_dlopen=no
SITE
export CONFIG_SITE=config.site
export CFLAGS="$features" OPT="$optimize -fwrapv -w" LIBS=-lwasi-emulated-getpid
library() { echo "-L$prefix/lib -l$1"; }
export ZLIB_CFLAGS="-I$prefix/include" ZLIB_LIBS="$(library z)"
export BZIP2_CFLAGS="-I$prefix/include" BZIP2_LIBS="$(library bz2)"
export LIBLZMA_CFLAGS="-I$prefix/include" LIBLZMA_LIBS="$(library lzma)"
export LIBSQLITE3_CFLAGS="-I$prefix/include" LIBSQLITE3_LIBS="$(library sqlite3)"

../../python/configure --quiet --host=wasm32-unknown-wasip1 --build=x86_64-linux-gnu --with-build-python=/usr/bin/python3.13 \
    --prefix=/usr --disable-test-modules --with-ensurepip=no --with-pymalloc --without-mimalloc --without-readline \
    --without-doc-strings --disable-ipv6 --enable-big-digits=30 >configure.log
make --quiet -j2 libpython3.13.a Modules/_decimal/libmpdec/libmpdec.a Modules/_hacl/libHacl_Hash_SHA2.a Modules/expat/libexpat.a
