package funcbox

import (
	"container/list"
	"hash/maphash"
	"sync"

	"github.com/funcbox/funcbox/signature"
)

// Bounds of what an executor remembers of the code it has run. A request whose code is
// longer, or that comes with more files, is asked for its functions each time.
const (
	maxListings     = 4096
	maxListingBytes = 16 << 20
	maxListedCode   = 1 << 20
	maxListedFiles  = 4 << 20
)

// listingKey is everything that the functions of some code can depend on, apart from
// mounts.
type listingKey struct {
	language, code, filename, function string
	hasArgs                            bool
	surroundings                       uint64
}

func (k listingKey) bytes() int {
	return len(k.code) + len(k.filename) + len(k.function) + 256
}

// listingCache remembers which functions code defines, so that arguments can be bound
// before a guest runs. The least recently used are forgotten. Safe for concurrent use;
// the zero value is ready.
type listingCache struct {
	mu     sync.Mutex
	byKey  map[listingKey]*list.Element
	recent list.List // of *knownListing, the last used in front
	bytes  int
}

type knownListing struct {
	key     listingKey
	listing *signature.Listing
	bytes   int
}

func (c *listingCache) get(key listingKey) *signature.Listing {
	c.mu.Lock()
	defer c.mu.Unlock()
	element := c.byKey[key]
	if element == nil {
		return nil
	}
	c.recent.MoveToFront(element)
	return element.Value.(*knownListing).listing
}

func (c *listingCache) put(key listingKey, listing *signature.Listing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey == nil {
		c.byKey = make(map[listingKey]*list.Element)
	}
	if element := c.byKey[key]; element != nil {
		c.forget(element)
	}
	known := &knownListing{key: key, listing: listing, bytes: key.bytes() + listing.Bytes()}
	c.byKey[key] = c.recent.PushFront(known)
	c.bytes += known.bytes
	for c.recent.Len() > maxListings || c.bytes > maxListingBytes {
		c.forget(c.recent.Back())
	}
}

// forget removes what is known. The caller holds mu.
func (c *listingCache) forget(element *list.Element) {
	known := c.recent.Remove(element).(*knownListing)
	delete(c.byKey, known.key)
	c.bytes -= known.bytes
}

var surroundingsSeed = maphash.MakeSeed()

// listingKey returns the key of a request; false: its functions are not to be
// remembered, since they may depend on what is too large to look at, or outside.
func (p *plan) listingKey() (listingKey, bool) {
	req := p.req
	if len(req.Code) > maxListedCode || len(p.mount.folders) > 0 || req.Stdin != nil {
		return listingKey{}, false
	}
	key := listingKey{
		language: p.language.Name, code: req.Code, filename: req.Filename, function: req.Function,
		hasArgs: len(req.Args)+len(req.Kwargs) > 0,
	}
	if len(req.Env)+len(req.Argv)+len(p.files)+len(req.Workdir) == 0 {
		return key, true
	}
	var sum maphash.Hash
	sum.SetSeed(surroundingsSeed)
	text := func(s string) {
		maphash.WriteComparable(&sum, len(s))
		_, _ = sum.WriteString(s)
	}
	text(string(p.workdir))
	for _, name := range sortedKeys(req.Env) {
		text(name)
		text(req.Env[name])
	}
	maphash.WriteComparable(&sum, len(req.Env))
	for _, arg := range req.Argv {
		text(arg)
	}
	size, files := 0, uint64(0)
	for path, content := range p.files { // in any order: the sums of the files are added
		if size += len(content); size > maxListedFiles {
			return listingKey{}, false
		}
		var file maphash.Hash
		file.SetSeed(surroundingsSeed)
		maphash.WriteComparable(&file, len(path))
		_, _ = file.WriteString(string(path))
		_, _ = file.Write(content)
		files += file.Sum64()
	}
	maphash.WriteComparable(&sum, files)
	key.surroundings = sum.Sum64()
	return key, true
}
