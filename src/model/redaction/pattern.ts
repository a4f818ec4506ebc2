/**
 * Own patterns run over every text that is stored, shown or sent, so none may ever take long. JavaScript's engine
 * backtracks. The possible attempts from one position are counted here, from the pattern alone, and a pattern with too
 * many is refused.
 */

/** The problem of a pattern, as a clause; undefined for a good one. */
export function patternProblem(source: string): string | undefined {
  if (source.length > LONGEST_SOURCE) return `must have at most ${LONGEST_SOURCE} characters`;
  try {
    if (new RegExp(source).test('')) return 'must not match an empty text';
  } catch {
    return 'must be a regular expression';
  }
  if (/\(\?(?!:)|\\[1-9k]/.test(source)) return 'must not look around or refer back';
  if (/(?<!\\)[*+]|,\}/.test(source.replace(/\\\\|\[(?:\\.|[^\]\\])*\]/g, 'x'))) {
    return 'must say how often a part may come, as in {1,40} and not + or *';
  }
  const { ways, length } = measured(source);
  return ways > MOST_WAYS || length > LONGEST
    ? 'has too many ways to match: shorten it, or repeat less in it'
    : undefined;
}

/** Longer than anybody writes by hand: checking a pattern takes the square of its length. */
export const LONGEST_SOURCE = 1_000;
const MOST_WAYS = 256;
/** Characters. */
const LONGEST = 512;

/** Upper limits for a part of a pattern: the number of ways through it, and the characters it matches. */
type Part = Readonly<{ ways: number; length: number }>;

const NOTHING: Part = { ways: 1, length: 0 };
const ONE: Part = { ways: 1, length: 1 };

/** The group so far: its finished alternatives, the current one, and its last part, which may be repeated. */
type Group = { alternatives: Part; sequence: Part; last: Part };

const TOKENS = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?:|\{(\d+)(?:,(\d+))?\}|./gs;

function measured(source: string): Part {
  const outer: Group[] = [];
  let group = opened();
  for (const [token, least, most = least] of source.matchAll(TOKENS)) {
    if (token === '(' || token === '(?:') {
      outer.push(group);
      group = opened();
    } else if (token === ')') {
      const part = closed(group);
      group = outer.pop() ?? opened();
      add(group, part);
    } else if (token === '|') group = { ...opened(), alternatives: eitherOf(group.alternatives, sequenceOf(group)) };
    else if (token === '?') group.last = repeated(group.last, 0, 1);
    else if (least !== undefined) group.last = repeated(group.last, Number(least), Number(most));
    else add(group, ONE);
  }
  return closed(group);
}

function opened(): Group {
  return { alternatives: { ways: 0, length: 0 }, sequence: NOTHING, last: NOTHING };
}

function add(group: Group, part: Part): void {
  group.sequence = sequenceOf(group);
  group.last = part;
}

function closed(group: Group): Part {
  return eitherOf(group.alternatives, sequenceOf(group));
}

function sequenceOf({ sequence, last }: Group): Part {
  return { ways: capped(sequence.ways * last.ways), length: capped(sequence.length + last.length) };
}

function eitherOf(one: Part, other: Part): Part {
  return { ways: capped(one.ways + other.ways), length: Math.max(one.length, other.length) };
}

function repeated({ ways, length }: Part, least: number, most: number): Part {
  return { ways: capped((most - least + 1) * ways ** most), length: capped(length * most) };
}

function capped(count: number): number {
  return Math.min(count, 1e6);
}
