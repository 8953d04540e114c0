package sync

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A journal lies in each folder of a batch while that runs, as a file of JSON
// lines. Every line is written before what it tells of is begun, so that
// whoever finds the journal of a dead process knows all that may have been done.
//
// Its name is always the same, so that mounting a folder need not list it to find
// out. It gets that name with its first line in it; until then it has one that holds
// the time of the folder, which making a file there changes.
const (
	journalFile    = ReservedPrefix + ".journal"
	newSuffix      = ".new"
	journalVersion = 1
)

// journal is the journal of one folder.
type journal struct {
	id      string
	file    *os.File
	durable bool
	count   int
	entries []entry
	length  int64 // bytes of whole lines, of one that was read
}

// entry is a line of a journal.
type entry struct {
	Kind entryKind `json:"kind"`

	// Of a batch.
	Version  int      `json:"version,omitempty"`
	ID       string   `json:"id,omitempty"`
	Rollback bool     `json:"rollback,omitempty"`
	Primary  string   `json:"primary,omitempty"` // the folder whose journal decides for all of the batch; empty: this one
	Others   []string `json:"others,omitempty"`  // the folders for which this one decides

	// Of all others: the path below the folder, with slashes.
	Path string `json:"path,omitempty"`
	// Names beside it that the batch uses for what is new and what was old.
	New string `json:"new,omitempty"`
	Old string `json:"old,omitempty"`
	// Size and ModTime of what is new, to know it again where there are no hard
	// links; ModTime of a directory before, of a
	// batch that of the folder.
	Size    int64     `json:"size,omitempty"`
	ModTime time.Time `json:"modTime,omitzero"`
	// Target of a symbolic link.
	Target string `json:"target,omitempty"`
}

type entryKind string

const (
	entryBatch     entryKind = "batch"     // the first line
	entryDirectory entryKind = "directory" // entries of a directory will change
	entryMake      entryKind = "make"      // a directory that was not there will be made
	entryCreate    entryKind = "create"    // New will be put to Path, where nothing was
	entryReplace   entryKind = "replace"   // Path gets the second name Old and is then replaced by New
	entryRemove    entryKind = "remove"    // Path will be renamed to Old or, without one, removed
	entryLink      entryKind = "link"      // a symbolic link will be made at Path, where nothing was
	entryAside     entryKind = "aside"     // New will hold contents for a later step, in the folder itself
	entryCommit    entryKind = "commit"    // all is done; only names of the batch are left to remove
)

func newID() string {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

// newJournalName is the name of a journal without its first line.
func newJournalName(id string, before time.Time) string {
	return ReservedPrefix + "-" + id + "-" + strconv.FormatInt(before.UnixNano(), 10) + newSuffix
}

// parseNewJournalName returns the time in a name that newJournalName made.
func parseNewJournalName(name string) (before time.Time, is bool) {
	rest, begins := strings.CutPrefix(name, ReservedPrefix+"-")
	rest, ends := strings.CutSuffix(rest, newSuffix)
	_, nanoseconds, _ := strings.Cut(rest, "-")
	n, err := strconv.ParseInt(nanoseconds, 10, 64)
	return time.Unix(0, n), begins && ends && err == nil
}

// begin makes the journal of a folder.
func (f *folder) begin(id string, first entry, durable bool) error {
	info, err := f.root.Stat(".")
	if err != nil {
		return err
	}
	name := newJournalName(id, info.ModTime())
	file, err := f.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	j := &journal{id: id, file: file, durable: durable}
	first.Kind, first.Version, first.ID, first.ModTime = entryBatch, journalVersion, id, info.ModTime()
	if err = j.add(first); err == nil {
		failpoint("new")
		err = f.root.Rename(name, journalFile)
	}
	if err != nil {
		err = errors.Join(err, file.Close(), f.root.Remove(name), f.root.Chtimes(".", time.Time{}, info.ModTime()))
		return fmt.Errorf("the folder of mount %s: %w", f.Path, err)
	}
	f.journal = j
	if durable {
		return syncDirectory(f.root)
	}
	return nil
}

// name returns a name that no file has.
func (j *journal) name() string {
	j.count++
	return ReservedPrefix + "-" + j.id + "-" + strconv.Itoa(j.count)
}

// add writes a line.
func (j *journal) add(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	failpoint("journal")
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	j.entries = append(j.entries, e)
	if j.durable {
		return j.file.Sync()
	}
	return nil
}

// end removes the journal. What that does to the folder's own time does not show
// where the batch did nothing else to it, or all of it was undone.
func (f *folder) end(undone bool) error {
	if f.journal == nil {
		return nil
	}
	failpoint("end")
	err := f.journal.file.Close()
	if err == nil {
		err = f.removeJournal(f.journal, undone)
	}
	f.journal = nil
	return err
}

func (f *folder) removeJournal(j *journal, undone bool) error {
	if err := f.root.Remove(journalFile); err != nil {
		return err
	}
	changed := slices.ContainsFunc(j.entries, func(e entry) bool {
		return !slices.Contains([]entryKind{entryBatch, entryDirectory, entryAside, entryCommit}, e.Kind) && !strings.Contains(e.Path, "/")
	})
	if changed && !undone {
		return nil
	}
	return f.root.Chtimes(".", time.Time{}, j.entries[0].ModTime)
}

// errForeignJournal: a journal that this version cannot read must stay.
var errForeignJournal = errors.New("a journal of an unknown version; use the version that wrote it")

// readJournal reads what a dead process left; nil if there is none. The last line may
// be cut short: what it tells of was not begun.
func readJournal(root *os.Root) (*journal, error) {
	info, err := root.Lstat(journalFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "read", Path: journalFile, Err: errors.New("not a regular file")}
	}
	file, err := root.Open(journalFile)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	j := &journal{}
	reader := bufio.NewReader(file)
	for {
		line, err := reader.ReadBytes('\n')
		switch {
		case err != nil && len(j.entries) == 0:
			return nil, fmt.Errorf("%s has no first line: %w", journalFile, errForeignJournal)
		case err != nil: // no whole line any more
			j.id = j.entries[0].ID
			return j, nil
		}
		j.length += int64(len(line))
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", journalFile, len(j.entries)+1, err)
		}
		if len(j.entries) == 0 && (e.Kind != entryBatch || e.Version != journalVersion) {
			return nil, fmt.Errorf("%s: %w", journalFile, errForeignJournal)
		}
		if err := e.check(); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", journalFile, len(j.entries)+1, err)
		}
		j.entries = append(j.entries, e)
	}
}

// check refuses what this package never writes: the journal decides over files.
func (e *entry) check() error {
	for _, name := range []string{e.New, e.Old} {
		if name != "" && (!Reserved(name) || strings.ContainsAny(name, `/\`)) {
			return fmt.Errorf("%q is no name of a batch", name)
		}
	}
	if e.Kind != entryBatch && e.Kind != entryCommit && !fs.ValidPath(e.Path) {
		return fmt.Errorf("%q is no path below the folder", e.Path)
	}
	return nil
}

// committed says whether the last line is a commit.
func (j *journal) committed() bool {
	return len(j.entries) > 0 && j.entries[len(j.entries)-1].Kind == entryCommit
}
