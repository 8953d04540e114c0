package signature

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Bounds of a JSON Schema and of validating with it, since whoever wrote it need not be
// trusted: a few lines of references can ask for more work than there is time, and for
// more stack than there is memory.
const (
	maxSchemaBytes  = 4 << 20 // of its text
	maxSchemaDepth  = 200     // lists and objects inside one another
	maxSubschemas   = 10_000  // objects in it; compiling takes time in their square
	maxInPlace      = 100     // subschemas that one value is checked by, each because of the one before
	maxContentDepth = 100     // of JSON inside of strings

	// Units of work, each about a subschema that a value or an item meets, and less than
	// a microsecond. Telling what is wrong also takes some hundred bytes for each.
	workOfAny     = 1 << 19
	workOfItem    = 32
	workOfTelling = 1 << 19
)

var errTooMuchWork = errors.New("too much work")

// parseSchemaJSON is parseJSON for the text of a schema.
func parseSchemaJSON(data []byte) (any, error) {
	if len(data) > maxSchemaBytes {
		return nil, fmt.Errorf("it has more than %d bytes", maxSchemaBytes)
	}
	return parseJSON(data)
}

// metered is a compiled schema that counts the work of one validation at a time. The
// library has no such limit, but calls a function for the format of each subschema that
// a value meets, which is where the counting is.
type metered struct {
	schema *jsonschema.Schema
	// opposite is what schema refuses: validating with that takes no memory for errors,
	// and ends at the first one.
	opposite *jsonschema.Schema
	all      []*jsonschema.Schema
	left     int64
}

// within does something that spends no more than some units; false: it would take more.
func (m *metered) within(units int64, do func()) (done bool) {
	m.left = units
	defer func() {
		if p := recover(); p != nil && p != errTooMuchWork {
			panic(p)
		}
	}()
	do()
	return true
}

// spend panics with errTooMuchWork once the work is more than there may be.
func (m *metered) spend(units int64) {
	if m.left -= units; m.left < 0 {
		panic(errTooMuchWork)
	}
}

// collect is called for each part of a schema while it is compiled.
func (m *metered) collect(ctx *jsonschema.CompilerContext, _ map[string]any) (jsonschema.SchemaExt, error) {
	m.all = append(m.all, ctx.Enqueue(nil))
	return nil, nil //nolint:nilnil // a part without anything of this vocabulary
}

// prepare bounds how deep the schema leads for one value, and has its work counted.
func (m *metered) prepare() error {
	depths := depths{known: map[*jsonschema.Schema]int{}, dynamic: map[string][]*jsonschema.Schema{}}
	for _, s := range m.all {
		if s.DynamicAnchor != "" {
			depths.dynamic[s.DynamicAnchor] = append(depths.dynamic[s.DynamicAnchor], s)
		}
		if s.RecursiveAnchor {
			depths.recursive = append(depths.recursive, s)
		}
	}
	for _, s := range m.all {
		if err := depths.measure(s); err != nil {
			return err
		}
	}
	done := make(map[*jsonschema.Schema]bool, len(m.all))
	for _, s := range m.all {
		if !done[s] {
			done[s] = true
			m.count(s, depths.inPlace(s))
		}
	}
	return nil
}

// count has a validation spend what checking a value by s takes, without what its parts
// spend themselves.
func (m *metered) count(s *jsonschema.Schema, inPlace []*jsonschema.Schema) {
	once := int64(1 + len(s.Required))
	for _, part := range slices.Concat(inPlace, s.PrefixItems) {
		once += atFirst(part)
	}
	if s.DynamicRef != nil || s.RecursiveRef != nil {
		once += 100 // everything around the value is searched for the anchor
	}
	each := int64(1 + len(s.PatternProperties))
	for _, part := range forEach(s) {
		each += atFirst(part)
	}
	property := int64(0)
	for _, part := range s.Properties {
		property = max(property, atFirst(part))
	}
	each += property
	pattern := int64(0)
	if s.Pattern != nil {
		pattern = int64(len(s.Pattern.String()))
	}
	format := s.Format
	metered := &jsonschema.Format{Validate: func(v any) error {
		units := once
		switch v := v.(type) {
		case string:
			units += int64(len(v)) * (8 + pattern) / 512
		case []any:
			units += int64(len(v)) * each
		case map[string]any:
			units += int64(len(v)) * each
		}
		if s.UniqueItems {
			units += countItems(v)
		}
		m.spend(units)
		if format != nil {
			return format.Validate(v)
		}
		return nil
	}}
	if format != nil {
		metered.Name = format.Name
	}
	s.Format = metered
}

