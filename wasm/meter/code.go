package meter

import (
	"fmt"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// code rewrites the code section. The helpers' bodies are not in it yet.
func (m *module) code(r *wasmbin.Reader) []byte {
	next := uint32(0)
	body := vector(r, func(b []byte) []byte {
		f := wasmbin.Function(r)
		if next >= m.definedFuncs {
			r.Fail("more bodies than functions (%d)", m.definedFuncs)
		}
		if r.Err() != nil {
			return b
		}
		f, err := m.function(f, m.resultsOf(next))
		if err != nil {
			r.FailWith(fmt.Errorf("function %d: %w", m.importedFuncs+next, err))
			return b
		}
		next++
		return f.Append(b)
	})
	if next < m.definedFuncs {
		r.Fail("%d functions, but %d bodies", m.definedFuncs, next)
	}
	return body
}

// smallConstant is the size, in bytes, below which a memory.fill or copy of
// constant size is left as it is: it is then work like that of any other
// instruction, and would take no more than the least charge.
const smallConstant = 1 << BytesShift

// function is a function being rewritten.
type function struct {
	body     wasmbin.Body
	code     assembler
	copied   int // original code before this place has been written
	labels   labels
	enclosed bool // its body has blocks around it
}

// upTo writes the original code up to a place.
func (f *function) upTo(place int) *assembler {
	f.code.raw(f.body.Code[f.copied:place])
	f.copied = place
	return &f.code
}

// replace writes another instruction in place of one.
func (f *function) replace(ins wasmbin.Instruction, op wasmbin.Opcode, index uint32) {
	f.upTo(ins.Start).op(op, index)
	f.copied = ins.End
}

// function adds the checks to a function: at its entry if it calls others, tail
// calls and calls of imports included, and at each loop header. So each way to
// spend more time than the function is long passes a check.
func (m *module) function(body wasmbin.Body, results []wasmbin.ValueType) (wasmbin.Body, error) {
	f := function{body: body}
	if callsOthers(body) {
		m.openBody(&f, results)
	}
	var last wasmbin.Instruction // instructions in a row are run in a row
	r := body.Reader()
	err := wasmbin.Walk(r, func(ins wasmbin.Instruction) error {
		m.checkIndices(r, ins)
		small := last.Opcode == wasmbin.OpI32Const && last.I32 >= 0 && last.I32 < smallConstant
		switch op := ins.Opcode; op {
		case wasmbin.OpBlock, wasmbin.OpIf:
			f.labels = append(f.labels, false)
		case wasmbin.OpLoop:
			m.openLoop(&f, ins)
		case wasmbin.OpEnd:
			m.closeBlock(&f, ins)
		case wasmbin.OpBr, wasmbin.OpBrIf:
			f.replace(ins, op, f.relabel(r, ins.Index))
		case wasmbin.OpBrTable:
			f.branchTable(r, ins)
		case wasmbin.OpCall, wasmbin.OpReturnCall, wasmbin.OpRefFunc:
			f.replace(ins, op, m.newIndex(r, ins.Index))
		case wasmbin.OpMemoryFill:
			if !small {
				f.replace(ins, wasmbin.OpCall, m.helperIndex(memoryFill))
			}
		case wasmbin.OpMemoryCopy:
			if !small {
				f.replace(ins, wasmbin.OpCall, m.helperIndex(memoryCopy))
			}
		case wasmbin.OpMemoryInit:
			f.upTo(ins.Start).op(wasmbin.OpCall, m.helperIndex(chargeBytes))
		case wasmbin.OpTableFill, wasmbin.OpTableCopy, wasmbin.OpTableInit, wasmbin.OpTableGrow:
			f.upTo(ins.Start).op(wasmbin.OpCall, m.helperIndex(chargeElements))
		}
		last = ins
		return rejected(ins)
	})
	if err == nil {
		err = r.Done()
	}
	if err != nil {
		return body, err
	}
	f.upTo(len(body.Code))
	body.Code = f.code
	return body, nil
}

// callsOthers says whether a function holds a call. What is wrong with its code is
// found where it is rewritten.
func callsOthers(body wasmbin.Body) bool {
	calls := false
	_ = body.Walk(func(ins wasmbin.Instruction) error {
		calls = calls || ins.Opcode.IsCall()
		return nil
	})
	return calls
}

// checkIndices fails if an instruction names a global or a type that the module
// does not have, but the result will: a module could otherwise set the fuel by
// the index its global is going to get.
func (m *module) checkIndices(r *wasmbin.Reader, ins wasmbin.Instruction) {
	switch ins.Opcode {
	case wasmbin.OpGlobalGet, wasmbin.OpGlobalSet:
		m.checkGlobal(r, ins.Index)
	case wasmbin.OpCallIndirect, wasmbin.OpReturnCallIndirect:
		m.checkType(r, ins.Index)
	case wasmbin.OpBlock, wasmbin.OpLoop, wasmbin.OpIf:
		if ins.Block >= 0 {
			m.checkType(r, uint32(ins.Block))
		}
	}
}

func (m *module) checkType(r *wasmbin.Reader, index uint32) {
	if index >= m.types {
		r.Fail("type %d of %d", index, m.types)
	}
}

func (m *module) checkGlobal(r *wasmbin.Reader, index uint32) {
	if index >= m.globals {
		r.Fail("global %d of %d", index, m.globals)
	}
}

// check appends a check in place: `fuel -= 1; if fuel <= 0 { refill() }`.
func (m *module) check(a *assembler) {
	a.op(wasmbin.OpGlobalGet, m.fuel())
	a.i32(1)
	m.take(a)
}

// take appends a check for the amount of fuel that is on the stack, above the
// fuel. Of the forms measured with wazero's compiler (the fuel in a local in
// between, a branch around the call, calling tick right here) this one is the
// shortest and none is faster by more than noise: the global is not loaded again
// after it was set, and a call without arguments or results disturbs the fewest
// registers.
func (m *module) take(a *assembler) {
	a.op(wasmbin.OpI32Sub)
	a.op(wasmbin.OpGlobalSet, m.fuel())
	a.op(wasmbin.OpGlobalGet, m.fuel())
	a.i32(0)
	a.op(wasmbin.OpI32LeS)
	a.block(wasmbin.OpIf)
	a.op(wasmbin.OpCall, m.helperIndex(refill))
	a.op(wasmbin.OpEnd)
}
