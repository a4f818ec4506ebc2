/**
 * Parses clock times (`14:35:10 UTC`, `9.30 p.m.`, `10 Uhr`) and durations (`an hour and 20 min`), as people write
 * them.
 */
import { DAY_US, HOUR_US, MINUTE_US, SECOND_US } from '#core/time-units.ts';
import { readZone, ZONE_WORDS, type Zone } from '#utilities/time-zone.ts';

/** `zone`: `own` is the author's. */
export type ClockTime = Readonly<{ said: string; dayUs: number; zone: Zone | 'own' }>;

const HALF = String.raw`(?:\s?(?<half>[ap])\.?\s?m\b\.?)`;
const UHR = String.raw`\s?(?:uhr|o['’]?clock)\b`;

/** `14:35`, `2 pm`, `9.30 pm`, `10 Uhr 30`, `1435Z`: always times. */
const SURE: readonly RegExp[] = [
  new RegExp(
    String.raw`^(?<h>\d{1,2}):(?<m>\d{2})(?!\d)(?::(?<s>\d{2})(?:[.,](?<f>\d{1,9}))?)?(?:${HALF}|${UHR})?`,
    'i',
  ),
  new RegExp(String.raw`^(?<h>\d{1,2})(?:\.(?<m>\d{2}))?(?:${HALF}|${UHR}(?:\s(?<m2>\d{2})(?![\d:.]))?)`, 'i'),
  /^(?<h>\d{1,2})h(?<m>\d{2})(?!\w)/i,
  /^(?<h>\d{2})(?<m>\d{2})(?=\s?(?:z|utc|gmt)\b)/i,
];
/** `9.30` and `1435` are times only with a hint such as `at`: they may be a version or a port. */
const LED: readonly RegExp[] = [/^(?<h>\d{1,2})\.(?<m>\d{2})(?![\d.])/, /^(?<h>\d{2})(?<m>\d{2})(?!\w)/];
const HOUR = /^(?<h>\d{1,2})h?(?![\w:]|\.\d)/i;

/** Abbreviations only in capitals: in `14:35 ist der Pool voll`, `ist` is not India's time zone. */
const ZONE = new RegExp(
  String.raw`^(?:\s?(?:UTC|GMT)(?:[+-]\d{1,2}(?::?\d{2})?)?(?!\w)|\s?(?-i:[Zz]|${ZONE_WORDS.join('|')})(?!\w)|[+-]\d{2}:?\d{2}(?!\d)|\s(?-i:[A-Z][a-z]+(?:\/[A-Z][A-Za-z_+-]+){1,2})(?!\w))`,
  'i',
);

/** Zones that name several places or may be a word: `10:00 PT` may be Pacific time or Portugal. */
export const UNSURE_ZONE: RegExp = new RegExp(
  String.raw`^(?:(?-i:[PECM]T)|(?:pacific|eastern|central|mountain|local|server|my|your)(?: standard| daylight)? time|zulu|${ZONE_WORDS.filter((word) => !/^(?:Z|IST|WEST|WET|EAT)$/.test(word)).join('|')})(?![\w-])`,
  'i',
);

/** Whether the text continues with a unit of the number before it: `3 nodes`, `9.5 %`, `1410 ms`, `2 of 3`. */
export function isCounted(behind: string): boolean {
  return COUNTED.test(behind);
}

const COUNTED = /^\s?(?:%|‰|(?!(?:was|is|has|as|this|us)\b)[a-z]+s\b|s\b|x\b|of\b|out\b|percent\b|[kmgt]i?b?\b)/i;

/** Whether a text begins like a time, even an invalid one. */
export function beginsAsClock(text: string): boolean {
  return SURE.some((form) => form.test(text));
}

/** How likely a time follows, judged by the text before it: a word like `at`, or a day and such a word. */
export type Led = 'not' | 'word' | 'day';

/** The clock time at the start of a text; undefined if there is none, or an invalid one. */
export function readClock(text: string, led: Led): ClockTime | undefined {
  const forms = [...SURE, ...(led === 'not' ? [] : LED), ...(led === 'day' ? [HOUR] : [])];
  const match = forms.map((form) => matchOf(text, form)).find((found) => found !== undefined);
  const dayUs = match && dayUsOf(match.groups ?? {});
  if (match === undefined || dayUs === undefined) return undefined;
  const zoneSaid = ZONE.exec(text.slice(match[0].length))?.[0] ?? '';
  const zone = zoneSaid === '' ? 'own' : readZone(zoneSaid.trim());
  return zone && { said: match[0] + zoneSaid, dayUs, zone };
}

