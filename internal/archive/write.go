package archive

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"strings"
)

// Write makes an archive of the files of a tree at paths, in that order: files that
// are needed together should stand together. A group is closed before it would
// exceed groupBytes. compress makes a frame of zstd of its argument.
func Write(files fs.FS, paths []string, groupBytes int, compress func([]byte) ([]byte, error)) ([]byte, error) {
	var out, index bytes.Buffer
	var group, lines []byte
	flush := func() error {
		if len(lines) == 0 {
			return nil
		}
		frame, err := compress(group)
		if err != nil {
			return err
		}
		out.Write(frame)
		fmt.Fprintf(&index, "group %d\n%s", len(frame), lines)
		group, lines = group[:0], lines[:0]
		return nil
	}
	for _, path := range paths {
		if strings.ContainsRune(path, '\n') {
			return nil, fmt.Errorf("the path %q has a line break", path)
		}
		content, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, err
		}
		if len(group)+len(content) > groupBytes {
			if err := flush(); err != nil {
				return nil, err
			}
		}
		group = append(group, content...)
		lines = fmt.Appendf(lines, "%d %s\n", len(content), path)
	}
	if err := flush(); err != nil {
		return nil, err
	}
	compressed, err := compress(index.Bytes())
	if err != nil {
		return nil, err
	}
	out.Write(compressed)
	out.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(compressed))))
	out.WriteString(magic)
	return out.Bytes(), nil
}
