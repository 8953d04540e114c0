<?php
// Exceptions with their traces, errors of every kind, handlers and the end.
class ValidationError extends InvalidArgumentException
{
    public function __construct(string $message, public readonly string $field, ?Throwable $previous = null)
    {
        parent::__construct($message, 7, $previous);
    }
}

function inner(int $age): void
{
    if ($age < 0) {
        throw new ValidationError("bad age $age", 'age', new RangeException('root'));
    }
}

function outer(array $ages): void
{
    array_map(fn($age) => inner($age), $ages);
}

try {
    outer([1, -2]);
} catch (ValidationError $e) {
    echo get_class($e), ' ', $e->getMessage(), ' ', $e->field, ' ', $e->getCode(), ' ', $e->getLine(), "\n";
    echo $e->getTraceAsString(), "\n";
    echo get_class($e->getPrevious()), ': ', $e->getPrevious()->getMessage(), "\n";
}

foreach ([
    fn() => intdiv(1, 0),
    fn() => inner('x'),
    fn() => nothing(),
    fn() => (null)->method(),
    fn() => new DateTime('nonsense'),
    fn() => json_decode('{', flags: JSON_THROW_ON_ERROR),
    fn() => [] > 1 ? str_repeat('x', -1) : 0,
    fn() => random_int(5, 1),
    fn() => inner(),
    fn() => inner(age: 1, wrong: 2),
    fn() => match (5) { 1 => 2 },
    fn() => eval('this is not PHP'),
] as $fail) {
    try {
        $fail();
        echo "no error\n";
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

set_error_handler(function (int $level, string $message, string $file, int $line) {
    echo "handler: $message ($level) on line $line\n";
    return true;
});
echo $undefined;
[][5];
"abc"[1] . [1][2] ?? '';
echo 'x' . (string) @file_get_contents('/nowhere'), "\n";
trigger_error('mine', E_USER_WARNING);
restore_error_handler();

function cleanup(): string
{
    try {
        return 'from try';
    } finally {
        echo 'finally, ';
    }
}
echo cleanup(), "\n";

class Leaves
{
    public function __construct(private string $name) {}
    public function __destruct() { echo "destroyed $this->name\n"; }
}
$first = new Leaves('first');
$second = new Leaves('second');
$second = null;
register_shutdown_function(function () {
    echo "shutdown one\n";
    register_shutdown_function(fn() => print("shutdown three\n"));
});
register_shutdown_function(fn($what) => print("shutdown $what\n"), 'two');
ob_start();
echo "in a buffer that nobody ends\n";
