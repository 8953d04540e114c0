package lang

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
)

// Fingerprint identifies what the runtime reads while it starts: the paths and
// contents of Library and Trees.
func (l *Language) Fingerprint() (string, error) {
	sum := sha256.New()
	trees := l.Trees
	if l.Library != nil {
		trees = append([]Tree{{Path: LibraryPath, Files: l.Library}}, trees...)
	}
	for _, tree := range trees {
		fmt.Fprintf(sum, "%q %q\n", tree.Path, tree.Sum)
		if tree.Sum != "" {
			continue
		}
		if err := addTree(sum, tree.Files); err != nil {
			return "", fmt.Errorf("reading %s of language %q: %w", tree.Path, l.Name, err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func addTree(sum hash.Hash, files fs.FS) error {
	return fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%q %d\n", path, len(content))
		_, err = sum.Write(content)
		return err
	})
}
