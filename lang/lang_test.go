package lang_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/wasm"
)

func language(name string, aliases, extensions []string) *lang.Language {
	return &lang.Language{Name: name, Aliases: aliases, Extensions: extensions, MainFile: "main", Binary: wasm.NewBinary(nil, "")}
}

func TestRegistry(t *testing.T) {
	var r lang.Registry
	one := language("one", []string{"uno"}, []string{".one", ".1"})
	require.NoError(t, r.Add(one))
	require.NoError(t, r.Add(one), "the same language again")
	require.NoError(t, r.Add(language("two", nil, []string{".two"})))
	require.ErrorContains(t, r.Add(language("uno", nil, nil)), `both want the name "uno"`)
	require.ErrorContains(t, r.Add(language("three", nil, []string{".1"})), `both want the extension ".1"`)
	require.Same(t, one, r.ByName("UNO"))
	require.Same(t, one, r.ByExtension(".ONE"))
	require.Nil(t, r.ByName("three"))
	require.Nil(t, r.ByExtension("one"))
	require.Equal(t, []string{"one", "two"}, r.Names())
	require.Len(t, r.All(), 2)

	var empty lang.Registry
	require.Nil(t, empty.ByName("one"))
	require.Nil(t, empty.ByExtension(".one"))
	require.Empty(t, empty.Names())
}

func TestValidate(t *testing.T) {
	for _, test := range []struct {
		name  string
		given *lang.Language
		text  string
	}{
		{"nil", nil, "nil"},
		{"empty", &lang.Language{}, "no name"},
		{"no main file", &lang.Language{Name: "x"}, "no main file"},
		{"no runtime", &lang.Language{Name: "x", MainFile: "x"}, "no runtime"},
		{"upper case", language("X", nil, nil), "not lower-case"},
		{"alias", language("x", []string{"Y"}, nil), "not lower-case"},
		{"tree", &lang.Language{Name: "x", MainFile: "x", Trees: []lang.Tree{{Path: lang.LibraryPath}}}, "no place for a tree"},
		{"relative tree", &lang.Language{Name: "x", MainFile: "x", Trees: []lang.Tree{{Path: "lib"}}}, "no place for a tree"},
		{"extension", language("x", nil, []string{"x"}), "does not start with a dot"},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.ErrorContains(t, test.given.Validate(), test.text)
		})
	}
	require.NoError(t, language("x", []string{"y"}, []string{".x"}).Validate())
}

func TestFingerprint(t *testing.T) {
	fingerprint := func(change func(*lang.Language)) string {
		l := language("x", nil, nil)
		l.Library = fstest.MapFS{"boot.x": {Data: []byte("start")}, "sub/more.x": {Data: []byte("more")}}
		l.Trees = []lang.Tree{{Path: "/usr/lib/x", Files: fstest.MapFS{"a.x": {Data: []byte("a")}}}}
		change(l)
		sum, err := l.Fingerprint()
		require.NoError(t, err)
		return sum
	}
	seen := map[string]string{fingerprint(func(*lang.Language) {}): "as it is"}
	require.Contains(t, seen, fingerprint(func(*lang.Language) {}), "the same again")
	for name, change := range map[string]func(*lang.Language){
		"no library":    func(l *lang.Language) { l.Library = nil },
		"other content": func(l *lang.Language) { l.Library = fstest.MapFS{"boot.x": {Data: []byte("stark")}} },
		"other name":    func(l *lang.Language) { l.Trees[0].Files = fstest.MapFS{"b.x": {Data: []byte("a")}} },
		"other path":    func(l *lang.Language) { l.Trees[0].Path = "/usr/lib/y" },
		"a sum":         func(l *lang.Language) { l.Trees[0].Sum = "1" },
		"another sum":   func(l *lang.Language) { l.Trees[0].Sum = "2" },
	} {
		got := fingerprint(change)
		require.NotContains(t, seen, got, name)
		seen[got] = name
	}
	broken := language("x", nil, nil)
	broken.Trees = []lang.Tree{{Path: "/usr/lib/x", Files: os.DirFS(filepath.Join(t.TempDir(), "missing"))}}
	_, err := broken.Fingerprint()
	require.ErrorIs(t, err, fs.ErrNotExist)
}
