package funcbox

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/signature"
)

// TestListingCache: the least recently used are forgotten, by number and by memory.
func TestListingCache(t *testing.T) {
	var c listingCache
	key := func(i int) listingKey { return listingKey{language: "js", code: fmt.Sprint(i)} }
	small := &signature.Listing{Body: true}
	for i := range maxListings + 10 {
		c.put(key(i), small)
		require.Same(t, small, c.get(key(0)), "it is in use")
	}
	require.Equal(t, maxListings, c.recent.Len())
	require.Nil(t, c.get(key(1)))

	long := &signature.Listing{Functions: []signature.Signature{{Name: "f", Doc: strings.Repeat("x", maxListingBytes/4)}}}
	for i := range 10 {
		c.put(key(-i), long)
	}
	require.LessOrEqual(t, c.bytes, maxListingBytes)
	require.Less(t, c.recent.Len(), 4)
	c.put(key(-9), small)
	require.Same(t, small, c.get(key(-9)))
	require.Less(t, c.bytes, maxListingBytes/4*3)
}

// listingReply is what a guest answers to a load.
func listingReply(t testing.TB, listing any) []byte {
	t.Helper()
	reply := value.AppendUint(value.AppendUint(value.AppendUint(value.AppendMapHead(nil, 2), 0), 0), 1)
	reply, err := value.Append(reply, listing, "listing")
	require.NoError(t, err)
	return reply
}

// TestHostileListings: listings that are too large, or none, are errors, and take no more
// memory than their bytes allow for.
func TestHostileListings(t *testing.T) {
	many := func(n int, v any) []any {
		list := make([]any, n)
		for i := range list {
			list[i] = v
		}
		return list
	}
	for name, test := range map[string]struct {
		listing any
		want    string
	}{
		"items":     {many(1<<20, nil), "more than 1048576 items"},
		"functions": {map[string]any{"kind": "module", "functions": many(5000, map[string]any{"name": "f"})}, "functions has 5000 items, more than 1001"},
		"no map":    {"module", "the listing is not a map"},
		"nothing":   {nil, "the listing is not a map"},
	} {
		_, failed, err := decodeListing(listingReply(t, test.listing))
		require.False(t, failed, name)
		require.ErrorContains(t, err, test.want, name)
	}
	_, _, err := decodeListing(nil)
	require.Error(t, err)
}

// FuzzListing hands the host any bytes as a guest's list of its functions.
func FuzzListing(f *testing.F) {
	f.Add(listingReply(f, map[string]any{"kind": "body"}))
	f.Add(listingReply(f, map[string]any{"kind": "module", "only": "f", "functions": []any{map[string]any{
		"name": "f", "doc": "d", "public": true, "exact": true, "returns": "int",
		"params": []any{map[string]any{"name": "a", "kind": "either", "required": true}, map[string]any{"name": "b", "kind": "options", "keys": []any{map[string]any{"name": "k", "default": 1}}}},
	}}}))
	f.Add(value.AppendUint(value.AppendMapHead(nil, 1), 0))
	f.Fuzz(func(t *testing.T, reply []byte) {
		listing, failed, err := decodeListing(bytes.Clone(reply))
		if failed || err != nil {
			return
		}
		if listing.Bytes() > 100*(len(reply)+10) {
			t.Fatalf("%d bytes of a reply became %d", len(reply), listing.Bytes())
		}
		for _, name := range listing.Public() {
			function := listing.Find(name)
			if _, _, err := function.Bind(signature.Convention{}, nil, nil); err != nil && function.Exact && len(function.Parameters) == 0 {
				t.Fatal(err)
			}
		}
	})
}
