package hostfs

import (
	"io/fs"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// validPath says whether there can be something at a path.
func validPath(path string) error {
	if !fs.ValidPath(path) {
		return fsapi.EINVAL
	}
	if path == "." {
		return nil
	}
	for name := range strings.SplitSeq(path, "/") {
		if len(name) > fsapi.NameMax {
			return fsapi.ENAMETOOLONG
		}
		if !listedName(name) {
			return fsapi.ENOENT
		}
	}
	return nil
}

// listedName says whether guests see a file of that name.
func listedName(name string) bool {
	return guestName(name) && (runtime.GOOS != "windows" || windowsName(name))
}

// guestName holds on every platform: UTF-8, at most fsapi.NameMax bytes.
func guestName(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) <= fsapi.NameMax &&
		!strings.ContainsAny(name, "/\x00") && utf8.ValidString(name)
}

// windowsName leaves out what the Win32 API takes for something else than a file
// of that name: devices, streams ("file:stream"), patterns, and names of which it
// cuts off the end. See Microsoft, "Naming Files, Paths, and Namespaces".
func windowsName(name string) bool {
	if strings.ContainsAny(name, `<>:"/\|?*`) || strings.HasSuffix(name, ".") || strings.HasSuffix(name, " ") {
		return false
	}
	for _, char := range name {
		if char < ' ' {
			return false
		}
	}
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return false
	}
	for _, port := range []string{"COM", "LPT"} {
		if digit, found := strings.CutPrefix(base, port); found && utf8.RuneCountInString(digit) == 1 {
			return !strings.ContainsAny(digit, "0123456789¹²³")
		}
	}
	return true
}
