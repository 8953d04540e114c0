package python_test

import (
	"archive/zip"
	"bytes"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

// thirdParty is a package as an installer would leave it: pure Python, with data, a
// nested package, and metadata.
var thirdParty = map[string]string{
	"shapes/__init__.py":                 "\"\"\"Shapes.\"\"\"\nfrom .circle import Circle\nfrom . import units\n__version__ = '1.2'\n",
	"shapes/circle.py":                   "import math\nfrom dataclasses import dataclass\n\n@dataclass\nclass Circle:\n    radius: float\n    def area(self): return round(math.pi * self.radius ** 2, 3)\n    def fail(self): raise ValueError('in the package')\n",
	"shapes/units/__init__.py":           "from importlib import resources\ndef load(name): return resources.files(__name__).joinpath('data', name).read_text(encoding='utf-8').split()\n",
	"shapes/units/data/lengths.txt":      "mm cm m µm",
	"shapes/__main__.py":                 "import sys\nprint('main of shapes', sys.argv)\n",
	"shapes-1.2.dist-info/METADATA":      "Metadata-Version: 2.1\nName: shapes\nVersion: 1.2\n",
	"shapes-1.2.dist-info/RECORD":        "shapes/__init__.py,,\n",
	"single.py":                          "answer = 42\n",
	"space/part/module.py":               "where = __name__\n",
	"shapes-1.2.dist-info/top_level.txt": "shapes\n",
}

const importingCode = `
import importlib.metadata, importlib.resources, pkgutil, sys
import shapes, single, space.part.module
from shapes import Circle
from shapes.units import load

def use():
    return {
        "area": Circle(2).area(),
        "lengths": load("lengths.txt"),
        "version": importlib.metadata.version("shapes"),
        "answer": single.answer,
        "namespace": space.part.module.where,
        "bytes": pkgutil.get_data("shapes.units", "data/lengths.txt").decode(),
        "modules": sorted(module.name for module in pkgutil.iter_modules(shapes.__path__)),
        "file": shapes.__file__,
    }

def fail(): Circle(1).fail()
def fields():
    import dataclasses
    return Circle(2), [field.name for field in dataclasses.fields(Circle)]
def run():
    import runpy
    runpy.run_module("shapes", run_name="__main__", alter_sys=False)
`

func TestImports(t *testing.T) {
	executor := newExecutor(t)
	folder, archive := map[string][]byte{}, bytes.Buffer{}
	zipped := zip.NewWriter(&archive)
	for _, name := range []string{"space/", "space/part/"} { // a package without __init__.py is found by its folder
		_, err := zipped.Create(name)
		require.NoError(t, err)
	}
	for name, content := range thirdParty {
		folder[path.Join("/packages", name)] = []byte(content)
		file, err := zipped.Create(name)
		require.NoError(t, err)
		_, err = file.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, zipped.Close())
	for _, test := range []struct {
		name, where string
		files       map[string][]byte
	}{
		{"a folder", "/packages", folder},
		{"a zip", "/lib/packages.zip", map[string][]byte{"/lib/packages.zip": archive.Bytes()}},
		{"a zip below the working directory", "packages.zip", map[string][]byte{"packages.zip": archive.Bytes()}},
		{"several, one of which is not there", "/nowhere:/packages:/lib/none.zip", folder},
	} {
		t.Run(test.name, func(t *testing.T) {
			req := funcbox.Request{Code: importingCode, Function: "use", Files: test.files, Env: map[string]string{"PYTHONPATH": test.where}}
			res := execute(t, executor, req)
			require.NoError(t, res.Err(), "%+v", res.Error)
			got := res.Value.(map[string]any)
			require.Contains(t, got["file"], "shapes/__init__.py")
			delete(got, "file")
			require.Equal(t, map[string]any{
				"area": 12.566, "lengths": []any{"mm", "cm", "m", "µm"}, "version": "1.2", "answer": int64(42),
				"namespace": "space.part.module", "bytes": "mm cm m µm", "modules": []any{"__main__", "circle", "units"},
			}, got)
			require.Empty(t, res.Files.All(), "no compiled code is left")

			req.Function = "fail"
			res = execute(t, executor, req)
			require.Equal(t, "ValueError", res.Error.Type)
			require.Regexp(t, `File ".*shapes/circle.py", line 8, in fail\n.*raise ValueError\('in the package'\)`, res.Error.Stack)
			req.Function = "fields"
			require.Equal(t, []any{map[string]any{"radius": int64(2)}, []any{"radius"}}, value(t, executor, req))
			req.Function = "run"
			require.Equal(t, "main of shapes ['main.py']\n", execute(t, executor, req).Stdout)
		})
	}

	t.Run("files of the request", func(t *testing.T) {
		files := map[string][]byte{
			"helper.py":         []byte("import os\nVALUE = 5\ndef where(): return __file__\nfrom main import base\ndef total(): return base() + VALUE\n"),
			"inner/__init__.py": []byte("from .deep import x\n"),
			"inner/deep.py":     []byte("from helper import VALUE as x\n"),
			"json.py":           []byte("mine = True\n"),
		}
		got := value(t, executor, funcbox.Request{Files: files, Function: "f", Code: `
def base(): return 100
import helper, inner
def f():
    return [helper.where(), inner.x, helper.total()]`})
		require.Equal(t, []any{"/workspace/helper.py", int64(5), int64(105)}, got)
	})
	t.Run("a script in a folder", func(t *testing.T) {
		got := value(t, executor, funcbox.Request{
			Filename: "/app/tool.py", Files: map[string][]byte{"/app/helper.py": []byte("x = 1"), "/workspace/other.py": []byte("y = 2")},
			Code: "import sys, helper, other\nfrom pathlib import Path\n[helper.x, other.y, sys.path[:2], str(Path(__file__).parent)]",
		})
		require.Equal(t, []any{int64(1), int64(2), []any{"/app", "/workspace"}, "/app"}, got)
	})
	t.Run("compiled code where it is allowed", func(t *testing.T) {
		res := execute(t, executor, funcbox.Request{Code: "import helper", Files: map[string][]byte{"helper.py": []byte("x = 1")}, Env: map[string]string{"PYTHONPYCACHEPREFIX": "/tmp/cache"}})
		require.NoError(t, res.Err(), "%+v", res.Error)
		_, written := res.Files.ByPath("/tmp/cache/workspace/helper.cpython-313.pyc")
		require.True(t, written, "%v", res.Files.All())
	})
	t.Run("warnings", func(t *testing.T) {
		res := execute(t, executor, funcbox.Request{Code: "import warnings\nwarnings.warn('careful')\nprint('on')", Env: map[string]string{"PYTHONWARNINGS": "error"}})
		require.Equal(t, "UserWarning", res.Error.Type)
		res = execute(t, executor, funcbox.Request{Code: "import warnings\nwarnings.warn('careful')\nprint('on')"})
		require.Equal(t, "on\n", res.Stdout)
		require.True(t, strings.HasPrefix(res.Stderr, "main.py:2: UserWarning: careful\n"), res.Stderr)
	})
	t.Run("every module of the standard library that is there", func(t *testing.T) {
		got := value(t, executor, funcbox.Request{Code: `
import pkgutil, importlib, sys, warnings
warnings.simplefilter("ignore")
failed = {}
for name in sorted({m.name for m in pkgutil.iter_modules() if m.name in sys.stdlib_module_names} - {"this", "antigravity"}):
    try:
        importlib.import_module(name)
    except Exception as error:
        if "in the sandbox" not in str(error):
            failed[name] = f"{type(error).__name__}: {error}"
failed`})
		require.Equal(t, map[string]any{}, got)
	})
}

// TestRandom: what is drawn from chance differs from call to call, also where the
// generator is in the image.
func TestRandom(t *testing.T) {
	executor := newExecutor(t)
	seen := map[any]bool{}
	const code = `
import os, random, secrets, statistics, tempfile, uuid
return [random.random(), random.Random().random(), random.getrandbits(64), statistics.NormalDist().samples(1)[0],
    uuid.uuid4().hex, uuid.uuid1().hex, secrets.token_hex(8), os.urandom(8).hex(), tempfile.mktemp(), random.SystemRandom().random()]`
	for range 5 {
		for i, drawn := range value(t, executor, funcbox.Request{Code: code}).([]any) {
			require.False(t, seen[drawn], "%d: %v", i, drawn)
			seen[drawn] = true
		}
	}
	seeded := funcbox.Request{Code: "import random\nrandom.seed(1)\nreturn random.random(), hash('text')"}
	require.Equal(t, value(t, executor, seeded), value(t, executor, seeded))
}
