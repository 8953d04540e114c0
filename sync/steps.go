package sync

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/funcbox/funcbox/vfs"
)

// leftOut is an error that is no failure: the change is skipped.
type leftOut struct{ reason string }

func (e *leftOut) Error() string { return e.reason }

func conflict(reason string) error { return fmt.Errorf("%w: %s", ErrConflict, reason) }

// compare tells whether the path is as the guest saw it.
func (s *step) compare(b *batch) error {
	directory, err := s.folder.directory(s.dir)
	var now fs.FileInfo
	if err == nil {
		now, err = lstat(directory, s.name)
	} else if isGone(err) && (s.inNew || s.Type != vfs.Create) {
		err = nil // the directory comes earlier in the batch, or went away
	}
	if err != nil {
		return err
	}
	return s.compareWith(directory, now, b)
}

func (s *step) compareWith(directory *os.Root, now fs.FileInfo, b *batch) error {
	switch {
	case s.Type == vfs.Create && now == nil, s.Type == vfs.Delete && now == nil:
		return nil
	case s.Type == vfs.Create && s.replaces && !s.replaced:
		return nil // what is there is deleted before
	case now == nil:
		return conflict("it was deleted")
	case s.Mode.IsDir() && now.IsDir():
		return nil
	case s.Mode.Type() != now.Mode().Type() && (s.Type != vfs.Create || !b.options.Overwrite || now.Mode()&fs.ModeSymlink == 0 || !s.Mode.IsRegular()):
		return conflict(fmt.Sprintf("it is %s now", kindOf(now.Mode())))
	case b.options.Overwrite && (s.Type != vfs.Create || s.Mode.IsRegular()):
		return nil
	case s.Type == vfs.Create:
		return conflict("it was created")
	case s.Mode.Type() != 0:
		return nil // a symbolic link
	case s.Base == nil:
		return conflict("it is not known what it was")
	case s.Base.Size != now.Size():
		return conflict("its size is another")
	case s.Base.ModTime.Equal(now.ModTime()):
		return nil
	}
	var want [sha256.Size]byte
	known := false
	if s.Base.Hash != nil {
		want, known = s.Base.Hash()
	}
	if !known {
		return conflict("its time is another")
	}
	hash, err := hashOf(directory, s.name)
	if err != nil {
		return err
	}
	if hash != want {
		return conflict("its contents are others")
	}
	return nil
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "a file"
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	}
	return "a special file"
}

func hashOf(directory *os.Root, name string) (sum [sha256.Size]byte, err error) {
	file, err := directory.Open(name)
	if err != nil {
		return sum, err
	}
	defer func() { _ = file.Close() }() // only read
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return sum, err
	}
	return [sha256.Size]byte(hash.Sum(nil)), nil
}

// apply does one step. The journal is written first.
func (s *step) apply(b *batch) error {
	directory, err := s.folder.directory(s.dir)
	if isGone(err) && s.Type == vfs.Delete {
		return nil
	}
	if err != nil {
		return err
	}
	now, err := lstat(directory, s.name)
	if err != nil {
		return err
	}
	if err := s.folder.touch(s.dir, directory, b); err != nil {
		return err
	}
	switch {
	case s.Type == vfs.Delete && now == nil:
		return nil
	case s.Type == vfs.Delete && now.IsDir():
		return s.removeDirectory(directory, b)
	case s.Type == vfs.Delete:
		return s.remove(directory, now, b)
	case s.Mode.IsDir():
		return s.makeDirectory(directory, now)
	case s.Mode&fs.ModeSymlink != 0:
		return s.makeLink(directory)
	}
	return s.write(directory, now, b)
}

// touch notes the time of a directory before its entries change.
func (f *folder) touch(relative string, directory *os.Root, b *batch) error {
	if f.touched[relative] {
		return nil
	}
	if b.options.OnError == Rollback {
		info, err := directory.Stat(".")
		if err != nil {
			return err
		}
		if err := f.journal.add(entry{Kind: entryDirectory, Path: relative, ModTime: info.ModTime()}); err != nil {
			return err
		}
	}
	if f.touched == nil {
		f.touched = make(map[string]bool)
	}
	f.touched[relative] = true
	return nil
}

