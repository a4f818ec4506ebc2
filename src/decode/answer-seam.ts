/**
 * Where one answer of a store ends and the next begins, a line may stand in both: a page begins with the instant with
 * which the one before ended, for only some of the lines of that instant may have been in it.
 */
import type { Labels } from '#decode/log-labels.ts';
import { compareNs } from '#model/log-line.ts';

export type StoredLine = Readonly<{ timeNs: string; line: string; stream: Labels; more: Labels }>;

export type AnswerSeam = Readonly<{
  /** An answer begins. */
  begin(): void;
  /** Whether the line did not come with the answer before. Loki keeps a line once where time, labels and text are the same. */
  isNew(line: StoredLine): boolean;
}>;

export function answerSeam(): AnswerSeam {
  /** The last instant of the answer before, and what came of it. */
  let seamNs = '';
  let came: ReadonlySet<string> = new Set();
  /** The last instant of this one so far. */
  let lastNs = '';
  let atLast: StoredLine[] = [];
  return {
    begin() {
      // An answer without lines leaves the seam where it was.
      if (atLast.length > 0) {
        seamNs = lastNs;
        came = new Set(atLast.map(identity));
      }
      lastNs = '';
      atLast = [];
    },
    isNew(line) {
      const order = lastNs === '' ? 1 : compareNs(line.timeNs, lastNs);
      if (order > 0) {
        lastNs = line.timeNs;
        atLast = [];
      }
      if (order >= 0) atLast.push(line);
      return line.timeNs !== seamNs || !came.has(identity(line));
    },
  };
}

function identity({ line, stream, more }: StoredLine): string {
  return `${JSON.stringify(stream)}${JSON.stringify(more)}${line}`;
}
