//go:build linux

package hostfs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// systems are all ways to reach a folder. Kernels and sandboxes that lack openat2
// or /proc are played by saying so.
var systems = map[string]system{
	"openat2":              &unixSystem{openat2: true, proc: true},
	"openat2 without proc": &unixSystem{openat2: true},
	"openat":               &unixSystem{proc: true},
	"openat without proc":  &unixSystem{},
	"os.Root":              rootSystem{},
}

func everySystem(t *testing.T, run func(t *testing.T, system system)) {
	for name, one := range systems {
		t.Run(name, func(t *testing.T) { run(t, one) })
	}
}

// opened opens a folder for the duration of a test.
func opened(t *testing.T, system system, folder string) *Folder {
	t.Helper()
	f, err := open(folder, system)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

// build makes files in a new folder: "name" or "dir/" or "link -> target".
func build(t *testing.T, files ...string) string {
	t.Helper()
	root := filepath.Join(realTemp(t), "folder")
	require.NoError(t, os.Mkdir(root, 0o755))
	for _, one := range files {
		name, target, isLink := strings.Cut(one, " -> ")
		at := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
		switch {
		case isLink:
			require.NoError(t, os.Symlink(strings.ReplaceAll(target, "ROOT", root), at))
		case strings.HasSuffix(one, "/"):
			require.NoError(t, os.MkdirAll(at, 0o755))
		default:
			require.NoError(t, os.WriteFile(at, []byte("content of "+name), 0o640))
		}
	}
	return root
}

func realTemp(t *testing.T) string {
	real, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	return real
}

func readAll(f vfs.Source, path string) (string, error) {
	file, err := f.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.NewSectionReader(file, 0, 1<<20))
	return string(data), err
}

func descriptors(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(entries)
}

func TestOpen(t *testing.T) {
	everySystem(t, func(t *testing.T, system system) {
		root := build(t, "file", "there -> .", "dangling -> nowhere", "loop -> loop")
		for _, c := range []struct {
			path string
			want error
		}{
			{"missing", fs.ErrNotExist}, {"dangling", fs.ErrNotExist}, {"file", fsapi.ENOTDIR}, {"file/x", fsapi.ENOTDIR},
		} {
			_, err := open(filepath.Join(root, c.path), system)
			require.ErrorIs(t, err, c.want, c.path)
			require.ErrorContains(t, err, filepath.Join(root, c.path))
		}
		_, err := open(filepath.Join(root, "loop"), system)
		require.ErrorContains(t, err, "loop")
		_, err = open("", system)
		require.ErrorIs(t, err, fs.ErrNotExist)

		f := opened(t, system, filepath.Join(root, "there"))
		require.Equal(t, root, f.RealPath())
		require.NoError(t, os.Remove(filepath.Join(root, "there")))
		text, err := readAll(f, "file")
		require.NoError(t, err)
		require.Equal(t, "content of file", text)

		// The folder stays the one that was opened.
		require.NoError(t, os.Rename(root, root+"2"))
		require.NoError(t, os.Mkdir(root, 0o755))
		_, err = f.Lstat("file")
		require.NoError(t, err)
	})
}

