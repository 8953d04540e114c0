package c

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/vfs"
)

// maxSourceBytes is what a program's files may take together.
const maxSourceBytes = 16 << 20

// headerExtensions are those of files that can be included but are not compiled.
var headerExtensions = []string{".h", ".hh", ".hpp", ".hxx", ".h++", ".inc", ".inl", ".ipp", ".tpp", ".def"}

var (
	extensionsC   = []string{".c"}
	extensionsCPP = []string{".cpp", ".cc", ".cxx"}
)

// sources are the files of a program. What a program reads when it runs is not among
// them: only files with names of sources and headers are.
type sources struct {
	main    vfs.Path
	workdir vfs.Path
	files   map[vfs.Path][]byte // main included
	units   []vfs.Path          // what is compiled, main first
}

// collect sorts a program's files.
func (d *dialect) collect(source *lang.Source, mainFile string) (*sources, error) {
	s := &sources{files: make(map[vfs.Path][]byte)}
	var err error
	if s.workdir, err = vfs.ParsePath(source.Workdir, "/"); err != nil {
		return nil, err
	}
	name := source.Filename
	if name == "" {
		name = mainFile
	}
	if s.main, err = vfs.ParsePath(name, s.workdir); err != nil {
		return nil, err
	}
	if strings.ContainsAny(string(s.main), "\n\r\"\\") {
		return nil, fmt.Errorf("%q is no name for a source file", name)
	}
	s.units = []vfs.Path{s.main}
	total := len(source.Code)
	for name, content := range source.Files {
		at, err := vfs.ParsePath(name, s.workdir)
		if err != nil {
			return nil, err
		}
		extension := strings.ToLower(path.Ext(string(at)))
		unit := d.unitLanguage(extension) != ""
		if at == s.main || at.Within(sysrootPath) || at.Within(outputPath) || strings.ContainsAny(string(at), "\n\r") || !unit && !slices.Contains(headerExtensions, extension) {
			continue
		}
		s.files[at] = content
		total += len(content)
		if unit {
			s.units = append(s.units, at)
		}
	}
	if total > maxSourceBytes {
		return nil, fmt.Errorf("the program's files take %d bytes, at most %d are compiled", total, maxSourceBytes)
	}
	slices.Sort(s.units[1:])
	s.files[s.main] = []byte(source.Code)
	return s, nil
}

// unitLanguage is clang's name of the language of files with an extension, empty for
// those that are not compiled.
func (d *dialect) unitLanguage(extension string) string {
	switch {
	case slices.Contains(extensionsC, extension):
		return "c"
	case d.language == "c++" && slices.Contains(extensionsCPP, extension):
		return "c++"
	}
	return ""
}

// shown is what a file is called in messages.
func (s *sources) shown(at vfs.Path) string { return s.relative(string(at)) }

func (s *sources) relative(text string) string {
	return strings.TrimPrefix(text, strings.TrimSuffix(string(s.workdir), "/")+"/")
}

// shownIncludes is how many files diagnostics name at a time that include one another: a
// file that includes itself makes 200 of them.
const shownIncludes = 10

// tidy gives diagnostics the names of files that the user knows.
func (s *sources) tidy(diagnostics string) string {
	var b strings.Builder
	includes := 0
	for line := range strings.Lines(diagnostics) {
		if strings.HasPrefix(line, "In file included from ") {
			if includes++; includes > shownIncludes {
				continue
			}
		} else {
			if includes > shownIncludes {
				fmt.Fprintf(&b, "[%d more]\n", includes-shownIncludes)
			}
			includes = 0
		}
		for _, begin := range []string{"In file included from ", "wasm-ld: ", ""} {
			if rest, ok := strings.CutPrefix(line, begin); ok {
				line = begin + s.relative(rest)
				break
			}
		}
		b.WriteString(line)
	}
	return strings.TrimRight(b.String(), "\n")
}

// key identifies a build: everything that it depends on.
func (s *sources) key(d *dialect, source *lang.Source) string {
	sum := sha256.New()
	part := func(texts ...string) {
		fmt.Fprintf(sum, "%d\n", len(texts))
		for _, text := range texts {
			fmt.Fprintf(sum, "%d:%s\n", len(text), text)
		}
	}
	part(d.identity(), codeVersion(), string(s.main), string(s.workdir), d.standardOf(&source.Options), optimization(source.Options.Optimize))
	part(source.Options.Warnings...)
	var list []string
	for _, name := range sortedKeys(source.Options.Defines) {
		list = append(list, name, source.Options.Defines[name])
	}
	part(list...)
	part(source.Outs...)
	list = nil
	if source.Parameters != nil {
		list = append(list, source.Returns, source.ReturnsHint)
	}
	for _, p := range source.Parameters {
		list = append(list, p.Name, p.Type, p.Hint)
	}
	part(list...)
	for _, at := range sortedKeys(s.files) {
		fmt.Fprintf(sum, "%q %d\n", at, len(s.files[at]))
		_, _ = sum.Write(s.files[at])
	}
	return hex.EncodeToString(sum.Sum(nil)[:20])
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
