//go:build linux

package hostfs

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/vfs"
)

// foldingSystem plays a filesystem that ignores case, normalizes names and has
// short ones. This machine has none.
type foldingSystem struct {
	system
	anyCase bool // ignores case, too
	lists   *int
}

type foldingDirectory struct {
	directory
	system foldingSystem
}

func (s foldingSystem) open(real string) (directory, error) {
	dir, err := s.system.open(real)
	return foldingDirectory{dir, s}, err
}

// find returns the name under which the host has what is found under name.
func (d foldingDirectory) find(name string) string {
	folded := func(name string) string {
		name = strings.ReplaceAll(name, "e\u0301", "\u00e9")
		if d.system.anyCase {
			name = strings.ToLower(name)
		}
		return name
	}
	list, _ := d.directory.list()
	for _, one := range list {
		if folded(one.Name) == folded(name) || len(one.Name) > 8 && strings.EqualFold(one.Name[:6]+"~1", name) {
			return one.Name
		}
	}
	return name
}

func (d foldingDirectory) child(path string) (directory, error) {
	current := directory(d)
	for name := range strings.SplitSeq(path, "/") {
		in := current.(foldingDirectory)
		next, err := in.directory.child(in.find(name))
		if current != directory(d) {
			current.close()
		}
		if err != nil {
			return nil, err
		}
		current = foldingDirectory{next, d.system}
	}
	return current, nil
}

func (d foldingDirectory) lstat(name string) (vfs.SourceEntry, error) {
	return d.directory.lstat(d.find(name))
}

func (d foldingDirectory) open(name string) (vfs.SourceFile, vfs.SourceEntry, error) {
	return d.directory.open(d.find(name))
}

func (d foldingDirectory) list() ([]vfs.SourceName, error) {
	*d.system.lists++
	return d.directory.list()
}

func (d foldingDirectory) bytewise() bool { return false }

func TestSpelling(t *testing.T) {
	right := []string{"Secret", "Directory/Secret", "Directory/\u00e9t\u00e9", "123", "Directory/longer-name.txt", "Directory/456", "\u00e9/file"}
	wrong := []string{"secret", "SECRET", "directory/Secret", "DIRECTORY/456", "Directory/secret", "Directory/e\u0301te\u0301",
		"Directory/LONGER~1", "Directory/longer~1", "Direct~1/Secret", "e\u0301/file", "directory"}
	for _, ignoresCase := range []bool{true, false} {
		everySystem(t, func(t *testing.T, system system) {
			lists := 0
			root := build(t, right...)
			f := opened(t, foldingSystem{system, ignoresCase, &lists}, root)
			for range 3 {
				for _, path := range wrong {
					_, err := f.Lstat(path)
					require.ErrorIs(t, err, fs.ErrNotExist, path)
					_, err = f.Open(path)
					require.ErrorIs(t, err, fs.ErrNotExist, path)
				}
				_, err := f.ReadDir("directory")
				require.ErrorIs(t, err, fs.ErrNotExist)
				_, err = f.ReadDir("Direct~1")
				require.ErrorIs(t, err, fs.ErrNotExist)
				for _, path := range right {
					_, err := f.Lstat(path)
					require.NoError(t, err, path)
					text, err := readAll(f, path)
					require.NoError(t, err, path)
					require.Equal(t, "content of "+path, text)
				}
			}
		})
	}
}

// TestListingsAreRemembered holds that a directory of such a filesystem is listed
// once, until it changes.
func TestListingsAreRemembered(t *testing.T) {
	lists := 0
	root := build(t, "One", "Two")
	old := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(root, old, old))
	f := opened(t, foldingSystem{platform(), true, &lists}, root)
	lookUp := func(path string, want error) {
		_, err := f.Lstat(path)
		require.ErrorIs(t, err, want, path)
	}
	for range 10 {
		lookUp("One", nil)
		lookUp("two", fs.ErrNotExist)
	}
	require.Equal(t, 1, lists)
	require.NoError(t, os.Rename(filepath.Join(root, "Two"), filepath.Join(root, "two")))
	lookUp("two", nil)
	lookUp("Two", fs.ErrNotExist)
}

// TestNothingIsListed holds that lookups on a filesystem that compares bytes list
// nothing.
func TestNothingIsListed(t *testing.T) {
	f := opened(t, platform(), build(t, "Name", "d/\u00e9", "d/x", "d/other~1"))
	for _, path := range []string{"Name", "d/x", "d/\u00e9", "d/other~1"} {
		_, err := f.Lstat(path)
		require.NoError(t, err)
	}
	require.Empty(t, f.spelling.listings)
	require.Equal(t, exact, f.spelling.verdict("d"))
}

// TestTwoNamesOfOneFile has names that differ in case only, for files that are the
// same and that are not.
func TestTwoNamesOfOneFile(t *testing.T) {
	root := build(t, "file", "other", "OTHER")
	require.NoError(t, os.Link(filepath.Join(root, "file"), filepath.Join(root, "FILE")))
	f := opened(t, platform(), root)
	for _, path := range []string{"file", "FILE", "other", "OTHER"} {
		_, err := f.Lstat(path)
		require.NoError(t, err)
	}
	_, err := f.Lstat("File")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestWindowsNames(t *testing.T) {
	for _, name := range []string{"a", "a.txt", ".hidden", "a b", "console", "com", "com10", "COMX", "lpt", "nul1", "日本", "a~1", "aux1.c", "conin"} {
		require.True(t, windowsName(name), name)
	}
	for _, name := range []string{"con", "CON", "Nul.txt", "aux", "prn .x", "com1", "COM9.tar.gz", "lpt0", "COM¹", "lpt³.x", "conin$", "CONOUT$",
		"a:b", "a:$DATA", "a.", "a ", "a. .", "a\\b", "a/b", "a*", "a?", "<a", "a>", "a|b", `a"`, "a\x1f", "a\nb"} {
		require.False(t, windowsName(name), name)
	}
}
