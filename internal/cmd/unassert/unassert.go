package main

import (
	"errors"
	"fmt"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// abortStatus is the status of a program that ended by itself where it could not go on:
// what shells make of SIGABRT.
const abortStatus = 128 + 6

// rewriter changes the code of a module.
type rewriter struct {
	failures map[uint32]bool
	exit     uint32 // proc_exit
	imported uint32 // how many functions are
}

// unassert returns the module without the calls of failures. One of these that could
// return is an error.
func unassert(wasm []byte, failures map[uint32]bool) ([]byte, error) {
	w := &rewriter{failures: failures}
	if err := w.inspect(wasm); err != nil {
		return nil, err
	}
	sections, err := wasmbin.Sections(wasm)
	if err != nil {
		return nil, err
	}
	for _, s := range sections {
		if s.ID == wasmbin.SectionCode {
			code, err := w.code(s)
			if err != nil {
				return nil, err
			}
			return wasmbin.Replace(wasm, map[wasmbin.SectionID][]byte{s.ID: code})
		}
	}
	return wasm, nil
}

// inspect finds proc_exit.
func (w *rewriter) inspect(wasm []byte) error {
	info, err := wasmbin.Inspect(wasm)
	if err != nil {
		return err
	}
	found := false
	for _, i := range info.Imports {
		if i.Kind != wasmbin.KindFunction {
			continue
		}
		if i.Module == "wasi_snapshot_preview1" && i.Name == "proc_exit" {
			w.exit, found = w.imported, true
		}
		w.imported++
	}
	if !found {
		return errors.New("the module does not import proc_exit")
	}
	return nil
}

func (w *rewriter) code(s wasmbin.Section) ([]byte, error) {
	r := s.Reader()
	count := r.Count()
	out := wasmbin.AppendU32(make([]byte, 0, len(s.Body)), uint32(count))
	for i := range count {
		body := wasmbin.Function(r)
		if r.Err() != nil {
			return nil, r.Err()
		}
		returns, err := w.function(&body)
		if err != nil {
			return nil, err
		}
		if index := w.imported + uint32(i); w.failures[index] && returns {
			return nil, fmt.Errorf("function %d may return", index)
		}
		out = body.Append(out)
	}
	return out, r.Done()
}

// function changes a body; returns tells whether its end can be reached.
func (w *rewriter) function(body *wasmbin.Body) (returns bool, err error) {
	code := body.Code
	changed := make([]byte, 0, len(code))
	failed := false
	returns = true
	err = body.Walk(func(ins wasmbin.Instruction) error {
		afterFailure := failed
		failed = ins.Opcode == wasmbin.OpCall && w.failures[ins.Index]
		switch {
		case failed:
			changed = append(changed, byte(wasmbin.OpUnreachable))
		case ins.Opcode == wasmbin.OpUnreachable && !afterFailure:
			changed = wasmbin.AppendS32(append(changed, byte(wasmbin.OpI32Const)), abortStatus)
			changed = wasmbin.AppendU32(append(changed, byte(wasmbin.OpCall)), w.exit)
			fallthrough
		default:
			changed = append(changed, code[ins.Start:ins.End]...)
		}
		if ins.End < len(code) {
			returns = ins.Opcode != wasmbin.OpUnreachable
		}
		return nil
	})
	body.Code = changed
	return returns, err
}
