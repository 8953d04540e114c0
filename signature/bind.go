package signature

import (
	"fmt"
	"maps"
	"slices"
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

// maxPosition is the highest explicit position, so that a slip does not make a list of
// a thousand million items.
const maxPosition = 9_999

// takePositions moves named arguments with an explicit position there.
func (b *binding) takePositions() {
	var names []string
	for name, v := range b.named {
		if _, ok := v.(Position); ok {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	b.positional, b.named = slices.Clone(b.positional), maps.Clone(b.named)
	for _, name := range names {
		position, _ := b.named[name].(Position)
		delete(b.named, name)
		if position.Index < 0 || position.Index > maxPosition {
			b.mistake("%s: the index is %d, not 0 to %d", show(name), position.Index, maxPosition)
			continue
		}
		for len(b.positional) <= position.Index {
			b.positional = append(b.positional, Absent)
		}
		if b.positional[position.Index] != Absent {
			b.mistake("position %d is given twice", position.Index)
		}
		b.positional[position.Index] = position.Value
	}
}

// refuseGaps reports positions from an index on that only later ones were given after.
func (b *binding) refuseGaps(from int) {
	for i, v := range b.positional[from:] {
		if v == Absent {
			b.mistake("position %d is missing", from+i)
		}
	}
}

// placePositional hands the positional arguments to parameters: from left to right, but
// in Ruby those that are required come first, wherever they stand.
func (b *binding) placePositional() {
	if b.namedBecomeMap() {
		b.positional = append(slices.Clone(b.positional), namedMap{})
	}
	n := len(b.positional)
	optional, rest, hasRest := n, 0, false
	if b.convention.Names == NamesOfKeywords {
		room := 0
		for i := range b.signature.Parameters {
			switch p := &b.signature.Parameters[i]; {
			case p.takesPosition() && p.Required:
				optional--
			case p.takesPosition():
				room++
			}
		}
		optional = max(optional, 0)
		rest = max(optional-room, 0)
	}
	next := 0
	for i := range b.signature.Parameters {
		p := &b.signature.Parameters[i]
		switch {
		case p.Kind == Rest:
			hasRest = true
			if b.convention.Names != NamesOfKeywords {
				rest = n - next
			}
			b.refuseGaps(next)
			b.rest = b.positional[next : next+rest : next+rest]
			next += rest
		case !p.takesPosition() || next >= n || !p.Required && optional == 0:
		default:
			if !p.Required {
				optional--
			}
			if v := b.positional[next]; v != Absent {
				b.slots[i] = slot{value: v, given: true, byPosition: true}
			}
			next++
		}
	}
	if next < n && !hasRest {
		b.tooMany(n)
	}
}

// namedMap stands, among positional arguments, for the map that a guest makes of the
// named ones.
type namedMap struct{}

// namedBecomeMap tells whether the guest makes one positional argument of all that are
// named, as Ruby does for methods without keywords.
func (b *binding) namedBecomeMap() bool {
	if b.convention.Names != NamesOfKeywords || b.byName || len(b.named) == 0 {
		return false
	}
	for i := range b.signature.Parameters {
		if kind := b.signature.Parameters[i].Kind; kind == Keyword || kind == KeywordRest {
			return false
		}
	}
	return true
}

func (b *binding) tooMany(n int) {
	least, most := 0, 0
	for i := range b.signature.Parameters {
		if p := &b.signature.Parameters[i]; p.takesPosition() {
			most++
			if p.Required {
				least++
			}
		}
	}
	takes := fmt.Sprint(most)
	switch {
	case most == 0:
		takes = "no"
	case least < most:
		takes = fmt.Sprintf("%d to %d", least, most)
	}
	b.mistake("it takes %s positional %s, %d %s given", takes, plural(most, "argument"), n, was(n))
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

func was(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// show prints a name that the caller chose.
func show(name string) string {
	if name == "" {
		return "''"
	}
	return shorten(name)
}

// placeNamed hands named arguments to the parameters of these names.
func (b *binding) placeNamed() {
	if b.namedBecomeMap() {
		b.left = b.named
		return
	}
	for _, name := range sortedKeys(b.named) {
		v, i := b.named[name], b.signature.parameter(name)
		switch {
		case i < 0 || !b.takesName(&b.signature.Parameters[i]):
			b.left[name] = v
		case b.signature.Parameters[i].Kind == Rest:
			list, ok := v.([]any)
			switch {
			case !ok:
				b.mistake("%s needs a list", show(name))
			case len(b.rest) > 0:
				b.mistake("%s is given twice", show(name))
			default:
				b.rest = list
			}
		case !b.slots[i].given:
			b.slots[i].value, b.slots[i].given = v, true
		case b.isOption(name):
			b.left[name] = v
		default:
			b.mistake("%s is given twice", show(name))
		}
	}
}

// takesName tells whether the convention lets a parameter be given by its name.
func (b *binding) takesName(p *Parameter) bool {
	switch p.Kind {
	case Keyword:
		return true
	case Either:
		return b.byName || b.convention.Names != NamesOfKeywords
	case Positional, Options:
		return b.byName || b.convention.Names == NamesPlaced || b.convention.Names == NamesPlacedOrOptions
	case Rest:
		return b.byName
	}
	return false
}

// isOption tells whether an Options parameter knows a key.
func (b *binding) isOption(name string) bool {
	for i := range b.signature.Parameters {
		for j := range b.signature.Parameters[i].Keys {
			if b.signature.Parameters[i].Keys[j].Name == name {
				return true
			}
		}
	}
	return false
}

// placeLeft finds a parameter for named arguments that none is named after.
func (b *binding) placeLeft() {
	if len(b.left) == 0 || b.namedBecomeMap() {
		return
	}
	for i := range b.signature.Parameters {
		switch kind := b.signature.Parameters[i].Kind; {
		case kind == KeywordRest, kind == Rest && b.convention.RestNamed:
			return // assemble passes them on
		}
	}
	if b.convention.Names == NamesPlacedOrOptions && b.placeOptions() {
		return
	}
	b.unknown(b.left)
}

func (b *binding) unknown(names map[string]any) {
	for _, name := range sortedKeys(names) {
		if i := b.signature.parameter(name); i >= 0 {
			b.mistake("%s cannot be given by name", show(name))
		} else {
			b.mistake("there is no parameter %s", show(name))
		}
	}
}

// placeOptions puts the named arguments that are left into one object; false: there is
// no place for it.
func (b *binding) placeOptions() bool {
	last, options := -1, -1
	for i := range b.signature.Parameters {
		p := &b.signature.Parameters[i]
		if p.takesPosition() {
			last = i
		}
		if p.Kind == Options {
			options = i
		}
	}
	if options < 0 {
		if last >= 0 && !b.slots[last].given && b.looksLikeOptions(&b.signature.Parameters[last]) {
			b.slots[last].value, b.slots[last].given = b.left, true
			return true
		}
		for i := range b.signature.Parameters {
			if b.signature.Parameters[i].Kind == Rest {
				b.rest = append(slices.Clone(b.rest), b.left)
				return true
			}
		}
		return false
	}
	p := &b.signature.Parameters[options]
	if b.slots[options].given {
		for _, name := range sortedKeys(b.left) {
			b.mistake("%s belongs into the object of options, which is given already", show(name))
		}
		return true
	}
	if len(p.Keys) > 0 {
		unknown := maps.Clone(b.left)
		for i := range p.Keys {
			key := &p.Keys[i]
			delete(unknown, key.Name)
			if _, has := b.left[key.Name]; key.Required && !has {
				b.mistake("%s is missing", show(key.Name))
			}
		}
		b.unknown(unknown)
	}
	b.slots[options].value, b.slots[options].given = b.left, true
	return true
}

// optionsNames are what authors call a last parameter that is an object.
var optionsNames = []string{"options", "option", "opts", "opt", "config", "props", "params", "kwargs", "settings"}

// looksLikeOptions tells whether an object may go to the last parameter: its default is
// one, or its name says so, or it has no default and no argument was given by name.
func (b *binding) looksLikeOptions(p *Parameter) bool {
	if p.HasDefault {
		_, isMap := p.Default.(map[string]any)
		return isMap || slices.Contains(optionsNames, strings.ToLower(p.Name))
	}
	if slices.Contains(optionsNames, strings.ToLower(p.Name)) {
		return true
	}
	return p.DefaultText == "" && len(b.left) == len(b.named)
}

// findMissing reports parameters that need an argument and have none.
func (b *binding) findMissing() {
	var missing []string
	for i := range b.signature.Parameters {
		p := &b.signature.Parameters[i]
		if !p.Required || b.slots[i].given {
			continue
		}
		if p.Kind != Options || len(p.Keys) == 0 {
			missing = append(missing, show(p.Name))
			continue
		}
		before := len(missing)
		for j := range p.Keys {
			if p.Keys[j].Required {
				missing = append(missing, show(p.Keys[j].Name))
			}
		}
		if len(missing) == before { // {} is all it needs
			b.slots[i].value, b.slots[i].given = map[string]any{}, true
		}
	}
	switch n := len(missing); n {
	case 0:
	case 1:
		b.mistake("%s is missing", missing[0])
	default:
		b.mistake("%s and %s are missing", strings.Join(missing[:n-1], ", "), missing[n-1])
	}
}

// assemble writes down the arguments as the guest is to get them.
func (b *binding) assemble() (args []any, named map[string]any) {
	list := b.signature.Parameters
	named = map[string]any{}
	last := b.lastPlaced()
	for i := range list {
		p, s := &list[i], &b.slots[i]
		switch {
		case p.Kind == Rest:
			args = append(args, b.rest...)
		case !p.takesPosition():
			if s.given {
				named[p.Name] = s.value
			}
		case s.given && i <= last:
			if s.value != (namedMap{}) {
				args = append(args, s.value)
			}
		case s.given:
			named[p.Name] = s.value
		case i < last && b.needsFiller(i):
			args = append(args, b.filler(p))
		}
	}
	maps.Copy(named, b.left)
	if b.convention.Names == NamesPlacedOrOptions || b.convention.Names == NamesPlaced {
		named = nil // they have become positional
	}
	if len(named) == 0 {
		named = nil
	}
	return args, named
}

// lastPlaced is the index of the last parameter that goes by position.
func (b *binding) lastPlaced() int {
	list, last := b.signature.Parameters, -1
	for i := range list {
		p, s := &list[i], &b.slots[i]
		switch {
		case !p.takesPosition():
		case len(b.rest) > 0, // everything in front of the rest
			s.given && (s.byPosition || b.convention.Names != NamesKept || p.Kind == Positional):
			last = i
		}
	}
	if len(b.rest) > 0 {
		return max(last, len(list))
	}
	return last
}

// needsFiller tells whether an argument that was left out must be there because of one
// behind it. Ruby finds out by itself which optional ones are left out at the end.
func (b *binding) needsFiller(i int) bool {
	if b.convention.Names != NamesOfKeywords || len(b.rest) > 0 {
		return true
	}
	for j := i + 1; j < len(b.slots); j++ {
		if p := &b.signature.Parameters[j]; p.takesPosition() && !p.Required && b.slots[j].given {
			return true
		}
	}
	return false
}

// filler is what stands for an argument that was left out before another.
func (b *binding) filler(p *Parameter) any {
	switch {
	case b.convention.Names == NamesPlacedOrOptions:
		return Absent
	case p.HasDefault:
		return cloneValue(p.Default)
	}
	b.mistake("%s cannot be left out where a later one is given", show(p.Name))
	return nil
}
