package wasip1_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// Descriptors and positions stay from run to run; streams, arguments and environment
// are those of each run.
func TestRebind(t *testing.T) {
	var first, second, errors bytes.Buffer
	g := newGuest(t, wasip1.Config{
		FS: newFS(t, vfs.Options{}), OpenFiles: 7, Stdout: &first, Stdin: strings.NewReader("one"), Args: []string{"a"},
	})
	fd := g.open("file", creat)
	require.Zero(t, g.write(fd, "text"))
	require.Zero(t, g.write(1, "first"))
	g.ok("fd_renumber", 2, fd) // moves standard error over the file
	fd = g.open("file", 0)     // which is 2 now
	require.EqualValues(t, 2, fd)

	g.system.Rest()
	require.Zero(t, g.write(1, "to nobody"))
	g.system.Rebind(wasip1.Config{Stdout: &second, Stderr: &errors, Stdin: strings.NewReader("two"), Args: []string{"b", "c"}, OpenFiles: 1000})
	require.Zero(t, g.write(1, "second"))
	require.Zero(t, g.write(4, "moved"))
	require.Equal(t, "first", first.String())
	require.Equal(t, "second", second.String())
	require.Equal(t, "moved", errors.String())
	text, errno := g.read(0, 100)
	require.Zero(t, errno)
	require.Equal(t, "two", text)
	text, errno = g.read(2, 100)
	require.Zero(t, errno)
	require.Equal(t, "text", text)
	g.ok("args_sizes_get", atResult, atResult+4)
	require.EqualValues(t, 2, g.u32(atResult))
	g.open("file", 0)
	g.open("file", 0)
	_, errno = g.tryOpen(root, "file", 0, 0, 0, 0, 0)
	require.Equal(t, fsapi.EMFILE, errno)
}

// What was read ahead of a reader that goes on is not lost between runs.
func TestRebindKeepsInput(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	g := newGuest(t, wasip1.Config{Stdin: in})
	go func() { _, _ = out.Write([]byte("abcdef")) }()
	text, errno := g.read(0, 4)
	require.Zero(t, errno)
	require.Equal(t, "ab", text)
	g.system.Rest()
	g.system.Rebind(wasip1.Config{Stdin: in})
	text, errno = g.read(0, 4)
	require.Zero(t, errno)
	require.Equal(t, "cd", text)
	g.system.Rebind(wasip1.Config{Stdin: uncomparable{strings.NewReader("x"), nil}})
	text, _ = g.read(0, 9)
	require.Equal(t, "x", text)
	g.system.Rebind(wasip1.Config{Stdin: uncomparable{strings.NewReader("y"), nil}})
	text, _ = g.read(0, 9)
	require.Equal(t, "y", text)
	g.system.Rebind(wasip1.Config{})
	text, _ = g.read(0, 9)
	require.Empty(t, text)
}

// uncomparable is a reader that == would panic with.
type uncomparable struct {
	io.Reader
	_ []int
}

// Between runs the clock of CPU time stands still, and goes on after.
func TestRestStopsCPUTime(t *testing.T) {
	g := newGuest(t, wasip1.Config{})
	now := func() uint64 {
		g.ok("clock_time_get", 2, 0, atResult)
		return g.u64(atResult)
	}
	before := now()
	g.system.Rest()
	g.system.Rest()
	rested := now()
	require.Equal(t, rested, now())
	g.system.Rebind(wasip1.Config{})
	require.GreaterOrEqual(t, now(), rested)
	require.GreaterOrEqual(t, rested, before)
}

func TestLeftOpen(t *testing.T) {
	for name, c := range map[string]struct {
		run  func(g *guest)
		left []string
	}{
		"nothing":        {func(*guest) {}, nil},
		"opened, closed": {func(g *guest) { g.ok("fd_close", g.open("f", creat)) }, nil},
		"a file":         {func(g *guest) { g.open("f", creat) }, []string{"/f"}},
		"renamed": {func(g *guest) {
			g.open("f", creat)
			from, fromLength := g.put(atPath, "f")
			to, toLength := g.put(atPath2, "d/g")
			g.ok("path_rename", root, from, fromLength, root, to, toLength)
		}, []string{"/d/g"}},
		"removed": {func(g *guest) {
			g.open("f", creat)
			pointer, length := g.put(atPath, "f")
			g.ok("path_unlink_file", root, pointer, length)
		}, []string{"f (removed)"}},
		"a folder":        {func(g *guest) { g.openDir("d") }, []string{"/d"}},
		"closed":          {func(g *guest) { g.ok("fd_close", 1) }, []string{"standard output (descriptor 1)"}},
		"preopen closed":  {func(g *guest) { g.ok("fd_close", root) }, []string{"the preopened directory (descriptor 3)"}},
		"replaced":        {func(g *guest) { g.ok("fd_renumber", g.open("f", creat), 0) }, []string{"standard input (descriptor 0)", "/f"}},
		"streams swapped": {func(g *guest) { g.ok("fd_renumber", 2, 1) }, []string{"standard output (descriptor 1)", "standard error (as descriptor 1)", "standard error (descriptor 2)"}},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGuest(t, wasip1.Config{FS: newFS(t, vfs.Options{Directories: []vfs.Path{"/d"}})})
			c.run(g)
			require.Equal(t, c.left, g.system.LeftOpen())
		})
	}
	require.Nil(t, newGuest(t, wasip1.Config{}).system.LeftOpen())
}
