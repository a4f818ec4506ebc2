/** The length of a wait, from attributes and sentences. */
import type { Sign, SignList } from '#model/instruments/sign-list.ts';
import type { Attributes } from '#model/trace/columns.ts';

export type Amount = Readonly<{ us: number; text: string }>;

/** `native`: the BEAM's own unit, nanoseconds on Linux and macOS. */
const US_PER_UNIT = {
  ns: 0.001,
  nanos: 0.001,
  nanosecond: 0.001,
  native: 0.001,
  us: 1,
  µs: 1,
  usec: 1,
  micros: 1,
  microsecond: 1,
  ms: 1000,
  msec: 1000,
  millis: 1000,
  millisecond: 1000,
  s: 1_000_000,
  sec: 1_000_000,
  second: 1_000_000,
} as const;

export type Unit = keyof typeof US_PER_UNIT;

/** Also in the plural. Undefined for a word that is no unit. */
export function usPerUnit(unit: string): number | undefined {
  const word = unit.toLowerCase();
  const known: Readonly<Record<string, number>> = US_PER_UNIT;
  return known[word] ?? known[word.replace(/s$/, '')];
}

/** Also minutes, hours and days by their first letter; 0 for a word that is no unit. */
export function usPerLongUnit(unit: string): number {
  return usPerUnit(unit) ?? LONG_UNITS_US[unit[0]?.toLowerCase() ?? ''] ?? 0;
}

const LONG_UNITS_US: Readonly<Record<string, number>> = { m: 60_000_000, h: 3_600_000_000, d: 86_400_000_000 };

/** An attribute with a duration. The pattern's group captures the unit, unless the sign names it. */
export type DurationSign = Sign & Readonly<{ unit?: Unit }>;

/** The longest duration in attributes with these names. A number without a unit counts something else. */
export function longestAmount<Kind extends DurationSign>(
  attributes: Attributes,
  names: SignList<Kind>,
): (Amount & Readonly<{ sign: Kind }>) | undefined {
  let longest: (Amount & Readonly<{ sign: Kind }>) | undefined;
  for (const [name, value] of Object.entries(attributes)) {
    const sign = names.find(name);
    if (sign === undefined || typeof value === 'boolean' || !(Number(value) > 0)) continue;
    const unit =
      sign.unit ??
      sign.says
        .exec(name)
        ?.slice(1)
        .find((group) => group !== undefined);
    if (unit === undefined) continue;
    const us = Math.round(Number(value) * (usPerUnit(unit) ?? 1000));
    if (us > (longest?.us ?? 0)) longest = { us, text: `${name} = ${value}`, sign };
  }
  return longest;
}

/** A sentence with an amount, read by the groups `amount` and `unit` of `reads`; `more` is added to the amount. */
export type AmountSign = Sign & Readonly<{ reads: RegExp; unit?: Unit }>;

/** Microseconds; 0 where the text has none. */
export function amountIn(text: string, signs: SignList<AmountSign>): number {
  if (!signs.test(text)) return 0;
  for (const sign of signs.signs) {
    const groups = sign.reads.exec(text)?.groups;
    if (groups === undefined) continue;
    const amount = Number(groups.amount?.replaceAll(',', '')) + Number(groups.more ?? 0);
    const us = Math.round(amount * (usPerUnit(groups.unit ?? sign.unit ?? 'ms') ?? 1000));
    if (us > 0) return us;
  }
  return 0;
}

/** `waited 2700 ms`, `after 1000.123 ms`, `for 2.7 s`, `Lock_time: 4.1`: microseconds, 0 where there is none. */
export function saidAmountUs(text: string): number {
  const ofSlowLog = (LOCK_TIME.exec(text) ?? PROCESS_TIME.exec(text))?.[1];
  if (ofSlowLog !== undefined) return Math.round(Number(ofSlowLog) * 1_000_000);
  const ofReport = WAIT_TIME.exec(text)?.[1];
  if (ofReport !== undefined) return Math.round(Number(ofReport) * 1_000);
  const [, amount, unit = 'ms'] = SAID.exec(text) ?? [];
  return amount === undefined ? 0 : Math.round(Number(amount) * (usPerUnit(unit) ?? 1000));
}

const SAID =
  /\b(?:(?:after|for|of|wait(?:ed|ing)?|blocked|held|stalled)(?: waiting)?:?|duration ?[=:]) ?([\d.]+) ?(ms|milliseconds|s|secs?|seconds)\b/i;
/** MySQL's slow log counts in seconds. */
const LOCK_TIME = /\bLock_time: ([\d.]{1,20})\b/;
/** MySQL's process list: whole seconds in the present state. */
const PROCESS_TIME = /\bprocesslist\b.{0,200}\btime[=:] ?(\d{1,9})\b/i;
/** SQL Server's blocked process report counts in milliseconds. */
const WAIT_TIME = /\bwaittime[=:] ?"?(\d{1,12})\b/i;
