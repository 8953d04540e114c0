package value

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// field is a struct field that crosses the border, perhaps of an embedded
// struct.
type field struct {
	name      string
	index     []int
	omitEmpty bool
	omitZero  bool
}

// fieldSet holds the fields of a struct type in the order of declaration.
type fieldSet struct {
	list   []field
	byName map[string]int // position in list
	hidden bool           // the type has fields, none of them exported
}

var fieldSets sync.Map // reflect.Type to *fieldSet

func fieldsOf(t reflect.Type) *fieldSet {
	if cached, ok := fieldSets.Load(t); ok {
		return cached.(*fieldSet)
	}
	cached, _ := fieldSets.LoadOrStore(t, collectFields(t))
	return cached.(*fieldSet)
}

// candidate is a field before the rules on embedding decide.
type candidate struct {
	field
	tagged bool
}

// collectFields applies the rules of encoding/json: the least nested field of
// a name wins, among several the one whose name is from a tag, and where that
// does not decide there is no such field.
func collectFields(t reflect.Type) *fieldSet {
	candidates, exported := collectCandidates(t)
	// The best candidate of each name comes first.
	slices.SortStableFunc(candidates, func(a, b candidate) int {
		return cmp.Or(
			strings.Compare(a.name, b.name),
			cmp.Compare(len(a.index), len(b.index)),
			cmp.Compare(rank(a), rank(b)),
		)
	})
	set := &fieldSet{byName: map[string]int{}, hidden: t.NumField() > 0 && !exported}
	for i := 0; i < len(candidates); {
		best, next := candidates[i], i+1
		for next < len(candidates) && candidates[next].name == best.name {
			next++
		}
		tied := next > i+1 && len(candidates[i+1].index) == len(best.index) && rank(candidates[i+1]) == rank(best)
		if !tied {
			set.list = append(set.list, best.field)
		}
		i = next
	}
	slices.SortFunc(set.list, func(a, b field) int { return slices.Compare(a.index, b.index) })
	for i := range set.list {
		set.byName[set.list[i].name] = i
	}
	return set
}

func rank(c candidate) int {
	if c.tagged {
		return 0
	}
	return 1
}

// collectCandidates walks the struct and what it embeds, level by level.
func collectCandidates(t reflect.Type) (candidates []candidate, exported bool) {
	type embedded struct {
		t     reflect.Type
		index []int
	}
	seen := map[reflect.Type]bool{}
	for level := []embedded{{t: t}}; len(level) > 0; {
		var next []embedded
		for _, e := range level {
			if seen[e.t] { // at a level above: its fields are hidden anyway
				continue
			}
			for i := range e.t.NumField() {
				f := e.t.Field(i)
				index := append(slices.Clone(e.index), i)
				tag := f.Tag.Get("json")
				name, options, _ := strings.Cut(tag, ",")
				if !utf8.ValidString(name) {
					name = ""
				}
				exported = exported || f.IsExported()
				if tag == "-" {
					exported = true // left out on purpose
					continue
				}
				if inner, ok := embeddedStruct(f); ok && name == "" {
					next = append(next, embedded{inner, index})
					continue
				}
				if !f.IsExported() {
					continue
				}
				c := candidate{field: field{name: name, index: index}, tagged: name != ""}
				if name == "" {
					c.name = f.Name
				}
				for option := range strings.SplitSeq(options, ",") {
					c.omitEmpty = c.omitEmpty || option == "omitempty"
					c.omitZero = c.omitZero || option == "omitzero"
				}
				candidates = append(candidates, c)
			}
		}
		for _, e := range level {
			seen[e.t] = true
		}
		level = next
	}
	return candidates, exported
}

// embeddedStruct returns the struct type whose fields f lends to its parent.
func embeddedStruct(f reflect.StructField) (reflect.Type, bool) {
	if !f.Anonymous {
		return nil, false
	}
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t, t.Kind() == reflect.Struct && !special(t)
}

// of returns the field of a struct; ok is false when it belongs to an embedded
// pointer that is nil.
func (f *field) of(v reflect.Value) (_ reflect.Value, ok bool) {
	for i, position := range f.index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return reflect.Value{}, false
			}
			v = v.Elem()
		}
		v = v.Field(position)
	}
	return v, true
}

// omit reports whether the tag's options leave out this value.
func (f *field) omit(v reflect.Value) bool {
	if f.omitEmpty && isEmpty(v) {
		return true
	}
	if !f.omitZero {
		return false
	}
	if (v.Kind() != reflect.Pointer && v.Kind() != reflect.Interface) || !v.IsNil() {
		if zeroer, ok := v.Interface().(interface{ IsZero() bool }); ok {
			return zeroer.IsZero()
		}
	}
	return v.IsZero()
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
