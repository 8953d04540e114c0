# zlib, gzip, bz2, lzma, zipfile, tarfile, hashes and encodings.
import base64
import binascii
import bz2
import codecs
import gzip
import hashlib
import hmac
import io
import lzma
import os
import shelve
import tarfile
import zipfile
import zlib

data = b"to be or not to be, that is the question. " * 200
for module in (zlib, gzip, bz2, lzma):
    packed = module.compress(data)
    print(module.__name__, len(packed) < 200, module.decompress(packed) == data)
print(zlib.crc32(data), zlib.adler32(data), binascii.crc32(b"x"))
decompressor = zlib.decompressobj()
print(decompressor.decompress(zlib.compress(data), 10), len(decompressor.unconsumed_tail) > 0)
for module, error in ((zlib, zlib.error), (gzip, OSError), (bz2, OSError), (lzma, lzma.LZMAError)):
    try:
        module.decompress(b"no such thing")
    except error as raised:
        print(type(raised).__name__, raised)

with gzip.open("a.gz", "wt", encoding="utf-8") as file:
    file.write("ä\n" * 3)
with gzip.open("a.gz", "rt", encoding="utf-8") as file:
    print(file.readlines())
with bz2.open("a.bz2", "wb") as file:
    file.write(data)
with lzma.open("a.xz", "wb") as file:
    file.write(data)
print(len(bz2.open("a.bz2").read()), len(lzma.open("a.xz").read()))

with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("folder/b.txt", "text ä")
    archive.writestr(zipfile.ZipInfo("plain", (2024, 1, 2, 3, 4, 6)), data, zipfile.ZIP_BZIP2)
    archive.write("a.gz")
with zipfile.ZipFile("a.zip") as archive:
    print(archive.namelist(), archive.testzip(), archive.read("folder/b.txt").decode(), archive.getinfo("plain").date_time)
    archive.extractall("out")
print(sorted(os.listdir("out")), zipfile.Path("a.zip", "folder/").joinpath("b.txt").read_text(encoding="utf-8"))

for mode in ("gz", "bz2", "xz"):
    with tarfile.open(f"a.tar.{mode}", f"w:{mode}") as archive:
        archive.add("out")
        info = tarfile.TarInfo("made")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"made"))
    with tarfile.open(f"a.tar.{mode}") as archive:
        print(mode, sorted(archive.getnames()), archive.extractfile("made").read())
        archive.extractall(f"untarred-{mode}", filter="data")
    print(sorted(os.listdir(f"untarred-{mode}")))

for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s"):
    print(name, hashlib.new(name, b"data").hexdigest()[:24])
print(hashlib.shake_128(b"x").hexdigest(8), hmac.new(b"key", b"message", "sha256").hexdigest()[:16])
print(hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 100).hex()[:16], sorted(hashlib.algorithms_guaranteed)[:3])
print(hashlib.file_digest(open("a.txt", "w+b"), "sha256").hexdigest()[:8])
print(base64.b64encode(b"\x00\xff"), base64.urlsafe_b64decode("-_8="), base64.b32encode(b"a"), base64.b85encode(b"abc"), binascii.hexlify(b"ab", "-"))
print("ä".encode("utf-16"), b"\xa4".decode("iso8859-15"), "ä".encode("cp437"), codecs.encode("uryyb", "rot13"), "日本".encode("shift_jis"), "中".encode("gb18030"), "한".encode("euc_kr"))
print("münchen".encode("idna"), "a\udc80".encode("utf-8", "surrogateescape"), "ä".encode("ascii", "xmlcharrefreplace"))
with shelve.open("shelf") as shelf:
    shelf["key"] = {"a": [1, 2]}
with shelve.open("shelf") as shelf:
    print(dict(shelf))
