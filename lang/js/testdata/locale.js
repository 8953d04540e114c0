// Proves toLocaleString of numbers and localeCompare, which do without Intl.
console.log([0, -0, 1234.5678, -1234567, 0.1, 1e21, NaN, -Infinity, 999, 1000].map((n) => n.toLocaleString()));
console.log((1234.5).toLocaleString('en-US', { minimumFractionDigits: 2 }), (1.005).toLocaleString('en-US', { maximumFractionDigits: 0 }), (0.256).toLocaleString('en-US', { style: 'percent' }), (1234.5).toLocaleString('en-US', { style: 'currency', currency: 'USD' }), (-5).toLocaleString('en-US', { style: 'currency', currency: 'EUR' }), (1234).toLocaleString('en-US', { useGrouping: false }), 12345678901234567890n.toLocaleString());
const words = ['b', 'a', 'B', 'A', 'á', 'ä', 'Ä', 'z', 'Z', 'é', 'e', 'E', '10', '9', '1', '_x', '-x', ' x', 'ab', 'a b', 'Ab', 'aB', 'résumé', 'resume', 'Resume', '$', '#', '~', ''];
console.log([...words].sort((a, b) => a.localeCompare(b)));
console.log(['item 10', 'item 9', 'item 1'].sort((a, b) => a.localeCompare(b, undefined, { numeric: true })), 'a'.localeCompare('A', undefined, { sensitivity: 'base' }), 'a'.localeCompare('á', 'en', { sensitivity: 'base' }), 'a'.localeCompare('b'), 'b'.localeCompare('a'), 'a'.localeCompare('a'));
console.log([1234567.891, 2000].toLocaleString());
