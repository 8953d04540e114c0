// Never ends by itself. On the command line the exit code is 124:
//
//   go run ./cmd/funcbox run --timeout 500ms examples/limits/loop.js
console.log("counting");
let n = 0;
for (;;) n++;
