package ruby_test

import (
	"testing"

	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/ruby"
)

func TestStateful(t *testing.T) {
	langtest.RunStateful(t, ruby.Language(), langtest.Stateful{
		Program: `
puts 'loading'
File.write('/workspace/loaded.txt', 'loaded')
$counter = 40
def bump = $counter += 1
def wrote = File.read('/workspace/loaded.txt')
def draw = rand(2**30)
def fails = raise(KeyError, 'no')
def spin
  loop {}
end
def leave(code) = exit(code)
`,
		LeavesOpen: "HELD = File.open('/tmp/held', 'w')\ndef f; end\n",
		Fails:      "def f; end\nraise KeyError, 'no'\n",
		FailsType:  "KeyError",
		Set:        "x = 41",
		Get:        "x + 1",
		Define:     "def twice(n) = 2 * n",
		Throw:      "raise KeyError, 'no'",
		Host: `
require 'funcbox'
def ask(name, args) = Funcbox.host.public_send(name, *args)
def tell(name, value) = Funcbox.host.public_send(name, key: value)
def guarded(name)
  Funcbox.host.public_send(name)
rescue Funcbox::HostError => e
  e.message
end
def offered = Funcbox.functions
`,
		Names: map[string]string{"fail": "fails"},
	})
}
