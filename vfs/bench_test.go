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
