package vfs

import (
	"slices"
	"sort"
)

// entries are the names in a directory, found by name and listed in the order in
// which they came. Those without a number are left out of the list: they have
// their place in that of a Source or a layer.
type entries struct {
	byName map[string]*entry
	list   []*entry // by number; removed ones stay as holes until there are many
	holes  int
	last   uint64

	// pictured has more names, those of an Image: each moves to byName when it is
	// first used, and all of them, and to list, when they are needed in order.
	pictured *imageNode
	unused   int             // names of pictured that are not in byName and not gone
	gone     map[string]bool // names of pictured that were removed
}

type entry struct {
	name   string
	node   *node // nil: removed
	number uint64
}

func (e *entries) find(name string) *entry {
	if e == nil {
		return nil
	}
	return e.byName[name]
}

func (e *entries) get(name string) *node {
	if found := e.find(name); found != nil {
		return found.node
	}
	return nil
}

func (e *entries) len() int {
	if e == nil {
		return 0
	}
	return len(e.byName) + e.unused
}

func (e *entries) pictures() bool { return e != nil && e.pictured != nil }

// picturedChild returns what an Image has under a name, if it was not used yet.
func (e *entries) picturedChild(name string) *imageEntry {
	if e.gone[name] {
		return nil
	}
	found := e.pictured.child(name)
	if found == nil || e.byName[name] != nil {
		return nil
	}
	return found
}

// use moves a name of the Image to byName.
func (e *entries) use(one *imageEntry, child *node) {
	e.put(one.name, child).number = one.number
	e.unused--
}

// complete puts what came from the Image in order, once all of it is in byName.
func (e *entries) complete() {
	list := make([]*entry, 0, len(e.byName))
	for _, one := range e.byName {
		if one.number > 0 {
			list = append(list, one)
		}
	}
	slices.SortFunc(list, func(a, b *entry) int {
		if a.number < b.number {
			return -1
		}
		return 1
	})
	e.list, e.holes, e.pictured, e.gone = list, 0, nil, nil
}

func (e *entries) add(name string, child *node) {
	e.last++
	added := e.put(name, child)
	added.number = e.last
	e.list = append(e.list, added)
}

func (e *entries) addUnnumbered(name string, child *node) { e.put(name, child) }

func (e *entries) put(name string, child *node) *entry {
	if e.byName == nil {
		e.byName = make(map[string]*entry)
	}
	added := &entry{name: name, node: child}
	e.byName[name] = added
	return added
}

func (e *entries) remove(name string) {
	removed := e.byName[name]
	removed.node = nil
	delete(e.byName, name)
	if e.pictured != nil && e.pictured.child(name) != nil {
		if e.gone == nil {
			e.gone = make(map[string]bool)
		}
		e.gone[name] = true
	}
	if removed.number == 0 || e.pictured != nil && removed.number <= e.pictured.last {
		return // not in list
	}
	if e.holes++; e.holes > 16 && e.holes > len(e.list)/2 {
		kept := make([]*entry, 0, len(e.list)-e.holes)
		for _, one := range e.list {
			if one.node != nil {
				kept = append(kept, one)
			}
		}
		e.list, e.holes = kept, 0
	}
}

// after returns the entries with numbers greater than number, with holes.
func (e *entries) after(number uint64) []*entry {
	if e == nil {
		return nil
	}
	return e.list[sort.Search(len(e.list), func(i int) bool { return e.list[i].number > number }):]
}
