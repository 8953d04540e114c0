package funcbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/funcbox/funcbox/internal/value"
)

// resultJSON is the JSON form of a result, in the field names of the ancestor.
type resultJSON struct {
	Status   Status          `json:"status"`
	Success  bool            `json:"success"`
	Result   json.RawMessage `json:"result"`
	Error    *GuestError     `json:"error"`
	Stdout   string          `json:"stdout"`
	Stderr   string          `json:"stderr"`
	ExitCode int             `json:"exitCode"`
	Files    FileChanges     `json:"files"`
	Sync     *SyncResult     `json:"sync,omitempty"`
	Meta     Meta            `json:"meta"`
}

// MarshalJSON implements json.Marshaler. Integers keep all their digits, floats a
// decimal point; bytes, times, NaN and infinities become objects such as
// {"$bytes": "<base64>"}, {"$time": "<RFC 3339>"} and {"$float": "NaN"}.
func (r *ExecutionResult) MarshalJSON() ([]byte, error) {
	result, err := value.AppendJSON(nil, r.Value)
	if err != nil {
		return nil, err
	}
	return marshalPlainly(resultJSON{
		Status: r.Status, Success: r.Success(), Result: result, Error: r.Error,
		Stdout: r.Stdout, Stderr: r.Stderr, ExitCode: r.ExitCode, Files: r.Files, Sync: r.Sync, Meta: r.Meta,
	})
}

// MarshalJSON implements json.Marshaler; durations are in milliseconds.
func (m Meta) MarshalJSON() ([]byte, error) {
	return marshalPlainly(struct {
		Duration        float64 `json:"duration"`
		QueueDuration   float64 `json:"queueDuration"`
		Fuel            int64   `json:"fuel"`
		MemoryBytes     int64   `json:"memoryBytes"`
		OutputTruncated bool    `json:"outputTruncated"`
		SignatureSource string  `json:"signatureSource"`
		Language        string  `json:"language"`
		CallID          string  `json:"callId"`
		CorrelationID   string  `json:"correlationId"`
		Warnings        string  `json:"warnings,omitempty"`
	}{milliseconds(m.Duration), milliseconds(m.QueueDuration), m.Fuel, m.MemoryBytes, m.OutputTruncated, m.SignatureSource, m.Language, m.CallID, m.CorrelationID, m.Warnings})
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// contentJSON renders a file's content: text as a string, anything else as
// {"$bytes": "<base64>"}.
func contentJSON(content []byte) any {
	if utf8.Valid(content) {
		return string(content)
	}
	return map[string]string{"$bytes": base64.StdEncoding.EncodeToString(content)}
}

// marshalPlainly is json.Marshal without the escapes that JSON inside HTML needs.
func marshalPlainly(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
