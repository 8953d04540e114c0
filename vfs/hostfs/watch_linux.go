package hostfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
	"golang.org/x/sys/unix"

	"github.com/funcbox/funcbox/vfs"
)

// maxWatched is how many directories are watched for one tree. Kernels before 5.11
// give all processes of a user 8,192 together.
const maxWatched = 4096

// flushTime is how long Flush waits for what has happened already. It takes some
// microseconds unless the machine is at a standstill.
const flushTime = 2 * time.Second

var (
	errTooMany = errors.New("too many directories to watch")
	errLost    = errors.New("events of the filesystem were not reported")
)

// Watch implements vfs.Watcher, by inotify. Only paths are taken from events, as
// hints to look there again through the Folder, so whoever moves directories about
// can make it report too much and nothing else. Changes through shared memory
// mappings, through other hard links of a file, and on other machines of a network
// filesystem are not reported.
//
// All folders of a process share one inotify instance, of which a user has 128. It
// is closed with the last watch.
func (f *Folder) Watch(report func(path string)) (vfs.Watch, error) {
	n, err := watching.join()
	if err != nil {
		return nil, err
	}
	return &watch{notifier: n, folder: f, report: report, directories: map[string]string{}}, nil
}

// watch are the directories that are watched for one tree.
type watch struct {
	notifier *notifier
	folder   *Folder
	report   func(path string)

	// Guarded by notifier.mu.
	directories map[string]string // by path on the host: the path in the folder
	closed      bool
	moved       bool // the folder itself was renamed or removed
}

func (w *watch) Add(directory string) error {
	n := w.notifier
	path := filepath.Join(w.folder.real, filepath.FromSlash(directory))
	n.changing.Lock()
	defer n.changing.Unlock()
	n.mu.Lock()
	switch {
	case w.closed:
		n.mu.Unlock()
		return fs.ErrClosed
	case w.moved:
		n.mu.Unlock()
		return errLost
	case len(w.directories) >= maxWatched && w.directories[path] == "":
		n.mu.Unlock()
		return errTooMany
	}
	outdated := n.outdated
	n.outdated = nil
	// First, so that no event goes astray.
	w.directories[path] = directory
	if n.watches[path] == nil {
		n.watches[path] = make(map[*watch]struct{})
	}
	n.watches[path][w] = struct{}{}
	n.mu.Unlock()

	for _, old := range outdated {
		_ = n.events.Remove(old) // it may have gone by itself
	}
	err := n.events.Add(path)
	if err == nil {
		return nil
	}
	n.mu.Lock()
	w.drop(path)
	n.mu.Unlock()
	if errors.Is(err, unix.ENOTDIR) {
		err = fs.ErrNotExist
	}
	return fmt.Errorf("watching a directory: %w", err)
}

// drop forgets a directory; it says whether nobody wants it any more.
func (w *watch) drop(path string) (last bool) {
	delete(w.directories, path)
	all := w.notifier.watches[path]
	delete(all, w)
	if len(all) > 0 {
		return false
	}
	delete(w.notifier.watches, path)
	return true
}

func (w *watch) Flush() error {
	err := w.notifier.flush()
	w.notifier.mu.Lock()
	defer w.notifier.mu.Unlock()
	if w.moved {
		return errLost
	}
	return err
}

func (w *watch) Close() error {
	n := w.notifier
	n.changing.Lock()
	n.mu.Lock()
	if w.closed {
		n.mu.Unlock()
		n.changing.Unlock()
		return nil
	}
	w.closed = true
	var unused []string
	for path := range w.directories {
		if w.drop(path) {
			unused = append(unused, path)
		}
	}
	n.mu.Unlock()
	for _, path := range unused {
		_ = n.events.Remove(path) // it may have gone by itself
	}
	n.changing.Unlock()
	return watching.leave(n)
}

// watching is the one notifier of the process, while anything is watched.
var watching notifiers

type notifiers struct {
	sync.Mutex
	notifier *notifier
	users    int
}

