package perm

// globs are many patterns, with what tells most of them that do not match a path
// apart from those that may in a few instructions each.
type globs struct {
	list    []glob
	filters []filter // one for each of list
}

// filter is what every path has that a glob matches.
type filter struct {
	letters     uint64 // bytes that occur; see lettersOf
	first, last byte   // 0: any
	absolute    bool
	owner       int32 // the index that first returns
}

func (g *globs) add(list []glob, owner int) {
	for i := range list {
		one := &list[i]
		f := filter{absolute: one.absolute, owner: int32(owner)} //nolint:gosec // an index of a rule
		for k, s := range one.segments {
			if s.kind == globName || s.text == "" {
				continue
			}
			f.letters |= lettersOf(s.text)
			if k == 0 && s.kind != suffixName {
				f.first = s.text[0]
			}
			if k == len(one.segments)-1 && s.kind != prefixName {
				f.last = s.text[len(s.text)-1]
			}
		}
		g.list, g.filters = append(g.list, *one), append(g.filters, f)
	}
}

// first returns the owner of the first glob that matches a path, or -1. The path is
// given whole, and as it is below the mount point.
func (g *globs) first(whole, relative string) int {
	letters, begin, end := lettersOf(relative), byte(0), byte(0)
	if relative != "" {
		begin, end = relative[0], relative[len(relative)-1]
	}
	for i := range g.filters {
		f := &g.filters[i]
		subject := relative
		if f.absolute {
			subject = whole
		} else if f.letters&^letters != 0 || f.first != 0 && f.first != begin || f.last != 0 && f.last != end {
			continue
		}
		if g.list[i].matches(subject) {
			return int(f.owner)
		}
	}
	return -1
}

// lettersOf is a set of the bytes in a text; some bytes share a member.
func lettersOf(text string) (set uint64) {
	for i := range len(text) {
		set |= 1 << (text[i] & 63)
	}
	return set
}
