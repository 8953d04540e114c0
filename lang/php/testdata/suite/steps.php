<?php
function steps($list) {
    $names = ['Permission denied' => 'EACCES', 'Capabilities insufficient' => 'EACCES', 'No such file or directory' => 'ENOENT', 'File exists' => 'EEXIST', 'Is a directory' => 'EISDIR', 'Not a directory' => 'ENOTDIR',
        'Directory not empty' => 'ENOTEMPTY', 'Operation not permitted' => 'EPERM', 'Invalid argument' => 'EINVAL', 'Symbolic link loop' => 'ELOOP', 'Too many levels of symbolic links' => 'ELOOP', 'Filename too long' => 'ENAMETOOLONG', 'File name too long' => 'ENAMETOOLONG',
        'Resource busy' => 'EBUSY', 'Device or resource busy' => 'EBUSY', 'Bad file descriptor' => 'EBADF', 'Illegal byte sequence' => 'EILSEQ', 'Read-only file system' => 'EROFS', 'Cross-device link' => 'EXDEV', 'Name too long' => 'ENAMETOOLONG', 'null bytes' => 'EINVAL', 'Bad address' => 'EFAULT'];
    $slots = [];
    $message = '';
    set_error_handler(function ($level, $text) use (&$message) { if ($message === '') $message = $text; return true; });
    $describe = fn($s) => match ($s['mode'] & 0170000) { 0100000 => 'file ' . $s['size'], 0040000 => 'dir', 0120000 => 'link', default => 'other' };
    $operations = [
        'read' => fn($p) => file_get_contents($p),
        'write' => fn($p, $t) => file_put_contents($p, $t) === false ? false : null,
        'append' => fn($p, $t) => file_put_contents($p, $t, FILE_APPEND) === false ? false : null,
        'create' => function ($p) { $f = fopen($p, 'x'); if (!$f) return false; fclose($f); },
        'open' => function ($n, $p, $m) use (&$slots) { $f = fopen($p, $m === 'wx' ? 'x' : $m); if (!$f) return false; $slots[$n] = $f; },
        'fread' => function ($n) use (&$slots, &$message) { if (!isset($slots[$n])) { $message = 'Bad file descriptor'; return false; } fseek($slots[$n], 0); return stream_get_contents($slots[$n]); },
        'fwrite' => function ($n, $t) use (&$slots, &$message) { if (!isset($slots[$n])) { $message = 'Bad file descriptor'; return false; } $r = fwrite($slots[$n], $t); fflush($slots[$n]); return $r === false ? false : null; },
        'fsize' => function ($n, $s) use (&$slots, &$message) { if (!isset($slots[$n])) { $message = 'Bad file descriptor'; return false; } if (!ftruncate($slots[$n], $s)) { $message = $message ?: 'Bad file descriptor'; return false; } },
        'fstat' => function ($n) use (&$slots, $describe, &$message) { if (!isset($slots[$n])) { $message = 'Bad file descriptor'; return false; } return $describe(fstat($slots[$n])); },
        'close' => function ($n) use (&$slots) { fclose($slots[$n]); unset($slots[$n]); },
        'stat' => function ($p) use ($describe) { clearstatcache(); $s = stat($p); return $s ? $describe($s) : false; },
        'lstat' => function ($p) use ($describe) { clearstatcache(); $s = lstat($p); return $s ? $describe($s) : false; },
        'list' => function ($p) { $l = scandir($p); if ($l === false) return false; return implode(',', array_diff($l, ['.', '..'])); },
        'mkdir' => fn($p) => mkdir($p) ? null : false, 'rmdir' => fn($p) => rmdir($p) ? null : false, 'unlink' => fn($p) => unlink($p) ? null : false,
        'rename' => fn($a, $b) => rename($a, $b) ? null : false, 'link' => fn($a, $b) => link($a, $b) ? null : false, 'symlink' => fn($a, $b) => symlink($a, $b) ? null : false, 'readlink' => fn($p) => readlink($p),
        'truncate' => function ($p, $n) { $f = fopen($p, 'r+'); if (!$f) return false; ftruncate($f, $n); fclose($f); },
        'utimes' => function ($p) use (&$message) { if (!stat($p)) return false; return touch($p, 1, 1) ? null : false; }, 'chdir' => fn($p) => chdir($p) ? null : false,
        'pause' => function () { fwrite(STDOUT, "pause\n"); fflush(STDOUT); fgets(STDIN); },
    ];
    $results = [];
    foreach ($list as $step) {
        $message = '';
        try { $r = $operations[$step[0]](...array_slice($step, 1)); } catch (\ValueError $e) { $results[] = 'EINVAL'; continue; } catch (\Throwable $e) { $results[] = $e->getMessage(); continue; }
        if ($r === false || $message !== '') {
            $name = '?';
            foreach ($names as $text => $errno) if (str_contains($message, $text)) { $name = $errno; break; }
            $results[] = $name; continue;
        }
        $results[] = $r === null ? 'ok' : '=' . $r;
    }
    return $results;
}
