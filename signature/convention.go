package signature

import "errors"

// Convention is what binding and printing need to know of a language. The zero value
// is Python's.
type Convention struct {
	// Names says what named arguments become.
	Names Names
	// RestNamed: a parameter of kind Rest also takes the named arguments that no
	// other parameter takes, as in PHP.
	RestNamed bool
	// Notation is how signatures are printed.
	Notation Notation
}

// Names says what becomes of named arguments.
type Names int

const (
	// NamesKept has them fill parameters of the kinds Either and Keyword, and reach the
	// guest with their names.
	NamesKept Names = iota
	// NamesOfKeywords has them fill parameters of kind Keyword only. A function without
	// any gets them as a map, its last positional argument; the guest makes that.
	NamesOfKeywords
	// NamesPlaced has them looked up among the parameters and made positional.
	NamesPlaced
	// NamesPlacedOrOptions does the same, and those that no parameter is named after go
	// into one object: the parameter of kind Options, or else the last one.
	NamesPlacedOrOptions
)

// Notation is a way to print signatures.
type Notation int

// The notations, named after the languages whose reader knows them.
const (
	NotationPython     Notation = iota // greet(name, *, greeting='Hello')
	NotationRuby                       // greet(name, greeting: 'Hello')
	NotationPHP                        // greet($name, $greeting = 'Hello')
	NotationJavaScript                 // greet(name, {greeting = 'Hello'})
	NotationC                          // int add(int a, int b)
)

// Absent stands, in bound arguments, for one that was not given although a later one
// was: the parameter takes its default. Only languages whose names are
// NamesPlacedOrOptions are sent it.
var Absent absent

type absent struct{}

func (absent) String() string { return "absent" }

// Position is an argument whose position is given explicitly: the value of a named
// argument, whatever its name.
type Position struct {
	Index int // from 0
	Value any
}

// MarshalJSON refuses: a position is no value of its own.
func (Position) MarshalJSON() ([]byte, error) {
	return nil, errors.New("a Position stands among named arguments, not inside of a value")
}
