import { readSync } from "node:fs";

// A line of the standard input, without its end.
function readLine() {
  const bytes = [], one = new Uint8Array(1);
  while (readSync(0, one) === 1 && one[0] !== 10) bytes.push(one[0]);
  return new TextDecoder().decode(new Uint8Array(bytes));
}

export function quiz(rounds) {
  let right = 0;
  for (let i = 1; i <= rounds; i++) {
    console.log(`${i * 7} + ${i * 5}?`);
    if (readLine() === String(i * 12)) right++;
    else console.error("wrong");
  }
  return right;
}

export function chatter() {
  for (let i = 1; ; i++) console.log("line " + i);
}
