/** Times of stores, to the nanosecond. */

const NS_PER_MS = 1_000_000n;

/** `2026-11-20T06:25:44.488123456Z`, in nanoseconds since the epoch. Undefined for a text of another form. */
export function rfc3339Ns(text: string): bigint | undefined {
  const [, seconds, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text) ?? [];
  const ms = seconds === undefined ? Number.NaN : Date.parse(`${seconds}Z`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * NS_PER_MS + BigInt(fraction.padEnd(9, '0'));
}
