import type { Comparison } from '#model/requests/comparison.ts';
import type { AlignedTraces } from '#present/pictures/aligned-rows.ts';
import type { ComparisonSummary } from '#present/words/comparison-summary.ts';
import type { SideNames } from '#present/words/comparison-words.ts';

/** The input of every form of a comparison or a verification. */
export type ShownComparison = Readonly<{
  comparison: Comparison;
  summary: ComparisonSummary;
  names: Pick<SideNames, 'first' | 'second'>;
  /** The two traces of the picture; undefined where a side has none. */
  drawn: AlignedTraces | undefined;
}>;
