package perm

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Operations is a set of operations on a path. The zero value is the empty set.
type Operations uint8

// The members of a set, and the set of them all.
const (
	// Read is reading the contents of a file.
	Read Operations = 1 << iota
	// List is listing what a directory holds.
	List
	// Create is making a file, directory or symbolic link that is not there.
	Create
	// Modify is changing the contents or times of what is there.
	Modify
	// Delete is removing what is there, by renaming it too.
	Delete

	// All are the five of them, written "*".
	All = Read | List | Create | Modify | Delete
)

// defaults hold where Permissions.Default does not say otherwise.
const defaults = Read | List

var operationNames = [...]string{"read", "list", "create", "modify", "delete"}

// Names returns the members' names, in the order of their constants.
func (o Operations) Names() []string {
	names := make([]string, 0, len(operationNames))
	for i, name := range operationNames {
		if o&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// Has tells whether all of these operations are in the set.
func (o Operations) Has(these Operations) bool { return o&these == these }

// String returns the form that ParseOperations reads: names with commas, "*" for
// all, "none" for the empty set.
func (o Operations) String() string {
	switch {
	case o == 0:
		return "none"
	case o == All:
		return "*"
	case o&^All != 0:
		return fmt.Sprintf("Operations(%#x)", uint8(o))
	}
	return strings.Join(o.Names(), ",")
}

// ParseOperations reads names with commas between them, such as "read,list"; "*"
// means all and "none", alone, the empty set.
func ParseOperations(text string) (Operations, error) {
	if strings.TrimSpace(text) == "none" {
		return 0, nil
	}
	var set Operations
	for name := range strings.SplitSeq(text, ",") {
		operation, err := parseName(strings.TrimSpace(name))
		if err != nil {
			return 0, err
		}
		set |= operation
	}
	return set, nil
}

func parseName(name string) (Operations, error) {
	if name == "*" {
		return All, nil
	}
	for i, known := range operationNames {
		if name == known {
			return 1 << i, nil
		}
	}
	return 0, fmt.Errorf("unknown permission %q; known are %s, and * for all", name, strings.Join(operationNames[:], ", "))
}

// MarshalJSON implements json.Marshaler: a list of names.
func (o Operations) MarshalJSON() ([]byte, error) {
	if o&^All != 0 {
		return nil, fmt.Errorf("unknown permissions in the set %s", o)
	}
	return json.Marshal(o.Names())
}

// UnmarshalJSON implements json.Unmarshaler. It takes a list of names, "*" in it or
// instead of it, and a string as ParseOperations does.
func (o *Operations) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		set, err := ParseOperations(text)
		if err == nil {
			*o = set
		}
		return err
	}
	var names []string
	if err := json.Unmarshal(data, &names); err != nil {
		return errors.New(`permissions must be a list such as ["read", "list"], or "*"`)
	}
	var set Operations
	for _, name := range names {
		operation, err := parseName(name)
		if err != nil {
			return err
		}
		set |= operation
	}
	*o = set
	return nil
}
