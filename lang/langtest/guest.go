package langtest

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm"
	"github.com/funcbox/funcbox/wasm/fsapi"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// The operations of the call protocol, see lang/build/funcbox.h.
const (
	OpExecute = iota
	OpLoad
	OpCall
	OpRun
	OpEnd
)

// The flags of its requests.
const (
	FlagFresh = 1 << iota
	FlagLast
	FlagHasArgs
)

// Step is one request to a guest, as in the call protocol. What is empty is left out.
type Step struct {
	Op             int
	Flags          int
	Code, Function string
	Args           []any
	Kwargs         map[string]any
	Env            map[string]any
	Argv           []any
	Workdir        string
}

// Guest drives a runtime without the root package.
type Guest struct {
	Module *wasm.Module
	// Stdout has what the guest writes to both streams.
	Stdout bytes.Buffer
	Host   wasm.HostFunc

	files *vfs.FS
	main  string
}

// NewGuest starts a language's runtime in an engine that ends with the test.
func NewGuest(t testing.TB, language *lang.Language, files map[vfs.Path][]byte) *Guest {
	t.Helper()
	engine, err := wasm.NewEngine(context.Background(), wasm.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Close(context.Background())) })
	tree, err := vfs.New(vfs.Options{Files: files})
	require.NoError(t, err)
	spec := wasm.ModuleSpec{Name: language.Name, Binary: language.Binary, Fingerprint: language.Fingerprint}
	if language.Library != nil {
		layers := []vfs.Mount{{Path: lang.LibraryPath, Layer: vfs.NewLayer(language.Library)}}
		spec.StartupFiles = func() (fsapi.FileSystem, error) { return vfs.New(vfs.Options{Layers: layers}) }
	}
	return &Guest{Module: engine.Module(spec), files: tree, main: language.MainFile}
}

// Encode encodes a request; code has the language's usual file name.
func (g *Guest) Encode(t testing.TB, s Step) []byte {
	t.Helper()
	type field struct {
		key   uint64
		value any
	}
	fields := []field{{0, s.Op}, {9, s.Flags}}
	if s.Code != "" {
		fields = append(fields, field{1, s.Code}, field{2, g.main})
	}
	if s.Function != "" {
		fields = append(fields, field{3, s.Function})
	}
	if s.Args != nil {
		fields = append(fields, field{4, s.Args})
	}
	if s.Kwargs != nil {
		fields = append(fields, field{5, s.Kwargs})
	}
	if s.Env != nil {
		fields = append(fields, field{6, s.Env})
	}
	if s.Workdir != "" {
		fields = append(fields, field{7, s.Workdir})
	}
	if s.Argv != nil {
		fields = append(fields, field{8, s.Argv})
	}
	encoded := value.AppendMapHead(nil, len(fields))
	for _, f := range fields {
		var err error
		encoded, err = value.Append(value.AppendUint(encoded, f.key), f.value, "request")
		require.NoError(t, err)
	}
	return encoded
}

// Job has all that a job needs but the request.
func (g *Guest) Job() wasm.Job {
	return wasm.Job{
		Host:   g.Host,
		System: wasip1.Config{Stdout: &g.Stdout, Stderr: &g.Stdout, FS: g.files, OpenFiles: 64},
		Limits: wasm.Limits{Fuel: 1 << 33, MemoryBytes: 256 << 20, ReplyBytes: 256 << 20},
	}
}

// Run puts the steps to one instance, one after the other, and returns its replies.
func (g *Guest) Run(t testing.TB, steps ...Step) []value.Reply {
	t.Helper()
	return g.RunModule(t, g.Module, steps...)
}

// RunModule is Run for another module, such as one that Load returned.
func (g *Guest) RunModule(t testing.TB, module *wasm.Module, steps ...Step) []value.Reply {
	t.Helper()
	var replies []value.Reply
	job := g.Job()
	job.Request = g.Encode(t, steps[0])
	job.Next = func(encoded []byte) []byte {
		reply, err := value.DecodeReply(encoded, value.Limits{})
		require.NoError(t, err)
		if replies = append(replies, reply); len(replies) == len(steps) {
			return nil
		}
		return g.Encode(t, steps[len(replies)])
	}
	outcome, err := module.Run(context.Background(), job)
	require.NoError(t, err)
	require.NoError(t, outcome.Err)
	return replies
}

// Session puts code to one instance as RUN does, and returns the values or errors.
func (g *Guest) Session(t testing.TB, codes ...string) []any {
	t.Helper()
	var steps []Step
	for _, code := range codes {
		steps = append(steps, Step{Op: OpRun, Code: code, Env: map[string]any{}, Workdir: "/workspace"})
	}
	steps[0].Flags = FlagFresh
	return Results(g.Run(t, steps...))
}

// Results are the values of the replies, and in place of errors their type and message.
func Results(replies []value.Reply) []any {
	var all []any
	for _, reply := range replies {
		if reply.Error != nil {
			all = append(all, reply.Error.Type+": "+reply.Error.Message)
		} else {
			all = append(all, reply.Value)
		}
	}
	return all
}
