package vfs

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// folder is a Folder in a tree, or what a symbolic link led to outside of one.
type folder struct {
	source   Source
	mount    Path // where it begins
	root     string
	hostPath string
	policy   *perm.Policy
	onDenied DeniedMode
	follow   FollowMode
	loading  Loading
	include  *include     // nil: everything
	loaded   int64        // bytes that were read or opened for reading
	node     *node        // at mount; nil for what is outside
	charged  bool         // nodes are charged for, since the guest can have any number made
	watch    *folderWatch // nil: not watched
}

// guestPath is the path in the tree of a path of the Source.
func (f *folder) guestPath(source string) Path {
	if source == f.root {
		return f.mount
	}
	if f.root != "." {
		source = strings.TrimPrefix(source, f.root+"/")
	}
	return f.mount.join(source)
}

// hostPathOf is the path on the host of a path of the Source, "" if there is none.
func (f *folder) hostPathOf(source string) string {
	if f.hostPath == "" {
		return ""
	}
	if f.root != "." {
		source = strings.TrimPrefix(strings.TrimPrefix(source, f.root), "/")
	}
	return filepath.Join(f.hostPath, filepath.FromSlash(source))
}

// admits says whether something of the Source is to exist.
func (f *folder) admits(source string, kind fsapi.FileType) bool {
	return f.include == nil || f.include.admits(f.guestPath(source), kind)
}

// shownTarget is the target of a symbolic link as guests see it: an absolute one
// that stays in the Source is shown as a path of the tree.
func (f *folder) shownTarget(e SourceEntry) string {
	if inside, ok := cleanInside(e.Inside); ok && (strings.HasPrefix(e.Target, "/") || filepath.IsAbs(e.Target)) && f.root == "." {
		return string(f.guestPath(inside))
	}
	return e.Target
}

// mountFolders puts the folders into the tree, outer ones first.
func (f *FS) mountFolders(folders []Folder) error {
	if err := checkOverlap(folders); err != nil {
		return err
	}
	order := slices.Clone(folders)
	slices.SortStableFunc(order, func(a, b Folder) int { return len(a.Path) - len(b.Path) })
	for i := range order {
		if err := f.mountFolder(&order[i]); err != nil {
			return fmt.Errorf("folder at %s: %w", order[i].Path, err)
		}
	}
	return nil
}

func (f *FS) mountFolder(folderAt *Folder) error {
	if folderAt.Source == nil {
		return errors.New("it has no Source")
	}
	inc, err := newInclude(folderAt.Path, &folderAt.Loading)
	if err != nil {
		return err
	}
	entry, err := folderAt.Source.Lstat(".")
	switch {
	case err != nil:
		return err
	case entry.Type != fsapi.TypeDirectory:
		return fsapi.ENOTDIR
	}
	n, err := f.place(folderAt.Path, fsapi.TypeDirectory)
	switch {
	case err != nil:
		return err
	case n.mountPoint || n.entries.len() > 0:
		return fsapi.EEXIST
	}
	n.mountPoint = true
	again, changed := f.boundTo(folderAt.Path)
	if n.folder = again; again == nil {
		n.folder = &folder{}
	}
	*n.folder = folder{
		source: folderAt.Source, mount: folderAt.Path, root: ".", hostPath: folderAt.HostPath, policy: folderAt.Policy,
		onDenied: folderAt.OnDenied, follow: folderAt.Follow, loading: folderAt.Loading, include: inc, node: n,
	}
	n.origin = &origin{folder: n.folder, path: ".", entry: entry}
	if changed != nil {
		n.inode, n.origin = changed.inode, f.origins[changed.origin-1]
		n.origin.entry = entry
		n.takeEntries(changed)
	}
	n.describe()
	f.mounts = append(f.mounts, n)
	f.folders = append(f.folders, n.folder)
	f.guarded = f.guarded || n.folder.policy != nil
	return nil
}

// checkOverlap refuses folders one of which is inside another on the host: the
// same file would be at two places with states of their own.
func checkOverlap(folders []Folder) error {
	for i := range folders {
		for j := range folders[:i] {
			a, b := folders[i].HostPath, folders[j].HostPath
			if a != "" && b != "" && (within(a, b) || within(b, a)) {
				return fmt.Errorf("the folders at %s and %s overlap on the host: %s and %s", folders[j].Path, folders[i].Path, b, a)
			}
		}
	}
	return nil
}

func within(inner, outer string) bool {
	relative, err := filepath.Rel(outer, inner)
	return err == nil && relative != ".." && !strings.HasPrefix(relative, ".."+string(filepath.Separator))
}

// include is what Loading.Include admits.
type include struct {
	policy *perm.Policy
	mount  Path
	// leading are, for each pattern, its names up to the last but one, for telling
	// which directories may hold something. nil stands for any.
	leading []pattern
}

