package main

// soakGuests is the same program in each language. It begins with a counter of 40. bump()
// adds one to it and returns it; ask(n) has the host add one n times; again(n) asks the
// host to call bump in program n; guarded(name) calls a function of the host and returns the
// message of its error; keep(path, text) and load(path) write and read a file; speak(n)
// prints n lines; spin() and nap() do not end soon; fails() raises an error; leave(code)
// exits; and hog() takes more memory than it may.
var soakGuests = map[string]string{
	"c": `
#include <funcbox.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static int counter;
__attribute__((constructor)) static void begin(void) { counter = 40; }
static void failed(void) { funcbox_fail(funcbox_error_type(), "%s", funcbox_error()); }
int bump(void) { return ++counter; }
int64_t ask(int64_t n) {
	int64_t sum = 0;
	for (int64_t i = 0; i < n; i++)
		if (funcbox_call("add", "l l -> l", sum, (int64_t)1, &sum)) failed();
	return sum;
}
int64_t again(int64_t n) {
	int64_t result;
	if (funcbox_call("again", "l -> l", n, &result)) failed();
	return result;
}
const char *guarded(const char *name) { return funcbox_call(name, "") ? funcbox_error() : NULL; }
void keep(const char *path, const char *text) {
	FILE *file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
}
const char *load(const char *path) {
	static char text[10000];
	FILE *file = fopen(path, "r");
	text[fread(text, 1, sizeof text - 1, file)] = 0;
	fclose(file);
	return text;
}
void speak(int n) { for (int i = 0; i < n; i++) printf("line %d\n", i); }
void spin(void) { for (volatile int i = 0;; i++) ; }
void nap(void) { sleep(20); }
void fails(void) { funcbox_fail("LookupError", "no"); }
void leave(int code) { exit(code); }
int hog(void) {
	char *volatile all = malloc(100 << 20); // else the compiler leaves it out
	if (!all) funcbox_fail("MemoryError", "no");
	return all[0];
}
`,
	"js": `
const fs = require('fs'), { host, HostError } = require('funcbox');
let counter = 40;
function bump() { return ++counter }
function ask(n) { let sum = 0; for (let i = 0; i < n; i++) sum = host.add(sum, 1); return sum }
function again(n) { return host.again(n) }
function guarded(name) { try { host[name]() } catch (error) { if (error instanceof HostError) return error.message } }
function keep(path, text) { fs.writeFileSync(path, text) }
function load(path) { return fs.readFileSync(path, 'utf8') }
function speak(n) { for (let i = 0; i < n; i++) console.log('line ' + i) }
function spin() { for (;;) ; }
async function nap() { await new Promise(done => setTimeout(done, 20000)) }
function fails() { throw new Error('no') }
function leave(code) { process.exit(code) }
function hog() { return new Uint8Array(100 << 20).fill(1).length }
`,
	"python": `
import json, re, sys, time
from funcbox import host, HostError
counter = 40
def bump():
    global counter
    counter += 1
    return counter
def ask(n):
    sum = 0
    for i in range(n):
        sum = host.add(sum, 1)
    return sum
def again(n):
    return host.again(n)
def guarded(name):
    try:
        getattr(host, name)()
    except HostError as error:
        return str(error)
def keep(path, text):
    with open(path, 'w') as file:
        file.write(text)
def load(path):
    with open(path) as file:
        return file.read()
def speak(n):
    for i in range(n):
        print('line', i)
def spin():
    while True:
        pass
def nap():
    time.sleep(20)
def fails():
    raise KeyError('no')
def leave(code):
    sys.exit(code)
def hog():
    return len(bytearray(100 << 20))
`,
	"ruby": `
require 'json'
require 'funcbox'
$counter = 40
def bump = $counter += 1
def ask(n) = (1..n).inject(0) { |sum, _| Funcbox.host.add(sum, 1) }
def again(n) = Funcbox.host.again(n)
def guarded(name)
  Funcbox.host.public_send(name)
rescue Funcbox::HostError => e
  e.message
end
def keep(path, text)
  File.write(path, text)
  nil
end
def load(path) = File.read(path)
def speak(n) = n.times { |i| puts "line #{i}" }
def spin
  loop {}
end
def nap = sleep(20)
def fails = raise(KeyError, 'no')
def leave(code) = exit(code)
def hog = ('x' * (100 << 20)).bytesize
`,
	"php": `<?php
$counter = 40;
function bump() { global $counter; return ++$counter; }
function ask($n) { $host = Funcbox\host(); $sum = 0; for ($i = 0; $i < $n; $i++) $sum = $host->add($sum, 1); return $sum; }
function again($n) { return Funcbox\host()->again($n); }
function guarded($name) { try { Funcbox\host()->$name(); } catch (Funcbox\HostError $e) { return $e->getMessage(); } }
function keep($path, $text) { file_put_contents($path, $text); }
function load($path) { return file_get_contents($path); }
function speak($n) { for ($i = 0; $i < $n; $i++) echo "line $i\n"; }
function spin() { while (true) {} }
function nap() { sleep(20); }
function fails() { throw new RangeException('no'); }
function leave($code) { exit($code); }
function hog() { return strlen(str_repeat('x', 100 << 20)); }
`,
}
