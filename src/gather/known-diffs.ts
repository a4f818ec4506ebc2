/** A cache of diffs: an alert storm asks for the same few commits repeatedly, and a commit never changes. */
import type { Diff, DiffSource } from '#gather/sources.ts';

/** At most 200 kB each. */
const MOST_KEPT = 50;

export function withKnownDiffs<Source extends DiffSource>(source: Source): Source {
  const known = new Map<string, Diff>();
  return {
    ...source,
    async readDiff(commit, signal) {
      const key = `${commit.address} ${commit.base ?? ''}`;
      const kept = known.get(key);
      if (kept !== undefined) return kept;
      const diff = await source.readDiff(commit, signal);
      const [oldest] = known.keys();
      if (known.size >= MOST_KEPT && oldest !== undefined) known.delete(oldest);
      known.set(key, diff);
      return diff;
    },
  };
}
