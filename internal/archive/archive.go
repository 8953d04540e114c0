// Package archive holds read-only trees of many small files, such as a language's
// standard library, in one compressed block of bytes of which only what is
// needed is ever unpacked.
//
// Files stand one after the other in groups, each group compressed by itself: the
// larger a group, the smaller the archive and the more is unpacked at once. [Write]
// makes an archive, [Open] serves one as an [io/fs.FS]. Nothing here knows a
// language or a file's meaning.
//
// An archive is its groups, then the index, then a trailer of 8 bytes: the size of
// the compressed index in little endian, and "fba1". Groups and index are frames of
// zstd (RFC 8878). The index is text: a line "group <compressed bytes>" for each
// group, followed by a line "<bytes> <path>" for each of its files.
package archive

const (
	trailerBytes = 8
	magic        = "fba1"
	// maxGroupBytes bounds what a group of a damaged archive is unpacked to.
	maxGroupBytes = 64 << 20
)
