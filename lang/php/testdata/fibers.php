<?php
// Fibers: values both ways, exceptions, generators and output inside, and fibers left suspended.
$fiber = new Fiber(function (int $start): string {
    $got = Fiber::suspend($start * 2);
    echo "got $got\n";
    try {
        Fiber::suspend('again');
    } catch (LogicException $e) {
        echo 'caught ', $e->getMessage(), "\n";
    }
    return 'returned';
});
echo $fiber->start(21), "\n";
echo $fiber->resume('hello'), "\n";
$fiber->throw(new LogicException('thrown in'));
echo $fiber->getReturn(), ' ', var_export($fiber->isTerminated(), true), "\n";

function task(string $name, int $steps): Fiber
{
    return new Fiber(function () use ($name, $steps) {
        for ($i = 1; $i <= $steps; $i++) {
            echo "$name$i ";
            array_map(fn() => Fiber::suspend(), [1]);
        }
        return $name;
    });
}
$queue = [task('a', 2), task('b', 3), task('c', 1)];
foreach ($queue as $task) {
    $task->start();
}
while ($queue) {
    $task = array_shift($queue);
    if ($task->isTerminated()) {
        continue;
    }
    $task->resume();
    $queue[] = $task;
}
echo "\n";

$nested = new Fiber(function () {
    $inner = new Fiber(function () {
        Fiber::suspend('deep');
        throw new DomainException('from the inner one');
    });
    Fiber::suspend($inner->start());
    $inner->resume();
});
echo $nested->start(), "\n";
try {
    $nested->resume();
} catch (DomainException $e) {
    echo $e->getMessage(), "\n";
}

function letters(): Generator
{
    foreach (['x', 'y'] as $letter) {
        Fiber::suspend();
        yield $letter;
    }
}
$generating = new Fiber(function () {
    foreach (letters() as $letter) {
        echo $letter;
    }
    echo "\n";
});
$generating->start();
while (!$generating->isTerminated()) {
    $generating->resume();
}

for ($i = 0; $i < 200; $i++) {
    $many[$i] = new Fiber(fn() => Fiber::suspend($i));
    $sum = ($sum ?? 0) + $many[$i]->start();
}
echo $sum, "\n";
unset($many);
try {
    Fiber::suspend();
} catch (FiberError $e) {
    echo $e->getMessage(), "\n";
}
$left = new Fiber(function () {
    try {
        Fiber::suspend();
    } finally {
        echo "unwound\n";
    }
});
$left->start();
echo "end\n";
