package c

import (
	"strings"

	"github.com/funcbox/funcbox/internal/value"
)

// isPublic tells whether a function counts for calls that name none, by its name.
func isPublic(name string) bool { return name != "main" && !strings.HasPrefix(name, "_") }

// described is a function as a listing has it.
type described struct {
	name, doc, returns string
	public, exact      bool
	parameters         []map[string]any
}

// listing encodes what LOAD replies with: the functions of a program.
func listing(functions []described) ([]byte, error) {
	list := make([]any, len(functions))
	var public []string
	for i, f := range functions {
		if f.public {
			public = append(public, f.name)
		}
		parameters := make([]any, len(f.parameters))
		for j, p := range f.parameters {
			parameters[j] = p
		}
		entry := map[string]any{"name": f.name, "public": f.public, "exact": f.exact, "params": parameters}
		setText(entry, "doc", f.doc)
		setText(entry, "returns", f.returns)
		list[i] = entry
	}
	all := map[string]any{"kind": "module", "functions": list}
	if len(public) == 1 {
		all["only"] = public[0]
	}
	return value.Encode(all, "listing")
}

func setText(entry map[string]any, key, text string) {
	if text = strings.ToValidUTF8(text, "\ufffd"); text != "" {
		entry[key] = text
	}
}

// describe lists a C function of the code.
func (c *callable) describe(code string) described {
	d := described{name: c.name, doc: docAbove(code, int(c.line)), returns: c.result.String(), exact: true}
	for _, a := range c.arguments {
		p := map[string]any{"name": a.name, "kind": "either", "required": !a.optional}
		if a.optional {
			p["default"] = nil
		}
		setText(p, "type", a.written)
		d.parameters = append(d.parameters, p)
	}
	return d
}
