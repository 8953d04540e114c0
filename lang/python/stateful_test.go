package python_test

import (
	"testing"

	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/python"
)

func TestStateful(t *testing.T) {
	langtest.RunStateful(t, python.Language(), langtest.Stateful{
		Program: `
import random, sys
print('loading')
with open('/workspace/loaded.txt', 'w') as file:
    file.write('loaded')
counter = 40
def bump():
    global counter
    counter += 1
    return counter
def wrote():
    with open('/workspace/loaded.txt') as file:
        return file.read()
def draw():
    return random.randrange(2 ** 30)
def fail():
    raise KeyError('no')
def spin():
    while True:
        pass
def leave(code):
    sys.exit(code)
`,
		LeavesOpen: "held = open('/tmp/held', 'w')\ndef f(): pass\n",
		Fails:      "def f(): pass\nraise KeyError('no')\n",
		FailsType:  "KeyError",
		Set:        "x = 41",
		Get:        "x + 1",
		Define:     "def twice(n):\n    return 2 * n",
		Throw:      "raise KeyError('no')",
		Host: `
from funcbox import host, HostError, functions
def ask(name, args):
    return getattr(host, name)(*args)
def tell(name, value):
    return getattr(host, name)(key=value)
def guarded(name):
    try:
        getattr(host, name)()
    except HostError as error:
        return str(error)
def offered():
    return functions()
`,
	})
}
