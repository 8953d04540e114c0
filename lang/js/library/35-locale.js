// The engine has no Intl: numbers and comparisons as in English, for code that
// asks for a locale's without naming one that matters.
(function (native, hooks) {
  const method = (prototype, name, value) => Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  const numberValue = hooks.uncurry(Number.prototype.valueOf);
  const bigintValue = hooks.uncurry(BigInt.prototype.valueOf);
  const symbols = { USD: '$', EUR: '€', GBP: '£', JPY: '¥', INR: '₹', CNY: 'CN¥', KRW: '₩' };

  const group = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ',');
  const format = (value, options) => {
    const { style = 'decimal', currency, useGrouping = true } = options ?? {};
    if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value < 0 ? '-∞' : '∞';
    const digits = style === 'currency' ? (currency === 'JPY' || currency === 'KRW' ? 0 : 2) : 0;
    const minimum = options?.minimumFractionDigits ?? Math.min(digits, options?.maximumFractionDigits ?? digits);
    const maximum = options?.maximumFractionDigits ?? Math.max(minimum, style === 'decimal' ? 3 : digits);
    if (style === 'percent') value = typeof value === 'bigint' ? value * 100n : value * 100;
    const negative = value < 0 || Object.is(value, -0);
    let text;
    if (typeof value === 'bigint') text = `${value}${minimum ? `.${'0'.repeat(minimum)}` : ''}`;
    else if (Math.abs(value) >= 1e21) text = `${BigInt(value)}`;
    else text = value.toFixed(Math.min(maximum, 100));
    let [whole, fraction = ''] = text.replace('-', '').split('.');
    while (fraction.length > minimum && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
    whole = whole.padStart(options?.minimumIntegerDigits ?? 1, '0');
    let result = (useGrouping ? group(whole) : whole) + (fraction ? `.${fraction}` : '');
    if (style === 'percent') result += '%';
    if (style === 'currency') result = (symbols[currency] ?? `${currency}\u00a0`) + result;
    return negative ? `-${result}` : result;
  };
  method(Number.prototype, 'toLocaleString', function toLocaleString(locale, options) {
    return format(numberValue(this), options);
  });
  method(BigInt.prototype, 'toLocaleString', function toLocaleString(locale, options) {
    return format(bigintValue(this), options);
  });

  // The order of the root collation (UTS 10) for ASCII; letters come after it,
  // compared first by base letter, then by accent, then small before capital.
  const order = '\t\n\v\f\r _-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$0123456789';
  const rank = (character) => {
    const index = order.indexOf(character);
    return index >= 0 ? index : order.length + character.codePointAt(0);
  };
  const compareBy = (a, b, key) => {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) {
      const difference = key(a[i]) - key(b[i]);
      if (difference) return difference < 0 ? -1 : 1;
    }
    return Math.sign(a.length - b.length);
  };
  const split = (text, numeric) => (numeric ? text.match(/\d+|[^\d]/gsu) ?? [] : Array.from(text));
  const compare = (a, b, options) => {
    if (a === b) return 0;
    const accents = [a, b].map((text) => text.normalize('NFD'));
    const bases = accents.map((text) => split(text.replace(/\p{M}/gu, '').toLowerCase(), options?.numeric));
    const sensitivity = options?.sensitivity ?? 'variant';
    // A number of any size stays between "$" and the letters.
    const numericKey = options?.numeric ? (part) => (/^\d/.test(part) ? order.indexOf('0') + Number(part) / (Number(part) + 1) : rank(part)) : rank;
    let result = compareBy(bases[0], bases[1], numericKey);
    if (result === 0 && (sensitivity === 'accent' || sensitivity === 'variant')) {
      result = compareBy(Array.from(accents[0].toLowerCase()), Array.from(accents[1].toLowerCase()), (character) => (/\p{M}/u.test(character) ? character.codePointAt(0) : 0));
    }
    if (result === 0 && (sensitivity === 'case' || sensitivity === 'variant')) {
      result = compareBy(Array.from(a), Array.from(b), (character) => (character === character.toLowerCase() ? 0 : 1));
    }
    return result;
  };
  method(String.prototype, 'localeCompare', function localeCompare(other, locale, options) {
    if (this == null) throw new TypeError('String.prototype.localeCompare called on null or undefined');
    return compare(`${this}`, `${other}`, options);
  });
})
