// Command phpt runs PHP's own test suite in the sandbox: each test in a call of
// its own. Tests that fail there are run once more by a native PHP, if one is
// named; those that it passes are compared with a list of what is known to fail
// here, each with its reason.
//
//	go run ./internal/cmd/phpt -sources php-8.4.24 [-native COMMAND] [-expect FILE] [FOLDER|TEST...]
//
// COMMAND gets the path of a program as its last argument. Where it runs in
// another root, -chroot is what its paths lack of those here.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// folders are the tests of what is built in.
var folders = []string{
	"Zend/tests", "tests/classes", "tests/lang", "tests/basic", "tests/func", "tests/output", "tests/strings",
	"ext/standard/tests", "ext/spl/tests", "ext/date/tests", "ext/json/tests", "ext/pcre/tests", "ext/ctype/tests", "ext/mbstring/tests",
	"ext/tokenizer/tests", "ext/filter/tests", "ext/hash/tests", "ext/random/tests", "ext/bcmath/tests", "ext/calendar/tests", "ext/iconv/tests",
	"ext/reflection/tests", "ext/libxml/tests", "ext/dom/tests", "ext/simplexml/tests", "ext/xml/tests", "ext/xmlreader/tests", "ext/xmlwriter/tests",
	"ext/zlib/tests", "ext/fileinfo/tests",
}

func main() {
	sources := flag.String("sources", "", "the `folder` of PHP's sources")
	native := flag.String("native", "", "a `command` that runs a native PHP")
	verbose := flag.Bool("v", false, "print the output of tests that fail")
	chroot := flag.String("chroot", "", "the `root` that the native PHP runs in")
	expect := flag.String("expect", "", "a `file` with the tests that fail only here, and why")
	workers := flag.Int("workers", runtime.NumCPU(), "tests at once")
	flag.Parse()
	s := &suite{root: *sources, verbose: *verbose, out: os.Stdout}
	if *native != "" {
		s.native = &process{root: *sources, chroot: *chroot, command: strings.Fields(*native)}
	}
	if err := s.run(*expect, *workers, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (s *suite) run(expect string, workers int, only []string) error {
	if s.root == "" {
		return errors.New("-sources is needed")
	}
	known, err := readKnown(expect)
	if err != nil {
		return err
	}
	ctx := context.Background()
	if s.box, err = newSandbox(ctx, s.root); err != nil {
		return err
	}
	defer func() { _ = s.box.executor.Close(ctx) }()
	all := len(only) == 0
	if all {
		only = folders
	}
	var total counts
	for _, folder := range only {
		paths, err := s.list(folder)
		if err != nil {
			return err
		}
		c := s.folder(ctx, paths, workers)
		fmt.Fprintf(s.out, "%-24s %s\n", folder, c)
		total.add(c)
	}
	fmt.Fprintf(s.out, "%-24s %s\n", "all", total)
	return s.compare(known, all)
}

// readKnown reads lines of a test's path and the reason that it fails for.
func readKnown(file string) (map[string]string, error) {
	known := map[string]string{}
	if file == "" {
		return known, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(content)) {
		path, reason, _ := strings.Cut(strings.TrimSpace(line), " ")
		if path != "" && path[0] != '#' {
			known[path] = reason
		}
	}
	return known, nil
}

// compare tells how what failed here differs from what is known to.
func (s *suite) compare(known map[string]string, all bool) error {
	slices.Sort(s.failed)
	unexpected := 0
	for _, line := range s.failed {
		path, _, _ := strings.Cut(line, ": ")
		if _, ok := known[path]; !ok {
			unexpected++
			fmt.Fprintln(s.out, "fails only here:", line)
		}
		delete(known, path)
	}
	if all {
		for _, path := range slices.Sorted(maps.Keys(known)) {
			fmt.Fprintln(s.out, "is listed, but passes or is skipped:", path)
		}
	}
	if unexpected > 0 {
		return fmt.Errorf("%d tests fail that are not known to", unexpected)
	}
	return nil
}

// counts are the outcomes of tests.
type counts struct{ pass, here, both, skip int }

func (c *counts) add(other counts) {
	c.pass += other.pass
	c.here += other.here
	c.both += other.both
	c.skip += other.skip
}

func (c counts) String() string {
	return fmt.Sprintf("pass %5d   fail here %4d   fail in both %4d   skipped %5d", c.pass, c.here, c.both, c.skip)
}

type suite struct {
	root    string
	box     *sandbox
	native  runner
	verbose bool

	lock   sync.Mutex
	out    io.Writer
	failed []string
}

func (s *suite) list(folder string) ([]string, error) {
	if strings.HasSuffix(folder, ".phpt") {
		return []string{folder}, nil
	}
	var paths []string
	err := filepath.WalkDir(filepath.Join(s.root, filepath.FromSlash(folder)), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".phpt") && entry.Type().IsRegular() {
			relative, _ := filepath.Rel(s.root, path)
			paths = append(paths, filepath.ToSlash(relative))
		}
		return err
	})
	return paths, err
}

