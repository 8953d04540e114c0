// A function with a positional and a named argument, called from the command
// line:
//
//   go run ./cmd/funcbox run --call greet --args '["World"]' --kwargs '{"greeting":"Hi"}' examples/greet/greet.js
//
// Named arguments arrive as one last object.
function greet(name, { greeting = "Hello" } = {}) {
  return `${greeting}, ${name}!`;
}
