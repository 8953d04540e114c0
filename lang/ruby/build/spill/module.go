package main

import (
	"fmt"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// mostCode is how many bytes of code a function can have to be changed. There are ten larger
// ones, the interpreter's loop first: with fewer spills wazero's compiler keeps more of
// their many locals in registers and moves these around, so that fib(27) took up to a half
// more time.
const mostCode = 60_000

// stackPointer is the index of the global that points to the top of the machine stack.
const stackPointer = 0

// figures say what was done to a module.
type figures struct {
	spills, kept      int // stores
	frames, remaining int // functions that make room for any
}

func (f figures) String() string {
	return fmt.Sprintf("%d of %d spills are kept, in %d of %d functions", f.kept, f.spills, f.remaining, f.frames)
}

// function is one function of a module.
type function struct {
	params, locals int // locals: with the parameters
	body           wasmbin.Body
	code           []wasmbin.Instruction
}

// reduce returns the module with the spills that are needed.
func reduce(wasm []byte) ([]byte, figures, error) {
	var total figures
	sections, err := wasmbin.Sections(wasm)
	if err != nil {
		return nil, total, err
	}
	var bodies []byte
	for _, section := range sections {
		if section.ID == wasmbin.SectionCode {
			bodies = section.Body
		}
	}
	info, err := wasmbin.Inspect(wasm)
	if err != nil {
		return nil, total, err
	}
	imported := 0
	for _, one := range info.Imports {
		if one.Kind == wasmbin.KindFunction {
			imported++
		}
	}
	functions, err := decode(bodies, info.Funcs[imported:])
	if err != nil {
		return nil, total, err
	}
	collects := reachCollector(functions, imported)
	code := wasmbin.AppendU32(nil, uint32(len(functions)))
	for i, f := range functions {
		if len(f.body.Code) > mostCode {
			code = f.body.Append(code)
			continue
		}
		if code, err = f.append(code, collects, &total); err != nil {
			return nil, total, fmt.Errorf("function %d: %w", imported+i, err)
		}
	}
	// The custom sections stay, such as the features that wasm-opt goes by.
	out, err := wasmbin.Replace(wasm, map[wasmbin.SectionID][]byte{wasmbin.SectionCode: code})
	return out, total, err
}

func decode(section []byte, types []wasmbin.FuncType) ([]*function, error) {
	r := wasmbin.NewReader(section, 0)
	functions := make([]*function, 0, len(types))
	for range r.Count() {
		f := &function{body: wasmbin.Function(r)}
		if r.Err() != nil {
			return nil, r.Err()
		}
		f.params = len(types[len(functions)].Params)
		f.locals = f.params
		declared := wasmbin.NewReader(f.body.Locals, 0)
		for range declared.Count() {
			f.locals += int(declared.U32())
			declared.ValueType()
		}
		err := f.body.Walk(func(ins wasmbin.Instruction) error {
			f.code = append(f.code, ins)
			return nil
		})
		if err != nil {
			return nil, err
		}
		functions = append(functions, f)
	}
	return functions, r.Done()
}

// reachCollector says of each function whether a call of it may run the collector. It
// marks objects through tables of functions: what calls neither through a table nor the
// host, nor a function that does, cannot reach it.
func reachCollector(functions []*function, imported int) []bool {
	reaches := make([]bool, imported+len(functions))
	callers := make([][]int, len(reaches))
	var found []int
	for index := range reaches {
		if index < imported {
			reaches[index] = true
			found = append(found, index)
			continue
		}
		for _, ins := range functions[index-imported].code {
			switch {
			case ins.Opcode == wasmbin.OpCall:
				callers[ins.Index] = append(callers[ins.Index], index)
			case ins.Opcode.IsCall() && !reaches[index]:
				reaches[index] = true
				found = append(found, index)
			}
		}
	}
	for len(found) > 0 {
		callee := found[len(found)-1]
		found = found[:len(found)-1]
		for _, caller := range callers[callee] {
			if !reaches[caller] {
				reaches[caller] = true
				found = append(found, caller)
			}
		}
	}
	return reaches
}
