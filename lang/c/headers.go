package c

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm"
)

// Parsing libc++'s headers takes seconds, so the common ones are precompiled, once for
// each standard and level of optimization.
const (
	// keptHeaders is how many precompiled headers stay in memory, of some 20 MB each.
	keptHeaders     = 2
	maxHeadersBytes = 128 << 20

	headersSource = outputPath + "/headers.hpp"
	headersPath   = outputPath + "/headers.pch"
)

// commonHeaders is what is precompiled: the headers that programs include, and what their
// templates are used for most.
const commonHeaders = "#include <funcbox/common.hpp>\n"

// makeHeaders are the flags that precompile them.
var makeHeaders = []string{"-emit-pch", "-fno-pch-timestamp", "-fpch-instantiate-templates"}

// headers keeps the precompiled headers of C++. Safe for concurrent use.
type headers struct {
	dialect *dialect
	tools   *toolchain
	store   *store
	report  func(wasm.CompileEvent)
	ctx     context.Context
	cancel  context.CancelFunc
	work    sync.WaitGroup

	mu     sync.Mutex
	byKey  map[string]*headerSet
	recent []string // keys, the one used last at the end
}

// headerSet is one precompiled header, perhaps on its way.
type headerSet struct {
	done    chan struct{}
	content []byte
	err     error
}

func newHeaders(d *dialect, tools *toolchain, store *store, report func(wasm.CompileEvent)) *headers {
	h := &headers{dialect: d, tools: tools, store: store, report: report, byKey: make(map[string]*headerSet)}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	return h
}

// prepare makes those that requests without options need.
func (h *headers) prepare(ctx context.Context) error {
	if h.dialect.language != "c++" {
		return nil
	}
	_, err := h.get(ctx, &lang.CompileOptions{})
	return err
}

// get returns the precompiled headers for a request's options.
func (h *headers) get(ctx context.Context, options *lang.CompileOptions) ([]byte, error) {
	relevant := lang.CompileOptions{Standard: h.dialect.standardOf(options), Optimize: optimization(options.Optimize)}
	sum := sha256.Sum256([]byte(h.dialect.identity() + relevant.Standard + relevant.Optimize))
	key := "headers-" + hex.EncodeToString(sum[:16])
	h.mu.Lock()
	set := h.byKey[key]
	if set == nil {
		set = &headerSet{done: make(chan struct{})}
		h.byKey[key] = set
		h.work.Go(func() {
			set.content, set.err = h.make(h.ctx, key, &relevant)
			h.mu.Lock()
			if set.err != nil && h.byKey[key] == set {
				delete(h.byKey, key) // the next request tries again
			}
			h.mu.Unlock()
			close(set.done)
		})
	}
	h.touch(key)
	h.mu.Unlock()
	select {
	case <-set.done:
		return set.content, set.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// touch notes a use and forgets what was not used for longest. The lock is held.
func (h *headers) touch(key string) {
	for i, one := range h.recent {
		if one == key {
			h.recent = append(h.recent[:i], h.recent[i+1:]...)
			break
		}
	}
	h.recent = append(h.recent, key)
	for len(h.recent) > keptHeaders {
		delete(h.byKey, h.recent[0])
		h.recent = h.recent[1:]
	}
}

func (h *headers) make(ctx context.Context, key string, options *lang.CompileOptions) ([]byte, error) {
	if content := h.read(key); content != nil {
		return content, nil
	}
	if err := h.tools.prepare(ctx); err != nil { // tells of itself
		return nil, err
	}
	event := wasm.CompileEvent{Name: "C++ headers", CodeBytes: len(commonHeaders)}
	unlock, err := lock(ctx, h.store.folder, "headers", event.Name, h.report)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if content := h.read(key); content != nil {
		return content, nil
	}
	begin := time.Now()
	h.report(event)
	arguments := append(h.dialect.compile(options), makeHeaders...)
	arguments = append(arguments, "-o", string(headersPath), "-x", "c++-header", string(headersSource))
	made, err := h.tools.run(ctx, command{
		arguments: arguments, files: map[vfs.Path][]byte{headersSource: []byte(commonHeaders)}, workdir: "/",
		output: headersPath,
	}, nil)
	event.Done, event.Elapsed, event.Err = true, time.Since(begin), err
	h.report(event)
	if err != nil {
		return nil, hide(err)
	}
	if encoder, err := packer(); err == nil {
		h.store.put(key, encoder.EncodeAll(made.output, nil))
	}
	return made.output, nil
}

// read takes precompiled headers from the disk; nil: they are not there.
func (h *headers) read(key string) []byte {
	parts := h.store.parts(key, 1)
	if parts == nil {
		return nil
	}
	content, err := unpack(parts[0])
	if err != nil {
		return nil
	}
	return content
}

var packer = sync.OnceValues(func() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
})

func unpack(packed []byte) ([]byte, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxHeadersBytes))
	if err != nil {
		return nil, err
	}
	defer decoder.Close()
	return decoder.DecodeAll(packed, nil)
}

// close ends what is being made.
func (h *headers) close() {
	h.cancel()
	h.work.Wait()
}
