/**
 * Where one answer of a store ends and the next begins, a line may stand in both: a page begins with the instant with
 * which the one before ended, or ends with the one with which it began, for only some of the lines of that instant may have been in it.
 */
import type { Labels } from '#decode/log-labels.ts';
import { compareNs } from '#model/logs/log-line.ts';

export type StoredLine = Readonly<{ timeNs: string; line: string; stream: Labels; more: Labels }>;

export type AnswerSeam = Readonly<{
  /** An answer begins. */
  begin(): void;
  /** Whether the line did not come with the answer before. Loki keeps a line once where time, labels and text are the same. */
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

/** One end of an answer: `isBeyond` says of the order of two times whether the first lies further out. */
function openEnd(isBeyond: (order: number) => boolean) {
  /** The outermost instant of the answer before, and what came of it. */
  let seamNs = '';
  let came: ReadonlySet<string> = new Set();
  /** The outermost instant of this one so far. */
  let lastNs = '';
  let atLast: StoredLine[] = [];
  return {
    begin(): void {
      // An answer without lines leaves the seam where it was.
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
