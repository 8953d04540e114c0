package c

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// maxTreeBytes bounds the syntax tree that is read: a program of 1,000 functions has
// some megabytes.
const maxTreeBytes = 32 << 20

// declaration is a function of C++ that the main file defines.
type declaration struct {
	name       string // qualified, without a leading ::
	returns    string
	doc        string
	parameters []declaredParameter
	// written is its type; of a function that has overloads that of one.
	written string
	// overloaded: there are several of that name.
	overloaded bool
	bound      bound
	// refused says why it cannot be called, where bound is boundNot.
	refused string
}

type declaredParameter struct {
	name, written string
	// text is the default argument as written, optional whether there is one.
	text     string
	optional bool
}

// required is how many parameters have no default argument.
func (d *declaration) required() int {
	for i, p := range d.parameters {
		if p.optional {
			return i
		}
	}
	return len(d.parameters)
}

func (d *declaration) describe() described {
	all := described{name: d.name, returns: d.returns, doc: d.doc, exact: !d.overloaded}
	for _, p := range d.parameters {
		entry := map[string]any{"name": p.name, "kind": "either", "required": !p.optional}
		setText(entry, "type", p.written)
		if p.optional {
			if constant, ok := constantOf(p.text); ok {
				entry["default"] = constant
			} else {
				setText(entry, "defaultText", p.text)
			}
		}
		all.parameters = append(all.parameters, entry)
	}
	return all
}

