// Sums up all CSV files of a folder of the host. On the command line:
//
//   go run ./cmd/funcbox run --mount examples/folder/orders:/orders --allow 'totals/**=create' --exclude '*.key' \
//     --call summarize --args '["/orders"]' --json examples/folder/summarize.js
//
// main.go does the same from Go.
const fs = require("fs");
const path = require("path");

function summarize(folder) {
  const totals = {};
  const files = fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".csv"));
  for (const name of files) {
    const [, ...rows] = fs.readFileSync(path.join(folder, name), "utf8").trim().split("\n");
    for (const row of rows) {
      const [customer, , price] = row.split(",");
      totals[customer] = (totals[customer] ?? 0) + Number(price);
    }
  }
  fs.mkdirSync(path.join(folder, "totals"));
  fs.writeFileSync(path.join(folder, "totals", "all.json"), JSON.stringify(totals, null, 2) + "\n");
  return files.length;
}

// What it may not do, and what it is told.
function tidyUp(folder) {
  const attempts = {
    "read the key": () => fs.readFileSync(`${folder}/api.key`),
    "remove a file": () => fs.unlinkSync(`${folder}/2026-01.csv`),
    "leave the folder": () => fs.readFileSync(`${folder}/../../etc/passwd`),
  };
  return Object.entries(attempts).map(([what, attempt]) => {
    try {
      attempt();
      return `${what}: done`;
    } catch (error) {
      return `${what}: ${error.code}`;
    }
  });
}
