package signature

import "maps"

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
