/** When a problem began, as far as the evidence shows it. */
import type { Diagnosed, WindowAnalysis } from '#model/finding/analysis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import { timeOf } from '#model/logs/log-times.ts';
import { durationText } from '#model/text/duration.ts';
import { readableMinute } from '#present/words/instant.ts';

/** An instant with the words before it: `since 2026-01-06 14:30 UTC`. In microseconds since the epoch. */
export type When = Readonly<{ word: string; text: string; atUs: number }>;

/**
 * Best first: the requests or the finding show the beginning; the first affected request or line; the examined time. One
 * trace began when its picture says.
 */
export function sinceWhen(analysis: Diagnosed | WindowAnalysis, root: JudgedFinding | undefined): When | undefined {
  if (analysis.trace !== undefined) return undefined;
  const { window, logs, cluster } = analysis;
  const begunUs = window.onset?.atUs ?? known(root?.facts.sinceUs);
  if (begunUs !== undefined) return when('since', begunUs);
  const lines = (root?.lines ?? []).flatMap((at) => logs[at] ?? []);
  const seenUs = known(timeOf(lines).fromUs) ?? firstFailureUs(analysis);
  if (seenUs !== undefined) return when('first seen', seenUs);
  const [fromUs, toUs] = [known(window.fromUs), known(window.toUs)];
  if (fromUs !== undefined && toUs !== undefined && toUs > fromUs)
    return when(`within ${durationText(toUs - fromUs)} from`, fromUs);
  const takenUs = known(cluster?.takenUs);
  return takenUs === undefined ? undefined : when('seen', takenUs);
}

export function whenText({ word, text }: When): string {
  return `${word} ${text}`;
}

export function when(word: string, atUs: number): When {
  return { word, text: readableMinute(atUs), atUs };
}

/** Of the requests that were not searched for as failed ones too: each shows that it had begun by then. */
function firstFailureUs({ seen }: WindowAnalysis): number | undefined {
  if ((seen?.affected?.failed ?? 0) === 0) return undefined;
  const failed = (seen?.requests ?? []).filter((request) => request.failed);
  return known(failed.reduce((first, { startUs }) => Math.min(first, startUs), Number.POSITIVE_INFINITY));
}

/** An instant of the evidence; 0 stands for none. */
function known(us: unknown): number | undefined {
  return typeof us === 'number' && Number.isFinite(us) && us > 0 ? us : undefined;
}
