package funcbox

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/vfs/hostfs"
)

// devicesPath holds devices in every guest's filesystem.
const devicesPath vfs.Path = "/dev"

// mountPlan is a Mount that has been checked for one language. Nothing is open yet.
type mountPlan struct {
	mount   *Mount
	folders []plannedFolder // sorted by guest path
}

// plannedFolder is one entry of Dirs or FS.
type plannedFolder struct {
	path   vfs.Path
	host   string // absolute; empty for one of FS
	files  fs.FS  // nil for one of Dirs
	policy *perm.Policy
}

// plan checks everything about a mount that can be checked before the call.
func (m *Mount) plan(l *lang.Language, policies *policyCache) (*mountPlan, error) {
	if m == nil || len(m.Dirs)+len(m.FS) == 0 {
		if m != nil && (len(m.Permissions.Rules)+len(m.Permissions.Exclude) > 0 || m.Permissions.Default != nil) {
			return nil, fmt.Errorf("%w: Mount has permissions and neither Dirs nor FS that they could hold for", ErrBadRequest)
		}
		return &mountPlan{}, nil
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("%w: Mount: %w", ErrBadRequest, err)
	}
	p := &mountPlan{mount: m}
	seen := map[vfs.Path]bool{}
	for _, guest := range slices.Sorted(maps.Keys(m.Dirs)) {
		path, err := mountPoint(guest, l, seen)
		if err != nil {
			return nil, err
		}
		host, err := hostFolder(m.Dirs[guest])
		if errors.Is(err, errFolder) {
			return nil, fmt.Errorf("%w: mount %s: %w", ErrBadRequest, path, err)
		}
		if err != nil {
			return nil, fmt.Errorf("funcbox: mount %s: %w", path, err)
		}
		p.folders = append(p.folders, plannedFolder{path: path, host: host})
	}
	for _, guest := range slices.Sorted(maps.Keys(m.FS)) {
		path, err := mountPoint(guest, l, seen)
		if err != nil {
			return nil, err
		}
		if m.FS[guest] == nil {
			return nil, fmt.Errorf("%w: mount %s: the fs.FS is nil", ErrBadRequest, path)
		}
		p.folders = append(p.folders, plannedFolder{path: path, files: m.FS[guest]})
	}
	for i := range p.folders {
		policy, err := policies.compile(&m.Permissions, p.folders[i].path)
		if err != nil {
			return nil, fmt.Errorf("%w: Mount.Permissions: %w", ErrBadRequest, err)
		}
		p.folders[i].policy = policy
		if len(m.Loading.Include) > 0 {
			if _, err := perm.NewMatcher(string(p.folders[i].path), m.Loading.Include...); err != nil {
				return nil, fmt.Errorf("%w: Mount.Loading.Include: %w", ErrBadRequest, err)
			}
		}
	}
	if err := checkOverlaps(p.folders); err != nil {
		return nil, fmt.Errorf("%w: Mount: %w", ErrBadRequest, err)
	}
	return p, nil
}

// check refuses modes and limits that do not exist.
func (m *Mount) check() error {
	for _, mode := range []fmt.Stringer{m.Loading.Mode, m.FollowSymlinks, m.OnPermissionDenied, m.Sync.Mode, m.Sync.OnError} {
		if text := mode.String(); strings.HasPrefix(text, "unknown") {
			return fmt.Errorf("a mode is %s", text)
		}
	}
	switch {
	case m.Loading.MaxFileSize < 0:
		return fmt.Errorf("Loading.MaxFileSize is negative (%d); leave it zero for no limit", m.Loading.MaxFileSize)
	case m.Loading.MaxTotalSize < 0:
		return fmt.Errorf("Loading.MaxTotalSize is negative (%d); leave it zero for the default", m.Loading.MaxTotalSize)
	case m.Loading.Mode == LoadExplicit && len(m.Loading.Include) == 0:
		return errors.New("with Loading.Mode explicit no file exists that Loading.Include does not name, and it is empty")
	}
	return nil
}

// mountPoint checks the guest path of a mount.
func mountPoint(guest string, l *lang.Language, seen map[vfs.Path]bool) (vfs.Path, error) {
	if !strings.HasPrefix(guest, "/") {
		return "", fmt.Errorf("%w: mount %q: the guest path is not absolute", ErrBadRequest, guest)
	}
	path, err := vfs.ParsePath(guest, "/")
	if err != nil {
		return "", fmt.Errorf("%w: mount %q: %w", ErrBadRequest, guest, err)
	}
	refuse := func(why string) (vfs.Path, error) {
		return "", fmt.Errorf("%w: mount %s: %s", ErrBadRequest, path, why)
	}
	switch {
	case path == "/":
		return refuse("it would hide all of the guest's filesystem; take a folder such as /data")
	case path.Within(devicesPath):
		return refuse("the guest's devices are there")
	case path.Within(lang.LibraryPath):
		return refuse("the library of the language is there")
	case seen[path]:
		return refuse("it is there twice, in two spellings or in Dirs and FS")
	}
	for _, tree := range l.Trees {
		if path.Within(vfs.Path(tree.Path)) || vfs.Path(tree.Path).Within(path) {
			return refuse("the library of the language is at " + tree.Path)
		}
	}
	seen[path] = true
	return path, nil
}

// errFolder is what the host's part of a mount is that can never be one.
var errFolder = errors.New("it must be a folder")

// hostFolder checks the host's part of a mount and makes it absolute.
func hostFolder(name string) (string, error) {
	if name == "" {
		return "", fmt.Errorf("the host's folder is empty, and %w; write . for the working directory", errFolder)
	}
	host, err := filepath.Abs(name)
	if err != nil {
		return "", fmt.Errorf("folder %s of the host: %w", name, err)
	}
	info, err := os.Stat(host)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("folder %s of the host: %w", name, fs.ErrNotExist)
	case err != nil:
		return "", fmt.Errorf("folder %s of the host: %w", name, withoutPath(err))
	case !info.IsDir():
		return "", fmt.Errorf("%s of the host is a file, and %w; a single file can be given in Files", name, errFolder)
	}
	return host, nil
}

// withoutPath leaves out of an error of package os the operation and the path.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// checkOverlaps refuses folders of the host that are one, or inside one another:
// permissions of one path would be walked round by way of the other.
func checkOverlaps(folders []plannedFolder) error {
	for i, a := range folders {
		for _, b := range folders[:i] {
			if a.host != "" && b.host != "" && hostfs.Overlap(a.host, b.host) {
				return fmt.Errorf("%s and %s share folders of the host: %s and %s", b.path, a.path, b.host, a.host)
			}
		}
	}
	return nil
}