// constantOf reads a default argument that is a plain constant.
func constantOf(text string) (any, bool) {
	switch text {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	if number, err := strconv.ParseInt(text, 10, 64); err == nil && (text == "0" || strings.TrimLeft(text, "-")[0] != '0') {
		return number, true
	}
	if number, err := strconv.ParseFloat(text, 64); err == nil && strings.ContainsAny(text, ".eE") && strings.Trim(text, "0123456789.eE+-") == "" {
		return number, true
	}
	if inner, ok := strings.CutPrefix(text, `"`); ok && strings.HasSuffix(inner, `"`) && !strings.ContainsAny(inner[:len(inner)-1], `\"`) {
		return inner[:len(inner)-1], true
	}
	return nil, false
}

// node is a part of the tree that clang writes with -ast-dump=json.
type node struct {
	Kind  string   `json:"kind"`
	Name  string   `json:"name"`
	Loc   location `json:"loc"`
	Range extent   `json:"range"`
	Type  struct {
		Written string `json:"qualType"`
	} `json:"type"`
	StorageClass string `json:"storageClass"`
	IsImplicit   bool   `json:"isImplicit"`
	IsInline     bool   `json:"isInline"`
	Variadic     bool   `json:"variadic"`
	Deleted      bool   `json:"explicitlyDeleted"`
	TagUsed      string `json:"tagUsed"`
	Access       string `json:"access"`
	Init         string `json:"init"`
	Inline       bool   `json:"inline"`
	Text         string `json:"text"`
	Inner        []node `json:"inner"`
}

type location struct {
	File      string    `json:"file"`
	Offset    *int      `json:"offset"`
	Length    int       `json:"tokLen"`
	Spelling  *location `json:"spellingLoc"`
	Expansion *location `json:"expansionLoc"`
}

type extent struct {
	Begin location `json:"begin"`
	End   location `json:"end"`
}

// reading walks the tree. Clang writes a file's name only where it differs from the one
// written before.
type reading struct {
	main  string
	code  []byte
	file  string
	found []*declaration
}

// declarations reads the functions of the main file, whose text is code.
func declarations(tree []byte, main string, code []byte) ([]*declaration, error) {
	var root node
	if err := json.Unmarshal(tree, &root); err != nil { // bounds the depth itself
		return nil, fmt.Errorf("the compiler's description of the program cannot be read: %w", err)
	}
	r := &reading{main: main, code: code}
	r.scope(&root, "", false)
	return r.distinct(), nil
}

// distinct are the functions by name. Of those that are overloaded a name alone does
// not tell which one is meant, so they cannot be called.
func (r *reading) distinct() []*declaration {
	var all []*declaration
	byName := make(map[string]*declaration)
	for _, d := range r.found {
		first := byName[d.name]
		switch {
		case first == nil && len(all) < maxBound:
			byName[d.name] = d
			all = append(all, d)
		case first == nil:
		case !first.overloaded:
			first.overloaded = true
			first.refuse("several functions are called " + d.name + ", and a call cannot tell which is meant: " + first.prototype() + "; " + d.prototype())
		default:
			first.refused += "; " + d.prototype()
		}
	}
	for _, d := range all {
		if d.overloaded {
			d.parameters = nil
		}
	}
	return all
}

// prototype is the declaration as it could be written.
func (d *declaration) prototype() string {
	parameters := make([]string, len(d.parameters))
	for i, p := range d.parameters {
		separator := " "
		if p.name == "" || strings.HasSuffix(p.written, "*") || strings.HasSuffix(p.written, "&") {
			separator = ""
		}
		parameters[i] = p.written + separator + p.name
	}
	return d.returns + " " + d.name + "(" + strings.Join(parameters, ", ") + ")"
}

// at notes a location and returns where it is in the main file, or -1.
func (r *reading) at(l *location) int {
	if l.Spelling != nil || l.Expansion != nil {
		offset := -1
		if l.Spelling != nil {
			r.at(l.Spelling)
		}
		if l.Expansion != nil {
			offset = r.at(l.Expansion)
		}
		return offset
	}
	if l.File != "" {
		r.file = l.File
	}
	if l.Offset == nil || path.Clean(r.file) != r.main {
		return -1
	}
	return *l.Offset
}

// scope reads the declarations in a namespace or class, whose name is prefix with ::
// after it.
func (r *reading) scope(n *node, prefix string, isClass bool) {
	private := isClass && n.TagUsed == "class"
	for i := range n.Inner {
		child := &n.Inner[i]
		offset := r.at(&child.Loc)
		begin := r.at(&child.Range.Begin)
		r.at(&child.Range.End)
		switch child.Kind {
		case "AccessSpecDecl":
			private = child.Access != "public"
			continue
		case "NamespaceDecl":
			if child.Name == "" {
				r.skip(child)
				continue
			}
			r.scope(child, prefix+child.Name+"::", false)
			continue
		case "LinkageSpecDecl":
			r.scope(child, prefix, false)
			continue
		case "CXXRecordDecl":
			if child.Name == "" || child.IsImplicit || private {
				r.skip(child)
				continue
			}
			r.scope(child, prefix+child.Name+"::", true)
			continue
		case "FunctionDecl", "CXXMethodDecl":
			d := r.function(child, prefix)
			if begin >= 0 && begin <= len(r.code) {
				d.doc = docAbove(string(r.code), 1+bytes.Count(r.code[:begin], []byte{'\n'}))
			}
			if offset < 0 || child.IsImplicit || private || child.Deleted || !isFunctionName(child.Name) || !isPublic(child.Name) ||
				child.Kind == "CXXMethodDecl" && child.StorageClass != "static" || child.Kind == "FunctionDecl" && child.StorageClass == "static" {
				continue
			}
			if r.known(d) {
				continue
			}
			r.found = append(r.found, d)
			continue
		case "VarDecl":
			// An object that is a lambda is called like a function.
			if operator := lambda(child); operator != nil && offset >= 0 && !private && child.StorageClass != "static" && isFunctionName(child.Name) && isPublic(child.Name) {
				r.skip(child)
				file := r.file
				d := r.function(operator, prefix)
				d.name = prefix + child.Name
				r.found, r.file = append(r.found, d), file
				continue
			}
		}
		r.skip(child)
	}
}

// known tells whether the same function was declared before; then what a later
// declaration adds is taken over.
func (r *reading) known(d *declaration) bool {
	for _, other := range r.found {
		if other.name != d.name || other.returns != d.returns || len(other.parameters) != len(d.parameters) {
			continue
		}
		same := true
		for i := range d.parameters {
			same = same && other.parameters[i].written == d.parameters[i].written
		}
		if !same {
			continue
		}
		for i, p := range d.parameters {
			if p.optional && p.text != "" { // else it was inherited
				other.parameters[i].optional, other.parameters[i].text = true, p.text
			}
			if p.name != "" {
				other.parameters[i].name = p.name
			}
		}
		return true
	}
	return false
}

// lambda is the call operator of a variable that is a lambda, else nil. Generic ones
// have none.
func lambda(variable *node) *node {
	for n := variable; len(n.Inner) > 0; n = &n.Inner[0] {
		if n.Kind != "LambdaExpr" {
			continue
		}
		for i := range n.Inner[0].Inner {
			if member := &n.Inner[0].Inner[i]; member.Kind == "CXXMethodDecl" && member.Name == "operator()" {
				return member
			}
		}
		return nil
	}
	return nil
}

// isFunctionName tells names from operators and what the compiler made up.
func isFunctionName(name string) bool { return functionName.MatchString(name) }

var functionName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{Mn}\p{Nd}_]*$`)

func (r *reading) function(n *node, prefix string) *declaration {
	d := &declaration{name: prefix + n.Name, written: n.Type.Written}
	d.returns, _, _ = splitFunction(n.Type.Written)
	if n.Variadic {
		d.refuse(d.name + " takes a variable number of arguments, which a call cannot pass")
	}
	for i := range n.Inner {
		child := &n.Inner[i]
		r.at(&child.Loc)
		r.at(&child.Range.Begin)
		end := r.at(&child.Range.End)
		if child.Kind != "ParmVarDecl" {
			r.skip(child)
			continue
		}
		p := declaredParameter{name: child.Name, written: child.Type.Written, optional: child.Init != ""}
		nameAt := -1
		if child.Loc.Offset != nil {
			nameAt = *child.Loc.Offset
		}
		if p.optional && nameAt >= 0 && end >= nameAt && end+child.Range.End.Length <= len(r.code) {
			_, text, _ := strings.Cut(string(r.code[nameAt:end+child.Range.End.Length]), "=")
			p.text = strings.TrimSpace(text)
		}
		r.skip(child)
		d.parameters = append(d.parameters, p)
	}
	return d
}

// skip notes the locations of what is of no interest.
func (r *reading) skip(n *node) {
	for i := range n.Inner {
		child := &n.Inner[i]
		r.at(&child.Loc)
		r.at(&child.Range.Begin)
		r.at(&child.Range.End)
		r.skip(child)
	}
}
