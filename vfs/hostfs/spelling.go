package hostfs

import (
	"errors"
	"io/fs"
	"runtime"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Many filesystems find "secret" under "SECRET", under another Unicode
// normalization, or under a short name such as SECRET~1. A rule about /data/secret
// would be walked round with that, so a name counts only if the host's listing has
// exactly these bytes. To list a directory for each lookup would be slow; so it is
// found out once for each directory whether it compares names byte by byte.

// listedOnly is set where nearly every filesystem ignores case, so that looking
// for one that does not is not worth it.
const listedOnly = runtime.GOOS == "windows" || runtime.GOOS == "darwin" || runtime.GOOS == "ios"

// verdict is what is known of lookups in a directory.
type verdict uint8

const (
	unknown verdict = iota
	ascii           // case counts; names in ASCII without '~' are found under their own bytes only
	exact           // so is every name
)

// Bounds of what is remembered, in directories and in names.
const (
	maxVerdicts = 1 << 14
	maxListed   = 1 << 18
)

// settled is the age of a directory's last change from which on a second one is
// sure to be seen in its times: Linux's and Windows' clocks of files advance in
// steps of 1 to 16 ms.
const settled = 100 * time.Millisecond

// spelling remembers what is known about the names in a Folder. Paths are spelled
// as the host lists them.
type spelling struct {
	mu       sync.Mutex
	verdicts map[string]verdict // directories of which it is sure that they are spelled like this
	listings map[string]listing
	listed   int // names in listings
}

type listing struct {
	of    vfs.SourceEntry
	names map[string]struct{}
}

// known says whether a directory's path is sure to be spelled as the host lists
// it.
func (s *spelling) known(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, found := s.verdicts[path]
	return found
}

func (s *spelling) verdict(path string) verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.verdicts[path]
}

func (s *spelling) learn(path string, what verdict) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.verdicts == nil || len(s.verdicts) >= maxVerdicts {
		s.verdicts = map[string]verdict{}
	}
	s.verdicts[path] = max(what, s.verdicts[path])
}

// certain says whether a name that was found in a directory of that kind has
// exactly these bytes.
func (v verdict) certain(name string) bool {
	if v == exact {
		return true
	}
	plain, letters := true, false
	for i := range len(name) {
		char := name[i]
		plain = plain && char < utf8.RuneSelf && char != '~'
		letters = letters || swapped(char) != char
	}
	return plain && (v == ascii || !letters)
}

// spelled returns fs.ErrNotExist if the host lists what was found in a directory
// under another name than this one.
func (f *Folder) spelled(dir directory, at, name string, id vfs.FileID) error {
	_, err := f.spelledFor(dir, at, name, id)
	return err
}

// spelledFor also says whether that stays so for as long as the name exists.
func (f *Folder) spelledFor(dir directory, at, name string, id vfs.FileID) (stays bool, err error) {
	if f.only != "" { // what a link leads to is spelled as the link spells it
		return false, nil
	}
	s := &f.spelling
	now := s.verdict(at)
	if now.certain(name) {
		return true, nil
	}
	if now == unknown && !listedOnly && countsCase(dir, name, id) {
		now = ascii
		if dir.bytewise() {
			now = exact
		}
		if at == "." || s.known(at) {
			s.learn(at, now)
		}
		if now.certain(name) {
			return true, nil
		}
	}
	found, err := s.isListed(dir, at, name)
	if err == nil && !found {
		err = fsapi.ENOENT
	}
	return false, err
}

// countsCase finds out whether a directory tells upper from lower case, by looking
// for a file that exists under its name in the other case. Other letters than
// those of ASCII tell nothing: they may be composed in more than one way.
func countsCase(dir directory, name string, id vfs.FileID) bool {
	other := []byte(name)
	for i, char := range other {
		other[i] = swapped(char)
	}
	if string(other) == name || !ascii.certain(name) || id == (vfs.FileID{}) {
		return false
	}
	entry, err := dir.lstat(string(other))
	if err == nil && entry.ID == id || err != nil && !errors.Is(plainError(err), fs.ErrNotExist) {
		return false
	}
	// It must have been there all the time for that to mean something.
	entry, err = dir.lstat(name)
	return err == nil && entry.ID == id
}

func swapped(char byte) byte {
	if lower := char | 0x20; 'a' <= lower && lower <= 'z' {
		return char ^ 0x20
	}
	return char
}

// isListed looks for a name in a directory's listing, which is remembered until
// the directory changes.
func (s *spelling) isListed(dir directory, at, name string) (bool, error) {
	now, err := dir.stat()
	if err != nil {
		return false, err
	}
	s.mu.Lock()
	known, found := s.listings[at]
	s.mu.Unlock()
	if found && known.of.ID == now.ID && known.of.ModTime.Equal(now.ModTime) && known.of.ChangeTime.Equal(now.ChangeTime) {
		_, found = known.names[name]
		return found, nil
	}
	list, err := dir.list()
	if err != nil {
		return false, err
	}
	fresh := listing{now, make(map[string]struct{}, len(list))}
	for _, one := range list {
		fresh.names[strings.Clone(one.Name)] = struct{}{}
	}
	if age := time.Since(now.ModTime); age > settled {
		s.remember(at, fresh)
	}
	_, found = fresh.names[name]
	return found, nil
}

func (s *spelling) remember(at string, fresh listing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listed += len(fresh.names) - len(s.listings[at].names)
	if s.listed > maxListed || s.listings == nil {
		s.listings, s.listed = map[string]listing{}, len(fresh.names)
	}
	s.listings[at] = fresh
}
