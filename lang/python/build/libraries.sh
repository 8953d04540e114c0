#!/bin/sh
# libraries.sh, inside the Debian root: the C libraries that Python's modules need.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/environment.sh"

mkdir -p "$prefix/include" "$prefix/lib" "$sysroot/include" "$sysroot/lib"
ln -sfn /usr/include/wasm32-wasi "$sysroot/include/wasm32-wasi"
ln -sfn /usr/lib/wasm32-wasi "$sysroot/lib/wasm32-wasi"

# archive NAME FLAGS SOURCE...
archive() {
    name=$1
    flags=$2
    shift 2
    mkdir -p "$work/objects/$name"
    objects=
    for source; do
        object=$work/objects/$name/$(basename "$source" .c).o
        # shellcheck disable=SC2086
        $CC $features $optimize $flags -w -c "$source" -o "$object"
        objects="$objects $object"
    done
    # shellcheck disable=SC2086
    $AR rcsD "$prefix/lib/lib$name.a" $objects
}

cd "$work/zlib"
archive z -DHAVE_UNISTD_H adler32.c crc32.c deflate.c infback.c inffast.c inflate.c inftrees.c trees.c zutil.c compress.c uncompr.c
cp zlib.h zconf.h "$prefix/include"

cd "$work/bzip2"
archive bz2 "" blocksort.c huffman.c crctable.c randtable.c compress.c decompress.c bzlib.c
cp bzlib.h "$prefix/include"

mkdir -p "$work/objects/xz"
cd "$work/objects/xz"
CFLAGS="$features $optimize" ../../xz/configure --quiet --host=wasm32-wasi --prefix="$prefix" --disable-shared --enable-static \
    --disable-threads --disable-xz --disable-xzdec --disable-lzmadec --disable-lzmainfo --disable-scripts --disable-doc \
    --disable-nls --disable-microlzma --disable-lzip-decoder --enable-small=no >/dev/null
make --quiet -j2 -C src/liblzma install >/dev/null

# The amalgamation is made by SQLite's own scripts, in Tcl.
mkdir -p "$work/objects/sqlite"
cd "$work/objects/sqlite"
CC=clang-19 CPP='clang-19 -E' CFLAGS=-O0 ../../sqlite/configure --quiet --disable-readline --disable-tcl >/dev/null
make --quiet sqlite3.c >/dev/null
cp sqlite3.h "$prefix/include"
# No threads and no shared memory: there is one process, and it has one thread. Its
# connections lock files among themselves; see system.c. Temporary tables stay in memory.
archive sqlite3 "-DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_WAL -DSQLITE_DEFAULT_UNIX_VFS=\"unix\" -Dfcntl=funcbox_fcntl -DSQLITE_TEMP_STORE=2
    -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE -DSQLITE_ENABLE_MATH_FUNCTIONS -DSQLITE_ENABLE_COLUMN_METADATA -DSQLITE_MAX_MMAP_SIZE=0
    -DSQLITE_DQS=3 -DHAVE_USLEEP=1" sqlite3.c
