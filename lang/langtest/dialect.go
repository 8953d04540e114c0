// Package langtest is the suite that every language must pass. A language's test
// hands [Run] a [Dialect]: the same small programs, written in that language.
//
// The suite runs through the root package, as users do; it knows no language.
package langtest

// Dialect holds one program for each thing the suite asks. Programs are source
// text; the functions they define have the names given in the comments.
type Dialect struct {
	// Echo: echo(value) returns its argument unchanged.
	Echo string
	// Add: add(a, b) returns the sum.
	Add string
	// Count: count() adds one to state at module level, set up as 0, and
	// returns it. Where the language can, it also changes a builtin that a
	// second call would notice.
	Count string
	// Unicode: größe(名) returns its argument followed by "𝔘"; both names are as
	// given, letters outside of ASCII.
	Unicode string
	// Spoil: spoil() leaves behind whatever the language can: it closes the standard
	// descriptors, opens a file without closing it, changes the working directory
	// to /tmp, starts timers, changes builtins, sets globals and environment
	// variables; it returns null. Pristine: pristine() writes "seen" and a newline
	// to standard output and returns a list of what it finds of all that, or of
	// descriptors that are not numbered as in a fresh process; empty if nothing.
	Spoil, Pristine string
	// Greet: greet(name, …) with the named argument greeting; returns
	// "<greeting>, <name>!".
	Greet string

	// Throw: fail() raises an error of type ThrowType with the message
	// "no such thing: 42" on line 3 of the program.
	Throw, ThrowType string
	// Malformed is no program of the language; loading it raises
	// MalformedType, and the error's stack or message names line 2.
	Malformed, MalformedType string
	// Functions defines alpha() and then beta(), and nothing else that is public.
	Functions string

	// Print: say() writes "to stdout\n" and "to stderr\n".
	Print string
	// Exit: leave(code) calls the language's exit function.
	Exit string
	// Spin: spin() writes "started\n" to standard output and loops forever.
	Spin string
	// Work: work(n) runs n rounds of a loop and returns n.
	Work string
	// Sleep: rest(seconds) sleeps.
	Sleep string
	// Recurse: dive() calls itself forever; the language raises RecurseType, or
	// the call crashes if that is empty.
	Recurse, RecurseType string
	// Hoard: hoard() allocates memory until that fails; the language raises
	// HoardType.
	Hoard, HoardType string
	// Shout: shout() writes lines of 64 bytes to standard output forever.
	Shout string
	// Unreturnable: unreturnable() returns {"items": [1, x]} with an x that
	// cannot cross; the error's message has "result.items[1]".
	Unreturnable string

	// Env: env(name) returns an environment variable or null.
	Env string
	// Stdin: read() returns all of standard input as text.
	Stdin string
	// Copy: copy(from, to) reads a file and writes it to another path.
	Copy string
	// ReadMissing: missing() reads /no/such/file and lets the error through; its
	// message has "ENOENT" or "No such file or directory".
	ReadMissing string
	// Steps: steps(list) does operations on files, one after the other, and returns
	// a list of their results, strings. Each item of list is a list of the name of
	// an operation and its arguments; what there is and what results look like is
	// said at escapetest.Step (internal/escapetest). Errors are the names of their
	// errnos, so that the program ends early for none of them; what the language
	// refuses by itself, such as a path with a NUL, is "EINVAL". "pause" writes the
	// line "pause" to standard output, flushes it, and reads a line from standard
	// input. Empty: the part Filesystem is left out.
	Steps string
	// ResolvesPaths: the language resolves symbolic links and dots itself before it
	// asks the filesystem, so that some errnos differ.
	ResolvesPaths bool
	// FileName is what the programs are called in stacks: the language's main
	// file.
	FileName string

	// Names are what the programs call those functions whose names above the
	// language reserves.
	Names map[string]string

	// Kinds says what the language tells apart.
	Kinds Kinds
}

// Kinds says which differences between values a language keeps.
type Kinds struct {
	// Floats: 1.0 comes back as a float rather than an integer.
	Floats bool
	// BigIntegers: integers of any size pass.
	BigIntegers bool
}
