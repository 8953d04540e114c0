package value

import (
	"fmt"
	"math/big"
	"reflect"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// decodeMode has the limits of the library raised to its highest: the scanner
// has applied ours before.
var decodeMode = sync.OnceValues(func() (cbor.DecMode, error) {
	return cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		IndefLength:      cbor.IndefLengthForbidden,
		UTF8:             cbor.UTF8RejectInvalid,
		IntDec:           cbor.IntDecConvertSignedOrBigInt,
		BigIntDec:        cbor.BigIntDecodePointer,
		TimeTagToAny:     cbor.TimeTagToTime,
		DefaultMapType:   reflect.TypeFor[map[string]any](),
		MaxNestedLevels:  65535,
		MaxArrayElements: 1<<31 - 1,
		MaxMapPairs:      1<<31 - 1,
	}.DecMode()
})

// Decode turns the CBOR of one value, from a source that is not trusted, into
// nil, bool, int64, *big.Int (only when an int64 is too small), float64,
// string, []byte, []any, map[string]any and time.Time. Nothing of the result
// refers to data.
//
// Refused are indefinite lengths, floats of less than 64 bits, tags other than
// those of times and large integers, undefined, keys that are not text,
// duplicate keys, invalid UTF-8 and trailing bytes. An error for too much of
// something matches [ErrTooLarge].
func Decode(data []byte, lim Limits) (any, error) {
	s := scanner{data: data, lim: lim.withDefaults()}
	if err := s.value(); err != nil {
		return nil, err
	}
	if s.at < len(data) {
		return nil, s.fail("%d bytes follow the value", len(data)-s.at)
	}
	return decodeScanned(data, s.bignums)
}

// decodeScanned decodes what the scanner has let pass.
func decodeScanned(data []byte, bignums bool) (any, error) {
	mode, err := decodeMode()
	if err != nil {
		return nil, err
	}
	var v any
	if err := mode.Unmarshal(data, &v); err != nil {
		return nil, fmt.Errorf("invalid CBOR: %w", err)
	}
	if bignums {
		v = normalize(v)
	}
	return v, nil
}

// normalize replaces large integers that are not large: a guest may write any
// of its integers that way.
func normalize(v any) any {
	switch v := v.(type) {
	case *big.Int:
		return normalInteger(v)
	case []any:
		for i := range v {
			v[i] = normalize(v[i])
		}
	case map[string]any:
		for key, item := range v {
			v[key] = normalize(item)
		}
	}
	return v
}
