package sync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// failure is a path that could not be put back.
type failure struct {
	path string // below the folder
	err  error
}

// undo puts a folder back to where it was before the entries of a journal. Every
// part of it may be done already, by an undo that was killed itself.
func (f *folder) undo(entries []entry) (failures []failure) {
	for _, e := range slices.Backward(entries) {
		if e.Kind == entryBatch || e.Kind == entryCommit || e.Kind == entryDirectory {
			continue
		}
		dir, name := split(e.Path)
		directory, err := f.directory(dir)
		if isGone(err) {
			continue // then the entry was never begun, or is undone already
		}
		if err == nil {
			f.forget(e.Path)
			err = e.undo(directory, name)
			failpoint("undone")
		}
		if err != nil {
			failures = append(failures, failure{e.Path, err})
		}
	}
	// The times of directories, now that no entries change any more.
	for _, e := range slices.Backward(entries) {
		if e.Kind != entryDirectory {
			continue
		}
		directory, err := f.directory(e.Path)
		if isGone(err) {
			continue // made by the batch
		}
		var info fs.FileInfo
		if err == nil {
			info, err = directory.Stat(".")
		}
		if err == nil && !info.ModTime().Equal(e.ModTime) {
			err = directory.Chtimes(".", time.Time{}, e.ModTime)
		}
		if err != nil {
			failures = append(failures, failure{e.Path, err})
		}
	}
	return failures
}

func (e *entry) undo(directory *os.Root, name string) error {
	now, err := lstat(directory, name)
	if err != nil {
		return err
	}
	switch e.Kind {
	case entryMake:
		if now == nil || !now.IsDir() {
			return nil
		}
		return directory.Remove(name)
	case entryLink:
		if now == nil || now.Mode()&fs.ModeSymlink == 0 {
			return nil
		}
		if target, err := directory.Readlink(name); err != nil || target != e.Target {
			return err
		}
		return directory.Remove(name)
	case entryAside:
		return removeNames(directory, e.New)
	case entryCreate:
		return e.undoCreate(directory, name, now)
	case entryReplace:
		if err := e.undoReplace(directory, name, now); err != nil {
			return err
		}
		return removeNames(directory, e.New, e.Old+"-part")
	case entryRemove:
		return e.undoRemove(directory, name, now)
	}
	return nil
}

// undoCreate removes a new file, if it is that one.
func (e *entry) undoCreate(directory *os.Root, name string, now fs.FileInfo) error {
	written, err := lstat(directory, e.New)
	if err != nil {
		return err
	}
	if now != nil {
		ours := now.Mode().IsRegular() && now.Size() == e.Size && now.ModTime().Equal(e.ModTime)
		if written != nil {
			ours = os.SameFile(written, now)
		}
		if ours {
			if err := directory.Remove(name); err != nil {
				return err
			}
		}
	}
	return removeNames(directory, e.New)
}

// undoReplace puts back what was kept.
func (e *entry) undoReplace(directory *os.Root, name string, now fs.FileInfo) error {
	if e.Old == "" {
		return nil
	}
	kept, err := lstat(directory, e.Old)
	switch {
	case err != nil || kept == nil:
		return err
	case now != nil && os.SameFile(kept, now):
		return directory.Remove(e.Old) // it was not replaced yet
	}
	return directory.Rename(e.Old, name)
}

func (e *entry) undoRemove(directory *os.Root, name string, now fs.FileInfo) error {
	if e.Old == "" {
		return nil
	}
	kept, err := lstat(directory, e.Old)
	switch {
	case err != nil || kept == nil:
		return err
	case now != nil:
		return fmt.Errorf("something else is there now; what was removed is beside it as %s", e.Old)
	}
	return directory.Rename(e.Old, name)
}

