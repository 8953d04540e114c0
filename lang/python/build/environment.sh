# environment.sh: the compiler and its flags, read by the scripts that run inside the
# Debian root. Everything is built at the same place, so that no path differs.
work=/build/python
export LC_ALL=C.UTF-8 TZ=UTC
export PATH=/usr/lib/llvm-19/bin:/usr/sbin:/usr/bin:/sbin:/bin
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l "$work/python/debian/changelog" -S Timestamp) # sys.version has it
export SOURCE_DATE_EPOCH

prefix=$work/prefix   # headers and archives of the libraries
sysroot=$work/sysroot # without it clang also looks in the machine's /usr/include

target="--target=wasm32-wasi --sysroot=$sysroot"
export CC="clang-19 $target" CPP="clang-cpp-19 $target" AR=llvm-ar-19 RANLIB=llvm-ranlib-19 NM=llvm-nm-19
export PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig
features="-mbulk-memory -mnontrapping-fptoint -msign-ext -mmutable-globals -ffile-prefix-map=$work=."
optimize="-O2 -DNDEBUG"
