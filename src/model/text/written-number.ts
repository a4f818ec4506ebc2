/** Numbers that people write as words, as in `half an hour` and `within ten minutes`. */

const WRITTEN: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  ten: 10,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  half: 0.5,
};

/** Reads `ten` and `10`. Any other word gives NaN. */
export function writtenNumber(text: string): number {
  return WRITTEN[text.toLowerCase()] ?? Number(text);
}