func TestOpenRelative(t *testing.T) {
	t.Chdir(build(t, "d/file"))
	f, err := Open("d")
	require.NoError(t, err)
	_, err = f.Lstat("file")
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func TestLstat(t *testing.T) {
	everySystem(t, func(t *testing.T, system system) {
		root := build(t, "a/b/file", "a/link -> b/file")
		at := time.Unix(1_700_000_000, 123456789)
		file := filepath.Join(root, "a/b/file")
		require.NoError(t, os.Chmod(file, 0o4751))
		require.NoError(t, os.Chtimes(file, at.Add(time.Hour), at))
		f := opened(t, system, root)

		entry, err := f.Lstat("a/b/file")
		require.NoError(t, err)
		require.Equal(t, fsapi.TypeRegularFile, entry.Type)
		require.EqualValues(t, len("content of a/b/file"), entry.Size)
		require.Equal(t, fs.FileMode(0o751), entry.Mode)
		require.True(t, at.Equal(entry.ModTime))
		opened, err := f.Open("a/b/file")
		require.NoError(t, err)
		again, err := opened.Stat()
		require.NoError(t, err)
		require.Equal(t, entry, again)
		require.NoError(t, opened.Close())
		_, err = opened.Stat()
		require.ErrorIs(t, err, fs.ErrClosed)
		if system != (rootSystem{}) {
			var status unix.Stat_t
			require.NoError(t, unix.Stat(file, &status))
			require.Equal(t, vfs.FileID{Device: status.Dev, Inode: status.Ino}, entry.ID)
			require.True(t, at.Add(time.Hour).Equal(entry.AccessTime))
			require.True(t, time.Unix(status.Ctim.Unix()).Equal(entry.ChangeTime))
		}
		for path, want := range map[string]fsapi.FileType{
			".": fsapi.TypeDirectory, "a": fsapi.TypeDirectory, "a/b": fsapi.TypeDirectory, "a/link": fsapi.TypeSymbolicLink,
		} {
			entry, err := f.Lstat(path)
			require.NoError(t, err, path)
			require.Equal(t, want, entry.Type, path)
		}
	})
}

func TestErrors(t *testing.T) {
	long := strings.Repeat("x", 255)
	deep := strings.Repeat("d/", 3000) + "f"
	everySystem(t, func(t *testing.T, system system) {
		f := opened(t, system, build(t, "file", "d/file", "link -> file", "out -> /etc", "dlink -> d", long))
		_, err := f.Lstat(long)
		require.NoError(t, err)
		for _, c := range []struct {
			path string
			want error
		}{
			{"missing", fs.ErrNotExist}, {"d/missing", fs.ErrNotExist}, {"missing/file", fs.ErrNotExist},
			{long + "x", fsapi.ENAMETOOLONG}, {deep, fs.ErrNotExist}, {"a\x00b", fs.ErrNotExist},
			{"", fs.ErrInvalid}, {"..", fs.ErrInvalid}, {"../folder/file", fs.ErrInvalid}, {"/etc/passwd", fs.ErrInvalid},
			{"d/../file", fs.ErrInvalid}, {"d//file", fs.ErrInvalid}, {"./file", fs.ErrInvalid}, {"d/", fs.ErrInvalid}, {"\xff", fs.ErrInvalid},
			{"file/x", fsapi.ENOTDIR}, {"out/passwd", nil}, {"dlink/file", nil}, {"link/x", nil},
		} {
			_, err := f.Lstat(c.path)
			require.Error(t, err, "%.40q", c.path)
			_, openErr := f.Open(c.path)
			require.Error(t, openErr, "%.40q", c.path)
			_, listErr := f.ReadDir(c.path)
			require.Error(t, listErr, "%.40q", c.path)
			if c.want != nil {
				require.ErrorIs(t, err, c.want, "%.40q", c.path)
				require.ErrorIs(t, openErr, c.want, "%.40q", c.path)
				require.ErrorIs(t, listErr, c.want, "%.40q", c.path)
			}
		}
		for path, want := range map[string]error{".": fsapi.EISDIR, "d": fsapi.EISDIR, "link": fsapi.ELOOP, "out": fsapi.ELOOP} {
			_, err := f.Open(path)
			require.ErrorIs(t, err, want, path)
		}
	})
}

func TestReadDir(t *testing.T) {
	everySystem(t, func(t *testing.T, system system) {
		root := build(t, "file", ".hidden", "d/inner", "link -> file", "out -> /", "con", "a:b", "dot.", "sp ace", "日本", "back\\slash")
		bad := filepath.Join(root, "bad\xff\xfename")
		require.NoError(t, os.WriteFile(bad, nil, 0o600))
		f := opened(t, system, root)
		names, err := f.ReadDir(".")
		require.NoError(t, err)
		slices.SortFunc(names, func(a, b vfs.SourceName) int { return strings.Compare(a.Name, b.Name) })
		file, link := fsapi.TypeRegularFile, fsapi.TypeSymbolicLink
		require.Equal(t, []vfs.SourceName{
			{Name: ".hidden", Type: file}, {Name: "a:b", Type: file}, {Name: "back\\slash", Type: file}, {Name: "con", Type: file},
			{Name: "d", Type: fsapi.TypeDirectory}, {Name: "dot.", Type: file}, {Name: "file", Type: file},
			{Name: "link", Type: link}, {Name: "out", Type: link}, {Name: "sp ace", Type: file}, {Name: "日本", Type: file},
		}, names)
		names, err = f.ReadDir("d")
		require.NoError(t, err)
		require.Equal(t, []vfs.SourceName{{Name: "inner", Type: file}}, names)
		for _, one := range []string{"日本", "sp ace", "back\\slash", "con"} {
			text, err := readAll(f, one)
			require.NoError(t, err, one)
			require.Equal(t, "content of "+one, text)
		}
	})
}

// TestSpecialFiles has a FIFO, on which a plain open would wait for good, a socket
// and devices.
func TestSpecialFiles(t *testing.T) {
	everySystem(t, func(t *testing.T, system system) {
		root := build(t, "file")
		fifo := filepath.Join(root, "fifo")
		require.NoError(t, unix.Mkfifo(fifo, 0o666))
		socket, err := net.Listen("unix", filepath.Join(root, "socket"))
		require.NoError(t, err)
		defer func() { _ = socket.Close() }()
		special := []string{"fifo", "socket"}
		if unix.Mknod(filepath.Join(root, "null"), unix.S_IFCHR|0o666, int(unix.Mkdev(1, 3))) == nil {
			special = append(special, "null")
		}
		f := opened(t, system, root)
		names, err := f.ReadDir(".")
		require.NoError(t, err)
		require.Equal(t, []vfs.SourceName{{Name: "file", Type: fsapi.TypeRegularFile}}, names)
		for _, name := range special {
			_, err := f.Lstat(name)
			require.ErrorIs(t, err, fs.ErrNotExist, name)
			_, err = f.Open(name)
			require.ErrorIs(t, err, fs.ErrNotExist, name)
		}
		// Nobody was there who opened the other end.
		_, err = unix.Open(fifo, unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		require.ErrorIs(t, err, unix.ENXIO)
	})
}

func TestDevicesOfTheHost(t *testing.T) {
	everySystem(t, func(t *testing.T, system system) {
		f := opened(t, system, "/dev")
		for _, name := range []string{"null", "zero", "tty", "full"} {
			_, err := f.Open(name)
			require.ErrorIs(t, err, fs.ErrNotExist, name)
		}
	})
}

// TestMagicLinks has links of /proc, which lead to what their text does not say.
func TestMagicLinks(t *testing.T) {
	everySystem(t, func(t *testing.T, system system) {
		f := opened(t, system, "/proc/self")
		for _, path := range []string{"root/etc/passwd", "cwd/folder.go", "fd/0", "exe", "root/etc"} {
			_, err := f.Open(path)
			require.Error(t, err, path)
		}
		_, err := f.ReadDir("root")
		require.Error(t, err)
		entry, err := f.Lstat("root")
		require.NoError(t, err)
		require.Equal(t, fsapi.TypeSymbolicLink, entry.Type)
		require.Empty(t, entry.Inside)
	})
}

func TestHugeSparseFile(t *testing.T) {
	everySystem(t, func(t *testing.T, system system) {
		root := build(t, "huge")
		const size = 1 << 40
		file, err := os.OpenFile(filepath.Join(root, "huge"), os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = file.WriteAt([]byte("end"), size-3)
		if err != nil {
			t.Skip("the filesystem has no files of 1 TiB: ", err)
		}
		require.NoError(t, file.Close())
		f := opened(t, system, root)
		entry, err := f.Lstat("huge")
		require.NoError(t, err)
		require.EqualValues(t, size, entry.Size)
		opened, err := f.Open("huge")
		require.NoError(t, err)
		defer func() { _ = opened.Close() }()
		p := make([]byte, 8)
		n, err := opened.ReadAt(p, size-6)
		require.ErrorIs(t, err, io.EOF)
		require.Equal(t, "\x00\x00\x00end", string(p[:n]))
		_, err = opened.ReadAt(p, -1)
		require.Error(t, err)
	})
}

func TestLongPaths(t *testing.T) {
	// 4,400 bytes of path; os cannot make these with one path either.
	root := build(t)
	component := strings.Repeat("n", 200)
	path := strings.TrimSuffix(strings.Repeat(component+"/", 22), "/")
	fd, err := unix.Open(root, directoryFlags, 0)
	require.NoError(t, err)
	for range 22 {
		require.NoError(t, unix.Mkdirat(fd, component, 0o755))
		next, err := unix.Openat(fd, component, directoryFlags, 0)
		require.NoError(t, err)
		require.NoError(t, unix.Close(fd))
		fd = next
	}
	file, err := unix.Openat(fd, "file", unix.O_CREAT|unix.O_WRONLY|unix.O_CLOEXEC, 0o644)
	require.NoError(t, err)
	require.NoError(t, unix.Close(file))
	require.NoError(t, unix.Close(fd))
	everySystem(t, func(t *testing.T, system system) {
		f := opened(t, system, root)
		for range 2 { // the second time the folder's spelling is known
			_, err := readAll(f, path+"/file")
			require.NoError(t, err)
		}
	})
}

func TestClose(t *testing.T) {
	everySystem(t, func(t *testing.T, system system) {
		before := descriptors(t)
		root := build(t, "d/file", "out -> ../other")
		require.NoError(t, os.Mkdir(root+"/../other", 0o755))
		for range 20 {
			f, err := open(root, system)
			require.NoError(t, err)
			outside, _, err := f.Follow("out")
			require.NoError(t, err)
			file, err := f.Open("d/file")
			require.NoError(t, err)
			var group sync.WaitGroup
			for range 8 {
				group.Go(func() {
					for {
						_, err := f.Lstat("d/file")
						if err == nil {
							_, err = readAll(f, "d/file")
						}
						if err == nil {
							_, err = f.ReadDir("d")
						}
						if err == nil {
							_, err = outside.ReadDir(".")
						}
						if err != nil {
							if !errors.Is(err, fs.ErrClosed) {
								t.Error(err)
							}
							return
						}
					}
				})
			}
			runtime.Gosched()
			require.NoError(t, f.Close())
			group.Wait()
			require.NoError(t, f.Close())
			_, err = f.Lstat(".")
			require.ErrorIs(t, err, fs.ErrClosed)
			_, _, err = f.Follow("out")
			require.ErrorIs(t, err, fs.ErrClosed)
			p := make([]byte, 7)
			_, err = file.ReadAt(p, 0)
			require.NoError(t, err, "an open file outlives its folder")
			require.NoError(t, file.Close())
		}
		require.Equal(t, before, descriptors(t))
	})
}

// TestPermissionDenied is what happens to a process that is not root. The rights of one
// thread are dropped for it.
func TestPermissionDenied(t *testing.T) {
	root := build(t, "secret", "closed/file", "through/file", "open/file")
	require.NoError(t, os.Chmod(filepath.Join(root, "secret"), 0))
	require.NoError(t, os.Chmod(filepath.Join(root, "closed"), 0))
	require.NoError(t, os.Chmod(filepath.Join(root, "through"), 0o311))
	for dir := root; dir != "/"; dir = filepath.Dir(dir) {
		if strings.Contains(dir, "TestPermissionDenied") {
			require.NoError(t, os.Chmod(dir, 0o755))
		}
	}
	require.NoError(t, os.Chmod(filepath.Join(root, "open/file"), 0o644))
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(root, "closed"), 0o755) })
	everySystem(t, func(t *testing.T, system system) {
		f := opened(t, system, root)
		unprivileged(t, func() error {
			if _, err := readAll(f, "open/file"); err != nil {
				return err
			}
			entry, err := f.Lstat("secret")
			if err != nil || entry.Mode != 0 {
				return fmt.Errorf("the description is for everybody: %v %w", entry.Mode, err)
			}
			for name, err := range map[string]error{
				"open": second(f.Open("secret")), "list": second(f.ReadDir("closed")), "below": second(f.Lstat("closed/file")),
				"list what may be passed through": second(f.ReadDir("through")),
			} {
				if !errors.Is(err, fs.ErrPermission) {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
			if _, isUnix := system.(*unixSystem); isUnix {
				_, err = f.Lstat("through/file")
			}
			return err
		})
	})
}

func second[T any](_ T, err error) error { return err }

// unprivileged runs something on a thread without root's rights.
func unprivileged(t *testing.T, run func() error) {
	t.Helper()
	result := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		if os.Geteuid() == 0 {
			// The raw calls change this thread only.
			for _, call := range []uintptr{unix.SYS_SETRESGID, unix.SYS_SETRESUID} {
				if _, _, errno := unix.RawSyscall(call, 65534, 65534, 65534); errno != 0 {
					result <- errno
					return
				}
			}
		}
		result <- run()
	}()
	require.NoError(t, <-result)
}

func TestManyGoroutines(t *testing.T) {
	everySystem(t, func(t *testing.T, system system) {
		var files []string
		for i := range 40 {
			files = append(files, fmt.Sprintf("d%d/e/F%d", i%7, i))
		}
		f := opened(t, system, build(t, files...))
		var group sync.WaitGroup
		for range 16 {
			group.Go(func() {
				for _, name := range files {
					if text, err := readAll(f, name); err != nil || text != "content of "+name {
						t.Error(name, text, err)
					}
					if _, err := f.Lstat(strings.ToLower(name)); !errors.Is(err, fs.ErrNotExist) {
						t.Error(name, err)
					}
				}
			})
		}
		group.Wait()
	})
}

func TestReadAtDoesNotCopy(t *testing.T) {
	f := opened(t, platform(), build(t, "file"))
	file, err := f.Open("file")
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	p := make([]byte, 7)
	allocated := testing.AllocsPerRun(100, func() { _, _ = file.ReadAt(p, 0) })
	require.Zero(t, allocated)
	require.True(t, bytes.Equal([]byte("content"), p))
}
