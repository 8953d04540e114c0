// Writes the prices in all CSV files of a folder with two decimals, and adds up their
// totals. What it may not do it leaves. On the command line, as a plan that
// writes nothing:
//
//   go run ./cmd/funcbox run --mount examples/folder/orders:/orders --allow '**/*.csv=modify' --allow 'totals/**=create' \
//     --exclude '*.key' --sync plan --call transform --args '["/orders"]' examples/sync/transform.js
//
// main.go does the same from Go, and writes.
const fs = require("fs");
const path = require("path");

function transform(folder) {
  const totals = {};
  const files = fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".csv"));
  for (const name of files) {
    const file = path.join(folder, name);
    const [header, ...rows] = fs.readFileSync(file, "utf8").trim().split("\n");
    const lines = rows.map((row) => {
      const [customer, item, price] = row.split(",");
      totals[customer] = (totals[customer] ?? 0) + Number(price);
      return [customer, item, Number(price).toFixed(2)].join();
    });
    fs.writeFileSync(file, [header, ...lines].join("\n") + "\n");
  }
  fs.mkdirSync(path.join(folder, "totals"));
  fs.writeFileSync(path.join(folder, "totals", "all.json"), JSON.stringify(totals, null, 2) + "\n");
  try {
    fs.writeFileSync(path.join(folder, "api.key"), "mine");
  } catch {
    // as expected
  }
  return files.length;
}
