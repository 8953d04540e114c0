package main

import (
	"fmt"
	"slices"

	"github.com/dop251/goja"
	"modernc.org/quickjs"
)

// other is another way to run JavaScript inside a Go process, with a fresh virtual
// machine for each call; none of them bounds memory as a sandbox does.
type other struct {
	name     string
	runs     int
	add, fib func() error
}

var others = []other{
	{"goja, a fresh VM for each call", 5000, func() error { return inGoja(addCode, "add", 5, 2, 3) }, func() error { return inGoja(fibCode, "fib", 196418, 27) }},
	{"modernc.org/quickjs, a fresh VM for each call", 200, func() error { return inQuickJS(addCode, "add", 5, 2, 3) }, func() error { return inQuickJS(fibCode, "fib", 196418, 27) }},
}

func inGoja(code, function string, want int64, args ...int64) error {
	vm := goja.New()
	if _, err := vm.RunString(code); err != nil {
		return err
	}
	call, ok := goja.AssertFunction(vm.Get(function))
	if !ok {
		return fmt.Errorf("%s is no function", function)
	}
	values := make([]goja.Value, len(args))
	for i, arg := range args {
		values[i] = vm.ToValue(arg)
	}
	got, err := call(goja.Undefined(), values...)
	if err == nil && got.ToInteger() != want {
		err = fmt.Errorf("got %v", got)
	}
	return err
}

func inQuickJS(code, function string, want int64, args ...int64) error {
	vm, err := quickjs.NewVM()
	if err != nil {
		return err
	}
	defer func() { _ = vm.Close() }()
	if _, err := vm.Eval(code, quickjs.EvalGlobal); err != nil {
		return err
	}
	values := make([]any, len(args))
	for i, arg := range args {
		values[i] = int(arg)
	}
	got, err := vm.Call(function, values...)
	if err == nil && fmt.Sprint(got) != fmt.Sprint(want) {
		err = fmt.Errorf("got %v", got)
	}
	return err
}

func middle(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
