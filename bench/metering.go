package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/internal/wasmbin"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/wasm"
	"github.com/funcbox/funcbox/wasm/meter"
)

// metering compares the runtime with itself before it was metered. The latter
// gets a fuel global that nothing takes from, so that the engine runs it.
func metering(ctx context.Context, path string) error {
	fmt.Println("\nfib(27), metered against unmetered")
	if path == "" {
		fmt.Println("  left out: give the module before metering with -unmetered")
		return nil
	}
	plain, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	metered, err := meter.Meter(plain)
	if err != nil {
		return err
	}
	free, err := withIdleFuel(plain)
	if err != nil {
		return err
	}
	var times [2][]float64
	// In turns, so that both see the same machine, and with several instances of
	// each: where an instance's globals happen to lie decides how well the processor
	// can overlap their loads and stores.
	for range 9 {
		for i, module := range [][]byte{free, metered} {
			ex, err := executorFor(ctx, module)
			if err != nil {
				return err
			}
			for range 7 {
				begin := time.Now()
				err := execute(ctx, ex, funcbox.Request{Language: "js", Code: fibCode, Function: "fib", Args: []any{27}}, int64(196418))
				if err != nil {
					return errors.Join(err, ex.Close(ctx))
				}
				times[i] = append(times[i], float64(time.Since(begin)))
			}
			if err := ex.Close(ctx); err != nil {
				return err
			}
		}
	}
	without, with := time.Duration(middle(times[0])), time.Duration(middle(times[1]))
	row("  unmetered", without, without)
	row("  metered", with, without)
	return nil
}

func executorFor(ctx context.Context, module []byte) (*funcbox.Executor, error) {
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(module)
	original := js.Language()
	ex, err := funcbox.New(ctx, funcbox.WithCacheDir(funcbox.MemoryOnly), funcbox.WithLanguages(&lang.Language{
		Name: original.Name, MainFile: original.MainFile, Library: original.Library,
		Binary: wasm.NewBinary(encoder.EncodeAll(module, nil), hex.EncodeToString(sum[:])),
	}))
	if err != nil {
		return nil, err
	}
	return ex, ex.Warm(ctx)
}

// withIdleFuel adds the exported global that a metered module has.
func withIdleFuel(module []byte) ([]byte, error) {
	info, err := wasmbin.Inspect(module)
	if err != nil {
		return nil, err
	}
	sections, err := wasmbin.Sections(module)
	if err != nil {
		return nil, err
	}
	bodies := make(map[wasmbin.SectionID][]byte)
	for _, s := range sections {
		if s.ID != wasmbin.SectionCustom {
			bodies[s.ID] = s.Body
		}
	}
	global := append(wasmbin.AppendS32([]byte{byte(wasmbin.I32), 1, byte(wasmbin.OpI32Const)}, 0), byte(wasmbin.OpEnd))
	export := append(wasmbin.AppendName(nil, meter.FuelExport), byte(wasmbin.KindGlobal))
	export = wasmbin.AppendU32(export, uint32(len(info.Globals)))
	bodies[wasmbin.SectionGlobal] = longer(bodies[wasmbin.SectionGlobal], global)
	bodies[wasmbin.SectionExport] = longer(bodies[wasmbin.SectionExport], export)
	return wasmbin.AppendModule(nil, bodies), nil
}

// longer appends an item to a vector.
func longer(vector, item []byte) []byte {
	r := wasmbin.Section{Body: vector}.Reader()
	count := r.U32()
	rest := vector[len(vector)-r.Len():]
	return append(append(wasmbin.AppendU32(nil, count+1), rest...), item...)
}
