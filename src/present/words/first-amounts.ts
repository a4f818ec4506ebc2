/**
 * Amounts of the first message: times in seconds, shares in words. The detail has the exact milliseconds and percentages.
 * What stands in quotes is evidence and stays as it was written.
 *
 *   loads 40 items one by one: GET /orders spends 760 ms on it     … spends 0.76 s on it
 *   CPU at 100 % of its limit since 14:56 UTC, 43 % before         CPU at its limit since 14:56 UTC, two fifths before
 */

import { capitalised } from '#model/text/capitalised.ts';
import { shown } from '#present/words/plain-text.ts';

/** A text of the first message: redacted, on one line, and without the names of pods. */
export function firstText(text = ''): string {
  return firstAmounts(shown(text)).replace(POD_NAME, '').replace(COMMIT, '$1');
}

/** In parentheses: `(report-6f9c5d7b8-abcde)`. */
const POD_NAME = / \((?:[a-z0-9]{1,40}-){1,12}(?=[a-z]{0,9}\d)[a-z0-9]{3,10}-[a-z0-9]{5}\)/g;

/** Of a commit's id, people read the first characters. */
const COMMIT = /(?<=\b(?:deploy|commit|release|revision) )((?=[0-9a-f]*\d)[0-9a-f]{7})[0-9a-f]{1,57}\b/gi;

export function firstAmounts(text: string): string {
  return text
    .split(QUOTE)
    .map((part, at) => (at % 2 === 1 ? part : sharesInWords(inSeconds(part))))
    .join('');
}

/** Every second part of a split is a quote or a name. */
const QUOTE = /(“[^”]*”?|`[^`]*`)/;

const SMALL_TIME = /(?<![\w.,-])(\d+(?:\.\d+)?)\s?(ms|µs)(?![\w/-])/g;
/** Nobody notices less. In seconds. */
const SHORTEST = 0.01;

/** `760 ms` → `0.76 s`. Two times that differ are shown to the millisecond where hundredths do not show it. */
function inSeconds(text: string): string {
  const times = new Set([...text.matchAll(SMALL_TIME)].map(([, number = '', unit = '']) => secondsOf(number, unit)));
  const hundredths = new Set([...times].map((seconds) => secondsText(seconds, 2)));
  const digits = hundredths.size === times.size ? 2 : 3;
  return text
    .replace(SMALL_TIME, (_, number: string, unit: string) => secondsText(secondsOf(number, unit), digits))
    .replace(TWICE_AT_MOST, '$1 ');
}

/** `takes up to under 0.01 s` says the same twice. */
const TWICE_AT_MOST = /\b(at most|less than|under|up to) under (?=0\.01 s\b)/g;

function secondsOf(number: string, unit: string): number {
  return Number(number) / (unit === 'µs' ? 1e6 : 1e3);
}

function secondsText(seconds: number, digits: 2 | 3): string {
  const least = digits === 2 ? SHORTEST : SHORTEST / 10;
  return seconds < least ? `under ${SHORTEST} s` : `${Number(seconds.toFixed(digits))} s`;
}

const SHARE = /(?<![\w.,-])(\d+(?:\.\d+)?) %/g;

/** What people say for a share in its sentence. */
const BETTER: readonly (readonly [RegExp, string])[] = [
  [/\b(only )?(none|hardly any)\b/g, '$2'],
  [/\b(all) of (requests|calls|lines)\b/g, '$1 $2'],
  [/ times of (its|the) /g, ' times $1 '],
  [/\ball of all (its|the)\b/g, 'all $1'],
  [/\b(?:only )?few of (its|the|this)\b/g, 'only a small part of $1'],
  [/(?<!\ball )\bof (calls|lines|requests) (?=for\b|with\b)/g, 'of the $1 '],
  [/\b(at|reached|reaches|exceeds) all of (its|the|their) limit/g, '$1 $2 limit'],
  [/\b(at) nearly all of (its|the|their) limit/g, 'close to $2 limit'],
  [/\bis (nearly )?all since/g, 'is $1full since'],
];

function sharesInWords(text: string): string {
  if (!text.includes(' %')) return text;
  const isFirst = /^\d/.test(text);
  let said = text.replace(SHARE, (_, points: string) => shareInWords(Number(points)));
  for (const [as, better] of BETTER) said = said.replace(as, better);
  return isFirst ? capitalised(said) : said;
}

/** In percent. Each stands for what is nearest to it. */
const WORDS: readonly (readonly [number, string])[] = [
  [0, 'none'],
  [1, 'hardly any'],
  [3, 'few'],
  [5, 'a twentieth'],
  [10, 'a tenth'],
  [20, 'a fifth'],
  [25, 'a quarter'],
  [33, 'a third'],
  [40, 'two fifths'],
  [50, 'half'],
  [60, 'three fifths'],
  [67, 'two thirds'],
  [75, 'three quarters'],
  [80, 'four fifths'],
  [90, 'nine tenths'],
  [97, 'nearly all'],
  [100, 'all'],
];

/** `28` → `a quarter`; `140` → `1.4 times`. */
function shareInWords(points: number): string {
  if (points > 105) return `${Number((points / 100).toPrecision(2))} times`;
  // Only 0 is none, and only 100 is all.
  const fitting = WORDS.filter(([of]) => (of === 0 ? points === 0 : of === 100 ? points >= 99.5 : true));
  const [nearest] = fitting.toSorted(([a], [b]) => Math.abs(a - points) - Math.abs(b - points));
  return nearest?.[1] ?? '';
}

/** `3 h 53 min` → `4 h`, `59 min 40 s` → `1 h`: beside a few, the smaller unit says nothing. */
export function roundTimes(text: string): string {
  return text.replace(TWO_UNITS, (_, number: string, unit: string, rest: string) => {
    if (Number(number) < FEW_UNITS) return `${number} ${unit} ${rest}`;
    const rounded = Number(number) + (Number.parseInt(rest, 10) >= 30 ? 1 : 0);
    return unit === 'min' && rounded === 60 ? '1 h' : `${rounded} ${unit}`;
  });
}

const FEW_UNITS = 3;
const TWO_UNITS = /(?<![\d.])(\d{1,6}) (h|min) (\d{1,2} (?:min|s))\b/g;
