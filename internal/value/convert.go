package value

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Convert stores v, a value as [Decode] returns it, in what into points to.
// It is the counterpart of [Append]; nothing is lost on the way, and what does
// not fit is a [*PlaceError] with a place that begins with "result".
//
//   - null fits pointers, interfaces, slices and maps only;
//   - integers fit every numeric type that holds them exactly, floats also
//     integer types when they have no fraction. Only float32 may round;
//   - strings fit string kinds, []byte, time.Time (RFC 3339) and every
//     encoding.TextUnmarshaler;
//   - byte strings fit slices and arrays of bytes, lists slices and arrays of
//     the same length;
//   - maps fit maps, and structs by their `json` tags: a key that has no field
//     of its exact name goes to one that differs in case only, or nowhere;
//   - json.RawMessage and every json.Unmarshaler get the JSON of [AppendJSON],
//     *any gets v itself.
//
// What into points to may be half filled after an error.
func Convert(v any, into any) error {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return fmt.Errorf("convert: need a pointer that is not nil, not %T", into)
	}
	if direct, ok := into.(*any); ok {
		*direct = v
		return nil
	}
	return placeError(convert(v, target.Elem()), "result")
}

func convert(v any, target reflect.Value) error {
	t := target.Type()
	switch t {
	case typeTime:
		return convertTime(v, target)
	case typeBigInt:
		return convertBigInt(v, target)
	case typeNumber:
		switch v.(type) {
		case int64, *big.Int, float64:
			if text, err := MarshalJSON(v); err == nil && text[0] != '{' {
				target.SetString(string(text))
				return nil
			}
		}
		return misfit(v, t)
	case typeRawMessage:
		text, err := appendJSON(nil, v, 0)
		if err == nil {
			target.SetBytes(text)
		}
		return err
	}

	if v == nil {
		switch target.Kind() {
		case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map:
			target.SetZero()
			return nil
		}
	}
	if target.Kind() == reflect.Pointer {
		if target.IsNil() {
			target.Set(reflect.New(t.Elem()))
		}
		return convert(v, target.Elem())
	}
	if done, err := convertByMethod(v, target); done {
		return err
	}

	switch target.Kind() {
	case reflect.Interface:
		if v != nil && reflect.TypeOf(v).Implements(t) {
			target.Set(reflect.ValueOf(v))
			return nil
		}
	case reflect.Bool:
		if b, ok := v.(bool); ok {
			target.SetBool(b)
			return nil
		}
	case reflect.String:
		if text, ok := v.(string); ok {
			target.SetString(text)
			return nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, ok := v.(int64) // nearly always, and without an allocation
		if !ok {
			var exact *big.Int
			if exact, ok = exactInt(v); ok && exact.IsInt64() {
				n = exact.Int64()
			} else {
				ok = false
			}
		}
		if ok && !target.OverflowInt(n) {
			target.SetInt(n)
			return nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if n, ok := exactInt(v); ok && n.IsUint64() && !target.OverflowUint(n.Uint64()) {
			target.SetUint(n.Uint64())
			return nil
		}
	case reflect.Float32, reflect.Float64:
		if f, ok := exactFloat(v); ok && !target.OverflowFloat(f) {
			target.SetFloat(f)
			return nil
		}
	case reflect.Slice, reflect.Array:
		return convertList(v, target)
	case reflect.Map:
		return convertMap(v, target)
	case reflect.Struct:
		if pairs, ok := v.(map[string]any); ok {
			return convertStruct(pairs, target)
		}
	}
	return misfit(v, t)
}

// convertByMethod uses UnmarshalJSON or UnmarshalText, if the target has one.
func convertByMethod(v any, target reflect.Value) (done bool, err error) {
	pointer := reflect.PointerTo(target.Type())
	if target.Kind() == reflect.Interface || v == nil && target.Kind() != reflect.Struct {
		return false, nil
	}
	if pointer.Implements(typeJSONUnmarshaler) {
		text, err := appendJSON(nil, v, 0)
		if err != nil {
			return true, err
		}
		if err := target.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(text); err != nil {
			return true, failf("%s.UnmarshalJSON: %v", target.Type(), err)
		}
		return true, nil
	}
	if text, ok := v.(string); ok && pointer.Implements(typeTextUnmarshaler) {
		if err := target.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)); err != nil {
			return true, failf("%s.UnmarshalText: %v", target.Type(), err)
		}
		return true, nil
	}
	return false, nil
}

// misfit says that v cannot become a t, showing v where it is short.
func misfit(v any, t reflect.Type) error {
	return failf("%s does not fit %s", describe(v), t)
}

func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		if len(v) > 40 {
			return fmt.Sprintf("a string of %d bytes", len(v))
		}
		return strconv.Quote(v)
	case []byte:
		return fmt.Sprintf("a byte string of %d bytes", len(v))
	case []any:
		return fmt.Sprintf("a list of %d items", len(v))
	case map[string]any:
		return fmt.Sprintf("a map of %d keys", len(v))
	case *big.Int:
		if v.BitLen() > 256 {
			return fmt.Sprintf("an integer of %d bits", v.BitLen())
		}
		return v.String()
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return string(formatFloat(nil, v))
		}
	case time.Time:
		return "the time " + v.Format(time.RFC3339Nano)
	}
	return fmt.Sprint(v)
}

