// Package all names every language at once, for programs that want whatever there
// is. Each language adds its runtime to the program's size; import single ones
// where that matters. Nothing but the list lives here.
package all

import (
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/lang/c"
	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/lang/php"
	"github.com/funcbox/funcbox/lang/python"
	"github.com/funcbox/funcbox/lang/ruby"
)

// Languages returns all languages, in alphabetical order of their names.
func Languages() []*lang.Language {
	return []*lang.Language{c.Language(), c.CPP(), js.Language(), php.Language(), python.Language(), ruby.Language()}
}
