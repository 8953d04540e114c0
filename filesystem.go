package funcbox

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/funcbox/funcbox/sync"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// tmpDir exists in every guest's filesystem.
const tmpDir vfs.Path = "/tmp"

// filesystem is the guest's filesystem for one call, with what it holds of the host.
type filesystem struct {
	tree  *vfs.FS
	hosts []*hostSource
	// call is the context that hooks get: that of the call under way.
	call context.Context
}

// filePaths checks the paths of Files.
func (r *Request) filePaths(workdir vfs.Path) (map[vfs.Path][]byte, error) {
	if len(r.Files) == 0 {
		return nil, nil
	}
	files := make(map[vfs.Path][]byte, len(r.Files))
	for name, content := range r.Files {
		path, err := vfs.ParsePath(name, workdir)
		if err != nil {
			return nil, fmt.Errorf("%w: Files: %w", ErrBadRequest, err)
		}
		if _, twice := files[path]; twice {
			return nil, fmt.Errorf("%w: Files: %s is there twice, in two spellings", ErrBadRequest, path)
		}
		files[path] = content
	}
	return files, nil
}

// checkPlaces refuses files in places that something else needs, so that they are
// told before a runtime is compiled. What stands against a file in a mount is found
// when the mount is opened.
func (p *plan) checkPlaces() error {
	directories := []vfs.Path{p.workdir, tmpDir}
	taken := []vfs.Path{devicesPath}
	for _, layer := range p.layers {
		taken = append(taken, layer.Path)
	}
	for _, folder := range p.mount.folders {
		directories = append(directories, folder.path)
	}
	for path := range p.files {
		for _, directory := range directories {
			if directory.Within(path) {
				return fmt.Errorf("%w: Files: %s must be a folder, for %s", ErrBadRequest, path, directory)
			}
		}
		for _, place := range taken {
			if path.Within(place) || place.Within(path) {
				return fmt.Errorf("%w: Files: %s: %s is not for files of requests", ErrBadRequest, path, place)
			}
		}
		for above := path.Dir(); above != "/"; above = above.Dir() {
			if _, file := p.files[above]; file {
				return fmt.Errorf("%w: Files: %s and %s: one cannot be inside the other", ErrBadRequest, above, path)
			}
		}
	}
	return nil
}

// filesystem makes the guest's filesystem for a call that is about to run. The caller
// closes it.
func (p *plan) filesystem(ctx context.Context, hooks Hooks) (*filesystem, error) {
	options := vfs.Options{
		Bytes: p.limits.FilesystemBytes, Files: p.files, Directories: []vfs.Path{p.workdir, tmpDir}, Layers: p.layers,
	}
	options.Base, options.BaseAs, options.Watch = p.base, p.baseAs, p.watches
	if p.baseAs == vfs.BaseSession { // it has them
		options.Files, options.Directories = nil, nil
	}
	f := &filesystem{call: ctx}
	if err := f.openFolders(ctx, p.mount, &options); err != nil {
		return nil, errors.Join(err, f.close())
	}
	if mount := p.mount.mount; mount != nil && (mount.Hooks.OnPermissionDenied != nil || hooks.OnPermissionDenied != nil) {
		options.OnDenied = func(d vfs.Denial) {
			for _, hook := range []func(context.Context, Denial){mount.Hooks.OnPermissionDenied, hooks.OnPermissionDenied} {
				if hook != nil {
					hook(f.call, denialOf(d))
				}
			}
		}
	}
	var err error
	if f.tree, err = vfs.New(options); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: Files and Mount: %w", ErrBadRequest, err), f.close())
	}
	return f, nil
}

// openFolders opens the mount's folders.
func (f *filesystem) openFolders(ctx context.Context, p *mountPlan, options *vfs.Options) error {
	for _, planned := range p.folders {
		folder := vfs.Folder{
			Path: planned.path, HostPath: planned.host, Policy: planned.policy,
			OnDenied: vfsDenied[p.mount.OnPermissionDenied], Follow: vfsFollow[p.mount.FollowSymlinks],
			Loading: vfs.Loading{
				Mode: vfsLoading[p.mount.Loading.Mode], Include: p.mount.Loading.Include,
				MaxFileBytes: p.mount.Loading.MaxFileSize, MaxTotalBytes: p.mount.Loading.MaxTotalSize,
			},
		}
		if planned.files != nil {
			folder.Source = vfs.FromFS(planned.files)
		} else {
			if sync.Pending(planned.host) { // one that was cut short, or one under way
				if err := Recover(ctx, planned.host); err != nil {
					return fmt.Errorf("funcbox: mount %s: %w", planned.path, err)
				}
			}
			host, err := openHostSource(planned.host)
			if err != nil {
				return fmt.Errorf("funcbox: mount %s: folder %s of the host: %w", planned.path, planned.host, withoutPath(err))
			}
			f.hosts = append(f.hosts, host)
			folder.Source = host
		}
		options.Folders = append(options.Folders, folder)
	}
	return nil
}

// What the tree calls the modes.
var (
	vfsLoading = [...]vfs.LoadingMode{LoadLazy: vfs.Lazy, LoadEager: vfs.Eager, LoadExplicit: vfs.Explicit}
	vfsFollow  = [...]vfs.FollowMode{FollowNever: vfs.FollowNever, FollowRestricted: vfs.FollowRestricted, FollowAlways: vfs.FollowAlways}
	vfsDenied  = [...]vfs.DeniedMode{DeniedThrow: vfs.Throw, DeniedIgnore: vfs.Ignore, DeniedVirtual: vfs.Virtual}
)

// rest lets go of the host while a result may still be asked for files.
func (f *filesystem) rest() error {
	var errs []error
	for _, host := range f.hosts {
		errs = append(errs, host.rest())
	}
	return errors.Join(errs...)
}

// close ends the filesystem.
func (f *filesystem) close() error {
	var err error
	if f.tree != nil {
		err = f.tree.Close()
	}
	return errors.Join(err, f.rest())
}

// put writes a file into the tree as a guest would, with the directories it needs.
func (f *filesystem) put(path vfs.Path, content []byte) fsapi.Errno {
	root, errno := f.tree.Root()
	if errno != 0 {
		return errno
	}
	defer func() { _ = root.Close() }()
	name := strings.TrimPrefix(string(path), "/")
	for at, letter := range name {
		if letter == '/' {
			if errno := root.MkdirAt(name[:at]); errno != 0 && errno != fsapi.EEXIST {
				return errno
			}
		}
	}
	_, file, errno := root.OpenAt(name, fsapi.OpenCreate|fsapi.OpenTruncate|fsapi.OpenWrite)
	if errno != 0 {
		return errno
	}
	if file == nil {
		return fsapi.EISDIR
	}
	for offset := 0; offset < len(content); {
		n, errno := file.WriteAt(content[offset:], int64(offset))
		if errno != 0 {
			_ = file.Close()
			return errno
		}
		offset += n
	}
	return file.Close()
}

// release closes what a call had mounted. A failure is logged: the call is over.
func (ex *Executor) release(closeFiles func() error) {
	if err := closeFiles(); err != nil {
		ex.logger.Warn("closing what was mounted", "error", err)
	}
}
