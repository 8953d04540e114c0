<?php
// Strings: mbstring, patterns, conversions, formats, hashes and compression.
echo mb_strtoupper('straße ñandú'), ' ', mb_strlen('日本語'), ' ', strrev('abc'), ' ', mb_substr('héllo', 1, 3), "\n";
echo mb_convert_case('hello WORLD', MB_CASE_TITLE), ' ', mb_str_pad('ü', 5, '·', STR_PAD_BOTH), ' ', mb_strwidth('日本'), "\n";
echo bin2hex(mb_convert_encoding('ä€', 'UTF-16LE', 'UTF-8')), ' ', mb_detect_encoding("\xe4", ['UTF-8', 'ISO-8859-1']), "\n";
echo bin2hex(iconv('UTF-8', 'ISO-8859-15', '€ä')), ' ', iconv_strlen('äöü'), ' ', var_export(@iconv('UTF-8', 'ASCII', 'ä'), true), "\n";
mb_ereg('(?<year>\d+)-(?<month>\d+)', 'on 2024-02', $found);
echo $found['year'], ' ', $found['month'], ' ', mb_ereg_replace('[äöü]', '?', 'äxöyü'), "\n";
preg_match_all('/(?<word>\p{L}+)(?=,|$)/u', 'eins, zwei, drölf', $words);
echo implode('|', $words['word']), ' ', preg_replace_callback('/\d+/', fn($m) => $m[0] * 2, 'a1b22'), ' ', preg_quote('a.b*'), "\n";
echo json_encode(preg_split('/(-)|(,)/', 'a-b,c', -1, PREG_SPLIT_DELIM_CAPTURE | PREG_SPLIT_NO_EMPTY)), "\n";
echo var_export(preg_match('/(?:\D+|<\d+>)*[!?]/', 'foobar foobar foobar'), true), ' ', preg_last_error_msg(), "\n";
echo sprintf('%s %05d %-5s| %5.1f %e %c %% %u', 'x', 42, 'ab', 3.14159, 12345.678, 65, 3), "\n";
echo number_format(1234567.891, 2), ' ', number_format(0.5), ' ', ucwords('hello big world'), ' ', wordwrap('The quick brown fox', 10, "\n", true), "\n";
echo md5('a'), ' ', hash('sha256', ''), ' ', hash('xxh3', 'x'), ' ', crc32('abc'), ' ', substr(hash_hmac('sha1', 'd', 'k'), 0, 10), "\n";
echo bin2hex(hash_pbkdf2('sha256', 'password', 'salt', 10, 8, true)), ' ', base64_encode("\0\xff"), ' ', strlen(random_bytes(16)), ' ', count(hash_algos()) > 50 ? 'many' : 'few', "\n";
echo password_verify('secret', password_hash('secret', PASSWORD_BCRYPT, ['cost' => 4])) ? 'ok' : 'no', ' ', strlen(uniqid()), "\n";
echo serialize(['a' => 1, 'b' => [true, null, 1.5]]), ' ', json_encode(unserialize('a:1:{i:0;d:0.5;}')), "\n";
echo json_encode(['ä' => 1.0, 'n' => null, 'l' => [1, 2], 'o' => new stdClass], JSON_PRESERVE_ZERO_FRACTION | JSON_UNESCAPED_UNICODE | JSON_PRETTY_PRINT), "\n";
var_dump(json_decode('{"big": 12345678901234567890, "f": 1.0}', true));
echo htmlspecialchars('<a href="x">\'&</a>'), ' ', html_entity_decode('&auml;&#8364;'), ' ', strip_tags('<b>x</b>'), ' ', nl2br("a\nb"), "\n";
echo similar_text('World', 'Word'), levenshtein('kitten', 'sitting'), ' ', soundex('Robert'), ' ', metaphone('Thompson'), "\n";
echo bcadd('12345678901234567890', '0.1', 2), ' ', bcpow('2', '200'), ' ', bcsqrt('2', 20), "\n";
echo strlen(gzcompress(str_repeat('abc', 1000))) < 100 ? 'small' : 'large', ' ', gzuncompress(gzcompress('there and back')), ' ', gzdecode(gzencode('gz')), "\n";
echo implode(',', str_split('abcdef', 4)), ' ', strtr('Hi all', ['Hi' => 'Hello', 'all' => 'world']), ' ', vsprintf('%2$s-%1$s', ['a', 'b']), ' ', ucfirst(lcfirst('ABC')), "\n";
echo implode(' ', array_map(fn($t) => is_array($t) ? token_name($t[0]) : $t, token_get_all('<?php echo 1 + $x;'))), "\n";
echo filter_var('user@example.org', FILTER_VALIDATE_EMAIL), ' ', var_export(filter_var('12abc', FILTER_VALIDATE_INT), true), ' ', filter_var('yes', FILTER_VALIDATE_BOOL) ? 'true' : 'false', "\n";
echo juliantojd(10, 5, 1582), ' ', jdtogregorian(2460000), ' ', cal_days_in_month(CAL_GREGORIAN, 2, 2024), ' ', date('Y-m-d', easter_date(2024)), "\n";
echo (new DateTime('2024-02-29 12:00', new DateTimeZone('Europe/Berlin')))->modify('+1 year')->format(DATE_ATOM), ' ', date('D, d M Y H:i:s', 86400 * 365), "\n";
echo (new DateTimeImmutable('2024-01-31'))->diff(new DateTimeImmutable('2025-03-01'))->format('%y %m %d %a'), ' ', gmdate('H:i', 3600), ' ', strtotime('1970-01-02 00:00:00 UTC'), "\n";
foreach (new DatePeriod(new DateTime('2024-01-01'), new DateInterval('P1W'), 2) as $day) {
    echo $day->format('m/d '), $day->getOffset(), ' ';
}
echo "\n";
mt_srand(42);
echo mt_rand(), ' ', mt_rand(1, 6), ' ', (new Random\Randomizer(new Random\Engine\Xoshiro256StarStar(1)))->getInt(1, 1000), "\n";
setlocale(LC_ALL, 'C');
echo strcoll('a', 'b'), ' ', ctype_alpha('abc') ? 'alpha' : '', ' ', ctype_digit('12x') ? '' : 'no digits', ' ', intdiv(PHP_INT_MIN, 2), ' ', 0b11 | 0o17, ' ', 1_000_000, "\n";