// notifier hears of events and tells the watches that they are for.
type notifier struct {
	events *fsnotify.Watcher
	marker *os.File // has no name any more; writing to it gives an event after all others
	mark   string   // the path it had
	done   chan struct{}

	changing sync.Mutex // held while directories are added and removed, never by run
	flushing sync.Mutex // held while one flush waits

	mu       sync.Mutex
	watches  map[string]map[*watch]struct{} // by directory
	outdated []string                       // directories that are to be removed from events
	marked   chan struct{}                  // closed at the event of the marker
	lost     bool                           // one did not come
}

func (s *notifiers) join() (*notifier, error) {
	s.Lock()
	defer s.Unlock()
	if s.notifier == nil {
		n, err := newNotifier()
		if err != nil {
			return nil, fmt.Errorf("watching folders: %w", err)
		}
		s.notifier = n
	}
	s.users++
	return s.notifier, nil
}

func (s *notifiers) leave(n *notifier) error {
	s.Lock()
	defer s.Unlock()
	if s.users--; s.users > 0 {
		return nil
	}
	s.notifier = nil
	return n.close()
}

func newNotifier() (*notifier, error) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	n := &notifier{events: events, done: make(chan struct{}), watches: make(map[string]map[*watch]struct{})}
	// Files of memfd_create have no events.
	if n.marker, err = os.CreateTemp("", "funcbox-watch-*"); err == nil {
		n.mark = filepath.Clean(n.marker.Name())
	}
	go n.run()
	if err == nil {
		err = errors.Join(events.Add(n.mark), os.Remove(n.mark))
	}
	if err == nil {
		err = n.flush() // does it work here?
	}
	if err != nil {
		return nil, errors.Join(err, n.close())
	}
	return n, nil
}

func (n *notifier) close() error {
	err := n.events.Close()
	<-n.done
	if n.marker != nil {
		err = errors.Join(err, n.marker.Close())
	}
	return err
}

// run tells of events until the watcher is closed.
func (n *notifier) run() {
	defer close(n.done)
	for {
		select {
		case event, open := <-n.events.Events:
			if !open {
				return
			}
			n.tell(event)
		case _, open := <-n.events.Errors:
			if !open {
				return
			}
			n.tellAll() // the queue ran over, or worse
		}
	}
}

func (n *notifier) tell(event fsnotify.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if event.Name == n.mark {
		if event.Has(fsnotify.Write) && n.marked != nil {
			close(n.marked)
			n.marked = nil
		}
		return
	}
	parent, name := filepath.Split(event.Name)
	above := n.watches[filepath.Clean(parent)]
	for w := range above {
		w.report(join(w.directories[filepath.Clean(parent)], name))
	}
	for w := range n.watches[event.Name] {
		switch {
		case event.Has(fsnotify.Rename):
			n.renamed(event.Name)
			return
		case event.Has(fsnotify.Remove):
			w.moved = w.moved || event.Name == w.folder.real
			w.drop(event.Name)
		default:
			w.report(w.directories[event.Name])
		}
	}
}

// renamed forgets a directory that has another name now, with all below it: the
// kernel goes on telling of them under their old names, until they are removed.
func (n *notifier) renamed(old string) {
	for path, all := range n.watches {
		if path != old && !strings.HasPrefix(path, old+"/") {
			continue
		}
		n.outdated = append(n.outdated, path)
		for w := range all {
			w.drop(path)
			w.moved = w.moved || path == w.folder.real
			w.report("")
		}
	}
}

func (n *notifier) tellAll() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, all := range n.watches {
		for w := range all {
			w.report("")
		}
	}
}

// flush returns when the events that there are now have been told of.
func (n *notifier) flush() error {
	n.flushing.Lock()
	defer n.flushing.Unlock()
	marked := make(chan struct{})
	n.mu.Lock()
	lost := n.lost
	n.marked = marked
	n.mu.Unlock()
	if lost {
		return errLost
	}
	if _, err := n.marker.WriteAt([]byte{0}, 0); err != nil {
		return err
	}
	timeout := time.NewTimer(flushTime)
	defer timeout.Stop()
	select {
	case <-marked:
		return nil
	case <-timeout.C:
	case <-n.done:
	}
	n.mu.Lock()
	n.lost = true
	n.mu.Unlock()
	return errLost
}
