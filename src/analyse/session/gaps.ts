/** The gaps of a session. */
import type { Gap } from '#model/finding/gap.ts';

export type SessionGaps = Readonly<{
  /** Two queries of one source with the same failure are one gap for the reader. */
  add(gap: Gap): void;
  /** Grows. */
  all: readonly Gap[];
  forget(sources: ReadonlySet<string>): void;
}>;

export function sessionGaps(): SessionGaps {
  const gaps: Gap[] = [];
  return {
    add(gap) {
      const known = gaps.some(
        (other) =>
          other.source === gap.source && other.problem === gap.problem && other.consequence === gap.consequence,
      );
      if (!known) gaps.push(gap);
    },
    all: gaps,
    forget(sources) {
      gaps.splice(0, gaps.length, ...gaps.filter(({ source }) => !sources.has(source)));
    },
  };
}