// atFirst is the work of checking a value by s until that is counted.
func atFirst(s *jsonschema.Schema) int64 {
	units := int64(1)
	if s.Const != nil {
		units += countItems(*s.Const)
	}
	if s.Enum != nil {
		for _, v := range s.Enum.Values {
			units += countItems(v)
		}
	}
	return units
}

// forEach are the parts of a schema that check items and properties, each of them.
func forEach(s *jsonschema.Schema) []*jsonschema.Schema {
	list := []*jsonschema.Schema{s.PropertyNames, s.UnevaluatedProperties, s.Contains, s.Items2020, s.UnevaluatedItems}
	for _, part := range s.PatternProperties {
		list = append(list, part)
	}
	for _, part := range []any{s.AdditionalProperties, s.Items, s.AdditionalItems} {
		switch part := part.(type) {
		case *jsonschema.Schema:
			list = append(list, part)
		case []*jsonschema.Schema:
			list = append(list, part...)
		}
	}
	return slices.DeleteFunc(list, func(s *jsonschema.Schema) bool { return s == nil })
}

// depths measures how many subschemas lead to one another for the same value.
type depths struct {
	known     map[*jsonschema.Schema]int // -1 while it is being measured
	dynamic   map[string][]*jsonschema.Schema
	recursive []*jsonschema.Schema
}

func (d *depths) measure(s *jsonschema.Schema) error {
	switch known, ok := d.known[s]; {
	case known < 0:
		return fmt.Errorf("%s refers to itself for the same value", strings.TrimPrefix(s.Location, base))
	case ok:
		return nil
	}
	d.known[s] = -1
	deepest := 0
	for _, part := range d.inPlace(s) {
		if err := d.measure(part); err != nil {
			return err
		}
		deepest = max(deepest, d.known[part])
	}
	if deepest++; deepest > maxInPlace {
		return fmt.Errorf("%s: more than %d subschemas lead to one another for the same value", strings.TrimPrefix(s.Location, base), maxInPlace)
	}
	d.known[s] = deepest
	return nil
}

// inPlace are the parts of a schema that check the same value as itself.
func (d *depths) inPlace(s *jsonschema.Schema) []*jsonschema.Schema {
	list := slices.Concat([]*jsonschema.Schema{s.Ref, s.RecursiveRef, s.Not, s.If, s.Then, s.Else}, s.AllOf, s.AnyOf, s.OneOf)
	for _, part := range s.Dependencies {
		if of, ok := part.(*jsonschema.Schema); ok {
			list = append(list, of)
		}
	}
	for _, part := range s.DependentSchemas {
		list = append(list, part)
	}
	if s.RecursiveRef != nil {
		list = append(list, d.recursive...)
	}
	if s.DynamicRef != nil {
		list = append(append(list, s.DynamicRef.Ref), d.dynamic[s.DynamicRef.Anchor]...)
	}
	return slices.DeleteFunc(list, func(s *jsonschema.Schema) bool { return s == nil })
}

// countObjects counts the objects of what was read from JSON, and refuses what is nested
// too deep.
func countObjects(v any, depth int) (int, error) {
	if depth < 0 {
		return 0, errors.New("it is nested too deep")
	}
	objects := 0
	add := func(item any) error {
		n, err := countObjects(item, depth-1)
		objects += n
		return err
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if err := add(item); err != nil {
				return 0, err
			}
		}
	case map[string]any:
		objects++
		for _, item := range v {
			if err := add(item); err != nil {
				return 0, err
			}
		}
	}
	return objects, nil
}

// countItems counts the items and keys of a value, itself included, and long strings as
// several.
func countItems(v any) int64 {
	n := int64(1)
	switch v := v.(type) {
	case string:
		n += int64(len(v) / 512)
	case []any:
		for _, item := range v {
			n += countItems(item)
		}
	case map[string]any:
		for _, item := range v {
			n += 1 + countItems(item)
		}
	}
	return n
}
