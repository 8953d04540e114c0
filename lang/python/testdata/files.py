# Files through open, os, pathlib, shutil, tempfile and glob.
import errno
import glob
import io
import os
import pathlib
import shutil
import stat
import tempfile

print(os.getcwd(), os.listdir(), __file__, __name__)

with open("a.txt", "w") as file:
    print(file.write("first\nsecond ä\n"), file.tell(), file.encoding)
with open("a.txt", "a", newline="\r\n") as file:
    file.write("third\n")
with open("a.txt", "rb") as file:
    print(file.read())
with open("a.txt") as file:
    print(list(file))
with open("a.txt", "r+b") as file:
    file.seek(6)
    file.write(b"SECOND")
    file.truncate(13)
    file.seek(-3, os.SEEK_END)
    print(file.read(), file.seekable(), file.readable(), file.isatty())
print(os.stat("a.txt").st_size, stat.filemode(os.stat("a.txt").st_mode)[0], os.path.getsize("a.txt"))

folder = pathlib.Path("folder/inner")
folder.mkdir(parents=True)
(folder / "b.txt").write_text("text", encoding="utf-8")
(folder / "c.bin").write_bytes(bytes(range(4)))
print(sorted(str(path) for path in pathlib.Path(".").rglob("*")))
print((folder / "b.txt").read_text(), (folder / "c.bin").read_bytes(), folder.resolve(), folder.is_dir())
print(sorted(glob.glob("**/*.txt", recursive=True)))
print([(root, sorted(folders), sorted(files)) for root, folders, files in os.walk("folder")])
with os.scandir("folder/inner") as entries:
    print(sorted((entry.name, entry.is_file(), entry.stat().st_size) for entry in entries))

shutil.copytree("folder", "copy")
shutil.copy2("a.txt", "copy/a.txt")
shutil.move("copy/inner/b.txt", "copy/moved.txt")
os.rename("copy/inner/c.bin", "copy/inner/d.bin")
os.replace("copy/inner/d.bin", "copy/moved.txt")
print(sorted(str(path) for path in pathlib.Path("copy").rglob("*")), pathlib.Path("copy/moved.txt").read_bytes())
os.symlink("a.txt", "link")
print(os.readlink("link"), os.path.islink("link"), open("link").readline(), os.lstat("link").st_size)
shutil.rmtree("copy")
os.unlink("link")
print(os.path.exists("copy"), sorted(os.listdir()))

for action in (
    lambda: open("missing"),
    lambda: open("folder"),
    lambda: os.rmdir("folder"),
    lambda: os.mkdir("folder"),
    lambda: open("a.txt", "x"),
    lambda: os.listdir("a.txt"),
    lambda: open("a.txt/inside"),
    lambda: os.unlink("missing"),
    lambda: open("a.txt").write("x"),
):
    try:
        action()
    except OSError as error:
        print(type(error).__name__, errno.errorcode.get(error.errno), error)

print(tempfile.gettempdir())
with tempfile.TemporaryDirectory() as name:
    pathlib.Path(name, "x").touch()
    print(name.startswith("/tmp/"), os.listdir(name))
print(os.path.exists(name))
with tempfile.NamedTemporaryFile("w+", suffix=".txt") as file:
    file.write("temporary")
    file.flush()
    print(open(file.name).read(), file.name.endswith(".txt"))
with tempfile.TemporaryFile() as file:
    file.write(b"no name")
    file.seek(0)
    print(file.read())
with tempfile.SpooledTemporaryFile(max_size=3) as file:
    file.write(b"spooled")
    file.seek(0)
    print(file.read())

descriptor = os.open("low", os.O_RDWR | os.O_CREAT)
print(os.write(descriptor, b"0123456789"), os.lseek(descriptor, 2, os.SEEK_SET), os.read(descriptor, 3))
print(os.pread(descriptor, 2, 8), os.fstat(descriptor).st_size)
os.ftruncate(descriptor, 4)
os.close(descriptor)
print(open("low").read())
os.utime("low", (1_000_000_000, 1_000_000_000.5))
print(os.stat("low").st_mtime, os.stat("low").st_mtime_ns)

os.chdir("folder")
print(os.getcwd(), os.path.abspath("x"), os.path.exists("inner"), os.path.relpath("/workspace/a.txt"))
print(io.open("/dev/null").read() == "", len(open("/dev/urandom", "rb").read(8)))
left = open("/workspace/left.txt", "w")
left.write("written at the end, though never closed")
