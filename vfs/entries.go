package vfs

import "sort"

// entries are the names in a directory, found by name and listed in the order in
// which they came. Those without a number are left out of the list: they have
// their place in that of a Source or a layer.
type entries struct {
	byName map[string]*entry
	list   []*entry // by number; removed ones stay as holes until there are many
	holes  int
	last   uint64
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
	return len(e.byName)
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
	if removed.number == 0 {
		return
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
