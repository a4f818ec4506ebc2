/** Lengths of time as programs write them: Go's `1h2m3.5s`, ISO 8601's `PT1H2M3.5S`, `350ms`, `2 days`. In nanoseconds. */

const NS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n, // U+00B5
  μs: 1_000n, // U+03BC, which Go reads as well
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};

/** As people spell the units out. Months and years have no one length. */
const SPELLED: Readonly<Record<string, string>> = {
  nanosecond: 'ns',
  microsecond: 'us',
  millisecond: 'ms',
  milli: 'ms',
  sec: 's',
  second: 's',
  min: 'm',
  minute: 'm',
  hr: 'h',
  hour: 'h',
  day: 'd',
  week: 'w',
};

const PART = /(\d{1,18})(?:\.(\d{1,9}))?\s?([a-zµμ]+)\s*/iy;
const ISO = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d{1,9}))?S)?)?$/;

/** A sign before it counts. Undefined for anything else, a bare number included. */
export function readSpan(text: string): bigint | undefined {
  const [, sign = '', rest = ''] = /^([+-]?)\s*(.*)$/s.exec(text.trim()) ?? [];
  const size = isoSpan(rest) ?? unitsSpan(rest);
  return size === undefined || sign !== '-' ? size : -size;
}

/** As Go prints it: `1h2m3.5s`, `350ms`. Nothing is rounded. */
export function goSpan(ns: bigint): string {
  if (ns < 0n) return `-${goSpan(-ns)}`;
  if (ns === 0n) return '0s';
  for (const unit of ['ns', 'µs', 'ms'] as const) {
    const size = NS[unit] as bigint;
    if (ns < size * 1000n) return `${decimal(ns, size)}${unit}`;
  }
  const [hours, minutes] = [ns / (NS.h as bigint), (ns / (NS.m as bigint)) % 60n];
  const seconds = `${decimal(ns % (NS.m as bigint), NS.s as bigint)}s`;
  if (hours > 0n) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${minutes}m${seconds}` : seconds;
}

/** `PT1H2M3.5S`; days stay hours, since a day of a calendar may have 23 or 25. */
export function isoSpan8601(ns: bigint): string {
  if (ns < 0n) return `-${isoSpan8601(-ns)}`;
  if (ns === 0n) return 'PT0S';
  const [hours, minutes, rest] = [ns / (NS.h as bigint), (ns / (NS.m as bigint)) % 60n, ns % (NS.m as bigint)];
  const part = (value: bigint, unit: string) => (value === 0n ? '' : `${value}${unit}`);
  return `PT${part(hours, 'H')}${part(minutes, 'M')}${rest === 0n ? '' : `${decimal(rest, NS.s as bigint)}S`}`;
}

/** Exact, without zeros at the end. */
export function decimal(value: bigint, unit: bigint): string {
  const digits = `${unit}`.length - 1;
  const fraction = `${value % unit}`.padStart(digits, '0').replace(/(?<!0)0+$/, '');
  return `${value / unit}${fraction === '' || digits === 0 ? '' : `.${fraction}`}`;
}

function isoSpan(text: string): bigint | undefined {
  const match = ISO.exec(text.toUpperCase());
  if (match === null || match.slice(1, 6).every((part) => part === undefined)) return undefined;
  const units = ['w', 'd', 'h', 'm', 's'];
  const fraction = BigInt((match[6] ?? '').padEnd(9, '0'));
  return units.reduce((sum, unit, index) => sum + BigInt(match[index + 1] ?? 0) * (NS[unit] as bigint), fraction);
}

function unitsSpan(text: string): bigint | undefined {
  let sum = 0n;
  let at = 0;
  while (at < text.length) {
    PART.lastIndex = at;
    const match = PART.exec(text);
    const unit = unitOf(match?.[3] ?? '');
    if (match === null || unit === undefined) return undefined;
    sum += BigInt(match[1] ?? 0) * unit + (BigInt((match[2] ?? '').padEnd(9, '0')) * unit) / 1_000_000_000n;
    at = PART.lastIndex;
  }
  return at === 0 ? undefined : sum;
}

function unitOf(word: string): bigint | undefined {
  const short = word.toLowerCase();
  return NS[short] ?? NS[SPELLED[short.replace(/s$/, '')] ?? ''];
}
