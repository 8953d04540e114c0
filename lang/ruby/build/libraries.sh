#!/bin/sh
# libraries.sh, inside the Debian root: zlib and libyaml.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/environment.sh"
mkdir -p "$prefix/include" "$prefix/lib"

cd "$work/zlib"
for file in adler32 compress crc32 deflate infback inffast inflate inftrees trees uncompr zutil; do
    # shellcheck disable=SC2086
    $CC $optimize -w -DHAVE_UNISTD_H -D_LARGEFILE64_SOURCE=1 -c "$file.c" -o "$file.o"
done
llvm-ar-19 crD "$prefix/lib/libz.a" ./*.o
cp zlib.h zconf.h "$prefix/include"

cd "$work/yaml"
version=$(sed -n 's/^ *set *(YAML_VERSION_[A-Z]* *\([0-9]*\).*/\1/p' CMakeLists.txt | tr '\n' ' ')
# shellcheck disable=SC2086
set -- $version
for file in api dumper emitter loader parser reader scanner writer; do
    # shellcheck disable=SC2086
    $CC $optimize -w -Iinclude -DYAML_VERSION_MAJOR="$1" -DYAML_VERSION_MINOR="$2" -DYAML_VERSION_PATCH="$3" \
        "-DYAML_VERSION_STRING=\"$1.$2.$3\"" -c "src/$file.c" -o "$file.o"
done
llvm-ar-19 crD "$prefix/lib/libyaml.a" ./*.o
cp include/yaml.h "$prefix/include"
