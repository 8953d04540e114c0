// Proves URL and URLSearchParams: parsing, resolving, setters, serializing.
const show = (input, base) => {
  try {
    const u = new URL(input, base);
    console.log(JSON.stringify([u.href, u.origin, u.protocol, u.username, u.password, u.host, u.hostname, u.port, u.pathname, u.search, u.hash]));
  } catch (error) {
    console.log(input, base, error.name, error.code, error.message);
  }
};
for (const input of [
  'http://example.com', 'HTTP://EXAMPLE.com:80/A/../b/./c?q=1#h', 'https://user:pa%20ss@host.org:8443/p a/th?x=y z#frag ment',
  'http://example.com/ä?ü=ö#ß', 'http://münchen.de/', 'http://日本語.jp', 'ftp://h/%7Efoo/..', 'file:///etc/passwd', 'file://localhost/a', 'file:a/b',
  'mailto:a@b.c', 'data:text/plain,hello world', 'javascript:alert(1)', 'http://[::1]:3000/', 'http://[2001:db8:0:0:1:0:0:1]/', 'http://192.168.0.1.', 'http://0x7f.1/',
  'http://256.256.256.256/', 'http://exa mple.com', 'http://a:99999/', 'http://', '//no-base', 'nothing', '', 'http://a?b?c#d#e', 'http:\\\\x.y\\z', '  http://trim.me/  ',
  'http://h/a%2e%2E/b', 'http://h/%zz', 'ws://h:80/', 'wss://h:443/x', 'custom://Host/Path/../x?q', 'custom:opaque?q#f', 'http://h:/x', 'http://@h/', 'http://u@h/', 'http://:p@h/',
  "http://h/?a='b'", 'foo://h/?a=\'b\'', 'http://h/"<>`{}', 'http://h/#"<>`', 'http://1.2.3', 'http://h\t/\nx', 'blob:https://a.com/id', 'http://[::ffff:1.2.3.4]/', 'http://a.b.', 'http://-a_b/',
]) show(input);
const base = 'https://host:8080/dir/sub/file.html?q=1#top';
for (const input of ['other', './x', '../x', '../../../../x', '/abs', '//else.org/p', '?new', '#frag', '', 'http:rel', 'https:rel', 'a?b#c', '..', '.', 'mailto:x', '\\back', 'x y']) show(input, base);
show('x', 'mailto:a'); show('#h', 'mailto:a'); show('x', 'nonsense'); show('/p', 'file:///a/b'); show('c', 'file:///a/b'); show('//h/p', 'file:///a/b'); show('x', 'custom://h/a/b');

const u = new URL('http://example.com/path?x=1#h');
u.protocol = 'https'; u.port = '8443'; u.pathname = '/new path'; u.search = 'a=b c'; u.hash = 'z z'; u.hostname = 'Other.ORG'; u.username = 'me:'; u.password = 'p@ss';
console.log(u.href, `${u}`, JSON.stringify({ u }));
u.host = 'h:99'; u.port = ''; u.hash = ''; u.search = ''; console.log(u.href);
u.protocol = 'mailto'; u.port = 'abc'; u.port = '70000'; u.hostname = ''; console.log(u.href);
u.searchParams.append('k', 'v w'); u.searchParams.append('k', '&='); console.log(u.href, u.search, u.searchParams.size);
u.searchParams.delete('k'); console.log(u.href);
u.search = '?p=1&p=2'; console.log(u.searchParams.getAll('p'));
try { u.href = 'bad'; } catch (error) { console.log(error.message); }
console.log(URL.canParse('x:y'), URL.canParse('x'), URL.canParse('x', 'http://h'));

const p = new URLSearchParams('?a=1&b=2&a=3&c=%20+&d&=e&%zz=1&u=%C3%BC');
console.log(p.toString(), p.get('a'), p.getAll('a'), p.get('none'), p.has('b'), p.has('a', '3'), [...p.keys()], [...p.values()]);
p.set('a', 'x'); p.sort(); p.delete('d'); console.log(String(p));
console.log([...new URLSearchParams({ x: 1, y: 'ä é' })], String(new URLSearchParams([['k', 'v'], ['k2', 'v~*-._2']])), String(new URLSearchParams(new Map([['m', '1']]))));
p.forEach((value, name) => console.log(name, '=', value));
console.log(new URLSearchParams('a=1&b=2'), new URL('http://a.b/c?d=e#f'));
const { fileURLToPath, pathToFileURL } = require('url');
console.log(fileURLToPath('file:///a%20b/c'), pathToFileURL('/x y/#?%').href);