type pattern struct {
	absolute bool
	names    []string
}

func newInclude(mount Path, loading *Loading) (*include, error) {
	if len(loading.Include) == 0 && loading.Mode != Explicit {
		return nil, nil
	}
	none := perm.Operations(0)
	permissions := perm.Permissions{Default: &none}
	inc := &include{mount: mount}
	for _, text := range loading.Include {
		permissions.Rules = append(permissions.Rules, perm.Rule{Pattern: text, Allow: perm.Read})
		one := pattern{absolute: strings.HasPrefix(text, "/")}
		if strings.Contains(text, "{") {
			one.names = []string{"**"} // alternatives may hold slashes
		} else {
			one.names = strings.Split(path.Clean("/" + text)[1:], "/")
		}
		inc.leading = append(inc.leading, one)
	}
	var err error
	if inc.policy, err = permissions.Compile(string(mount)); err != nil {
		return nil, fmt.Errorf("include: %w", err)
	}
	return inc, nil
}

func (i *include) admits(guest Path, kind fsapi.FileType) bool {
	if i.policy.Allowed(string(guest)).Has(perm.Read) {
		return true
	}
	return kind == fsapi.TypeDirectory && i.mayHold(guest)
}

// mayHold says whether something below a directory can match.
func (i *include) mayHold(directory Path) bool {
	whole := strings.Split(string(directory[1:]), "/")
	below := whole
	if i.mount != "/" {
		below = whole[strings.Count(string(i.mount), "/"):]
	}
	for _, one := range i.leading {
		names := below
		if one.absolute {
			names = whole
		}
		if leads(one.names, names) {
			return true
		}
	}
	return false
}

// leads says whether a path that begins with these names, and has more, can match.
func leads(pattern, names []string) bool {
	for i, name := range names {
		switch {
		case i >= len(pattern):
			return false
		case pattern[i] == "**":
			return true
		case !doublestar.MatchUnvalidated(pattern[i], name):
			return false
		}
	}
	return len(pattern) > len(names)
}

// Close frees what the tree holds of its Sources and makes all handles unusable
// (EBADF). Changes, and reading the contents of changes, go on working as long as
// the Sources do.
func (f *FS) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	var errs []error
	for _, w := range f.watches {
		errs = append(errs, w.close())
	}
	for n := range f.open {
		errs = append(errs, n.file.Close())
		n.file = nil
	}
	f.open = nil
	return errors.Join(errs...)
}

// openSource returns the open file of a node whose contents are in a Source. It is
// opened when first needed, which wants a handle of the node; then the file may still be another than it was when it
// was described, as long as nothing of it was read.
func (f *FS) openSource(n *node) (SourceFile, fsapi.Errno) {
	switch {
	case f.closed:
		return nil, fsapi.EBADF
	case n.file != nil:
		return n.file, fsapi.ESUCCESS
	}
	o := n.origin
	file, err := o.folder.source.Open(o.path)
	if err != nil {
		errno := errnoOf(err)
		if o.read && errno != fsapi.EACCES || errno == fsapi.ELOOP || errno == fsapi.ENOTDIR || errors.Is(err, fs.ErrInvalid) {
			errno = fsapi.ESTALE // it was there, and a regular file
		}
		return nil, errno
	}
	entry, err := file.Stat()
	if err != nil || entry.Type != fsapi.TypeRegularFile || entry.Size < 0 {
		_ = file.Close()
		return nil, fsapi.EIO
	}
	if !f.renew(n, entry) {
		_ = file.Close()
		return nil, fsapi.ESTALE
	}
	f.holdSource(n, file)
	return file, fsapi.ESUCCESS
}

// maxOpenSources bounds the files of Sources that a tree has open, so that guests
// cannot use up the host's descriptors. Beyond it one is closed and opened again
// when it is needed, which finds out if it was replaced meanwhile (ESTALE).
const maxOpenSources = 16

// holdSource keeps a file of a Source open until the last handle of the node is
// closed.
func (f *FS) holdSource(n *node, file SourceFile) {
	if f.open == nil {
		f.open = make(map[*node]struct{})
	}
	if len(f.open) >= maxOpenSources {
		for other := range f.open {
			f.closeSource(other)
			break
		}
	}
	n.file, f.open[n] = file, struct{}{}
}

// renew takes a new description of a file, which must agree with the one before
// once anything was read.
func (f *FS) renew(n *node, entry SourceEntry) bool {
	o := n.origin
	if sameState(&o.entry, &entry) {
		return true
	}
	if o.read {
		return false
	}
	entry.Target, entry.Inside = "", ""
	o.entry = entry
	n.describe()
	return true
}

// closeSource closes a node's file of a Source.
func (f *FS) closeSource(n *node) {
	if n.file != nil {
		_ = n.file.Close()
		n.file = nil
		delete(f.open, n)
	}
}
