package funcbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// The text forms of modes are the ancestor's, in flags, in JSON and for people.
var (
	loadingModes = []string{LoadLazy: "lazy", LoadEager: "eager", LoadExplicit: "explicit"}
	symlinkModes = []string{FollowNever: "never", FollowRestricted: "restricted", FollowAlways: "always"}
	deniedModes  = []string{DeniedThrow: "throw", DeniedIgnore: "ignore", DeniedVirtual: "virtual"}
)

func modeText[T ~uint8](names []string, mode T) string {
	if int(mode) < len(names) {
		return names[mode]
	}
	return fmt.Sprintf("unknown (%d)", mode)
}

func parseMode[T ~uint8](what string, names []string, text string) (T, error) {
	if i := slices.Index(names, text); i >= 0 {
		return T(i), nil
	}
	return 0, fmt.Errorf("unknown %s %q; known are %s", what, text, strings.Join(names, ", "))
}

func marshalMode[T ~uint8](what string, names []string, mode T) ([]byte, error) {
	if int(mode) >= len(names) {
		return nil, fmt.Errorf("funcbox: unknown %s %d", what, mode)
	}
	return []byte(names[mode]), nil
}

// String returns "lazy", "eager" or "explicit".
func (m LoadingMode) String() string { return modeText(loadingModes, m) }

// ParseLoadingMode reads what String returns.
func ParseLoadingMode(text string) (LoadingMode, error) {
	return parseMode[LoadingMode]("loading mode", loadingModes, text)
}

// MarshalText implements encoding.TextMarshaler.
func (m LoadingMode) MarshalText() ([]byte, error) {
	return marshalMode("loading mode", loadingModes, m)
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *LoadingMode) UnmarshalText(text []byte) (err error) {
	*m, err = ParseLoadingMode(string(text))
	return err
}

// String returns "never", "restricted" or "always".
func (m SymlinkMode) String() string { return modeText(symlinkModes, m) }

// ParseSymlinkMode reads what String returns.
func ParseSymlinkMode(text string) (SymlinkMode, error) {
	return parseMode[SymlinkMode]("mode of following symbolic links", symlinkModes, text)
}

// MarshalText implements encoding.TextMarshaler.
func (m SymlinkMode) MarshalText() ([]byte, error) {
	return marshalMode("mode of following symbolic links", symlinkModes, m)
}

// UnmarshalJSON implements json.Unmarshaler: the text form, or true for "always" and
// false for "never".
func (m *SymlinkMode) UnmarshalJSON(data []byte) (err error) {
	switch string(data) {
	case "null", "false":
		*m = FollowNever
		return nil
	case "true":
		*m = FollowAlways
		return nil
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("followSymlinks must be one of %s, or true or false", strings.Join(symlinkModes, ", "))
	}
	*m, err = ParseSymlinkMode(text)
	return err
}

// String returns "throw", "ignore" or "virtual".
func (m DeniedMode) String() string { return modeText(deniedModes, m) }

// ParseDeniedMode reads what String returns.
func ParseDeniedMode(text string) (DeniedMode, error) {
	return parseMode[DeniedMode]("mode of refusing", deniedModes, text)
}

// MarshalText implements encoding.TextMarshaler.
func (m DeniedMode) MarshalText() ([]byte, error) {
	return marshalMode("mode of refusing", deniedModes, m)
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *DeniedMode) UnmarshalText(text []byte) (err error) {
	*m, err = ParseDeniedMode(string(text))
	return err
}
