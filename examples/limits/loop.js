// Never ends by itself. On the command line the exit code is 124:
//
//   go run ./cmd/funcbox run --timeout 200ms examples/limits/loop.js
console.log("counting");
let n = 0;
for (;;) n++;