func exactInt(v any) (*big.Int, bool) {
	switch v := v.(type) {
	case int64:
		return big.NewInt(v), true
	case *big.Int:
		return v, true
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<64 {
			n, _ := big.NewFloat(v).Int(nil)
			return n, true
		}
	}
	return nil, false
}

func exactFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		f := float64(v)
		return f, f < 1<<63 && int64(f) == v
	case *big.Int:
		f, accuracy := new(big.Float).SetInt(v).Float64()
		return f, accuracy == big.Exact
	}
	return 0, false
}

func convertTime(v any, target reflect.Value) error {
	switch v := v.(type) {
	case time.Time:
		target.Set(reflect.ValueOf(v))
		return nil
	case string:
		if t, err := parseTime(v); err == nil {
			target.Set(reflect.ValueOf(t))
			return nil
		}
	}
	return misfit(v, target.Type())
}

func convertBigInt(v any, target reflect.Value) error {
	n, ok := exactInt(v)
	if !ok {
		return misfit(v, target.Type())
	}
	target.Addr().Interface().(*big.Int).Set(n) // a copy: v keeps its own
	return nil
}

func convertList(v any, target reflect.Value) error {
	t := target.Type()
	isBytes := t.Elem().Kind() == reflect.Uint8
	switch v := v.(type) {
	case []byte:
		if isBytes {
			return convertBytes(v, target)
		}
	case string: // languages whose strings are bytes send text where it is UTF-8
		if isBytes && target.Kind() == reflect.Slice {
			return convertBytes([]byte(v), target)
		}
	case []any:
		if target.Kind() == reflect.Slice {
			target.Set(reflect.MakeSlice(t, len(v), len(v)))
		} else if target.Len() != len(v) {
			return misfit(v, t)
		}
		for i, item := range v {
			if err := convert(item, target.Index(i)); err != nil {
				return atIndex(err, i)
			}
		}
		return nil
	}
	return misfit(v, t)
}

func convertBytes(data []byte, target reflect.Value) error {
	if target.Kind() == reflect.Slice {
		target.Set(reflect.MakeSlice(target.Type(), len(data), len(data)))
	} else if target.Len() != len(data) {
		return misfit(data, target.Type())
	}
	copy(target.Bytes(), data)
	return nil
}

func convertMap(v any, target reflect.Value) error {
	pairs, ok := v.(map[string]any)
	if !ok {
		return misfit(v, target.Type())
	}
	t := target.Type()
	result := reflect.MakeMapWithSize(t, len(pairs))
	for name, item := range pairs {
		key := reflect.New(t.Key()).Elem()
		if err := convertKey(name, key); err != nil {
			return atKey(err, name)
		}
		element := reflect.New(t.Elem()).Elem()
		if err := convert(item, element); err != nil {
			return atKey(err, name)
		}
		result.SetMapIndex(key, element)
	}
	target.Set(result)
	return nil
}

func convertKey(name string, key reflect.Value) error {
	if reflect.PointerTo(key.Type()).Implements(typeTextUnmarshaler) && key.Kind() != reflect.Interface {
		return convert(name, key)
	}
	var v any = name
	switch key.Kind() {
	case reflect.Bool:
		if b, err := strconv.ParseBool(name); err == nil {
			v = b
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if n, err := parseInteger(name); err == nil {
			v = n
		}
	case reflect.Float32, reflect.Float64:
		if f, err := strconv.ParseFloat(name, 64); err == nil {
			v = f
		}
	}
	if err := convert(v, key); err != nil {
		return failf("the key does not fit %s", key.Type())
	}
	return nil
}

func convertStruct(pairs map[string]any, target reflect.Value) error {
	fields := fieldsOf(target.Type())
	for name, item := range pairs {
		position, ok := fields.byName[name]
		if !ok {
			if position, ok = fields.fold(name, pairs); !ok {
				continue
			}
		}
		f, err := fields.list[position].settable(target)
		if err == nil {
			err = convert(item, f)
		}
		if err != nil {
			return atKey(err, name)
		}
	}
	return nil
}

// fold finds the field that differs from name in case only. A field whose
// exact name is among the pairs is not looked at, nor is one that another key,
// earlier in the alphabet, also matches: which pair wins must not depend on
// the order of a map.
func (s *fieldSet) fold(name string, pairs map[string]any) (position int, ok bool) {
	for i := range s.list {
		field := s.list[i].name
		if _, taken := pairs[field]; taken || !strings.EqualFold(field, name) {
			continue
		}
		for other := range pairs {
			if other < name && strings.EqualFold(field, other) {
				return 0, false
			}
		}
		return i, true
	}
	return 0, false
}

// settable returns the field of a struct, making embedded structs on the way.
func (f *field) settable(v reflect.Value) (reflect.Value, error) {
	for i, position := range f.index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				if !v.CanSet() {
					return v, failf("the field is in %s, which is embedded but not exported", v.Type())
				}
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(position)
	}
	return v, nil
}