// removeNames removes files that may not exist.
func removeNames(directory *os.Root, names ...string) error {
	for _, name := range names {
		if !Reserved(name) {
			continue
		}
		if err := directory.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// removeNames removes what a batch that is done left beside its files.
func (f *folder) removeNames(entries []entry) error {
	var errs []error
	for _, e := range slices.Backward(entries) {
		if e.New == "" && e.Old == "" {
			continue
		}
		dir, name := split(e.Path)
		directory, err := f.directory(dir)
		if isGone(err) {
			continue // removed with all that was in it
		}
		if err == nil {
			failpoint("clean")
			if err = removeNames(directory, e.New, e.Old+"-part"); err == nil && e.Old != "" {
				err = removeKept(directory, e.Old, name)
			}
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// removeKept removes what had the name before. Of a directory nothing is removed
// that came into it meanwhile; then it gets its name back.
func removeKept(directory *os.Root, kept, name string) error {
	info, err := lstat(directory, kept)
	if err != nil || info == nil {
		return err
	}
	if !info.IsDir() {
		return directory.Remove(kept)
	}
	inside, err := enter(directory, kept)
	if err != nil {
		return err
	}
	names, err := namesIn(inside)
	for _, one := range names {
		if Reserved(one) && err == nil {
			err = removeKept(inside, one, one)
		}
	}
	if err = errors.Join(err, inside.Close()); err != nil {
		return err
	}
	if err := directory.Remove(kept); err != nil {
		if now, _ := lstat(directory, name); now == nil {
			return directory.Rename(kept, name)
		}
		return err
	}
	return nil
}

// Recovered tells what Recover found.
type Recovered struct {
	// Undone and Completed are the numbers of batches that were rolled back and that
	// were done but for their temporary files.
	Undone, Completed int
}

// Recover finds out whether a batch was cut short in a host folder, by the death of
// its process, and undoes it, or completes it where it was as good as done. A batch
// without rollback keeps what it has done. Apply calls it by itself. A folder in
// which nothing is left to do is not changed.
func Recover(ctx context.Context, hostPath string) (recovered Recovered, err error) {
	absolute, err := filepath.Abs(hostPath)
	if err != nil {
		return Recovered{}, err
	}
	held, err := lock(ctx, []string{absolute})
	if err != nil {
		return Recovered{}, err
	}
	f := &folder{Folder: Folder{Path: "/", HostPath: absolute}}
	if err = f.open(); err == nil {
		if recovered, err = f.recover(); err == nil {
			err = f.removeBeginnings()
		}
	}
	return recovered, errors.Join(err, f.close(), held.release())
}

// Pending tells whether a batch was cut short in a host folder, or is under way; then
// Recover has something to do.
func Pending(hostPath string) bool {
	_, err := os.Lstat(filepath.Join(hostPath, journalFile))
	return err == nil
}

// removeBeginnings removes journals that never got their first line.
func (f *folder) removeBeginnings() error {
	names, err := namesIn(f.root)
	if err != nil {
		return err
	}
	for _, name := range names {
		if before, is := parseNewJournalName(name); is {
			if err := errors.Join(f.root.Remove(name), f.root.Chtimes(".", time.Time{}, before)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *folder) recover() (recovered Recovered, err error) {
	j, err := readJournal(f.root)
	if err != nil {
		return Recovered{}, fmt.Errorf("%s: %w", f.HostPath, err)
	}
	if j == nil {
		return Recovered{}, nil
	}
	completed, err := f.settle(j)
	f.closeDirectories()
	switch {
	case err != nil:
		return Recovered{}, fmt.Errorf("%s: what an earlier batch left: %w", f.HostPath, err)
	case completed:
		return Recovered{Completed: 1}, nil
	}
	return Recovered{Undone: 1}, nil
}

// settle ends the batch of a journal.
func (f *folder) settle(j *journal) (completed bool, err error) {
	first := j.entries[0]
	completed = j.committed()
	if !completed && first.Primary != "" {
		primary, err := journalOf(first.Primary, j.id)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		completed = primary != nil && primary.committed()
	}
	if !completed && first.Rollback {
		var errs []error
		for _, failed := range f.undo(j.entries) {
			errs = append(errs, fmt.Errorf("%s: %w", failed.path, failed.err))
		}
		err = errors.Join(errs...)
	} else {
		err = f.removeNames(j.entries)
	}
	if err != nil {
		return completed, err
	}
	if completed {
		for _, other := range first.Others {
			if err := f.passCommit(other, j.id); err != nil {
				return true, err
			}
		}
	}
	failpoint("settled")
	return completed, f.removeJournal(j, !completed && first.Rollback)
}

// journalOf reads the journal of a batch in another of its folders; nil if there
// is none.
func journalOf(folder, id string) (*journal, error) {
	root, err := openFolder(folder)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // only read
	return journalIn(root, id)
}

func journalIn(root *os.Root, id string) (*journal, error) {
	j, err := readJournal(root)
	if j != nil && j.id != id {
		j = nil
	}
	return j, err
}

// is tells whether info describes this folder.
func (f *folder) is(info fs.FileInfo) bool {
	own, err := f.root.Stat(".")
	return err == nil && os.SameFile(own, info)
}

// passCommit adds the commit to the journal of another folder of a batch, since the
// one that decides is about to go. The folder may not be locked: whoever recovers it
// right now comes to the same end, by one commit or the other.
func (f *folder) passCommit(folder, id string) error {
	root, err := openFolder(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }() // what was written is closed below
	j, err := journalIn(root, id)
	if err != nil || j == nil || j.committed() {
		return err
	}
	// That other journal must name this folder as the one that decides for it: this one
	// may be forged by somebody who can write here and not there.
	if decides, err := os.Stat(j.entries[0].Primary); err != nil || !f.is(decides) {
		return nil
	}
	file, err := root.OpenFile(journalFile, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // recovered meanwhile
	}
	if err != nil {
		return err
	}
	j.file = file
	err = file.Truncate(j.length) // only a commit can have been cut short
	if err == nil {
		_, err = file.Seek(j.length, io.SeekStart)
	}
	if err == nil {
		err = j.add(entry{Kind: entryCommit})
	}
	return errors.Join(err, file.Close())
}
