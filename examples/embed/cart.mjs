export function total(cart, { currency }) {
  const sum = cart.items.reduce((sum, item) => sum + item.price * item.count, 0);
  return { customer: cart.customer, sum, currency };
}

export function power(base, exponent) {
  return BigInt(base) ** BigInt(exponent);
}

export function check(cart) {
  if (cart.items.length === 0) throw new RangeError("the cart is empty");
}
