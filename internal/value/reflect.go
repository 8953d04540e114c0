package value

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

var (
	typeTime       = reflect.TypeFor[time.Time]()
	typeBigInt     = reflect.TypeFor[big.Int]()
	typeNumber     = reflect.TypeFor[json.Number]()
	typeRawMessage = reflect.TypeFor[json.RawMessage]()

	typeStringer        = reflect.TypeFor[fmt.Stringer]()
	typeJSONMarshaler   = reflect.TypeFor[json.Marshaler]()
	typeTextMarshaler   = reflect.TypeFor[encoding.TextMarshaler]()
	typeJSONUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	typeTextUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// special reports the types that have a form of their own, which goes before
// the methods they also have.
func special(t reflect.Type) bool {
	return t == typeTime || t == typeBigInt || t == typeNumber || t == typeRawMessage
}

// method is which of a type's methods writes its values.
type method int

const (
	methodNone method = iota
	methodJSON
	methodText
	methodJSONOfPointer // only the pointer has it: usable on addressable values
	methodTextOfPointer
)

var methods sync.Map // reflect.Type to method

func methodOf(t reflect.Type) method {
	if cached, ok := methods.Load(t); ok {
		return cached.(method)
	}
	found := methodNone
	switch pointer := reflect.PointerTo(t); {
	case special(t), t.Kind() == reflect.Interface, t.Kind() == reflect.Pointer && special(t.Elem()):
	case t.Implements(typeJSONMarshaler):
		found = methodJSON
	case t.Implements(typeTextMarshaler):
		found = methodText
	case pointer.Implements(typeJSONMarshaler):
		found = methodJSONOfPointer
	case pointer.Implements(typeTextMarshaler):
		found = methodTextOfPointer
	}
	methods.Store(t, found)
	return found
}

// appendReflect serves what appendValue does not know.
func appendReflect(dst []byte, v any, depth int) ([]byte, error) {
	return appendReflected(dst, reflect.ValueOf(v), depth)
}

func appendReflected(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	for hops := 0; ; hops++ {
		if !v.IsValid() {
			return append(dst, simpleNull), nil
		}
		if kind := v.Kind(); kind != reflect.Pointer && kind != reflect.Interface {
			break
		}
		if v.IsNil() {
			return append(dst, simpleNull), nil
		}
		if hops > MaxDepth { // a pointer to itself
			return dst, errTooDeep()
		}
		if result, done, err := appendByMethod(dst, v, depth); done || err != nil {
			return result, err
		}
		v = v.Elem()
	}

	switch v.Type() {
	case typeTime:
		return appendTime(dst, v.Interface().(time.Time))
	case typeBigInt:
		n := v.Interface().(big.Int)
		return appendBigInt(dst, &n)
	case typeNumber:
		return appendNumber(dst, v.String())
	case typeRawMessage:
		if v.IsNil() {
			return append(dst, simpleNull), nil
		}
		return appendJSONText(dst, v.Bytes(), "the json.RawMessage", depth)
	}
	if result, done, err := appendByMethod(dst, v, depth); done || err != nil {
		return result, err
	}

	switch v.Kind() {
	case reflect.Bool:
		return appendBool(dst, v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return appendInt(dst, v.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return AppendUint(dst, v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return appendFloat(dst, v.Float()), nil
	case reflect.String:
		return appendString(dst, v.String())
	case reflect.Slice, reflect.Array:
		return appendReflectedList(dst, v, depth)
	case reflect.Map:
		return appendReflectedMap(dst, v, depth)
	case reflect.Struct:
		return appendStruct(dst, v, depth)
	}
	return dst, failf("%s cannot be passed to a guest", v.Type())
}

// appendByMethod uses the type's MarshalJSON or MarshalText, if it has one.
func appendByMethod(dst []byte, v reflect.Value, depth int) (result []byte, done bool, err error) {
	found := methodOf(v.Type())
	if found == methodJSONOfPointer || found == methodTextOfPointer {
		if !v.CanAddr() {
			return dst, false, nil
		}
		v = v.Addr()
	}
	switch found {
	case methodJSON, methodJSONOfPointer:
		text, err := v.Interface().(json.Marshaler).MarshalJSON()
		if err != nil {
			return dst, true, failf("%s.MarshalJSON: %v", v.Type(), err)
		}
		result, err = appendJSONText(dst, text, "the result of "+v.Type().String()+".MarshalJSON", depth)
		return result, true, err
	case methodText, methodTextOfPointer:
		text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
		if err != nil {
			return dst, true, failf("%s.MarshalText: %v", v.Type(), err)
		}
		result, err = appendString(dst, string(text))
		return result, true, err
	}
	return dst, false, nil
}

func appendJSONText(dst, text []byte, what string, depth int) ([]byte, error) {
	v, err := ParseJSON(text)
	if err != nil {
		return dst, failf("%s is not valid: %v", what, err)
	}
	return appendValue(dst, v, depth)
}

func appendReflectedList(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	if item := v.Type().Elem(); item.Kind() == reflect.Uint8 && methodOf(item) == methodNone {
		if v.Kind() == reflect.Slice || v.CanAddr() {
			return appendBytes(dst, v.Bytes()), nil
		}
		dst = appendHead(dst, majorBytes, uint64(v.Len()))
		for i := range v.Len() {
			dst = append(dst, byte(v.Index(i).Uint()))
		}
		return dst, nil
	}
	if depth >= MaxDepth {
		return dst, errTooDeep()
	}
	dst = AppendArrayHead(dst, v.Len())
	for i := range v.Len() {
		var err error
		if dst, err = appendReflectedItem(dst, v.Index(i), depth+1); err != nil {
			return dst, atIndex(err, i)
		}
	}
	return dst, nil
}

// appendReflectedItem returns to the path without reflection where an
// interface allows it.
func appendReflectedItem(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	if v.Kind() == reflect.Interface {
		return appendValue(dst, v.Interface(), depth)
	}
	return appendReflected(dst, v, depth)
}

func appendReflectedMap(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	if depth >= MaxDepth {
		return dst, errTooDeep()
	}
	type pair struct {
		key   string
		value reflect.Value
	}
	pairs := make([]pair, 0, v.Len())
	for entries := v.MapRange(); entries.Next(); {
		key, err := keyText(entries.Key())
		if err != nil {
			return dst, err
		}
		pairs = append(pairs, pair{key, entries.Value()})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return strings.Compare(a.key, b.key) })

	dst = AppendMapHead(dst, len(pairs))
	for i, p := range pairs {
		if i > 0 && p.key == pairs[i-1].key {
			return dst, failf("two keys of the %s are written %q", v.Type(), p.key)
		}
		var err error
		if dst, err = appendString(dst, p.key); err != nil {
			return dst, atKey(failf("the key is not valid UTF-8"), p.key)
		}
		if dst, err = appendReflectedItem(dst, p.value, depth+1); err != nil {
			return dst, atKey(err, p.key)
		}
	}
	return dst, nil
}

// keyText writes a map key as text.
func keyText(key reflect.Value) (string, error) {
	for key.Kind() == reflect.Interface && !key.IsNil() {
		key = key.Elem()
	}
	if key.Kind() == reflect.String {
		return key.String(), nil
	}
	if key.Kind() != reflect.Interface && key.Type().Implements(typeTextMarshaler) {
		if key.Kind() == reflect.Pointer && key.IsNil() {
			return "", failf("a nil %s cannot be the key of a map passed to a guest", key.Type())
		}
		text, err := key.Interface().(encoding.TextMarshaler).MarshalText()
		if err != nil {
			return "", failf("%s.MarshalText: %v", key.Type(), err)
		}
		return string(text), nil
	}
	switch key.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(key.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(key.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(key.Uint(), 10), nil
	}
	switch kind := key.Kind(); {
	case kind == reflect.Interface:
		// below
	case key.Type().Implements(typeStringer) && (kind != reflect.Pointer || !key.IsNil()):
		return key.Interface().(fmt.Stringer).String(), nil
	case kind == reflect.Float32 || kind == reflect.Float64:
		return fmt.Sprint(key.Interface()), nil
	}
	if key.Kind() == reflect.Interface {
		return "", failf("nil cannot be the key of a map passed to a guest; use strings")
	}
	return "", failf("%s cannot be the key of a map passed to a guest; use strings", key.Type())
}

func appendStruct(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	if depth >= MaxDepth {
		return dst, errTooDeep()
	}
	fields := fieldsOf(v.Type())
	if fields.hidden {
		return dst, failf("%s has no exported fields and cannot be passed to a guest", v.Type())
	}
	var scratch [16]reflect.Value
	values, count := scratch[:0], 0
	for i := range fields.list {
		field := &fields.list[i]
		item, ok := field.of(v)
		if ok && !field.omit(item) {
			count++
		} else {
			item = reflect.Value{}
		}
		values = append(values, item)
	}
	dst = AppendMapHead(dst, count)
	for i, item := range values {
		if !item.IsValid() {
			continue
		}
		name := fields.list[i].name
		dst = AppendText(dst, name)
		var err error
		if dst, err = appendReflectedItem(dst, item, depth+1); err != nil {
			return dst, atKey(err, name)
		}
	}
	return dst, nil
}
