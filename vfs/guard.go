package vfs

import (
	"time"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Denial is an operation that was refused.
type Denial struct {
	Path Path

	// Operation is the one that was not allowed, a single member of the set.
	Operation perm.Operations

	// Rule is the rule that decided; nil for the defaults and for a symbolic link
	// that is not followed.
	Rule *perm.Rule

	// Reason says in words why.
	Reason string

	Time time.Time
}

// MaxDenials is how many refusals a tree keeps; more are only counted.
const MaxDenials = 1000

// Denied returns what was refused, the first MaxDenials of it, and how many more
// refusals there were. Names left out of a listing do not count.
func (f *FS) Denied() (denials []Denial, more int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.denials[:len(f.denials):len(f.denials)], f.moreDenials
}

// unlock releases the lock and then tells of refusals.
func (f *FS) unlock() {
	pending := f.pending
	f.pending = nil
	f.mu.Unlock()
	for _, one := range pending {
		f.onDenied(one)
	}
}

func (f *FS) record(d Denial) {
	d.Time = time.Now()
	if len(f.denials) < MaxDenials {
		f.denials = append(f.denials, d)
	} else {
		f.moreDenials++
	}
	if f.onDenied != nil {
		f.pending = append(f.pending, d)
	}
}

// ruling is what a policy says about a path at the moment. Nothing is allowed at
// paths of more than fsapi.PathMax bytes, which only directory handles lead to.
type ruling struct {
	folder  *folder // whose policy it is; nil: everything is allowed
	path    Path
	allowed perm.Operations

	// origin is set for something that was moved and that could not be read or
	// listed where it was.
	origin *origin
}

// known says whether the guest may know if anything is there.
func (r *ruling) known() bool { return r.allowed&(perm.Read|perm.List) != 0 }

func (r *ruling) mode() DeniedMode {
	switch {
	case r.folder != nil:
		return r.folder.onDenied
	case r.origin != nil:
		return r.origin.folder.onDenied
	}
	return Throw
}

// judge finds the ruling for name in dir, where n is, which may be nil.
func (f *FS) judge(dir *node, name string, n *node) ruling {
	if !f.guarded || f.trusted {
		return ruling{allowed: perm.All}
	}
	var zone *folder
	var path Path
	if n != nil {
		zone, path = f.locate(n)
	} else if zone, path = f.locate(dir); zone != nil {
		path = path.join(name)
	}
	return f.judgePath(zone, path, n)
}

func (f *FS) judgePath(zone *folder, path Path, n *node) ruling {
	r := ruling{path: path, allowed: perm.All}
	if n != nil && n.removed {
		return r // it has no path any more
	}
	if zone != nil && zone.policy != nil {
		r.folder, r.allowed = zone, 0
		if len(path) <= fsapi.PathMax {
			r.allowed = zone.policy.Allowed(string(path))
		}
	}
	if n != nil && n.origin.ofSource() {
		f.judgeOrigin(&r, n.origin, n.origin.path)
	}
	return r
}

// judgeOrigin takes away what was not allowed where something was at the start: no
// renaming of a folder on the way there opens what was closed.
func (f *FS) judgeOrigin(r *ruling, o *origin, source string) {
	if o.folder.policy == nil {
		return
	}
	was := o.folder.guestPath(source)
	if r.folder != nil && r.folder.policy == o.folder.policy && was == r.path {
		return
	}
	if lost := r.allowed & (perm.Read | perm.List) &^ o.folder.policy.Allowed(string(was)); lost != 0 {
		r.allowed &^= lost
		r.origin = &origin{folder: o.folder, path: source}
	}
}

// judgeNode is judge for what has a node.
func (f *FS) judgeNode(n *node) ruling { return f.judge(nil, "", n) }

// judgePlace is judge for what a path leads to.
func (f *FS) judgePlace(p place) ruling { return f.judge(p.dir, p.name, p.node) }

// locate returns the folder that a node is in and its path there; nil where it is
// in none that has a policy.
func (f *FS) locate(n *node) (*folder, Path) {
	var room [16]string
	names, length := room[:0], 0
	for !n.mountPoint && n != f.root {
		names, length = append(names, n.name), length+1+len(n.name)
		n = n.parent
	}
	if n.folder == nil || n.folder.policy == nil {
		return nil, ""
	}
	mount := n.folder.mount
	if len(names) == 0 {
		return n.folder, mount
	}
	path := make([]byte, 0, len(mount)+length)
	if mount != "/" {
		path = append(path, mount...)
	}
	for i := len(names) - 1; i >= 0; i-- {
		path = append(append(path, '/'), names[i]...)
	}
	return n.folder, Path(path)
}

// denied records that an operation was refused.
func (f *FS) denied(r *ruling, op perm.Operations) {
	d := Denial{Path: r.path, Operation: op}
	var decision perm.Decision
	switch {
	case len(r.path) > fsapi.PathMax:
		d.Path, d.Reason = r.path[:fsapi.PathMax], "the path is too long"
		f.record(d)
		return
	case r.folder != nil && !r.folder.policy.Allowed(string(r.path)).Has(op):
		decision = r.folder.policy.Explain(string(r.path), op)
	case r.origin != nil:
		d.Path = r.origin.guestPath()
		decision = r.origin.folder.policy.Explain(string(d.Path), op)
	}
	d.Rule, d.Reason = decision.Rule, decision.Reason()
	f.record(d)
}

// refuseReading is the answer to an operation that would have told something.
func (f *FS) refuseReading(r *ruling, op perm.Operations) fsapi.Errno {
	f.denied(r, op)
	if r.mode() == Throw {
		return fsapi.EACCES
	}
	return fsapi.ENOENT
}

// mayRead checks an operation that tells something.
func (f *FS) mayRead(r *ruling, op perm.Operations) fsapi.Errno {
	if r.allowed.Has(op) {
		return fsapi.ESUCCESS
	}
	return f.refuseReading(r, op)
}

// mayKnow checks whether the guest may learn that something is there, or not, by
// trying op.
func (f *FS) mayKnow(r *ruling, op perm.Operations) fsapi.Errno {
	if r.known() {
		return fsapi.ESUCCESS
	}
	return f.refuseReading(r, op)
}

// verdict says how an operation that changes the tree is done.
type verdict uint8

const (
	really    verdict = iota
	virtually         // in memory, and never to be listed as a change
	pretended         // not at all, but it succeeds
)

// mayChange checks an operation that changes the tree.
func (f *FS) mayChange(r *ruling, op perm.Operations) (verdict, fsapi.Errno) {
	if r.allowed.Has(op) {
		return really, fsapi.ESUCCESS
	}
	f.denied(r, op)
	switch r.mode() {
	case Ignore:
		return pretended, fsapi.ESUCCESS
	case Virtual:
		return virtually, fsapi.ESUCCESS
	}
	return really, fsapi.EACCES
}

// mayChangeExisting is mayChange for what looks as if it was missing to those who
// may do nothing with it.
func (f *FS) mayChangeExisting(r *ruling, op perm.Operations) (verdict, fsapi.Errno) {
	if !r.known() && !r.allowed.Has(op) {
		return really, f.refuseReading(r, op)
	}
	return f.mayChange(r, op)
}

// absent is the answer where nothing is, or nothing of the kind that is needed.
func (f *FS) absent(p place, op perm.Operations, errno fsapi.Errno) fsapi.Errno {
	r := f.judgePlace(p)
	if refused := f.mayKnow(&r, op); refused != 0 {
		return refused
	}
	return errno
}

// present is the answer where something is in the way of what is to be created.
func (f *FS) present(p place) (verdict, fsapi.Errno) {
	r := f.judgePlace(p)
	if !r.known() && !r.allowed.Has(perm.Create) {
		if how, errno := f.mayChange(&r, perm.Create); how == pretended || errno != 0 {
			return how, errno
		}
	}
	return really, fsapi.EEXIST
}
