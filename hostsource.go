package funcbox

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	stdsync "sync"

	"github.com/funcbox/funcbox/sync"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/vfs/hostfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// hostSource is a folder of the host for one call and for the result after it. While
// the call runs it holds the folder open. A result may be kept for long, and nobody
// closes one: so rest closes the folder, and what a result is then asked for opens it
// for just that. The tree tells when a file is no longer what it was.
type hostSource struct {
	folder string
	id     vfs.FileID // of the folder itself

	mu   stdsync.Mutex
	open vfs.Source // nil: at rest
}

func openHostSource(folder string) (*hostSource, error) {
	open, err := hostfs.Open(folder)
	if err != nil {
		return nil, err
	}
	entry, err := open.Lstat(".")
	if err != nil {
		_ = open.Close()
		return nil, err
	}
	return &hostSource{folder: folder, id: entry.ID, open: open}, nil
}

// rest closes the folder until it is needed again.
func (s *hostSource) rest() error {
	s.mu.Lock()
	open := s.open
	s.open = nil
	s.mu.Unlock()
	if open == nil {
		return nil
	}
	return open.Close()
}

// with calls use with the open folder.
func (s *hostSource) with(use func(vfs.Source) error) error {
	s.mu.Lock()
	open := s.open
	s.mu.Unlock()
	if open != nil {
		return use(open)
	}
	again, err := openHostSource(s.folder)
	if err != nil {
		return err
	}
	defer func() { _ = again.rest() }()
	if again.id != s.id {
		return fmt.Errorf("%s is another folder than it was during the call: %w", s.folder, fsapi.ESTALE)
	}
	return use(again.open)
}

func (s *hostSource) ReadDir(path string) ([]vfs.SourceName, error) { return readDir(s, path) }
func (s *hostSource) Lstat(path string) (vfs.SourceEntry, error)    { return lstat(s, path) }
func (s *hostSource) Open(path string) (vfs.SourceFile, error)      { return openFile(s, path) }
func (s *hostSource) Close() error                                  { return s.rest() }

// Watch implements vfs.Watcher. What is watched stays so until the watch is closed.
func (s *hostSource) Watch(report func(path string)) (watch vfs.Watch, err error) {
	err = s.with(func(open vfs.Source) error {
		watcher, can := open.(vfs.Watcher)
		if !can {
			return errors.ErrUnsupported
		}
		watch, err = watcher.Watch(report)
		return err
	})
	return watch, err
}

// Follow implements vfs.Follower.
func (s *hostSource) Follow(link string) (outside vfs.Source, path string, err error) {
	err = s.with(func(open vfs.Source) error {
		outside, path, err = follow(s, open, link)
		return err
	})
	return outside, path, err
}

// follow follows a link of a source that an opener has open.
func follow(inside opener, open vfs.Source, link string) (outside vfs.Source, path string, err error) {
	follower, can := open.(vfs.Follower)
	if !can {
		return nil, "", fsapi.EACCES
	}
	found, path, err := follower.Follow(link)
	if err != nil {
		return nil, "", err
	}
	return &outsideSource{inside: inside, link: link, open: found, while: open}, path, nil
}

// outsideSource is what a symbolic link out of a folder leads to. It is open as long
// as the folder is, and found anew after that.
type outsideSource struct {
	inside opener
	link   string
	open   vfs.Source
	while  vfs.Source // what inside had open then
}

func (s *outsideSource) with(use func(vfs.Source) error) error {
	return s.inside.with(func(folder vfs.Source) error {
		if folder == s.while {
			return use(s.open)
		}
		outside, _, err := folder.(vfs.Follower).Follow(s.link)
		if err != nil {
			return err
		}
		return use(outside)
	})
}

func (s *outsideSource) ReadDir(path string) ([]vfs.SourceName, error) { return readDir(s, path) }
func (s *outsideSource) Lstat(path string) (vfs.SourceEntry, error)    { return lstat(s, path) }
func (s *outsideSource) Open(path string) (vfs.SourceFile, error)      { return openFile(s, path) }
func (s *outsideSource) Close() error                                  { return nil }

// Follow implements vfs.Follower.
func (s *outsideSource) Follow(link string) (outside vfs.Source, path string, err error) {
	err = s.with(func(open vfs.Source) error {
		outside, path, err = follow(s, open, link)
		return err
	})
	return outside, path, err
}

// opener is a Source that is not open all the time.
type opener interface {
	with(use func(vfs.Source) error) error
}

// What a sync keeps in a folder while it runs is not there for guests.
func readDir(s opener, path string) (names []vfs.SourceName, err error) {
	err = s.with(func(open vfs.Source) error {
		names, err = open.ReadDir(path)
		return err
	})
	names = slices.DeleteFunc(names, func(one vfs.SourceName) bool { return sync.Reserved(one.Name) })
	return names, err
}

// hidden is the answer to paths that are not there for guests.
func hidden(path string) error {
	if strings.Contains("/"+path, "/"+sync.ReservedPrefix) {
		return fs.ErrNotExist
	}
	return nil
}

func lstat(s opener, path string) (entry vfs.SourceEntry, err error) {
	if err := hidden(path); err != nil {
		return entry, err
	}
	err = s.with(func(open vfs.Source) error {
		entry, err = open.Lstat(path)
		return err
	})
	return entry, err
}

func openFile(s opener, path string) (file vfs.SourceFile, err error) {
	if err := hidden(path); err != nil {
		return nil, err
	}
	err = s.with(func(open vfs.Source) error {
		file, err = open.Open(path)
		return err
	})
	return file, err
}
