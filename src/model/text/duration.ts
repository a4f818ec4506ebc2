/**
 * Durations with a unit. Sentences have two significant digits; tables, pictures and conversions three. From a minute on,
 * a duration has two parts: `2 min 5 s`.
 */

/** For sentences: `1.9 s`, `620 ms`, `12 µs`. */
export function durationText(us: number): string {
  return withDigits(us, IN_PROSE);
}

/** Between two times of whole seconds: `0 s`, `9 min`. */
export function spanText(us: number): string {
  return us === 0 ? '0 s' : durationText(us);
}

/** For tables and pictures: `1.85 s`. */
export function exactDuration(us: number): string {
  return withDigits(us, 3);
}

/** Since the beginning of something: `0`, `142 ms`. */
export function momentText(us: number): string {
  return us === 0 ? '0' : exactDuration(us);
}

/** Two durations of one sentence, with as many digits as show which is longer: `2.28 s` and `2.34 s`. */
export function durationsApart(oneUs: number, otherUs: number): readonly [string, string] {
  for (let digits = IN_PROSE; digits <= MOST_DIGITS; digits++) {
    const texts = [withDigits(oneUs, digits), withDigits(otherUs, digits)] as const;
    if (texts[0] !== texts[1]) return texts;
  }
  return [durationText(oneUs), durationText(otherUs)];
}

/** A part of a longer time: `530 ms of the 6.8 s`. */
export function partOfTime(partUs: number, wholeUs: number): string {
  return durationsApart(partUs, wholeUs).join(' of the ');
}

const IN_PROSE = 2;

/** Durations that need more digits are equal for a reader. */
const MOST_DIGITS = 4;

function withDigits(us: number, digits: number): string {
  if (us < 0) return `−${withDigits(-us, digits)}`;
  const micros = rounded(Math.round(us), digits);
  if (micros < 1000) return `${micros} µs`;
  const millis = rounded(us / 1000, digits);
  if (millis < 1000) return `${millis} ms`;
  const precise = rounded(us / 1_000_000, digits);
  if (precise < 60) return `${precise} s`;
  const seconds = Math.round(us / 1_000_000);
  if (seconds < 3600) return inTwo(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  return inTwo(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function inTwo(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

function rounded(size: number, digits: number): number {
  return Number(size.toPrecision(digits));
}