func (s *step) makeDirectory(directory *os.Root, now fs.FileInfo) error {
	if now != nil && now.IsDir() {
		return nil
	}
	if err := s.folder.journal.add(entry{Kind: entryMake, Path: s.relative}); err != nil {
		return err
	}
	failpoint("make")
	if err := directory.Mkdir(s.name, 0o777); err != nil { // less the umask, as every program does
		return err
	}
	failpoint("made")
	return nil
}

// makeLink makes a symbolic link that cannot lead out of the folder: relative, and
// with ".." at its beginning only, where no other link can stand before it.
func (s *step) makeLink(directory *os.Root) error {
	target := s.Target
	if path.IsAbs(target) {
		inside, err := vfs.ParsePath(target, "/")
		if err != nil || !inside.Within(s.folder.Path) {
			return &leftOut{fmt.Sprintf("the link leads out of the mount, to %q", target)}
		}
		rest := strings.TrimPrefix(strings.TrimPrefix(string(inside), string(s.folder.Path)), "/")
		target = path.Join(strings.Repeat("../", strings.Count(s.relative, "/")), rest)
	}
	rest := target
	for strings.HasPrefix(rest, "../") {
		rest = rest[3:]
	}
	reached := path.Join(s.dir, target)
	if reached == ".." || strings.HasPrefix(reached, "../") || strings.Contains("/"+rest+"/", "/../") && rest != ".." {
		return &leftOut{fmt.Sprintf("the link leads out of the mount, to %q", target)}
	}
	if err := s.folder.journal.add(entry{Kind: entryLink, Path: s.relative, Target: target}); err != nil {
		return err
	}
	failpoint("link")
	return directory.Symlink(target, s.name)
}

// write writes a file beside its place and then puts it there.
func (s *step) write(directory *os.Root, now fs.FileInfo, b *batch) error {
	j := s.folder.journal
	e := entry{Kind: entryCreate, Path: s.relative, New: j.name(), ModTime: s.ModTime}
	if e.ModTime.IsZero() {
		e.ModTime = time.Now()
	}
	if now != nil {
		e.Kind = entryReplace
		if b.options.OnError == Rollback {
			e.Old = j.name()
		}
	}
	if err := j.add(e); err != nil {
		return err
	}
	var err error
	e.Size, err = writeFile(directory, e.New, s.copyTo, e.ModTime, now, b.options.Durable)
	if err != nil {
		return err
	}
	failpoint("written")
	if now == nil {
		return s.place(directory, e, b)
	}
	if e.Old != "" {
		if err := keep(directory, s.name, e.Old, now); err != nil {
			return err
		}
		failpoint("kept")
	}
	if err := directory.Rename(e.New, s.name); err != nil {
		return err
	}
	failpoint("replaced")
	return nil
}

// setAside copies contents that the batch would lose before it is their turn.
func (s *step) setAside() error {
	f := s.folder
	name := f.journal.name()
	if err := f.journal.add(entry{Kind: entryAside, Path: name, New: name}); err != nil {
		return err
	}
	if _, err := writeFile(f.root, name, s.copyTo, time.Now(), nil, false); err != nil {
		return err
	}
	failpoint("aside")
	s.Open = func() (io.ReadCloser, error) { return f.root.Open(name) }
	return nil
}

// place gives a new file its name if nothing has it. A hard link does that in one
// step; with rollback, the other name stays until the end and tells the file again.
func (s *step) place(directory *os.Root, e entry, b *batch) error {
	err := directory.Link(e.New, s.name)
	switch {
	case errors.Is(err, fs.ErrExist):
		return conflict("it was created")
	case err != nil: // no hard links here
		if now, err := lstat(directory, s.name); now != nil || err != nil {
			return errors.Join(conflict("it was created"), err)
		}
		if err := s.folder.journal.add(e); err != nil { // now with the size, which tells the file again
			return err
		}
		if err := directory.Rename(e.New, s.name); err != nil {
			return err
		}
	case b.options.OnError != Rollback:
		failpoint("linked")
		return directory.Remove(e.New)
	}
	failpoint("placed")
	return nil
}