func (s *suite) folder(ctx context.Context, paths []string, workers int) counts {
	var group sync.WaitGroup
	var lock sync.Mutex
	var sum counts
	work := make(chan string)
	for range workers {
		group.Go(func() {
			for path := range work {
				c := s.test(ctx, path)
				lock.Lock()
				sum.add(c)
				lock.Unlock()
			}
		})
	}
	for _, path := range paths {
		work <- path
	}
	close(work)
	group.Wait()
	return sum
}

// unsupported are sections that ask for a web server, a debugger or another test.
var unsupported = []string{"CGI", "POST", "POST_RAW", "PUT", "GET", "COOKIE", "HEADERS", "PHPDBG", "REDIRECTTEST", "EXPECTHEADERS", "GZIP_POST", "DEFLATE_POST", "XFAIL"}

func (s *suite) test(ctx context.Context, path string) counts {
	t, err := readTest(s.root, path)
	if err != nil {
		return s.fail(path, "cannot be read: "+err.Error(), nil)
	}
	for _, section := range unsupported {
		if t.has(section) {
			return counts{skip: 1}
		}
	}
	output, skip, err := runTest(ctx, s.box, t)
	switch {
	case errors.Is(err, errSettings):
		return counts{skip: 1}
	case err != nil:
		return s.fail(path, err.Error(), nil)
	case skip:
		return counts{skip: 1}
	case t.matches(output) || t.matches(spread(output)):
		return counts{pass: 1}
	}
	if s.native != nil {
		native, skip, err := runTest(ctx, s.native, t)
		if err != nil || skip || !t.matches(native) {
			if s.verbose {
				s.log(path+": fails or is skipped natively, too", native)
			}
			return counts{both: 1}
		}
	}
	return s.fail(path, "", output)
}

// runTest runs a test's SKIPIF and then the test.
func runTest(ctx context.Context, with runner, t *test) (output []byte, skip bool, err error) {
	settings := t.settings()
	for extension := range strings.FieldsSeq(t.sections["EXTENSIONS"]) {
		output, err = with.run(ctx, t, "<?php if (!extension_loaded('"+extension+"')) echo 'skip';", nil)
		if err != nil || len(output) > 0 {
			return nil, true, err
		}
	}
	if condition, ok := t.sections["SKIPIF"]; ok {
		output, err = with.run(ctx, t, condition, settings)
		text := strings.ToLower(strings.TrimSpace(string(output)))
		if err != nil || strings.HasPrefix(text, "skip") || strings.HasPrefix(text, "xfail") || strings.HasPrefix(text, "flaky") {
			return nil, true, err
		}
	}
	output, err = with.run(ctx, t, t.sections["FILE"], settings)
	return output, false, err
}

// notice is where a notice follows something else.
var notice = regexp.MustCompile(`([^\n])\n(Deprecated|Warning|Notice|Fatal error): `)

// spread puts an empty line in front of notices: those of the compiler go to
// stderr, since display_errors has not taken effect yet, and there they have none.
func spread(output []byte) []byte { return notice.ReplaceAll(output, []byte("$1\n\n$2: ")) }

func (s *suite) fail(path, why string, output []byte) counts {
	s.lock.Lock()
	s.failed = append(s.failed, strings.TrimSuffix(path+": "+why, ": "))
	s.lock.Unlock()
	if s.verbose {
		s.log("FAIL "+path+" "+why, output)
	}
	return counts{here: 1}
}

func (s *suite) log(title string, output []byte) {
	s.lock.Lock()
	defer s.lock.Unlock()
	fmt.Fprintf(s.out, "==== %s\n%s\n", title, output)
}
