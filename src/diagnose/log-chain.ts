/**
 * What follows from what in a log: the lines of one finding always come right before those of the other, or a full store
 * refuses what others write.
 */
import type { Because } from '#diagnose/chain.ts';
import { isDescription } from '#diagnose/finding-kinds.ts';
import { isBurstOfNewErrors } from '#diagnose/rules/burst-of-new-errors.ts';
import { isBehindFullStore } from '#diagnose/rules/full-store.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Finding } from '#model/finding/finding.ts';
import { isAlwaysBefore } from '#model/logs/log-associations.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logTimes } from '#model/logs/log-times.ts';

/** The share of a finding's lines that another one has to cover to say it all. */
const COVERED = 0.8;

/** Removes findings whose lines another finding with a mechanism covers, and bursts of lines that are new anyway. */
export function withoutCoveredLines(findings: readonly Finding[], detectors: Detectors): Finding[] {
  const said = findings.map(({ lines = [] }) => new Set(lines));
  const saysMore = (other: Finding, finding: Finding) =>
    !isHarmless(other, detectors) && (!namesNoFailure(other, detectors) || isBurstOfNewErrors(other, finding));
  return findings.filter((finding, at) => {
    if (!namesNoFailure(finding, detectors)) return true;
    return !findings.some((other, i) => i !== at && saysMore(other, finding) && covers(said[i], finding));
  });
}

/** It says that lines report a failure, but not which kind. */
export function namesNoFailure({ detector }: Finding, detectors: Detectors): boolean {
  return detectors.of(detector).coverage === 'failing-lines';
}

/** A credential in the log, or a line with a duration, makes nothing fail. */
function isHarmless({ detector }: Finding, detectors: Detectors): boolean {
  return detectors.of(detector).coverage === 'harmless-lines';
}

function covers(said: ReadonlySet<number> | undefined, { lines = [] }: Finding): boolean {
  const shared = lines.filter((line) => said?.has(line)).length;
  return lines.length > 0 && shared >= COVERED * lines.length;
}

export function logChainOf(logs: readonly LogLine[], findings: readonly Finding[], detectors: Detectors): Because[] {
  const { at, lengthMs } = logTimes(logs);
  const chain: Because[] = [];
  const areApart = findings.map((one) => isDescription(one.detector, detectors) || isHarmless(one, detectors));
  findings.forEach((effect, finding) => {
    findings.forEach((cause, because) => {
      if (finding === because || areApart[because] || areApart[finding]) return;
      const isBefore = isAlwaysBefore(cause.lines ?? [], effect.lines ?? [], at, lengthMs);
      if (isBefore || isBehindFullStore(cause, effect, logs)) chain.push({ finding, because });
    });
  });
  return chain;
}
