// Package wasip1 serves WASI preview 1 (the module wasi_snapshot_preview1) to
// guests, as a host module for wazero over the filesystem interface of
// wasm/fsapi.
//
// One host module serves all instances of a runtime. What belongs to one call,
// such as the descriptor table, is a System, which the host functions find
// through the context of the call: so a reused instance starts each call with
// fresh descriptors.
//
// Nothing a guest passes is trusted: pointers and lengths are checked (EFAULT),
// counts and paths bounded (EINVAL, ENAMETOOLONG), and no size from a guest
// decides how much the host allocates. Waits end with the context of the call.
//
// What may not be here: what files are and which of them a guest may touch (vfs),
// and how a guest is run (wasm).
//
// Names, encodings and numbers are those of the specification, WASI snapshot 1
// (https://github.com/WebAssembly/WASI/blob/snapshot-01/phases/snapshot/docs.md).
package wasip1

import (
	"context"
	"fmt"
	"reflect"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// ModuleName is the name of the module from which guests import.
const ModuleName = "wasi_snapshot_preview1"

// SystemKey is the context key of a call's *System: a context whose
// Value(SystemKey{}) returns one is what WithSystem makes.
type SystemKey struct{}

// WithSystem returns a context with which guests use system.
func WithSystem(ctx context.Context, system *System) context.Context {
	return context.WithValue(ctx, SystemKey{}, system)
}

// Instantiate adds the module to a runtime. Closing what it returns removes the
// module again; closing the runtime does so too. Functions called with a context
// that has no System answer ENOSYS.
func Instantiate(ctx context.Context, runtime wazero.Runtime) (api.Closer, error) {
	builder := runtime.NewHostModuleBuilder(ModuleName)
	for _, f := range functions {
		params := make([]api.ValueType, len(f.params))
		for i, kind := range f.params {
			params[i] = api.ValueTypeI32
			if kind == 'I' {
				params[i] = api.ValueTypeI64
			}
		}
		results := []api.ValueType{api.ValueTypeI32}
		if f.noResult {
			results = nil
		}
		builder.NewFunctionBuilder().WithGoModuleFunction(f, params, results).Export(f.name)
	}
	module, err := builder.Instantiate(ctx)
	if err != nil {
		return nil, fmt.Errorf("wasip1: instantiate: %w", err)
	}
	return module, nil
}

// call is what a function gets: the call's state, the guest's memory and the
// arguments.
type call struct {
	*System
	ctx    context.Context
	memory api.Memory // nil if the module has none
	args   []uint64
}

func (c *call) u32(i int) uint32 { return uint32(c.args[i]) }
func (c *call) u64(i int) uint64 { return c.args[i] }

// function is one host function.
type function struct {
	name     string
	params   string // a letter each: i is i32, I is i64
	noResult bool
	run      func(c *call) fsapi.Errno
}

// Call is what wazero calls.
func (f *function) Call(ctx context.Context, module api.Module, stack []uint64) {
	errno := fsapi.ENOSYS
	if system, ok := ctx.Value(SystemKey{}).(*System); ok && system != nil {
		c := &system.call // kept there so that a call allocates nothing; calls never nest
		*c = call{System: system, ctx: ctx, memory: memoryOf(module), args: stack[:len(f.params)]}
		// A guest may spend all of its time in functions like these, and meet nothing
		// else that would end the call.
		if !f.noResult && done(ctx) {
			errno = system.interrupted()
		} else {
			errno = f.run(c)
		}
	}
	if !f.noResult {
		stack[0] = uint64(errno)
	}
}

// memoryOf returns the module's memory, nil if it has none: wazero then returns a
// nil pointer in an interface that is not nil.
func memoryOf(module api.Module) api.Memory {
	memory := module.Memory()
	if v := reflect.ValueOf(memory); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil
	}
	return memory
}

// functions are all functions of preview 1.
var functions = []*function{
	{name: "args_get", params: "ii", run: argsGet},
	{name: "args_sizes_get", params: "ii", run: argsSizesGet},
	{name: "clock_res_get", params: "ii", run: clockResGet},
	{name: "clock_time_get", params: "iIi", run: clockTimeGet},
	{name: "environ_get", params: "ii", run: environGet},
	{name: "environ_sizes_get", params: "ii", run: environSizesGet},
	{name: "fd_advise", params: "iIIi", run: fdAdvise},
	{name: "fd_allocate", params: "iII", run: fdAllocate},
	{name: "fd_close", params: "i", run: fdClose},
	{name: "fd_datasync", params: "i", run: fdDatasync},
	{name: "fd_fdstat_get", params: "ii", run: fdFdstatGet},
	{name: "fd_fdstat_set_flags", params: "ii", run: fdFdstatSetFlags},
	{name: "fd_fdstat_set_rights", params: "iII", run: fdFdstatSetRights},
	{name: "fd_filestat_get", params: "ii", run: fdFilestatGet},
	{name: "fd_filestat_set_size", params: "iI", run: fdFilestatSetSize},
	{name: "fd_filestat_set_times", params: "iIIi", run: fdFilestatSetTimes},
	{name: "fd_pread", params: "iiiIi", run: fdPread},
	{name: "fd_prestat_dir_name", params: "iii", run: fdPrestatDirName},
	{name: "fd_prestat_get", params: "ii", run: fdPrestatGet},
	{name: "fd_pwrite", params: "iiiIi", run: fdPwrite},
	{name: "fd_read", params: "iiii", run: fdRead},
	{name: "fd_readdir", params: "iiiIi", run: fdReaddir},
	{name: "fd_renumber", params: "ii", run: fdRenumber},
	{name: "fd_seek", params: "iIii", run: fdSeek},
	{name: "fd_sync", params: "i", run: fdSync},
	{name: "fd_tell", params: "ii", run: fdTell},
	{name: "fd_write", params: "iiii", run: fdWrite},
	{name: "path_create_directory", params: "iii", run: pathCreateDirectory},
	{name: "path_filestat_get", params: "iiiii", run: pathFilestatGet},
	{name: "path_filestat_set_times", params: "iiiiIIi", run: pathFilestatSetTimes},
	{name: "path_link", params: "iiiiiii", run: pathLink},
	{name: "path_open", params: "iiiiiIIii", run: pathOpen},
	{name: "path_readlink", params: "iiiiii", run: pathReadlink},
	{name: "path_remove_directory", params: "iii", run: pathRemoveDirectory},
	{name: "path_rename", params: "iiiiii", run: pathRename},
	{name: "path_symlink", params: "iiiii", run: pathSymlink},
	{name: "path_unlink_file", params: "iii", run: pathUnlinkFile},
	{name: "poll_oneoff", params: "iiii", run: pollOneoff},
	{name: "proc_exit", params: "i", noResult: true, run: procExit},
	{name: "proc_raise", params: "i", run: procRaise},
	{name: "random_get", params: "ii", run: randomGet},
	{name: "sched_yield", params: "", run: schedYield},
	{name: "sock_accept", params: "iii", run: sockAny},
	{name: "sock_recv", params: "iiiiii", run: sockAny},
	{name: "sock_send", params: "iiiii", run: sockAny},
	{name: "sock_shutdown", params: "ii", run: sockAny},
}
