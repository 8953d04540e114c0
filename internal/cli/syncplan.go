package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"

	"github.com/funcbox/funcbox"
)

// maxDiffBytes is the size up to which files are compared line by line.
const maxDiffBytes = 1 << 20

// nowhere is what patch knows a file by that is not there.
const nowhere = "/dev/null"

// printPlan prints what a dry run would write, in the order of paths: text files as a
// unified diff, of paths below the working directory in a form that patch -p0 takes,
// everything else as a line each.
func (o *syncOutcome) printPlan(stdout *lineWriter) error {
	if o.result == nil {
		return nil
	}
	planned := make(map[string]bool, len(o.result.Synced))
	for _, path := range o.result.Synced {
		planned[path] = true
	}
	here, err := os.Getwd()
	if err != nil {
		here = "" // absolute paths, then
	}
	for _, change := range o.changes {
		if !planned[change.Path] {
			continue
		}
		if _, err := stdout.Write([]byte(describe(change, displayed(change.HostPath, here)))); err != nil {
			return err
		}
	}
	return nil
}

// displayed is a path of the host for people: as seen from the working directory where
// it is below that.
func displayed(path, here string) string {
	if relative, err := filepath.Rel(here, path); here != "" && err == nil && filepath.IsLocal(relative) {
		path = relative
	}
	return printable(filepath.ToSlash(path))
}

// printable quotes a path that would not stay on its line, or not look like what it
// is: guests choose names.
func printable(path string) string {
	strange := func(r rune) bool { return !unicode.IsPrint(r) || r == '"' || r == utf8.RuneError }
	if strings.ContainsFunc(path, strange) || !utf8.ValidString(path) {
		return strconv.Quote(path)
	}
	return path
}

// describe says what one change would do to a path.
func describe(change funcbox.FileChange, path string) string {
	switch {
	case change.IsDir:
		return fmt.Sprintf("%s directory %s\n", change.Type, path)
	case change.Symlink != "":
		return fmt.Sprintf("%s symbolic link %s -> %s\n", change.Type, path, printable(change.Symlink))
	case !change.Mode.IsRegular():
		return fmt.Sprintf("%s symbolic link %s\n", change.Type, path)
	}
	size := fmt.Sprintf("%d bytes", change.Size)
	if change.Type == "modify" {
		size = fmt.Sprintf("%d to %d bytes", change.OldSize, change.Size)
	}
	if change.Size > maxDiffBytes || change.OldSize > maxDiffBytes {
		return fmt.Sprintf("%s %s (large, %s)\n", change.Type, path, size)
	}
	before, errBefore := change.OldContent()
	after, errAfter := change.Content()
	switch {
	case errBefore != nil || errAfter != nil:
		return fmt.Sprintf("%s %s (not readable, %s)\n", change.Type, path, size)
	case !isText(before) || !isText(after):
		return fmt.Sprintf("%s %s (binary, %s)\n", change.Type, path, size)
	}
	from, to := path, path
	switch change.Type {
	case "create":
		from = nowhere
	case "delete":
		to = nowhere
	}
	diff, err := udiff.ToUnified(from, to, string(before), udiff.Lines(string(before), string(after)), udiff.DefaultContextLines)
	if err != nil || diff == "" { // an empty file
		return fmt.Sprintf("%s %s (%s)\n", change.Type, path, size)
	}
	return diff
}

// isText guesses as diff does, by NUL.
func isText(content []byte) bool {
	return utf8.Valid(content) && bytes.IndexByte(content, 0) < 0
}
