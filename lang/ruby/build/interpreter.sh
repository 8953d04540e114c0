#!/bin/sh
# interpreter.sh STACK, inside the Debian root: Ruby, its extensions and its encodings as
# archives. Its own makefiles would link a program that runs Asyncify; link.sh links
# instead.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/environment.sh"
stack=$1

extensions="bigdecimal,cgi/escape,coverage,date,digest,digest/bubblebabble,digest/md5,digest/rmd160,digest/sha1,digest/sha2,erb/escape,etc,fcntl,io/nonblock,io/wait"
extensions="$extensions,json,json/generator,json/parser,monitor,nkf,objspace,pathname,psych,rbconfig/sizeof,ripper,stringio,strscan,zlib"

mkdir -p "$work/objects"
cd "$work/objects"
export WASI_SDK_PATH=/usr/lib/llvm-19 # any: the tools are named below
env CC="$CC" LD="$CC" AR=llvm-ar-19 RANLIB=llvm-ranlib-19 NM=llvm-nm-19 OBJCOPY=llvm-objcopy-19 OBJDUMP=llvm-objdump-19 STRIP=llvm-strip-19 \
    ../ruby/configure --host=wasm32-unknown-wasi --build=x86_64-linux-gnu --prefix=/usr --with-baseruby=/usr/bin/ruby \
    --with-static-linked-ext --with-ext="$extensions" --with-opt-dir="$prefix" --disable-install-doc --disable-rubygems \
    LDFLAGS="-Xlinker -zstack-size=$stack" optflags="$optimize $lowering" debugflags="" wasmoptflags="" >configure.log 2>&1
sed -i 's/^POSTLINK = .*/POSTLINK = :/' Makefile

make -j2 V=0 libruby-static.a ext/extinit.o enc/encinit.o libencs >make.log 2>&1
# Its last step, to link a program of all this, fails. What counts is that the archives
# are there, which link.sh would miss.
make -j2 V=0 build-ext >ext.log 2>&1 || true
