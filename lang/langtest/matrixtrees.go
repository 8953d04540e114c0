package langtest

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
)

// Trees sends random values through the languages whose functions take any.
type Trees struct {
	languages []*lang.Language
	matrices  map[string]Matrix
	executor  *funcbox.Executor
}

// NewTrees needs a Matrix for each language.
func NewTrees(t testing.TB, languages []*lang.Language, matrices map[string]Matrix) *Trees {
	t.Helper()
	languages = slices.DeleteFunc(slices.Clone(languages), func(l *lang.Language) bool {
		require.Contains(t, matrices, l.Name, "this language has no matrix of values")
		return matrices[l.Name].Typed != nil // a tree has no one type
	})
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(languages...))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	require.NoError(t, executor.Warm(ctx)) // the first input of a fuzz target has ten seconds
	return &Trees{languages: languages, matrices: matrices, executor: executor}
}

// Check sends a value through every language that takes it, and compares what comes back.
func (trees *Trees) Check(t testing.TB, v any) {
	t.Helper()
	for _, language := range trees.languages {
		matrix := trees.matrices[language.Name]
		got, err := trees.send(language, &matrix, v)
		if matrix.refuses(v) {
			require.Error(t, err, "%s takes %#v", language.Name, v)
			continue
		}
		require.NoError(t, err, "%s: %#v", language.Name, v)
		if what := different(matrix.back(v), got); what != "" {
			t.Fatalf("%s: %s\nsent %#v\ngot  %#v", language.Name, what, v, got)
		}
	}
}

func (trees *Trees) send(language *lang.Language, matrix *Matrix, v any) (any, error) {
	res, err := trees.executor.Execute(context.Background(), funcbox.Request{
		Language: language.Name, Code: matrix.Same, Function: "same", Args: []any{v},
	})
	if err != nil {
		return nil, err
	}
	return res.Value, res.Err()
}

// Chain hands a value from each language to the next, and compares what comes out at the
// end with what went in. The kinds of values that some language does not keep are left
// out of it.
func (trees *Trees) Chain(t testing.TB, random *rand.Rand) {
	t.Helper()
	v := Tree(random, func(v any) bool {
		for _, language := range trees.languages {
			if matrix := trees.matrices[language.Name]; !matrix.keeps(v) {
				return false
			}
		}
		return true
	})
	passed := v
	for _, language := range trees.languages {
		matrix := trees.matrices[language.Name]
		var err error
		passed, err = trees.send(language, &matrix, passed)
		require.NoError(t, err, "%s: %#v", language.Name, v)
	}
	if what := different(v, passed); what != "" {
		t.Fatalf("%s\nsent %#v\ngot  %#v", what, v, passed)
	}
}

// Tree makes a random value, of leaves that are wanted only.
func Tree(random *rand.Rand, wanted func(any) bool) any {
	budget := 1 + random.IntN(60)
	return tree(random, wanted, &budget, 0)
}

func tree(random *rand.Rand, wanted func(any) bool, budget *int, depth int) any {
	*budget--
	switch n := random.IntN(10); {
	case depth < 12 && *budget > 0 && n < 3:
		list := make([]any, random.IntN(6))
		for i := range list {
			list[i] = tree(random, wanted, budget, depth+1)
		}
		if len(list) > 0 || wanted(list) {
			return list
		}
	case depth < 12 && *budget > 0 && n < 6:
		pairs := map[string]any{}
		for range random.IntN(6) {
			// A letter in front: PHP has other ideas of keys that are numbers.
			pairs["k"+randomText(random)] = tree(random, wanted, budget, depth+1)
		}
		if len(pairs) > 0 || wanted(pairs) {
			return pairs
		}
	}
	for {
		if v := leaf(random); wanted(v) {
			return v
		}
	}
}

func leaf(random *rand.Rand) any {
	switch random.IntN(11) {
	case 0:
		return nil
	case 1:
		return random.IntN(2) == 0
	case 2:
		return int64(random.IntN(2000) - 1000)
	case 3:
		return int64(random.Uint64())
	case 4:
		n := new(big.Int).SetUint64(random.Uint64() | 1<<63)
		n.Lsh(n, uint(random.IntN(200)))
		if random.IntN(2) == 0 {
			n.Neg(n)
		}
		if n.IsInt64() {
			return n.Int64()
		}
		return n
	case 5:
		return math.Float64frombits(random.Uint64())
	case 6:
		return float64(random.IntN(100))
	case 7, 8:
		return randomText(random)
	case 9:
		data := make([]byte, random.IntN(20))
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		return data
	}
	return time.UnixMilli(random.Int64N(4_000_000_000_000)).UTC()
}

var alphabet = []rune("abcXYZ019 _-.$'\"\\\n\t\x00\x01äßé中😀𝔘\u2028\ufeff\u200d")

func randomText(random *rand.Rand) string {
	text := make([]rune, random.IntN(12))
	for i := range text {
		text[i] = alphabet[random.IntN(len(alphabet))]
	}
	return string(text)
}
