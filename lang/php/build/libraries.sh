# libraries.sh, run in the Debian root: wasi-libc's missing functions as
# libcompat.a, then zlib, oniguruma and libxml2, all into /build/php/lib.
set -eu
cd /build/php
export CC=/build/php/cc AR=llvm-ar-19 RANLIB=llvm-ranlib-19 NM=llvm-nm-19 LD=wasm-ld-19 ARFLAGS=rcsD
export CFLAGS="-O2 -w" ac_cv_func_fork=no ac_cv_func_vfork=no
mkdir -p lib include

for source in memory fibers posix iconv; do
    ./cc -O2 -Wall -Wextra -Werror -Wno-unused-parameter -c compat/$source.c -o compat/$source.o
done
clang-19 --target=wasm32-wasi -O2 -Wall -Werror -c compat/sjlj.c -o compat/sjlj.o # by itself, not lowered
llvm-ar-19 rcsD lib/libcompat.a compat/memory.o compat/fibers.o compat/posix.o compat/iconv.o compat/sjlj.o

(
    cd zlib
    for source in adler32 crc32 deflate inffast inflate inftrees trees zutil compress uncompr gzclose gzlib gzread gzwrite infback; do
        ../cc $CFLAGS -DHAVE_UNISTD_H -c $source.c -o $source.o
    done
    llvm-ar-19 rcsD ../lib/libz.a ./*.o
    cp zlib.h zconf.h ../include
)
(
    cd oniguruma/src # the archive of its repository, which has no configure
    for name in HAVE_STDINT_H HAVE_INTTYPES_H HAVE_SYS_TYPES_H HAVE_UNISTD_H HAVE_SYS_TIME_H HAVE_ALLOCA_H; do echo "#define $name 1"; done >config.h
    printf '#define SIZEOF_INT 4\n#define SIZEOF_LONG 4\n#define SIZEOF_LONG_LONG 8\n#define SIZEOF_VOIDP 4\n' >>config.h
    objects=
    for source in reg[cepstv]*.c st.c unicode.c unicode_*_key.c ascii.c utf*.c euc*.c sjis*.c iso8859_*.c big5.c gb18030.c koi8_r.c cp1251.c onig_init.c; do
        case $source in regposix.c | regposerr.c) continue ;; esac
        ../../cc $CFLAGS -c $source -o ${source%.c}.o
        objects="$objects ${source%.c}.o"
    done
    llvm-ar-19 rcsD ../../lib/libonig.a $objects
    cp oniguruma.h ../../include
)
(
    cd libxml2
    cp ../php/build/config.sub . # its own does not know WASI
    ./configure --host=wasm32-wasi --build=x86_64-linux-gnu --disable-shared --quiet --without-python --without-threads --without-http \
        --without-ftp --without-lzma --without-zlib --without-modules --without-catalog --without-debug --without-legacy \
        --without-docbook --without-schematron --with-iconv
    make -j2 AUTOMAKE=: ACLOCAL=: AUTOCONF=: AUTOHEADER=: libxml2.la >/dev/null # the patches made its inputs look newer
    cp .libs/libxml2.a ../lib
    cp -r include/libxml ../include
)
