package signature

import (
	"fmt"
	"strings"
)

// BindError tells why arguments do not fit a signature. Nothing was run.
type BindError struct {
	// Signature as the language writes it, without what the function returns.
	Signature string
	// Mistakes, all of them, each a phrase such as "name is missing".
	Mistakes []string
}

// Error returns "signature: mistake; mistake".
func (e *BindError) Error() string {
	if e.Signature == "" {
		return strings.Join(e.Mistakes, "; ")
	}
	return e.Signature + ": " + strings.Join(e.Mistakes, "; ")
}

// Bind matches arguments with the parameters and returns them as the guest is to get
// them. Named arguments go where the language's convention says; one whose value is a
// [Position] goes to that place. Values are not looked at, args and kwargs not changed.
// The error is a [*BindError] that lists every mistake. A signature that is not Exact
// lets everything through; positions are filled in there, too.
//
// Where a language has no names, arguments left out before others are filled with
// constant defaults, or with [Absent] in JavaScript.
func (s *Signature) Bind(c Convention, args []any, kwargs map[string]any) ([]any, map[string]any, error) {
	if !s.Exact {
		return c.Unbound(args, kwargs)
	}
	if len(kwargs) == 0 && s.fits(len(args)) {
		return args, nil, nil
	}
	return s.bind(c, args, kwargs, false)
}

// BindNamed is Bind for arguments that are all given by the names of parameters, in
// whichever way the function takes each: by name or by position. The list for a
// parameter of kind Rest is given by its name, too, and the keys of an Options
// parameter by theirs.
func (s *Signature) BindNamed(c Convention, named map[string]any) ([]any, map[string]any, error) {
	if !s.Exact {
		return c.Unbound(nil, named)
	}
	return s.bind(c, nil, named, true)
}

// Unbound returns arguments for a function of which no signature is known: positions
// are filled in, everything else is left to the guest.
func (c Convention) Unbound(args []any, kwargs map[string]any) ([]any, map[string]any, error) {
	b := binding{positional: args, named: kwargs}
	b.takePositions()
	if c.Names != NamesPlacedOrOptions {
		b.refuseGaps(0)
	}
	if len(b.mistakes) > 0 {
		return nil, nil, &BindError{Mistakes: b.mistakes}
	}
	return b.positional, b.named, nil
}

// fits tells whether n positional arguments are all that the function needs.
func (s *Signature) fits(n int) bool {
	room, required, rest := 0, 0, false
	for i := range s.Parameters {
		p := &s.Parameters[i]
		switch {
		case p.takesPosition():
			room++
			if p.Required {
				required = room // as far as the last one
			}
		case p.Kind == Rest:
			rest = true
		case p.Kind == Keyword && p.Required:
			return false
		}
	}
	return n >= required && (n <= room || rest)
}

// binding is one matching of arguments with a signature.
type binding struct {
	signature  *Signature
	convention Convention
	byName     bool // names are those of parameters, whatever the convention

	positional []any          // as given, Absent where only a later position was
	named      map[string]any // as given, without positions

	slots    []slot         // one for each parameter
	rest     []any          // for the parameter of kind Rest
	left     map[string]any // named arguments that no parameter is named after
	mistakes []string
}

// slot is what a parameter is given.
type slot struct {
	value      any
	given      bool
	byPosition bool
}

func (b *binding) mistake(format string, arguments ...any) {
	b.mistakes = append(b.mistakes, fmt.Sprintf(format, arguments...))
}

func (s *Signature) bind(c Convention, args []any, kwargs map[string]any, byName bool) ([]any, map[string]any, error) {
	b := binding{
		signature: s, convention: c, byName: byName, positional: args, named: kwargs,
		slots: make([]slot, len(s.Parameters)), left: map[string]any{},
	}
	b.takePositions()
	b.placePositional()
	b.placeNamed()
	b.placeLeft()
	b.findMissing()
	var bound []any
	var named map[string]any
	if len(b.mistakes) == 0 {
		bound, named = b.assemble()
	}
	if len(b.mistakes) > 0 {
		return nil, nil, &BindError{Signature: c.formatCall(s), Mistakes: b.mistakes}
	}
	return bound, named, nil
}
