package funcbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/funcbox/funcbox/perm"
)

// mountJSON is the JSON form of a Mount, in the field names of the ancestor.
type mountJSON struct {
	Dirs               map[string]string `json:"dirs"`
	Permissions        *perm.Permissions `json:"permissions,omitempty"`
	Loading            *Loading          `json:"loading,omitempty"`
	FollowSymlinks     SymlinkMode       `json:"followSymlinks,omitzero"`
	Security           *securityJSON     `json:"security,omitempty"`
	OnPermissionDenied DeniedMode        `json:"onPermissionDenied,omitzero"`
	Sync               Sync              `json:"sync,omitzero"`
}

// securityJSON is where the ancestor has it.
type securityJSON struct {
	FollowSymlinks SymlinkMode `json:"followSymlinks"`
}

// MarshalJSON implements json.Marshaler. Hooks are left out; a Mount with FS, which
// no text can stand for, is an error.
func (m Mount) MarshalJSON() ([]byte, error) {
	if len(m.FS) > 0 {
		return nil, errors.New("funcbox: Mount.FS has no JSON form")
	}
	form := mountJSON{Dirs: m.Dirs, FollowSymlinks: m.FollowSymlinks, OnPermissionDenied: m.OnPermissionDenied, Sync: m.Sync}
	if form.Dirs == nil {
		form.Dirs = map[string]string{}
	}
	if p := m.Permissions; p.Default != nil || len(p.Rules)+len(p.Exclude) > 0 {
		form.Permissions = &p
	}
	if l := m.Loading; l.Mode != LoadLazy || len(l.Include) > 0 || l.MaxFileSize != 0 || l.MaxTotalSize != 0 {
		form.Loading = &l
	}
	return marshalPlainly(form)
}

// UnmarshalJSON implements json.Unmarshaler. Unknown names are errors: a permission
// that is not understood must not become none at all. FollowSymlinks may also be
// written {"security": {"followSymlinks": …}}.
func (m *Mount) UnmarshalJSON(data []byte) error {
	var form mountJSON
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&form); err != nil {
		return fmt.Errorf("mount: %w", err)
	}
	*m = Mount{Dirs: form.Dirs, FollowSymlinks: form.FollowSymlinks, OnPermissionDenied: form.OnPermissionDenied, Sync: form.Sync}
	if form.Permissions != nil {
		m.Permissions = *form.Permissions
	}
	if form.Loading != nil {
		m.Loading = *form.Loading
	}
	if form.Security != nil {
		if form.FollowSymlinks != FollowNever && form.FollowSymlinks != form.Security.FollowSymlinks {
			return errors.New("mount: followSymlinks is there twice, with two values")
		}
		m.FollowSymlinks = form.Security.FollowSymlinks
	}
	return nil
}
