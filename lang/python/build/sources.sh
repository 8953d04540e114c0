# sources.sh: what the Python runtime is made of, by version and checksum; read by
# build.sh.

# Package, version for apt, and the archives: file, sha256, folder to unpack to.
python_version=3.13.5-2+deb13u5
sources="python3.13=$python_version zlib=1:1.3.dfsg+really1.3.1-1 sqlite3=3.46.1-7+deb13u2 bzip2=1.0.8-6
    xz-utils=5.8.1-1+deb13u1 tzdata=2026c-0+deb13u1"

archives="
python/     93e583f243454e6e9e4588ca2c2662206ad961659863277afcdb96801647d640 python3.13_3.13.5.orig.tar.xz
python      a51f456e654ce2c9b40cc1db8005e5041cdb0b2c3aa96ab0871c49fe95280366 python3.13_3.13.5-2+deb13u5.debian.tar.xz
zlib/       60dd315c07f616887caa029408308a018ace66e3d142726a97db164b3b8f69fb zlib_1.3.dfsg+really1.3.1.orig.tar.gz
zlib        9ed525955ce9fb0c1b39be8ff98f73450dbfc6305a9a27e6149c8972d38a0a9e zlib_1.3.dfsg+really1.3.1-1.debian.tar.xz
sqlite/     d0cdd2ece271b29e7ce18095745d892517ee26d0f270065b3a25c2e9eb11639c sqlite3_3.46.1.orig.tar.xz
sqlite      59d33bc436258603702bb051d645743ab03612b82f79e7c7d638c65127c21261 sqlite3_3.46.1-7+deb13u2.debian.tar.xz
bzip2/      ab5a03176ee106d3f0fa90e381da478ddae405918153cca248e682cd0c4a2269 bzip2_1.0.8.orig.tar.gz
bzip2       648ed0dac9a041ba6951e0cca521628aa39947cefee78139f7b934a5dc502095 bzip2_1.0.8-6.debian.tar.bz2
xz/         0b54f79df85912504de0b14aec7971e3f964491af1812d83447005807513cd9e xz-utils_5.8.1.orig.tar.xz
xz          0e48427971a9ce674ddbba26e34ac1dd009c683f3816ce17852d99dc7b0a8e46 xz-utils_5.8.1-1+deb13u1.debian.tar.xz
tzdata      e4a178a4477f3d0ea77cc31828ff72aa38feff8d61aa13e7e99e142e9d902be4 tzdata_2026c.orig.tar.gz
tzdata      48cd3f42cee2b8ec62ca9c2f4c43cf6c0ec05e1a5ae97f4ed771635811b82f29 tzdata_2026c-0+deb13u1.debian.tar.xz
"
