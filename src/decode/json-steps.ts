/**
 * Reads a JSON value in steps while its bytes arrive. A step is completed, or repeated once there are more bytes; so a
 * step may forget what it has read.
 */
import { COMMA, CUT, DAMAGED, type JsonCursor } from '#decode/json-cursor.ts';

export type JsonSteps = Readonly<{
  /** A value begins there in the body. */
  begin(at: number): void;
  push(bytes: Uint8Array): void;
  /** As far as the bytes go. */
  run(): void;
  /** The rest is no JSON, and is not read. */
  isDamaged(): boolean;
  /** Goes past the bracket that opens here; its content is read in steps. */
  enter(): void;
  /** For an entered object or list: goes to its next element, or past its end and returns false. */
  hasNext(close: number): boolean;
}>;

/** Larger bodies come in pieces of this size, so that the window stays small. */
export const WINDOW_BYTES = 4_194_304;

/** `step` reads at the cursor and throws as it does; `isDone` says that nothing more is needed. */
export function jsonSteps(json: JsonCursor, step: (from: number) => void, isDone: () => boolean): JsonSteps {
  /** A thing that did not fit is tried again when there is twice as much of it: reading stays linear. */
  let tryAgainAt = 0;
  let isFirst = true;
  let isDamaged = false;

  const run = (): void => {
    let from = json.at;
    let wasFirst = isFirst;
    try {
      while (!isDamaged && !isDone()) {
        from = json.at;
        wasFirst = isFirst;
        step(from);
      }
    } catch (error) {
      json.at = from;
      isFirst = wasFirst;
      if (error === CUT) return;
      if (error !== DAMAGED && !(error instanceof SyntaxError)) throw error;
      isDamaged = true;
    }
  };
  const take = (bytes: Uint8Array): void => {
    json.take(bytes);
    if (json.end < tryAgainAt) return;
    run();
    tryAgainAt = (json.end - json.at) * 2;
  };
  return {
    begin(at) {
      json.base = at;
      json.at = 0;
      json.end = 0;
      tryAgainAt = 0;
      isFirst = true;
      isDamaged = false;
    },
    push(bytes) {
      for (let from = 0; from < bytes.length && !isDamaged && !isDone(); from += WINDOW_BYTES) {
        take(bytes.subarray(from, from + WINDOW_BYTES));
      }
    },
    run,
    isDamaged: () => isDamaged,
    enter() {
      json.at += 1;
      isFirst = true;
    },
    hasNext(close) {
      if (json.next() === close) {
        json.at += 1;
        isFirst = false;
        return false;
      }
      if (isFirst) {
        isFirst = false;
        return true;
      }
      json.expect(COMMA);
      if (json.next() === close) throw DAMAGED;
      return true;
    },
  };
}
