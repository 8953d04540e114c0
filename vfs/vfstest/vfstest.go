// Package vfstest is a conformance suite for filesystems that fulfill wasm/fsapi:
// what POSIX and WASI preview 1 ask of them. It says nothing about budgets,
// permissions and changes, which are vfs's own.
//
// Each case works in a directory of a tree of its own, which a [Kind] makes. The
// files here are groups of cases, named after what they are about.
package vfstest

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Kind is a way to make trees.
type Kind struct {
	// Create makes a tree with room for at least 1 MiB. In the directory At it has
	// what start says and nothing else.
	Create func(t *testing.T, start []Entry) fsapi.FileSystem
	// At is the directory where the cases work, as an absolute path without a slash
	// at the end; empty for the root.
	At string
	// ReadOnly: what is below At cannot be changed (EROFS).
	ReadOnly bool
	// Modes: permission bits of the start are shown.
	Modes bool
	// Guarded: a policy judges paths, and refuses those that are longer than
	// fsapi.PathMax, which only handles of directories lead to.
	Guarded bool
	// NoLinks: there are no symbolic links at the start.
	NoLinks bool
}

// Entry is something that is there at the start. Missing parents are made.
type Entry struct {
	Path    string      // relative to where the cases work
	Dir     bool        // a directory
	Target  string      // of a symbolic link; empty: it is none
	Content string      // of a regular file
	Mode    fs.FileMode // permission bits; 0: 0o644, and 0o755 for a directory
	Time    int64       // of the last modification, in nanoseconds since the epoch; 0: any
}

// Case is a case that begins with something there.
type Case struct {
	Start []Entry
	Run   func(*Tree)
}

// Run puts a kind of tree through all cases that are for it.
func Run(t *testing.T, kind Kind) {
	t.Helper()
	for name, group := range groups(kind) {
		t.Run(name, func(t *testing.T) {
			for name, c := range group {
				t.Run(name, func(t *testing.T) {
					c.Run(open(t, kind, kind.Create(t, c.Start)))
				})
			}
		})
	}
}

// Count is how many cases there are for a kind.
func Count(kind Kind) int {
	n := 0
	for _, group := range groups(kind) {
		n += len(group)
	}
	return n
}

func groups(kind Kind) map[string]map[string]Case {
	reading := withStart(readingCases, beginning)
	if kind.Modes {
		reading["modes"] = Case{beginning, readModes}
	}
	if !kind.NoLinks {
		for name, run := range readingLinkCases {
			reading[name] = Case{append(beginning[:len(beginning):len(beginning)], beginningLinks...), run}
		}
	}
	if kind.ReadOnly {
		return map[string]map[string]Case{"reading": reading, "read-only": withStart(readOnlyCases, beginning)}
	}
	all := map[string]map[string]Case{
		"open":      empty(openCases),
		"create":    empty(createCases),
		"content":   empty(contentCases),
		"size":      empty(sizeCases),
		"times":     empty(timesCases),
		"directory": empty(directoryCases),
		"list":      empty(listCases),
		"rename":    empty(renameCases),
		"link":      empty(linkCases),
		"path":      empty(pathCases),
		"paths":     empty(pathTableCases()),
		"handle":    empty(handleCases),
		"parallel":  empty(parallelCases),
		"reading":   reading,
		"changing":  withStart(changingCases, beginning),
		"moving":    withStart(movingCases, beginning),
	}
	if !kind.NoLinks {
		for name, run := range changingLinkCases {
			all["changing"][name] = Case{append(beginning[:len(beginning):len(beginning)], beginningLinks...), run}
		}
	}
	return all
}

func empty(cases map[string]func(*Tree)) map[string]Case { return withStart(cases, nil) }

func withStart(cases map[string]func(*Tree), start []Entry) map[string]Case {
	all := make(map[string]Case, len(cases))
	for name, run := range cases {
		all[name] = Case{start, run}
	}
	return all
}

// open makes the shorthands for a tree of a kind.
func open(t *testing.T, kind Kind, files fsapi.FileSystem) *Tree {
	t.Helper()
	x := NewTree(t, files)
	x.guarded = kind.Guarded
	if kind.At == "" {
		return x
	}
	directory, _, errno := x.Top.OpenAt(kind.At, fsapi.OpenDirectory|fsapi.OpenRead)
	require.Equal(t, fsapi.ESUCCESS, errno)
	t.Cleanup(func() { directory.Close() })
	x.Root, x.At = directory, kind.At
	return x
}
