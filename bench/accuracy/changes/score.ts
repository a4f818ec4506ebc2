/** Of drawn stories, how often the change that did it is named, and how often one that did nothing. */
import { table } from '../tables.ts';
import { reportOf } from '../windows/report.ts';
import type { DrawnChanges } from './draw.ts';

export type JudgedChanges = Readonly<{
  story: string;
  culprit: string;
  named: string;
  confidence: number;
  verdict: string;
}>;

export async function judgedChanges(drawn: DrawnChanges): Promise<JudgedChanges> {
  const report = await reportOf(drawn.bodies, drawn);
  const named = report?.diagnosis?.change?.id ?? 'none';
  return {
    story: drawn.story,
    culprit: drawn.culprit,
    named,
    confidence: report?.diagnosis?.confidence ?? 0,
    verdict: report?.diagnosis?.verdict ?? '',
  };
}

export type ChangeScore = Readonly<{
  cases: number;
  /** Of those that a change brought about, how many name it. */
  found: number;
  /** Name a change that did nothing, whether or not another one did it. */
  blamed: number;
  /** How many were brought about by no change. */
  without: number;
}>;

export function changeScore(all: readonly JudgedChanges[]): ChangeScore {
  return {
    cases: all.length,
    found: all.filter(({ culprit, named }) => culprit !== 'none' && named === culprit).length,
    blamed: all.filter(({ culprit, named }) => named !== 'none' && named !== culprit).length,
    without: all.filter(({ culprit }) => culprit === 'none').length,
  };
}

export function changeTable(all: readonly JudgedChanges[]): string {
  const row = (name: string, of: readonly JudgedChanges[]) => {
    const { cases, found, blamed, without } = changeScore(of);
    return [name, `${cases}`, cases === without ? '' : `${found} of ${cases - without}`, `${blamed}`];
  };
  const stories = [...Map.groupBy(all, ({ story }) => story)].map(([story, of]) => row(story, of));
  return table([['story', 'cases', 'found', 'others blamed'], ...stories, row('all', all)]);
}
