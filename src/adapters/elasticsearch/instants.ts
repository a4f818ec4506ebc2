/** Instants of documents, as nanoseconds since the epoch; 0 for a time that is none. */

import { valueAt } from '#adapters/members.ts';
import type { JsonObject } from '#model/text/json-object.ts';

const NS_PER_MS = 1_000_000n;
/** The year 2223. Later ones are no times of spans. */
const MOST_MS = 8e12;

/**
 * A date as a text (`2026-11-20T06:25:44.488123456Z`, in any zone), as milliseconds, or as OpenTelemetry's exporter writes
 * it: milliseconds, a dot, and the nanoseconds after them without leading zeros.
 */
export function instantAt(document: JsonObject, path: string): bigint {
  const written = valueAt(document, path);
  const text = typeof written === 'number' ? `${written}` : written;
  if (typeof text !== 'string') return 0n;
  return ofMilliseconds(text) ?? instantOf(text) ?? 0n;
}

function ofMilliseconds(text: string): bigint | undefined {
  const [, ms = '', rest = '0'] = /^(\d{1,13})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (ms === '') return undefined;
  return Number(ms) < MOST_MS ? BigInt(ms) * NS_PER_MS + BigInt(rest) : 0n;
}

/** Undefined for another text. */
export function instantOf(text: string): bigint | undefined {
  const [, seconds, fraction = '', sign = '', hours = '00', minutes = '00'] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):?(\d\d))$/.exec(text) ?? [];
  const zone = sign === '' ? 'Z' : `${sign}${hours}:${minutes}`;
  const ms = seconds === undefined ? Number.NaN : Date.parse(`${seconds}${zone}`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * NS_PER_MS + BigInt(fraction.padEnd(9, '0'));
}

/** Whole nanoseconds of a number; 0 for one that is none, or that is negative. */
export function nanosecondsOf(count: number, nsEach: number): bigint {
  if (!(count >= 0 && count * nsEach < MOST_MS * 1e6)) return 0n;
  const whole = Math.floor(count);
  return BigInt(whole) * BigInt(nsEach) + BigInt(Math.round((count - whole) * nsEach));
}