// writeFile makes a new file with the permissions and the owner of an old one, and
// returns its length.
func writeFile(directory *os.Root, name string, copyTo func(io.Writer) (int64, error), modTime time.Time, old fs.FileInfo, durable bool) (int64, error) {
	failpoint("write")
	file, err := directory.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666) // less the umask
	if err != nil {
		return 0, err
	}
	failpoint("opened")
	length, err := copyTo(file)
	if err == nil && old != nil && old.Mode().IsRegular() { // the bits of a symbolic link say nothing
		keepOwner(file, old)
		err = file.Chmod(old.Mode().Perm())
	}
	if err == nil && durable {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return 0, err
	}
	return length, directory.Chtimes(name, time.Time{}, modTime)
}

// keep gives what is about to be replaced a second name, by which it can be put
// back as it is now.
func keep(directory *os.Root, name, kept string, seen fs.FileInfo) error {
	if directory.Link(name, kept) != nil {
		return copyFile(directory, name, kept, seen)
	}
	is, err := directory.Lstat(kept)
	if err != nil {
		return err
	}
	if !os.SameFile(is, seen) || !is.ModTime().Equal(seen.ModTime()) || is.Size() != seen.Size() {
		return conflict("it was replaced")
	}
	return nil
}

// copyFile is for folders without hard links. The copy gets its name once it is
// whole.
func copyFile(directory *os.Root, name, kept string, seen fs.FileInfo) error {
	original, err := directory.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = original.Close() }() // only read
	part := kept + "-part"
	copyTo := func(file io.Writer) (int64, error) { return io.Copy(file, original) }
	if _, err := writeFile(directory, part, copyTo, seen.ModTime(), seen, false); err != nil {
		return err
	}
	failpoint("copied")
	return directory.Rename(part, kept)
}

// remove removes a file or a symbolic link.
func (s *step) remove(directory *os.Root, now fs.FileInfo, b *batch) error {
	e := entry{Kind: entryRemove, Path: s.relative}
	if b.options.OnError == Rollback {
		e.Old = s.folder.journal.name()
	}
	if err := s.folder.journal.add(e); err != nil {
		return err
	}
	failpoint("remove")
	if e.Old == "" {
		return directory.Remove(s.name)
	}
	if err := directory.Rename(s.name, e.Old); err != nil {
		return err
	}
	failpoint("removed")
	is, err := directory.Lstat(e.Old)
	if err == nil && !os.SameFile(is, now) {
		err = conflict("it was replaced")
		if back := directory.Link(e.Old, s.name); back == nil {
			err = errors.Join(err, directory.Remove(e.Old))
		}
	}
	return err
}

// removeDirectory removes a directory that is empty but for what the batch itself
// keeps in it.
func (s *step) removeDirectory(directory *os.Root, b *batch) error {
	s.folder.forget(s.relative)
	e := entry{Kind: entryRemove, Path: s.relative}
	if b.options.OnError != Rollback {
		if err := s.folder.journal.add(e); err != nil {
			return err
		}
		failpoint("remove")
		err := directory.Remove(s.name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			if others, listErr := s.folder.others(s.relative); listErr == nil && len(others) > 0 {
				return notEmpty(others)
			}
			return err
		}
		return nil
	}
	others, err := s.folder.others(s.relative)
	s.folder.forget(s.relative)
	switch {
	case err != nil:
		return err
	case len(others) > 0:
		return notEmpty(others)
	}
	e.Old = s.folder.journal.name()
	if err := s.folder.journal.add(e); err != nil {
		return err
	}
	failpoint("remove")
	if err := directory.Rename(s.name, e.Old); err != nil {
		return err
	}
	failpoint("removed")
	return nil
}

func notEmpty(others []string) error {
	return &leftOut{fmt.Sprintf("the directory is not empty on the host: it has %q", others[0])}
}

// others lists what is in a directory besides the names of a batch.
func (f *folder) others(relative string) ([]string, error) {
	directory, err := f.directory(relative)
	if err != nil {
		return nil, err
	}
	names, err := namesIn(directory)
	if err != nil {
		return nil, err
	}
	var others []string
	for _, name := range names {
		if !Reserved(name) {
			others = append(others, name)
		}
	}
	return others, nil
}

func namesIn(directory *os.Root) ([]string, error) {
	file, err := directory.Open(".")
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	return file.Readdirnames(-1)
}

// isGone says that a path leads nowhere, since a directory on the way does not exist
// or is something else.
func isGone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, errLink) || errors.Is(err, errNoDirectory)
}
