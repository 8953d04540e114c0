// Reads a file of the sandbox's filesystem and writes another. On the command
// line (--json shows the file that was written):
//
//   go run ./cmd/funcbox run --file orders.csv=examples/transform/orders.csv --call transform \
//     --args '["orders.csv", "totals.json"]' --json examples/transform/transform.js
//
// main.go does the same from Go.
const fs = require("fs");

function transform(from, to) {
  const [, ...rows] = fs.readFileSync(from, "utf8").trim().split("\n");
  const totals = {};
  for (const row of rows) {
    const [customer, , price] = row.split(",");
    totals[customer] = (totals[customer] ?? 0) + Number(price);
  }
  fs.writeFileSync(to, JSON.stringify(totals, null, 2) + "\n");
  return rows.length;
}
