# sources.sh is read by build.sh: what the runtime is made from, all of it in Debian's
# source packages. Of each: the source package, the archive, its checksum and the
# folder it is unpacked to.
archives="
ruby3.3=3.3.8-2 ruby3.3_3.3.8.orig.tar.xz e2e1233ad275b7623a05edf23a01192626d1da454bdfe353a28a87acd8ef015c ruby
zlib=1:1.3.dfsg+really1.3.1-1 zlib_1.3.dfsg+really1.3.1.orig.tar.gz 60dd315c07f616887caa029408308a018ace66e3d142726a97db164b3b8f69fb zlib
libyaml=0.2.5-2 libyaml_0.2.5.orig.tar.gz fa240dbf262be053f3898006d502d514936c818e422afdcf33921c63bed9bf2e yaml
tzdata=2026c-0+deb13u1 tzdata_2026c.orig.tar.gz e4a178a4477f3d0ea77cc31828ff72aa38feff8d61aa13e7e99e142e9d902be4 tzdata
"
