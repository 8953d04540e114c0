package funcbox_test

import (
	"encoding/json"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/perm"
)

func TestMountJSON(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{`{"dirs":{"/data":"./x"}}`, `{"dirs":{"/data":"./x"}}`},
		{`{}`, `{"dirs":{}}`},
		{
			`{"dirs":{"/a":"x","/b":"y"},"permissions":{"default":["read"],"rules":[{"pattern":"out/**","allow":["create"],"priority":3}],"exclude":[".git"]},
				"loading":{"mode":"explicit","include":["*.go"],"maxFileSize":10,"maxTotalSize":20},"followSymlinks":"restricted","onPermissionDenied":"virtual"}`,
			`{"dirs":{"/a":"x","/b":"y"},"permissions":{"default":["read"],"rules":[{"pattern":"out/**","allow":["create"],"priority":3}],"exclude":[".git"]},
				"loading":{"mode":"explicit","include":["*.go"],"maxFileSize":10,"maxTotalSize":20},"followSymlinks":"restricted","onPermissionDenied":"virtual"}`,
		},
		{`{"dirs":{},"loading":{"mode":"lazy"},"onPermissionDenied":"throw","followSymlinks":false}`, `{"dirs":{}}`},
		{`{"dirs":{},"security":{"followSymlinks":true}}`, `{"dirs":{},"followSymlinks":"always"}`},
		{`{"dirs":{},"security":{"followSymlinks":"restricted"},"permissions":{"default":{"create":true}}}`, `{"dirs":{},"followSymlinks":"restricted","permissions":{"default":["read","list","create"]}}`},
	} {
		var m funcbox.Mount
		require.NoError(t, json.Unmarshal([]byte(c.in), &m), c.in)
		out, err := json.Marshal(m)
		require.NoError(t, err)
		require.JSONEq(t, c.out, string(out))
		var again funcbox.Mount
		require.NoError(t, json.Unmarshal(out, &again))
		if len(m.Dirs) > 0 {
			require.Equal(t, m, again)
		}
	}
	for in, message := range map[string]string{
		`{"dirs":["/a"]}`:                     "mount: ",
		`{"dir":{}}`:                          `unknown field "dir"`,
		`{"loading":{"mode":"soon"}}`:         `unknown loading mode "soon"; known are lazy, eager, explicit`,
		`{"followSymlinks":"sometimes"}`:      `unknown mode of following symbolic links "sometimes"; known are never, restricted, always`,
		`{"followSymlinks":7}`:                "followSymlinks must be one of never, restricted, always, or true or false",
		`{"onPermissionDenied":"shrug"}`:      `unknown mode of refusing "shrug"; known are throw, ignore, virtual`,
		`{"permissions":{"rule":[]}}`:         "rule",
		`{"permissions":{"rules":[{"x":1}]}}`: `"x"`,
		`{"followSymlinks":"always","security":{"followSymlinks":false}}`: "twice",
	} {
		var m funcbox.Mount
		require.ErrorContains(t, json.Unmarshal([]byte(in), &m), message, in)
	}
	_, err := json.Marshal(funcbox.Mount{FS: map[string]fs.FS{"/a": fstest.MapFS{}}})
	require.ErrorContains(t, err, "Mount.FS has no JSON form")
	_, err = json.Marshal(funcbox.Mount{OnPermissionDenied: 8})
	require.ErrorContains(t, err, "unknown mode of refusing 8")
}

func TestModesAsText(t *testing.T) {
	for want, mode := range map[string]funcbox.LoadingMode{"lazy": funcbox.LoadLazy, "eager": funcbox.LoadEager, "explicit": funcbox.LoadExplicit} {
		got, err := funcbox.ParseLoadingMode(want)
		require.NoError(t, err)
		require.Equal(t, mode, got)
		require.Equal(t, want, mode.String())
	}
	for want, mode := range map[string]funcbox.SymlinkMode{"never": funcbox.FollowNever, "restricted": funcbox.FollowRestricted, "always": funcbox.FollowAlways} {
		got, err := funcbox.ParseSymlinkMode(want)
		require.NoError(t, err)
		require.Equal(t, mode, got)
		require.Equal(t, want, mode.String())
	}
	for want, mode := range map[string]funcbox.DeniedMode{"throw": funcbox.DeniedThrow, "ignore": funcbox.DeniedIgnore, "virtual": funcbox.DeniedVirtual} {
		got, err := funcbox.ParseDeniedMode(want)
		require.NoError(t, err)
		require.Equal(t, mode, got)
		require.Equal(t, want, mode.String())
	}
	require.Equal(t, "unknown (7)", funcbox.LoadingMode(7).String())
}

func TestDenialText(t *testing.T) {
	denial := funcbox.Denial{Path: "/data/a", Operation: perm.Create, Reason: "by default"}
	require.Equal(t, "create /data/a: denied by default", denial.String())
	denial.Reason = "symbolic links are not followed"
	require.Equal(t, "create /data/a: denied: symbolic links are not followed", denial.String())
}

// FuzzMountJSON looks for forms that are taken and do not survive being written.
func FuzzMountJSON(f *testing.F) {
	f.Add(`{"dirs":{"/a":"x"},"permissions":{"default":{"read":false},"rules":[{"pattern":"a","deny":"*","priority":2}],"exclude":["b"]}}`)
	f.Add(`{"dirs":{"/a":"x"},"loading":{"mode":"eager","include":["*"],"maxFileSize":5},"security":{"followSymlinks":true},"onPermissionDenied":"ignore"}`)
	f.Fuzz(func(t *testing.T, text string) {
		var m, again funcbox.Mount
		if json.Unmarshal([]byte(text), &m) != nil {
			return
		}
		out, err := json.Marshal(m)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if err := json.Unmarshal(out, &again); err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		twice, err := json.Marshal(again)
		if err != nil || string(twice) != string(out) {
			t.Fatalf("%s became %s, %v", out, twice, err)
		}
	})
}
