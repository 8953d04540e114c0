package escapetest

import (
	"strconv"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

func fileOf(size int64) string { return "file " + strconv.FormatInt(size, 10) }

// whole does what opens a file and closes it again.
func (d *direct) whole(op string, args []any) (*string, fsapi.Errno) {
	mode := map[string]string{"read": "r", "write": "w", "append": "a", "create": "wx", "truncate": "r+"}[op]
	file, errno := d.open(args[0], modeFlags[mode])
	if errno != 0 {
		return nil, errno
	}
	defer file.Close()
	switch op {
	case "read":
		return contents(file)
	case "write":
		_, errno = file.WriteAt([]byte(args[1].(string)), 0)
	case "append":
		_, _, errno = file.Append([]byte(args[1].(string)))
	case "truncate":
		errno = file.SetSize(int64(args[1].(int)))
	}
	return nil, errno
}

// slot does what is about files that stay open.
func (d *direct) slot(op string, args []any) (*string, fsapi.Errno) {
	if op == "open" {
		file, errno := d.open(args[1], modeFlags[args[2]])
		if errno == 0 {
			if before := d.files[args[0]]; before != nil {
				before.Close()
			}
			d.files[args[0]] = file
		}
		return nil, errno
	}
	file := d.files[args[0]]
	if file == nil {
		return nil, fsapi.EBADF
	}
	switch op {
	case "fread":
		return contents(file)
	case "fwrite":
		_, errno := file.WriteAt([]byte(args[1].(string)), 0)
		return nil, errno
	case "fsize":
		return nil, file.SetSize(int64(args[1].(int)))
	case "fstat":
		stat, errno := file.Stat()
		return describe(stat), errno
	}
	delete(d.files, args[0])
	return nil, file.Close()
}

func contents(file fsapi.File) (*string, fsapi.Errno) {
	var all []byte
	p := make([]byte, 5000)
	for {
		n, errno := file.ReadAt(p, int64(len(all)))
		if errno != 0 {
			return nil, errno
		}
		if n == 0 {
			text := string(all)
			return &text, fsapi.ESUCCESS
		}
		all = append(all, p[:n]...)
	}
}
