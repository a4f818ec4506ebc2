/**
 * A line that compares a time with its usual one, in the words of the service:
 *
 *   export took 2.1 s, usual for a full one (p50 2.0 s)     as long as always
 *   rebuild took 840 s (yesterday 25 s)                     far longer than always
 */
import { plainDurations } from '#model/text/plain-durations.ts';
import { usPerUnit } from '#model/trace/wait-amounts.ts';

/** In microseconds. */
export type UsualTime = Readonly<{
  /** The times that the line names beside the usual one. */
  tookUs: readonly number[];
  lowUs: number;
  highUs: number;
}>;

const AMOUNT = String.raw`(\d{1,6}(?:\.\d{1,6})?) ?(ms|milliseconds?|s|secs?|seconds?|m|min|minutes?|h|hours?)\b`;
const RANGE = String.raw`(?:(\d{1,6}(?:\.\d{1,6})?) ?(?:ms|s|secs?|min)? ?(?:-|–|to|\.\.) ?)?${AMOUNT}`;

/** `yesterday 31 s`, `usually 2 s`, `p50 1.9 s`, `normal: 40 ms`, `previous run took 31 s`, `instead of 30 s`. */
const BEFORE =
  '(?:yesterday|last (?:week|night|month|run|time)|(?:the )?(?:previous|prior|last) (?:run|night|one)|usual(?:ly)?|normal(?:ly)?|typical(?:ly)?|on average|average|avg|median|p50|baseline|instead of)' +
  '(?: (?:of|over|in|for) (?:the )?(?:last |past )?\\d{1,3} (?:days?|runs?|weeks?|hours?))?' +
  '(?: (?:it|this|that|is|was|were|takes?|took|lasts?|needs?|runs?|time|duration|about|around|in|only|within)){0,3}[ :=~≈]{1,3}';
/** `reads take 2-3 s`: in the present, for all of its kind. */
const ALWAYS = String.raw`\b[a-z]{3,30}s (?:always |usually |normally )?(?:take|need|last) (?:about |around |up to )?`;

const USUAL = new RegExp(String.raw`\b${BEFORE}${RANGE}|${ALWAYS}${RANGE}`, 'i');
/** `took 2469 ms (usual: 45)`: the unit is that of the time before it. */
const WITHOUT_UNIT = new RegExp(String.raw`\b${BEFORE}(\d{1,6}(?:\.\d{1,6})?)(?=[),;\]]|\s{0,3}$)`, 'i');
const ANY = new RegExp(AMOUNT, 'gi');

const LONGEST_READ = 2_000;

/** Undefined where the line names no usual time, or nothing to compare with it. */
export function usualTime(line: string): UsualTime | undefined {
  const text = plainDurations(line.slice(0, LONGEST_READ));
  const found = USUAL.exec(text);
  if (found === null) return withoutUnit(text);
  const [low, high, unit = ''] = found.slice(1, 4).some((group) => group !== undefined)
    ? found.slice(1, 4)
    : found.slice(4, 7);
  const highUs = inUs(high, unit);
  const lowUs = low === undefined ? highUs : inUs(low, unit);
  const rest = `${text.slice(0, found.index)} ${text.slice(found.index + found[0].length)}`;
  const tookUs = [...rest.matchAll(ANY)].map(([, amount, of = '']) => inUs(amount, of));
  return tookUs.length === 0 || !(highUs > 0) ? undefined : { tookUs, lowUs, highUs };
}

function withoutUnit(text: string): UsualTime | undefined {
  const found = WITHOUT_UNIT.exec(text);
  const [, amount, unit = ''] = [...text.slice(0, found?.index ?? 0).matchAll(ANY)].at(-1) ?? [];
  const usualUs = inUs(found?.[1], unit);
  return usualUs > 0 ? { tookUs: [inUs(amount, unit)], lowUs: usualUs, highUs: usualUs } : undefined;
}

function inUs(amount: string | undefined, unit: string): number {
  const us = /^m(?:in|$)/i.test(unit) ? 60_000_000 : /^h/i.test(unit) ? 3_600_000_000 : (usPerUnit(unit) ?? 0);
  return Math.round(Number(amount) * us);
}
