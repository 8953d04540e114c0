<?php
// The virtual filesystem: files, folders, includes, streams, filters and what is refused.
chdir(sys_get_temp_dir());
echo getcwd(), ' ', var_export(mkdir('a/b', 0777, true), true), ' ', file_put_contents('a/one.txt', "first\nsecond\nthird\n"), ' ', filesize('a/one.txt'), "\n";
file_put_contents('a/one.txt', 'fourth', FILE_APPEND | LOCK_EX);
echo json_encode(file('a/one.txt', FILE_IGNORE_NEW_LINES)), ' ', is_file('a/one.txt') ? 'file' : '', ' ', is_dir('a') ? 'dir' : '', ' ', is_writable('a/one.txt') ? 'writable' : '', "\n";
$f = fopen('a/one.txt', 'r+');
fseek($f, 6);
echo fgets($f), ftell($f), ' ', feof($f) ? 'end' : 'more', ' ', flock($f, LOCK_SH) ? 'locked' : '', "\n";
ftruncate($f, 5);
rewind($f);
echo stream_get_contents($f), ' ', fstat($f)['size'], "\n";
fclose($f);
copy('a/one.txt', 'a/two.txt');
rename('a/two.txt', 'a/b/two.txt');
touch('a/three.txt', 86400);
echo date('Y-m-d', filemtime('a/three.txt')), ' ', sprintf('%o', fileperms('a/three.txt') & 0777), ' ', decoct(fileperms('a')), "\n";
symlink('one.txt', 'a/link');
echo readlink('a/link'), ' ', is_link('a/link') ? 'link' : '', ' ', file_get_contents('a/link'), ' ', realpath('a/b/../link'), "\n";
echo json_encode(glob('a/*')), ' ', json_encode(scandir('a')), "\n";
$d = opendir('a');
$names = [];
while (($name = readdir($d)) !== false) {
    $names[] = $name;
}
closedir($d);
sort($names);
echo implode(' ', $names), "\n";
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator('a', FilesystemIterator::SKIP_DOTS)) as $path => $info) {
    $tree[$path] = $info->getSize();
}
ksort($tree);
echo json_encode($tree, JSON_UNESCAPED_SLASHES), "\n";
$temporary = tempnam('/tmp', 'pre');
echo str_starts_with($temporary, '/tmp/pre') ? 'named' : $temporary, ' ', unlink($temporary) ? 'gone' : '', "\n";
$t = tmpfile();
fwrite($t, 'temporary');
echo strlen(stream_get_meta_data($t)['uri']) > 4 ? 'has a name' : '', "\n";
file_put_contents('lib.php', '<?php namespace Lib; const N = 5; function twice($x) { return 2 * $x; } return ["configured" => true];');
$config = require __DIR__ === '/workspace' || true ? '/tmp/lib.php' : '';
echo Lib\twice(Lib\N), ' ', json_encode($config), ' ', var_export(include_once 'lib.php', true), ' ', var_export((@include 'missing.php'), true), "\n";
spl_autoload_register(function (string $class) {
    echo "[loading $class] ";
    eval("class $class { public function hello() { return 'hello from ' . static::class; } }");
});
echo (new Loaded)->hello(), "\n";
$m = fopen('php://memory', 'w+');
fputcsv($m, ['a', 'b c', 'd"e', '1,5'], escape: '');
rewind($m);
echo json_encode(fgetcsv($m, escape: '')), "\n";
$filtered = fopen('php://temp', 'w+');
stream_filter_append($filtered, 'string.rot13', STREAM_FILTER_WRITE);
fwrite($filtered, 'Hello');
rewind($filtered);
echo fread($filtered, 10), ' ', file_get_contents('php://filter/read=string.toupper|convert.base64-encode/resource=a/one.txt'), ' ', file_get_contents('data:text/plain;base64,SGk='), "\n";
file_put_contents('compress.zlib://packed.gz', str_repeat('x', 1000));
echo filesize('packed.gz') < 50 ? 'packed' : 'not packed', ' ', strlen(file_get_contents('compress.zlib://packed.gz')), ' ', strlen(implode(gzfile('packed.gz'))), "\n";
fwrite(STDOUT, 'to STDOUT ');
file_put_contents('php://output', "to output\n");
echo json_encode([is_resource(STDIN), fgets(STDIN), stream_isatty(STDOUT), PHP_SAPI, $argc, $argv[0] === $_SERVER['SCRIPT_NAME']]), "\n";
echo (new SplFileObject('a/one.txt'))->fgets(), ' ', (new finfo(FILEINFO_MIME_TYPE))->buffer("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "\n";
foreach ([
    fn() => file_get_contents('/etc/passwd'),
    fn() => fopen('/nowhere/x', 'w'),
    fn() => mkdir('a'),
    fn() => rmdir('a'),
    fn() => unlink('nothing'),
    fn() => fsockopen('127.0.0.1', 80, $e, $m, 1),
    fn() => file_get_contents('http://example.org/'),
    fn() => exec('ls'),
    fn() => shell_exec('ls'),
    fn() => proc_open('ls', [['pipe', 'r']], $pipes),
    fn() => popen('ls', 'r'),
    fn() => mail('a@example.org', 'subject', 'text'),
    fn() => gethostbyname('example.org'),
    fn() => stream_socket_server('tcp://127.0.0.1:0'),
    fn() => link('a/one.txt', 'hard'),
    fn() => chown('a/one.txt', 1),
    fn() => chmod('a/one.txt', 0600),
] as $refused) {
    error_clear_last();
    $result = @$refused();
    echo var_export($result, true), ': ', error_get_last()['message'] ?? 'no warning', "\n";
}
