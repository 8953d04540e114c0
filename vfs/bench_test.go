package vfs

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// wideHost has 100,000 files in 100 folders.
func wideHost() *host {
	h := newHost(nil)
	for i := range 100_000 {
		h.put(fmt.Sprintf("d%d/f%d", i%100, i), "text")
	}
	return h
}

func BenchmarkNewWithFolder(b *testing.B) {
	options := Options{Folders: []Folder{{Path: "/data", Source: wideHost(), Policy: rules(b, perm.ReadOnly())}}}
	b.ReportAllocs()
	for b.Loop() {
		files, err := New(options)
		if err != nil {
			b.Fatal(err)
		}
		_ = files.Changes()
		_ = files.Close()
	}
}

func BenchmarkList(b *testing.B) {
	h := newHost(nil)
	for i := range 100_000 {
		h.put(fmt.Sprintf("f%d", i), "")
	}
	for name, policy := range map[string]*perm.Policy{"free": nil, "100 rules": hundredRules(b)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			entries := make([]fsapi.Dirent, 32)
			for b.Loop() {
				b.StopTimer()
				names, _ := h.ReadDir(".")
				files, err := New(Options{Folders: []Folder{{Path: "/data", Source: listed{h, names}, Policy: policy}}})
				require.NoError(b, err)
				root, _ := files.Root()
				b.StartTimer()
				directory, _, errno := root.OpenAt("data", fsapi.OpenRead)
				require.Zero(b, errno)
				count, cookie := 0, uint64(0)
				for {
					n, errno := directory.ReadDir(cookie, entries)
					if n == 0 || errno != 0 {
						break
					}
					count, cookie = count+n, entries[n-1].Next
				}
				require.Equal(b, 100_002, count)
			}
		})
	}
}

// listed is a host that has its listing ready, so that the tree is measured and not
// the host.
type listed struct {
	*host
	names []SourceName
}

func (l listed) ReadDir(string) ([]SourceName, error) {
	return append([]SourceName(nil), l.names...), nil
}

// hundredRules is a policy in which the last of 100 rules decides.
func hundredRules(b *testing.B) *perm.Policy {
	var p perm.Permissions
	for i := range 99 {
		p.Rules = append(p.Rules, perm.Rule{Pattern: fmt.Sprintf("other%d/**/*.txt", i), Allow: perm.All})
	}
	p.Rules = append(p.Rules, perm.Rule{Pattern: "**", Allow: perm.Read | perm.List})
	return rules(b, p)
}

func BenchmarkOpen(b *testing.B) {
	for name, policy := range map[string]*perm.Policy{"free": nil, "100 rules": hundredRules(b)} {
		b.Run(name, func(b *testing.B) {
			files, err := New(Options{Folders: []Folder{{Path: "/data", Source: newHost(map[string]string{"d/e/file": "text"}), Policy: policy}}})
			require.NoError(b, err)
			root, _ := files.Root()
			b.ReportAllocs()
			for b.Loop() {
				_, file, errno := root.OpenAt("data/d/e/file", fsapi.OpenRead)
				if errno != 0 {
					b.Fatal(errno)
				}
				file.Close()
			}
		})
	}
}

// BenchmarkNewWithBase is what a call of a program pays for its files: a tree, a file
// read and one written, and the changes.
func BenchmarkNewWithBase(b *testing.B) {
	for _, count := range []int{-1, 0, 10, 10_000} {
		options, name := Options{}, "none"
		if count >= 0 {
			first, err := New(Options{Directories: []Path{"/tmp", "/work"}})
			require.NoError(b, err)
			root, _ := first.Root()
			for i := range count {
				_, file, errno := root.OpenAt(fmt.Sprintf("work/f%d", i), fsapi.OpenWrite|fsapi.OpenCreate)
				require.Zero(b, errno)
				_, _ = file.WriteAt([]byte("text"), 0)
				file.Close()
			}
			options.Base, err = first.Image()
			require.NoError(b, err)
			name = fmt.Sprint(count, " files")
		}
		options.Directories = []Path{"/tmp", "/work"}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				files, err := New(options)
				if err != nil {
					b.Fatal(err)
				}
				_ = files.Changes()
				_ = files.Close()
			}
		})
		if count < 10 {
			continue
		}
		b.Run(name+", used", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				files, err := New(options)
				if err != nil {
					b.Fatal(err)
				}
				root, _ := files.Root()
				p := make([]byte, 8)
				for _, name := range []string{"work/f3", "work/f7"} {
					_, file, errno := root.OpenAt(name, fsapi.OpenRead|fsapi.OpenWrite)
					if errno != 0 {
						b.Fatal(errno)
					}
					_, _ = file.ReadAt(p, 0)
					_, _ = file.WriteAt(p, 0)
					file.Close()
				}
				if len(files.Changes().Modified) != 2 {
					b.Fatal("no changes")
				}
				_ = files.Close()
			}
		})
		b.Run(name+", fork", func(b *testing.B) {
			b.ReportAllocs()
			files, err := New(Options{Base: options.Base, BaseAs: BaseSession})
			require.NoError(b, err)
			for b.Loop() {
				image, err := files.Image()
				if err != nil {
					b.Fatal(err)
				}
				if _, err = New(Options{Base: image, BaseAs: BaseSession}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
