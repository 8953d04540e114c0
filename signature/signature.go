// Package signature describes functions of guests and matches arguments with them,
// before a guest is asked to run anything.
//
//   - [Signature] and [Listing] say what code defines; [Decode] reads them from what a
//     guest answered, which is not trusted;
//   - [Signature.Bind] matches positional and named arguments with a signature, by the
//     [Convention] of the language;
//   - [Schema] is what a caller knows better: names, types, defaults, JSON Schema. It
//     coerces and validates arguments and validates results;
//   - [Signature.JSONSchema] goes the other way and writes what is known of a function
//     as JSON Schema, type hints included.
//
// Values are those that package funcbox documents for results; other Go values are
// passed on unseen where no schema asks about them. The package imports nothing of the
// project and keeps no state. Everything in it may be used from many goroutines.
package signature

import "math/big"

// Kind says how a parameter takes arguments.
type Kind string

// The kinds of parameters.
const (
	// Positional parameters take an argument by its position only.
	Positional Kind = "positional"
	// Either: by position or by name.
	Either Kind = "either"
	// Keyword: by name only.
	Keyword Kind = "keyword"
	// Rest takes all positional arguments that are left.
	Rest Kind = "rest"
	// KeywordRest takes all named arguments that are left.
	KeywordRest Kind = "keywordRest"
	// Options is a positional parameter that takes an object of named values, such as
	// a destructured parameter of JavaScript.
	Options Kind = "options"
)

// Parameter is one parameter of a function, or one key of an Options parameter.
type Parameter struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind,omitempty"` // empty for a key
	// Required: there is no call without it.
	Required bool `json:"required"`
	// Default is the value that an argument left out has, if HasDefault is set: nil,
	// bool, int64, *big.Int, float64, string, or []any and map[string]any of such.
	Default    any  `json:"-"`
	HasDefault bool `json:"-"`
	// DefaultText is the source of a default that is no constant.
	DefaultText string `json:"defaultText,omitempty"`
	// Type is the type hint as written; empty: none.
	Type string `json:"type,omitempty"`
	Doc  string `json:"doc,omitempty"`
	// Keys are what an Options parameter is known to take; empty: anything.
	Keys []Parameter `json:"keys,omitempty"`
}

// takesPosition tells whether a single positional argument can go here.
func (p *Parameter) takesPosition() bool {
	return p.Kind == Positional || p.Kind == Either || p.Kind == Options
}

// Signature describes a function.
type Signature struct {
	// Name is what a call names it by; a dotted path where it is a method.
	Name string `json:"name"`
	Doc  string `json:"doc,omitempty"`
	// Public functions are the candidates of a call that names none.
	Public bool `json:"public"`
	// Exact: Parameters are all that the function takes, so that calls can be refused
	// by them. Else they are what is known, perhaps nothing.
	Exact bool `json:"exact"`
	// Returns is the type hint of the result as written.
	Returns    string      `json:"returns,omitempty"`
	Parameters []Parameter `json:"parameters"`
}

// parameter finds a parameter by name, -1: none.
func (s *Signature) parameter(name string) int {
	for i := range s.Parameters {
		if s.Parameters[i].Name == name {
			return i
		}
	}
	return -1
}

// Listing is what code defines, as its language sees it.
type Listing struct {
	// Body: a call without a name runs the code itself. Nothing else is known then.
	Body bool
	// Only is the function that a call without a name takes; empty: none or several.
	Only string
	// Functions in the order of definition.
	Functions []Signature
}

// Find returns the signature of a function, nil: not listed.
func (l *Listing) Find(name string) *Signature {
	for i := range l.Functions {
		if l.Functions[i].Name == name {
			return &l.Functions[i]
		}
	}
	return nil
}

// Bytes is about the memory that the listing takes.
func (l *Listing) Bytes() int {
	n := 100 + len(l.Only)
	for i := range l.Functions {
		f := &l.Functions[i]
		n += 100 + len(f.Name) + len(f.Doc) + len(f.Returns) + parametersBytes(f.Parameters)
	}
	return n
}

func parametersBytes(list []Parameter) int {
	n := 0
	for i := range list {
		p := &list[i]
		n += 160 + len(p.Name) + len(p.DefaultText) + len(p.Type) + len(p.Doc) + constantBytes(p.Default) + parametersBytes(p.Keys)
	}
	return n
}

func constantBytes(v any) int {
	switch v := v.(type) {
	case string:
		return 16 + len(v)
	case []byte:
		return 24 + len(v)
	case *big.Int:
		return 32 + v.BitLen()/8
	case []any:
		n := 24
		for _, item := range v {
			n += 16 + constantBytes(item)
		}
		return n
	case map[string]any:
		n := 48
		for key, item := range v {
			n += 48 + len(key) + constantBytes(item)
		}
		return n
	}
	return 8
}

// Public names the public functions, in the order of definition.
func (l *Listing) Public() []string {
	var names []string
	for i := range l.Functions {
		if l.Functions[i].Public {
			names = append(names, l.Functions[i].Name)
		}
	}
	return names
}
