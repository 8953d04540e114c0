package guesttest

import "github.com/funcbox/funcbox/internal/wasmbin"

// Functions that every guest imports.
const (
	FnRequest     = iota // funcbox.request(ptr)
	FnResult             // funcbox.result(ptr, len)
	FnThrow              // funcbox.throw()
	FnFiberSwitch        // funcbox.fiber_switch(from, to)
	FnFiberFree          // funcbox.fiber_free(id)
	FnHostCall           // funcbox.host_call(ptr, len) -> len
	FnHostReply          // funcbox.host_reply(ptr)
	FnTick               // funcbox.tick(remaining) -> fuel, with Guest.ByHand only
	FnInvoke             // env.invoke_vi(element, argument): calls Functions[element] in a try
	fnWASI
	fnOwn = fnWASI + 46
)

// Signature is a function of WASI preview 1. Its parameters are a letter each: i
// is i32, I is i64. All but proc_exit return an i32.
type Signature struct{ Name, Parameters string }

// Signatures are all functions of WASI preview 1, in the order of their names.
var Signatures = []Signature{
	{"args_get", "ii"}, {"args_sizes_get", "ii"}, {"clock_res_get", "ii"}, {"clock_time_get", "iIi"},
	{"environ_get", "ii"}, {"environ_sizes_get", "ii"}, {"fd_advise", "iIIi"}, {"fd_allocate", "iII"},
	{"fd_close", "i"}, {"fd_datasync", "i"}, {"fd_fdstat_get", "ii"}, {"fd_fdstat_set_flags", "ii"},
	{"fd_fdstat_set_rights", "iII"}, {"fd_filestat_get", "ii"}, {"fd_filestat_set_size", "iI"},
	{"fd_filestat_set_times", "iIIi"}, {"fd_pread", "iiiIi"}, {"fd_prestat_dir_name", "iii"},
	{"fd_prestat_get", "ii"}, {"fd_pwrite", "iiiIi"}, {"fd_read", "iiii"}, {"fd_readdir", "iiiIi"},
	{"fd_renumber", "ii"}, {"fd_seek", "iIii"}, {"fd_sync", "i"}, {"fd_tell", "ii"}, {"fd_write", "iiii"},
	{"path_create_directory", "iii"}, {"path_filestat_get", "iiiii"}, {"path_filestat_set_times", "iiiiIIi"},
	{"path_link", "iiiiiii"}, {"path_open", "iiiiiIIii"}, {"path_readlink", "iiiiii"},
	{"path_remove_directory", "iii"}, {"path_rename", "iiiiii"}, {"path_symlink", "iiiii"},
	{"path_unlink_file", "iii"}, {"poll_oneoff", "iiii"}, {"proc_exit", "i"}, {"proc_raise", "i"},
	{"random_get", "ii"}, {"sched_yield", ""}, {"sock_accept", "iii"}, {"sock_recv", "iiiiii"},
	{"sock_send", "iiiii"}, {"sock_shutdown", "ii"},
}

// Results are the results of the function, as Parameters are its parameters.
func (s Signature) Results() string {
	if s.Name == "proc_exit" {
		return ""
	}
	return "i"
}

// WASI returns the index of a function of WASI by its name.
func WASI(name string) uint32 {
	for i, s := range Signatures {
		if s.Name == name {
			return uint32(fnWASI + i)
		}
	}
	panic("guesttest: WASI preview 1 has no function " + name)
}

func (g Guest) imports(types *typeList) [][]byte {
	imported := func(module, name, parameters, results string) []byte {
		b := wasmbin.AppendName(wasmbin.AppendName(nil, module), name)
		return Join(b, []byte{0}, types.index(parameters, results))
	}
	const wasi = "wasi_snapshot_preview1"
	// The meter refuses a guest that imports tick. Its place is taken by a function
	// of the same type then, so that all others keep their indices.
	tick := imported(wasi, "fd_close", "i", "i")
	if g.ByHand {
		tick = imported("funcbox", "tick", "i", "i")
	}
	list := [][]byte{
		imported("funcbox", "request", "i", ""), imported("funcbox", "result", "ii", ""),
		imported("funcbox", "throw", "", ""), imported("funcbox", "fiber_switch", "ii", ""),
		imported("funcbox", "fiber_free", "i", ""), imported("funcbox", "host_call", "ii", "i"),
		imported("funcbox", "host_reply", "i", ""), tick, imported("env", "invoke_vi", "ii", ""),
	}
	for _, s := range Signatures {
		list = append(list, imported(wasi, s.Name, s.Parameters, s.Results()))
	}
	return list
}
