/**
 * Removes lines that two consecutive responses of a store share. A page begins with the instant at which the previous
 * one ended, or ends with the one at which it began, because the previous page may lack some lines of that instant.
 */
import type { Labels } from '#decode/log-labels.ts';
import { compareNs } from '#model/logs/log-line.ts';

export type StoredLine = Readonly<{ timeNs: string; line: string; stream: Labels; more: Labels }>;

export type AnswerSeam = Readonly<{
  /** An answer begins. */
  begin(): void;
  /**
   * Whether the previous response did not contain the line. Loki keeps a line once where time, labels and text are
   * equal.
   */
  isNew(line: StoredLine): boolean;
}>;

export function answerSeam(): AnswerSeam {
  const ends = [openEnd((order) => order > 0), openEnd((order) => order < 0)];
  return {
    begin() {
      for (const end of ends) end.begin();
    },
    isNew(line) {
      const isKnown = ends.some((end) => end.has(line));
      for (const end of ends) end.add(line);
      return !isKnown;
    },
  };
}

/** One end of a response: `isBeyond` says whether the first of two times lies further out. */
function openEnd(isBeyond: (order: number) => boolean) {
  /** The outermost instant of the previous response, and its lines. */
  let seamNs = '';
  let came: ReadonlySet<string> = new Set();
  /** The outermost instant of this response so far. */
  let lastNs = '';
  let atLast: StoredLine[] = [];
  return {
    begin(): void {
      // A response without lines does not move the seam.
      if (atLast.length > 0) {
        seamNs = lastNs;
        came = new Set(atLast.map(identity));
      }
      lastNs = '';
      atLast = [];
    },
    add(line: StoredLine): void {
      if (lastNs === '' || isBeyond(compareNs(line.timeNs, lastNs))) {
        lastNs = line.timeNs;
        atLast = [];
      }
      if (line.timeNs === lastNs) atLast.push(line);
    },
    has: (line: StoredLine): boolean => line.timeNs === seamNs && came.has(identity(line)),
  };
}

function identity({ line, stream, more }: StoredLine): string {
  return `${JSON.stringify(stream)}${JSON.stringify(more)}${line}`;
}
