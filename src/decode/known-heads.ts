/**
 * What stands before a value is most often what stood there the last time: a server writes the members of all spans, and
 * an SDK the tags of all spans of one kind, in one order.
 *
 *   ,"duration":12000,"tags":[{"key":"span.kind","type":"string","value":"client"},{"key":…
 *   ╰── a head ─╯            ╰──────────────────── a head ─────────────╯
 *
 * A head is guessed by the one before it, and compared four bytes a step. Only where the guess was wrong is it read.
 */
import { grown } from '#model/grown.ts';

export type KnownHeads = Readonly<{
  /** The head that stands at `at`, if it is the one that came there the last time; else `NO_HEAD`. */
  guess(view: DataView, at: number, before: number, context: number): number;
  /** In bytes. */
  length(head: number): number;
  /** Remembers what was read, to guess it the next time; `NO_HEAD` where it is too long or there are too many. */
  learn(view: DataView, from: number, to: number, before: number, context: number): number;
}>;

/** Before the first one. */
export const NO_HEAD = 0;

/** Of a few dozen bytes each; what comes beyond is no longer a pattern. */
const MOST_HEADS = 4_096;
/** No longer than the sentinel of a cursor's window. */
const [SHORTEST, LONGEST] = [4, 256];
/** A power of two. Contexts that share a place only guess wrong. */
const GUESSES = 4_096;

export function knownHeads(): KnownHeads {
  const guesses = new Int32Array(GUESSES);
  const starts = new Int32Array(MOST_HEADS);
  const lengths = new Int32Array(MOST_HEADS);
  let words = new Int32Array(1_024);
  let used = 0;
  let count = 1;

  /** Its last four bytes are compared first and by themselves: heads differ there, and it need not be whole words. */
  const isAt = (head: number, view: DataView, at: number): boolean => {
    const length = lengths[head] ?? 0;
    const start = starts[head] ?? 0;
    if (view.getInt32(at + length - 4, true) !== words[start]) return false;
    const end = length >> 2;
    for (let i = 0; i < end; i += 1) if (view.getInt32(at + i * 4, true) !== words[start + 1 + i]) return false;
    return true;
  };
  const add = (view: DataView, from: number, length: number): number => {
    if (length < SHORTEST || length > LONGEST || count === MOST_HEADS) return NO_HEAD;
    const size = (length >> 2) + 1;
    if (used + size > words.length) words = grown(words);
    words[used] = view.getInt32(from + length - 4, true);
    for (let i = 0; i + 1 < size; i += 1) words[used + 1 + i] = view.getInt32(from + i * 4, true);
    starts[count] = used;
    lengths[count] = length;
    used += size;
    count += 1;
    return count - 1;
  };
  /** All heads by what they are, for the few times that a guess was wrong. */
  const known = new Map<number, number[]>();
  const found = (view: DataView, from: number, length: number): number => {
    const last = view.getInt32(from + length - 4, true);
    const alike = known.get(last) ?? [];
    known.set(last, alike);
    const same = alike.find((head) => lengths[head] === length && isAt(head, view, from));
    if (same !== undefined) return same;
    const made = add(view, from, length);
    if (made !== NO_HEAD) alike.push(made);
    return made;
  };
  return {
    guess(view, at, before, context) {
      const head = guesses[placeOf(before, context)] ?? NO_HEAD;
      return head !== NO_HEAD && isAt(head, view, at) ? head : NO_HEAD;
    },
    length: (head) => lengths[head] ?? 0,
    learn(view, from, to, before, context) {
      const head = to - from < SHORTEST ? NO_HEAD : found(view, from, to - from);
      guesses[placeOf(before, context)] = head;
      return head;
    },
  };
}

function placeOf(before: number, context: number): number {
  return (Math.imul(context, 61) + before) & (GUESSES - 1);
}
