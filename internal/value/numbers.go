package value

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// parseNumber turns the text of a JSON number into int64, *big.Int or float64.
func parseNumber(text string) (any, error) {
	if strings.ContainsAny(text, ".eE") {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, failf(`%.60s is too large for a float; write {"$float":"Infinity"} if that is meant`, text)
		}
		return f, nil
	}
	return parseInteger(text)
}

// maxIntegerDigits is MaxIntegerBits in decimal digits, rounded up.
var maxIntegerDigits = int(math.Ceil(MaxIntegerBits*math.Log10(2))) + 1

// parseInteger turns decimal digits with an optional minus sign into int64,
// or *big.Int where that is too small.
func parseInteger(text string) (any, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	if len(text) > maxIntegerDigits {
		return nil, errIntegerTooLarge()
	}
	n, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return nil, failf("%.60q is not an integer", text)
	}
	if n.BitLen() > MaxIntegerBits {
		return nil, errIntegerTooLarge()
	}
	return n, nil
}

// scanNumber splits the number at the start of text from what follows it, by
// the grammar of RFC 8259, section 6. reason is not empty when text does not
// begin with a number.
func scanNumber(text string) (number, rest, reason string) {
	i := 0
	digits := func() bool {
		start := i
		for i < len(text) && text[i] >= '0' && text[i] <= '9' {
			i++
		}
		return i > start
	}
	if i < len(text) && text[i] == '-' {
		i++
	}
	start := i
	if !digits() {
		return "", text, "a number needs a digit here"
	}
	if text[start] == '0' && i > start+1 {
		return "", text, "a number has no leading zeros"
	}
	if i < len(text) && text[i] == '.' {
		i++
		if !digits() {
			return "", text, "a number needs a digit after the decimal point"
		}
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		if !digits() {
			return "", text, "a number needs a digit in the exponent"
		}
	}
	return text[:i], text[i:], ""
}

// normalInteger gives an integer its one form: int64 where it fits.
func normalInteger(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}

// formatFloat writes a finite float so that it reads back as a float: with a
// decimal point or an exponent.
func formatFloat(dst []byte, f float64) []byte {
	start := len(dst)
	if abs := max(f, -f); abs != 0 && (abs < 1e-6 || abs >= 1e21) { // as JavaScript does
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}
