// Sums up readings of sensors.

/** The extremes and the mean of each sensor's readings since a time. */
export function summarize(readings, { since = new Date(0) } = {}) {
  const bySensor = {};
  for (const { sensor, value, at } of readings) {
    if (at >= since) (bySensor[sensor] ??= []).push(value);
  }
  return Object.entries(bySensor).map(([sensor, values]) => ({
    sensor,
    count: values.length,
    range: [Math.min(...values), Math.max(...values)],
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
  }));
}

export function fingerprint(text) {
  const data = new TextEncoder().encode(text);
  return { bytes: data.slice(0, 4), sum: data.reduce((sum, byte) => sum * 257n + BigInt(byte), 0n), at: new Date("2026-01-02T03:04:05Z") };
}
