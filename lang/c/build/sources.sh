# sources.sh: what the recipe is made from, with the SHA-256 of each. Read by the
# scripts beside it.

# clang, wasm-ld and the C library: a package of the npm registry.
npm_package=@yowasp/clang
npm_version=22.0.0-git20542-10
clang_version=22.1.0 # what it calls itself
npm_archive=yowasp-clang-$npm_version.tgz
# Functions of that very module, by index: __assert_fail and llvm_unreachable_internal.
assertion_failures="48 233"

# libc++ and libc++abi: of Debian's source package only the upstream archive.
library_version=19.1.7
library_archive=llvm-toolchain-19_$library_version.orig.tar.xz

archives="
6230ea1afa9691fa065935cf68c01642ff9b31c183fe8ac64cdfda025df06009 $npm_archive
ae498f3bc58ae2d9f64ef5f0c035c4240152bf015a5b7738b15c22e93bdc97ce $library_archive"
