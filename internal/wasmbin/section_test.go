package wasmbin

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSections(t *testing.T) {
	wasm := AppendCustom(AppendModule(nil, map[SectionID][]byte{
		SectionData: {0}, SectionType: {0}, SectionDataCount: {0}, SectionCode: {0},
	}), "note", []byte("text"))
	sections, err := Sections(wasm)
	require.NoError(t, err)
	var ids []SectionID
	for _, s := range sections {
		ids = append(ids, s.ID)
		require.Equal(t, s.Body, wasm[s.Offset:s.Offset+len(s.Body)])
	}
	require.Equal(t, []SectionID{SectionType, SectionDataCount, SectionCode, SectionData, SectionCustom}, ids)
	require.Equal(t, "note", sections[4].Name)
	require.Equal(t, "text", string(sections[4].Body))

	for name, c := range map[string]struct {
		bytes []byte
		want  error
	}{
		"twice":           {[]byte{1, 1, 0, 1, 1, 0}, ErrMalformed},
		"out of order":    {[]byte{3, 1, 0, 1, 1, 0}, ErrMalformed},
		"unknown":         {[]byte{14, 0}, ErrMalformed},
		"too long":        {[]byte{1, 2, 0}, ErrMalformed},
		"custom, no name": {[]byte{0, 0}, ErrMalformed},
	} {
		_, err := Sections(append(AppendModule(nil, nil), c.bytes...))
		require.ErrorIs(t, err, c.want, name)
	}
	_, err = Sections([]byte("not wasm"))
	require.ErrorIs(t, err, ErrMalformed)
	_, err = Sections([]byte{0, 'a', 's', 'm', 2, 0, 0, 0})
	require.ErrorIs(t, err, ErrUnsupported)
}
