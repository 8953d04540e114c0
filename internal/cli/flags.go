package cli

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Flags with a syntax of their own. Each fulfills pflag.Value.

// sizeFlag is a number of bytes with an optional unit.
type sizeFlag struct{ bytes int64 }

var sizeUnits = []struct {
	suffix string
	factor int64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9},
	{"b", 1}, {"", 1}, // last: the others end with these
}

func parseSize(text string) (int64, error) {
	lower := strings.ToLower(strings.TrimSpace(text))
	for _, unit := range sizeUnits {
		digits, found := strings.CutSuffix(lower, unit.suffix)
		if !found {
			continue
		}
		number, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
		bytes := number * float64(unit.factor)
		if err != nil || bytes != math.Trunc(bytes) || math.IsInf(bytes, 0) || strings.ContainsAny(digits, "xpin_") {
			break
		}
		if bytes < 1 || bytes >= 1<<63 {
			return 0, errors.New("the size must be 1 byte or more, and less than 8 EiB")
		}
		return int64(bytes), nil
	}
	return 0, errors.New("write a number of bytes or a size such as 64MiB or 1.5GB (KiB, MiB, GiB, KB, MB, GB)")
}

func formatSize(bytes int64) string {
	for _, unit := range []string{"GiB", "MiB", "KiB"} {
		factor := int64(1) << (10 * (1 + strings.Index("KMG", unit[:1])))
		if bytes >= factor && bytes%factor == 0 {
			return strconv.FormatInt(bytes/factor, 10) + unit
		}
	}
	return strconv.FormatInt(bytes, 10)
}

func (f *sizeFlag) Set(text string) (err error) {
	f.bytes, err = parseSize(text)
	return err
}

func (f *sizeFlag) String() string {
	if f.bytes == 0 {
		return ""
	}
	return formatSize(f.bytes)
}

func (f *sizeFlag) Type() string { return "size" }

// timeoutFlag is a duration of more than zero.
type timeoutFlag struct{ duration time.Duration }

func (f *timeoutFlag) Set(text string) error {
	duration, err := time.ParseDuration(text)
	if err != nil {
		return errors.New("write a duration with its unit, such as 500ms, 5s or 2m")
	}
	if duration <= 0 {
		return errors.New("the duration must be more than zero")
	}
	f.duration = duration
	return nil
}

func (f *timeoutFlag) String() string {
	if f.duration == 0 {
		return ""
	}
	return f.duration.String()
}

func (f *timeoutFlag) Type() string { return "duration" }

// countFlag is a whole number of more than zero.
type countFlag struct{ count int64 }

func (f *countFlag) Set(text string) error {
	count, err := strconv.ParseInt(text, 10, 64)
	if err != nil || count < 1 {
		return errors.New("write a whole number, 1 or more")
	}
	f.count = count
	return nil
}

func (f *countFlag) String() string {
	if f.count == 0 {
		return ""
	}
	return strconv.FormatInt(f.count, 10)
}

func (f *countFlag) Type() string { return "number" }

// envFlag collects NAME=VALUE; of equal names the last counts.
type envFlag struct{ values map[string]string }

func (f *envFlag) Set(text string) error {
	name, value, found := strings.Cut(text, "=")
	if name == "" {
		return errors.New("the name is missing; write NAME=VALUE")
	}
	if !found {
		return fmt.Errorf("the value is missing; write %s=VALUE, as variables of this process are not passed on", name)
	}
	if f.values == nil {
		f.values = make(map[string]string)
	}
	f.values[name] = value
	return nil
}

func (f *envFlag) String() string { return "" }
func (f *envFlag) Type() string   { return "NAME=VALUE" }

// fileFlag collects GUEST=HOST.
type fileFlag struct{ list []guestFile }

type guestFile struct{ guest, host string }

func (f *fileFlag) Set(text string) error {
	guest, host, found := strings.Cut(text, "=")
	if !found || guest == "" || host == "" {
		return errors.New("write GUEST=HOST: the path in the sandbox, then that of a file to put there")
	}
	for _, other := range f.list {
		if other.guest == guest {
			return fmt.Errorf("%s is given twice", guest)
		}
	}
	f.list = append(f.list, guestFile{guest, host})
	return nil
}

func (f *fileFlag) String() string { return "" }
func (f *fileFlag) Type() string   { return "GUEST=HOST" }

func (f *fileFlag) read() (map[string][]byte, error) {
	if len(f.list) == 0 {
		return nil, nil
	}
	files := make(map[string][]byte, len(f.list))
	for _, file := range f.list {
		content, err := readFile(file.host)
		if err != nil {
			return nil, fmt.Errorf("--file %s: %w", file.guest, err)
		}
		files[file.guest] = content
	}
	return files, nil
}