function matchOf(text: string, form: RegExp): RegExpExecArray | undefined {
  const match = form.exec(text);
  return match === null || (!SURE.includes(form) && isCounted(text.slice(match[0].length))) ? undefined : match;
}

function dayUsOf({
  h = '0',
  m,
  m2 = '0',
  s = '0',
  f = '',
  half,
}: Readonly<Record<string, string | undefined>>): number | undefined {
  const [hour, minute, second] = [Number(h), Number(m ?? m2), Number(s)];
  if (hour > 23 || minute > 59 || second > 59 || (half !== undefined && (hour < 1 || hour > 12))) return undefined;
  const hours = half === undefined ? hour : (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  return hours * HOUR_US + minute * MINUTE_US + second * SECOND_US + Number(f.slice(0, 6).padEnd(6, '0'));
}

const UNITS: readonly (readonly [names: string, us: number])[] = [
  ['s|secs?|seconds?|sek|sekunden?', SECOND_US],
  ['m|mins?|minutes?|minuten?', MINUTE_US],
  ['h|hrs?|hours?|std|stunden?', HOUR_US],
  ['d|days?|tage?n?', DAY_US],
  ['w|wks?|weeks?|wochen?', 7 * DAY_US],
];
const UNIT = UNITS.map(([names]) => names).join('|');
/** By their value; the forms of each are written as a pattern. */
const NUMBERS: Readonly<Record<number, string>> = {
  1: 'an?|one|eine[mnr]?',
  2: 'two|zwei',
  3: 'three|drei',
  4: 'four|vier',
  5: 'five|fünf',
  6: 'six|sechs',
  7: 'seven|sieben',
  8: 'eight|acht',
  9: 'nine|neun',
  10: 'ten|zehn',
  11: 'eleven|elf',
  12: 'twelve|zwölf',
  15: 'fifteen|fünfzehn',
  20: 'twenty|zwanzig',
  30: 'thirty|dreißig',
  40: 'forty|vierzig',
  45: 'forty-five|fünfundvierzig',
  50: 'fifty|fünfzig',
};
/** For patterns. */
export const NUMBER_WORDS: string = Object.values(NUMBERS).join('|');
const FRACTIONS: readonly (readonly [words: RegExp, amount: number])[] = [
  [/^half an?$|^(?:einer )?halben?$/, 0.5],
  [/^(?:a )?quarter of an$/, 0.25],
];
const AMOUNT = String.raw`\d{1,6}(?:[.,]\d{1,2})?|half an?|(?:einer )?halben?|(?:a )?quarter of an|${NUMBER_WORDS}`;
const LENGTH = new RegExp(String.raw`^(?<amount>${AMOUNT})\s?(?<unit>${UNIT})(?![\p{L}_])\.?`, 'iu');
const AND = /^(?:\s?,\s?|\s(?:and|und)\s|\s)?/i;

/** The duration at the start of a text. `isDays`: it counts only days and weeks. */
export function readLength(text: string): Readonly<{ said: string; us: number; isDays: boolean }> | undefined {
  let us = 0;
  let isDays = true;
  let at = 0;
  for (;;) {
    const between = at === 0 ? '' : (AND.exec(text.slice(at))?.[0] ?? '');
    const match = LENGTH.exec(text.slice(at + between.length));
    if (match === null) break;
    const unitUs = unitOf(match.groups?.unit ?? '');
    us += amountOf(match.groups?.amount ?? '') * unitUs;
    isDays &&= unitUs >= DAY_US;
    at += between.length + match[0].length;
  }
  return at === 0 ? undefined : { said: text.slice(0, at), us: Math.round(us), isDays };
}

function amountOf(said: string): number {
  const word = said.toLowerCase();
  return FRACTIONS.find(([words]) => words.test(word))?.[1] ?? numberOf(word.replace(',', '.'));
}

/** Of digits or of one of `NUMBER_WORDS`. */
export function numberOf(said: string): number {
  const named = Object.entries(NUMBERS).find(([, words]) => new RegExp(`^(?:${words})$`, 'i').test(said));
  return Number(named?.[0] ?? said);
}

function unitOf(said: string): number {
  return UNITS.find(([names]) => new RegExp(`^(?:${names})$`, 'iu').test(said))?.[1] ?? 0;
}
