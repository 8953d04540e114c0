const { host, call, functions, HostError } = require("funcbox");

function order(customer, items) {
  let sum = 0;
  for (const item of items) sum += host.price(item);
  call("notify", [customer], { text: `your order of ${items.length} costs ${sum}` });
  return sum;
}

function tryAll(items) {
  const prices = {};
  for (const item of items) {
    try {
      prices[item] = host.price(item);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      prices[item] = error.message;
    }
  }
  return prices;
}

function discount(sum, rule) {
  return host.evaluate(rule, sum);
}

function offered() {
  return functions();
}

function forbidden() {
  return host.refund("Ada");
}
