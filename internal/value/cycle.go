package value

import (
	"errors"
	"reflect"
	"strconv"
)

// explain says, of a value that is nested too deep, whether that is because it refers
// to itself, and where: the place that it fails at is a thousand levels down, where
// nobody finds it.
func explain(err error, v any, place string) error {
	walk, ok := err.(*walkError) // never wrapped
	if !ok || !walk.deep {
		return err
	}
	f := cycleFinder{above: map[identity][]string{}, done: map[identity]bool{}}
	if !f.find(reflect.ValueOf(v), nil) {
		return err
	}
	to := placeError(&walkError{segments: reversed(f.target)}, place)
	var target *PlaceError
	if !errors.As(to, &target) {
		return err
	}
	return &walkError{reason: "refers back to " + target.Place, limit: true, segments: reversed(f.found)}
}

// identity is what a pointer, map or slice refers to.
type identity struct {
	t      reflect.Type
	at     uintptr
	length int
}

// cycleFinder walks a value as Append does.
type cycleFinder struct {
	above map[identity][]string // the places that the walk is in
	done  map[identity]bool     // what has no cycle below it

	found, target []string // the place of the reference, and the place it leads to
}

// maxCycleDepth bounds the walk: a list of a million links is no cycle, but too deep.
const maxCycleDepth = 10 * MaxDepth

func (f *cycleFinder) find(v reflect.Value, path []string) bool {
	if !v.IsValid() || len(path) > maxCycleDepth {
		return false
	}
	var id identity
	switch v.Kind() {
	case reflect.Interface:
		return !v.IsNil() && f.find(v.Elem(), path)
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if v.IsNil() || methodOf(v.Type()) != methodNone || special(v.Type()) {
			return false
		}
		id = identity{t: v.Type(), at: v.Pointer()}
		if v.Kind() == reflect.Slice {
			id.length = v.Len()
		}
	case reflect.Struct, reflect.Array:
		return f.inside(v, path)
	default:
		return false
	}
	if f.done[id] {
		return false
	}
	if target, above := f.above[id]; above {
		f.found, f.target = path, target
		return true
	}
	f.above[id] = path
	if f.inside(v, path) {
		return true
	}
	delete(f.above, id)
	f.done[id] = true
	return false
}

func (f *cycleFinder) inside(v reflect.Value, path []string) bool {
	at := func(segment string) []string { return append(path[:len(path):len(path)], segment) }
	switch v.Kind() {
	case reflect.Pointer:
		return f.find(v.Elem(), path)
	case reflect.Slice, reflect.Array:
		switch v.Type().Elem().Kind() {
		case reflect.Interface, reflect.Pointer, reflect.Map, reflect.Slice, reflect.Struct, reflect.Array:
		default:
			return false
		}
		for i := range v.Len() {
			if f.find(v.Index(i), at("["+strconv.Itoa(i)+"]")) {
				return true
			}
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			if key, err := keyText(entries.Key()); err == nil && f.find(entries.Value(), at(keySegment(key))) {
				return true
			}
		}
	case reflect.Struct:
		if special(v.Type()) || methodOf(v.Type()) != methodNone {
			return false
		}
		fields := fieldsOf(v.Type())
		for i := range fields.list {
			field := &fields.list[i]
			if item, ok := field.of(v); ok && f.find(item, at(keySegment(field.name))) {
				return true
			}
		}
	}
	return false
}

func reversed(path []string) []string {
	list := make([]string, 0, len(path))
	for i := len(path) - 1; i >= 0; i-- {
		list = append(list, path[i])
	}
	return list
}
