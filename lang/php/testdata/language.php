<?php
// What PHP 8.4 has: types, enums, readonly classes, closures, generators, matches.
declare(strict_types=1);

namespace App\Util;

enum Suit: string
{
    case Hearts = 'H';
    case Spades = 'S';
    const Wild = self::Spades;

    public function color(): string
    {
        return match ($this) {
            self::Hearts => 'red',
            self::Spades => 'black',
        };
    }
}

readonly class Point
{
    public function __construct(public int $x = 0, public int $y = 0) {}

    public function with(int ...$changes): static
    {
        return new static(...[...get_object_vars($this), ...$changes]);
    }
}

class Temperature
{
    public float $fahrenheit {
        get => $this->celsius * 9 / 5 + 32;
        set => $this->celsius = ($value - 32) * 5 / 9;
    }

    public function __construct(public private(set) float $celsius) {}
}

trait Counts
{
    private static int $count = 0;
    public static function next(): int { return ++self::$count; }
}

final class Counter
{
    use Counts;
}

function slug(string $title): string
{
    return trim(preg_replace('/[^a-z0-9]+/', '-', strtolower($title)), '-');
}

function pairs(iterable $items): \Generator
{
    foreach ($items as $key => $value) {
        $sent = yield $key => $value;
        if ($sent !== null) {
            echo "sent $sent\n";
        }
    }
    return 'done';
}

function change(array &$list, ?int $extra = null, int|string ...$more): int
{
    if ($extra !== null) {
        $list[] = $extra;
    }
    return array_push($list, ...array_values($more));
}

echo slug('Hello, World!'), ' ', \App\Util\slug('A  B'), ' ', __NAMESPACE__, "\n";
echo Suit::from('H')->color(), ' ', Suit::Wild->name, ' ', Suit::tryFrom('X')?->name ?? 'none', ' ', count(Suit::cases()), "\n";
$p = new Point(y: 2);
$q = $p->with(x: 5);
echo "$p->x,$p->y $q->x,$q->y\n";
try {
    $p->x = 1;
} catch (\Error $e) {
    echo get_class($e), ': ', $e->getMessage(), "\n";
}
$t = new Temperature(100);
echo $t->fahrenheit, ' ';
$t->fahrenheit = 32;
echo $t->celsius, "\n";
echo Counter::next(), Counter::next(), "\n";
$list = [1];
echo change($list, 2, 3, 'four'), ' ', json_encode($list), "\n";
$g = pairs(['a' => 1, 'b' => 2]);
echo $g->key(), '=', $g->current(), "\n";
$g->send('x');
echo $g->key(), '=', $g->current(), "\n";
$g->next();
echo $g->getReturn(), "\n";
$compose = fn(callable ...$f) => fn($x) => array_reduce($f, fn($carry, $one) => $one($carry), $x);
echo $compose(strtoupper(...), 'strrev', fn($s) => "$s!")('abc'), "\n";
try {
    strlen(5);
} catch (\TypeError $e) {
    echo $e->getMessage(), "\n";
}
['f' => $first, 'k' => $named] = ['f' => 'one', 'k' => 'two'];
echo "$first $named\n";
echo <<<TEXT
      heredoc {$list[0]} {$first}
        indented
      TEXT . "\n";
printf("%05.2f|%'*10s|%-6d|%x|%b\n", 3.14159, 'pad', 42, 255, 5);
echo (new class { public function __invoke(int $n): int { return $n <=> 3; } })(5), "\n";
static fn() => 1;
goto end;
echo "never\n";
end:
echo array_find([1, 2, 3], fn($n) => $n > 1), ' ', PHP_INT_MAX, ' ', PHP_INT_SIZE, ' ', PHP_OS_FAMILY, "\n";
var_dump(1 <=> 2, 0.1 + 0.2, PHP_INT_MAX + 1, 7 % -3, intdiv(-7, 2), '10' == '1e1', null ?? 'x');
