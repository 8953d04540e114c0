package signature

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

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
