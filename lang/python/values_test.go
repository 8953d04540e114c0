package python_test

import (
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

// TestResults: what becomes of Python's values.
func TestResults(t *testing.T) {
	executor := newExecutor(t)
	huge, ok := new(big.Int).SetString("-1606938044258990275541962092341162602522202993782792835301376", 10)
	require.True(t, ok)
	for _, test := range []struct {
		code string
		want any
	}{
		{"return -2**200", huge},
		{"return 2**64", new(big.Int).Lsh(big.NewInt(1), 64)},
		{"return True, 1, 1.0", []any{true, int64(1), 1.0}},
		{"return float('-inf'), -0.0", []any{math.Inf(-1), math.Copysign(0, -1)}},
		{"return b'a', bytearray(b'b'), memoryview(b'xyz')[::2]", []any{[]byte("a"), []byte("b"), []byte("xz")}},
		{"return (1, (2,)), sorted({3}), frozenset([4])", []any{[]any{int64(1), []any{int64(2)}}, []any{int64(3)}, []any{int64(4)}}},
		{"import collections\nreturn collections.OrderedDict(b=1), collections.Counter('aa'), collections.defaultdict(int, x=1), collections.ChainMap({'a': 1}, {'b': 2}), collections.deque([1], 3), collections.UserDict(a=1), collections.UserList([1]), collections.UserString('s')",
			[]any{map[string]any{"b": int64(1)}, map[string]any{"a": int64(2)}, map[string]any{"x": int64(1)}, map[string]any{"a": int64(1), "b": int64(2)}, []any{int64(1)}, map[string]any{"a": int64(1)}, []any{int64(1)}, "s"}},
		{"from dataclasses import *\n@dataclass\nclass P:\n    x: int\n    inner: object = None\n    hidden: int = field(default=7, repr=False)\nreturn P(1, [P(2)])",
			map[string]any{"x": int64(1), "hidden": int64(7), "inner": []any{map[string]any{"x": int64(2), "hidden": int64(7), "inner": nil}}}},
		{"from dataclasses import *\n@dataclass(slots=True, frozen=True)\nclass P:\n    x: int\nreturn P(1)", map[string]any{"x": int64(1)}},
		{"from typing import *\nclass N(NamedTuple):\n    a: int\n    b: str = 'x'\nclass T(TypedDict):\n    k: int\nreturn N(1), T(k=2)", []any{map[string]any{"a": int64(1), "b": "x"}, map[string]any{"k": int64(2)}}},
		{"import enum\nclass C(enum.Enum):\n    A = (1, 'x')\nclass I(enum.IntEnum):\n    B = 2\nclass S(enum.StrEnum):\n    C = 'c'\nclass F(enum.Flag):\n    D = 4\nreturn C.A, I.B, S.C, F.D, {I.B: 1, S.C: 2}",
			[]any{[]any{int64(1), "x"}, int64(2), "c", int64(4), map[string]any{"2": int64(1), "c": int64(2)}}},
		{"from decimal import *\nfrom fractions import *\nreturn Decimal('1.10'), Decimal('NaN'), Fraction(2, 6)", []any{"1.10", "NaN", "1/3"}},
		{"from datetime import *\nreturn date(2024, 2, 29), time(1, 2, 3), timedelta(minutes=1, microseconds=5)", []any{"2024-02-29", "01:02:03", 60.000005}},
		{"import uuid, pathlib, ipaddress, zoneinfo\nreturn uuid.UUID(int=1), pathlib.Path('/a/b'), ipaddress.ip_address('::1'), zoneinfo.ZoneInfo('Europe/Berlin')", []any{"00000000-0000-0000-0000-000000000001", "/a/b", "::1", "Europe/Berlin"}},
		{"import array\nreturn array.array('i', [1, 2]), range(3), {'a': 1}.keys(), {'a': 1}.items(), map(str, [1]), (x for x in 'ab'), reversed([1, 2]), enumerate('a'), zip('a', 'b')",
			[]any{[]any{int64(1), int64(2)}, []any{int64(0), int64(1), int64(2)}, []any{"a"}, []any{[]any{"a", int64(1)}}, []any{"1"}, []any{"a", "b"}, []any{int64(2), int64(1)}, []any{[]any{int64(0), "a"}}, []any{[]any{"a", "b"}}}},
		{"import types, argparse\nreturn types.SimpleNamespace(a=1), types.MappingProxyType({'b': 2}), argparse.Namespace(c=3)", []any{map[string]any{"a": int64(1)}, map[string]any{"b": int64(2)}, map[string]any{"c": int64(3)}}},
		{"class I(int): pass\nclass S(str):\n    def __str__(self): return 'no'\nclass L(list): pass\nclass F(float): pass\nclass D(dict):\n    def items(self): return []\nclass B(bytes): pass\nreturn I(1), S('s'), L([I(2)]), F(0.5), D(a=1), B(b'b')", []any{int64(1), "s", []any{int64(2)}, 0.5, map[string]any{"a": int64(1)}, []byte("b")}},
		{"class Index:\n    def __index__(self): return 5\nclass Float:\n    def __float__(self): return 0.5\nclass Array:\n    dtype = float\n    def tolist(self): return [1.0]\nclass Model:\n    def model_dump(self): return {'a': 1}\nclass Mine:\n    def __iter__(self): return iter('ab')\nreturn Index(), Float(), Array(), Model(), Mine()",
			[]any{int64(5), 0.5, []any{1.0}, map[string]any{"a": int64(1)}, []any{"a", "b"}}},
		{"from datetime import date\nreturn {1: 'int', 1.5: 'float', True + 1: 'two', None: 'none', date(2024, 1, 2): 'date', b'x'.decode(): 'text', False: 'false'}",
			map[string]any{"1": "int", "1.5": "float", "2": "two", "null": "none", "2024-01-02": "date", "x": "text", "false": "false"}},
		{"import sqlite3\nc = sqlite3.connect(':memory:')\nrows = c.execute('select 1 as a, ? as b', (b'x',))\nrows.row_factory = sqlite3.Row\nreturn rows, c.execute('select 2')", []any{[]any{map[string]any{"a": int64(1), "b": []byte("x")}}, []any{[]any{int64(2)}}}},
		{"import csv\nreturn csv.DictReader(['a,b', '1,2']), csv.reader(['x'])", []any{[]any{map[string]any{"a": "1", "b": "2"}}, []any{[]any{"x"}}}},
		{"return [], {}, '', None", []any{[]any{}, map[string]any{}, "", nil}},
	} {
		t.Run(test.code, func(t *testing.T) {
			require.Equal(t, test.want, value(t, executor, funcbox.Request{Code: test.code}))
		})
	}
	t.Run("times", func(t *testing.T) {
		got := value(t, executor, funcbox.Request{Code: `
from datetime import *
from zoneinfo import ZoneInfo
moment = datetime(2024, 7, 1, 12, 0, 0, 123456)
return [moment.replace(tzinfo=UTC), moment.replace(tzinfo=ZoneInfo("Europe/Berlin")), moment.replace(tzinfo=timezone(timedelta(hours=-3, minutes=-30))), moment]`}).([]any)
		utc := time.Date(2024, 7, 1, 12, 0, 0, 123456000, time.UTC)
		require.True(t, utc.Equal(got[0].(time.Time)), got[0])
		require.True(t, utc.Add(-2*time.Hour).Equal(got[1].(time.Time)), got[1])
		require.True(t, utc.Add(3*time.Hour+30*time.Minute).Equal(got[2].(time.Time)), got[2])
		require.True(t, utc.Equal(got[3].(time.Time)), "naive is UTC, the time zone of the sandbox: %v", got[3])
	})
}

// TestUnreturnable: what cannot cross is an error that names the place and the type.
func TestUnreturnable(t *testing.T) {
	executor := newExecutor(t)
	for _, test := range []struct{ code, message string }{
		{"return {'items': [0, {'k': print}]}", "result.items[1].k: function cannot be returned"},
		{"return [object()]", "result[0]: object of type object cannot be returned"},
		{"class Mine: pass\nreturn {'a b': Mine()}", `result['a b']: object of type Mine cannot be returned`},
		{"class Mine: pass\nreturn Mine", "result: class Mine cannot be returned"},
		{"import json\nreturn (json,)", "result[0]: module json cannot be returned"},
		{"async def f(): pass\nreturn [f()]", "result[0]: coroutine cannot be returned: only what a function itself returns is awaited"},
		{"return 1 + 2j", "result: object of type complex cannot be returned"},
		{"return open('x', 'w')", "result: object of type TextIOWrapper cannot be returned"},
		{"return {(1, 2): 3}", "result[(1, 2)]: a key of type tuple cannot be returned"},
		{"return {1: 3, '1': 4}", "result['1']: two keys are the same as text"},
		{"a = []\na.append(a)\nreturn a", "result[0]: a circular reference cannot be returned"},
		{"a = []\nfor _ in range(2000): a = [a]\nreturn a", "nested more than 1000 levels deep"},
		{"return ['a\\ud800']", "result[0]: a string with a lone surrogate cannot be returned"},
		{"import re\nreturn {'m': re.match('a', 'a')}", "result.m: object of type Match cannot be returned"},
		{"return ValueError('x')", "result: object of type ValueError cannot be returned"},
	} {
		t.Run(test.code, func(t *testing.T) {
			res := execute(t, executor, funcbox.Request{Code: test.code})
			require.Equal(t, funcbox.StatusError, res.Status, "%v", res.Value)
			require.Equal(t, "TypeError", res.Error.Type)
			require.Contains(t, res.Error.Message, test.message)
		})
	}
	t.Run("an error of the program stays as it is", func(t *testing.T) {
		res := execute(t, executor, funcbox.Request{Code: "def f():\n    yield 1\n    raise LookupError('mine')\nreturn [f()]"})
		require.Equal(t, "LookupError", res.Error.Type)
		require.Equal(t, "mine", res.Error.Message)
		require.Contains(t, res.Error.Stack, "line 3, in f")
	})
}
