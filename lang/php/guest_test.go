package php_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang/php"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// The operations and flags of the call protocol, see lang/build/funcbox.h.
const (
	opExecute = iota
	opLoad
	opCall
	opRun
	opEnd
)

const (
	flagFresh = 1 << iota
	flagLast
	flagHasArgs
)

// step is one request to a guest, as in the call protocol.
type step struct {
	op             int
	flags          int
	code, function string
	args           []any
	kwargs         map[string]any
	env            map[string]any
	argv           []any
	workdir        string
}

func (s step) encode(t testing.TB) []byte {
	t.Helper()
	type field struct {
		key   uint64
		value any
	}
	fields := []field{{0, s.op}, {9, s.flags}}
	if s.code != "" {
		fields = append(fields, field{1, s.code}, field{2, "main.php"})
	}
	if s.function != "" {
		fields = append(fields, field{3, s.function})
	}
	if s.args != nil {
		fields = append(fields, field{4, s.args})
	}
	if s.kwargs != nil {
		fields = append(fields, field{5, s.kwargs})
	}
	if s.env != nil {
		fields = append(fields, field{6, s.env})
	}
	if s.workdir != "" {
		fields = append(fields, field{7, s.workdir})
	}
	if s.argv != nil {
		fields = append(fields, field{8, s.argv})
	}
	encoded := value.AppendMapHead(nil, len(fields))
	for _, f := range fields {
		var err error
		encoded, err = value.Append(value.AppendUint(encoded, f.key), f.value, "request")
		require.NoError(t, err)
	}
	return encoded
}

// guest drives the runtime without the root package.
type guest struct {
	module *wasm.Module
	files  *vfs.FS
	stdout bytes.Buffer
	host   wasm.HostFunc
}

func newGuest(t testing.TB) *guest {
	t.Helper()
	engine, err := wasm.NewEngine(context.Background(), wasm.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Close(context.Background())) })
	language := php.Language()
	g := &guest{files: newFiles(t)}
	g.module = engine.Module(wasm.ModuleSpec{
		Name: language.Name, Binary: language.Binary, Fingerprint: language.Fingerprint,
	})
	return g
}

func newFiles(t testing.TB) *vfs.FS {
	t.Helper()
	files, err := vfs.New(vfs.Options{Files: map[vfs.Path][]byte{
		"/workspace/more.php": []byte("<?php function more() { return 'more'; }"),
		"/tmp/empty":          nil,
	}})
	require.NoError(t, err)
	return files
}

func (g *guest) job() wasm.Job {
	return wasm.Job{
		Host:   g.host,
		System: wasip1.Config{Stdout: &g.stdout, Stderr: &g.stdout, FS: g.files, OpenFiles: 64},
		Limits: wasm.Limits{Fuel: 1 << 33, MemoryBytes: 256 << 20, ReplyBytes: 256 << 20},
	}
}

// run puts the steps to one instance, one after the other, and returns its replies.
func (g *guest) run(t testing.TB, steps ...step) []value.Reply {
	t.Helper()
	return g.runModule(t, g.module, steps...)
}

func (g *guest) runModule(t testing.TB, module *wasm.Module, steps ...step) []value.Reply {
	t.Helper()
	var replies []value.Reply
	decode := func(encoded []byte) {
		reply, err := value.DecodeReply(encoded, value.Limits{})
		require.NoError(t, err)
		replies = append(replies, reply)
	}
	job := g.job()
	job.Request = steps[0].encode(t)
	job.Next = func(reply []byte) []byte {
		decode(reply)
		if len(replies) == len(steps) {
			return nil
		}
		return steps[len(replies)].encode(t)
	}
	outcome, err := module.Run(context.Background(), job)
	require.NoError(t, err)
	require.NoError(t, outcome.Err)
	return replies
}

// session puts code to one instance as RUN does, and returns the values or errors.
func (g *guest) session(t testing.TB, codes ...string) []any {
	t.Helper()
	var steps []step
	for i, code := range codes {
		steps = append(steps, step{op: opRun, flags: map[bool]int{true: flagFresh}[i == 0], code: code, env: map[string]any{}, workdir: "/workspace"})
	}
	return results(g.run(t, steps...))
}

// results are the values of the replies, and in place of errors their type and message.
func results(replies []value.Reply) []any {
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
