/** What follows from what in a log: the lines of one finding always come right before those of the other. */
import type { Because } from '#diagnose/chain.ts';
import type { Finding } from '#model/finding/finding.ts';
import { isAlwaysBefore } from '#model/logs/log-associations.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logTimes } from '#model/logs/log-times.ts';

/** Says that lines tell of a failure, and not of which kind. */
export const WITHOUT_MECHANISM: ReadonlySet<string> = new Set(['error-burst', 'new-error']);
/** Nothing fails because a credential stands in the log, or because a line says how long it took. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['latency', 'secret-exposure']);
/** Of the lines of one, how many the other has to speak of to say it all. */
const COVERED = 0.8;

/** What another finding says of the same lines, with a mechanism, says nothing new; neither does a burst of what is new. */
export function withoutCoveredLines(findings: readonly Finding[]): Finding[] {
  const said = findings.map(({ lines = [] }) => new Set(lines));
  return findings.filter((finding, at) => {
    if (!WITHOUT_MECHANISM.has(finding.detector)) return true;
    return !findings.some((other, i) => i !== at && saysMore(other, finding) && covers(said[i], finding));
  });
}

function saysMore(other: Finding, { detector }: Finding): boolean {
  if (WITHOUT_EFFECT.has(other.detector)) return false;
  return !WITHOUT_MECHANISM.has(other.detector) || (other.detector === 'error-burst' && detector === 'new-error');
}

function covers(said: ReadonlySet<number> | undefined, { lines = [] }: Finding): boolean {
  const shared = lines.filter((line) => said?.has(line)).length;
  return lines.length > 0 && shared >= COVERED * lines.length;
}

export function logChainOf(
  logs: readonly LogLine[],
  findings: readonly Finding[],
  descriptive: ReadonlySet<string>,
): Because[] {
  const { at, lengthMs } = logTimes(logs);
  const chain: Because[] = [];
  findings.forEach((effect, finding) => {
    findings.forEach((cause, because) => {
      if (finding === because || descriptive.has(cause.detector) || descriptive.has(effect.detector)) return;
      if (WITHOUT_EFFECT.has(cause.detector) || WITHOUT_EFFECT.has(effect.detector)) return;
      if (isAlwaysBefore(cause.lines ?? [], effect.lines ?? [], at, lengthMs)) chain.push({ finding, because });
    });
  });
  return chain;
}
