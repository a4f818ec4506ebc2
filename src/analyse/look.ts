/**
 * What all detectors together saw. Of many traces of a file most are healthy in one and the same way: they share one
 * answer, so that whatever is made of it can be made once.
 */
import type { SessionSettings } from '#analyse/session.ts';
import { type Detector, subjectOf } from '#detect/detector.ts';
import { checkedOf, type Outcome, runDetectors } from '#detect/run.ts';
import type { DetectorFacts } from '#diagnose/finding-kinds.ts';
import type { Checked } from '#model/analysis.ts';
import type { Evidence } from '#model/evidence.ts';
import type { Finding } from '#model/finding.ts';
import type { Gap } from '#model/gap.ts';

export type Looked = Readonly<{ checked: Checked; findings: readonly Finding[]; detectorFacts: DetectorFacts }>;

export type Look = (detectors: readonly Detector[], evidence: Partial<Evidence>) => Looked;

export function lookWith({ thresholds, off }: Pick<SessionSettings, 'thresholds' | 'off'>): Look {
  let before: Readonly<{ outcomes: readonly Outcome[]; looked: Looked }> | undefined;
  return (detectors, evidence) => {
    const outcomes = runDetectors(detectors, evidence, thresholds, off);
    if (before === undefined || !isAlike(before.outcomes, outcomes)) {
      before = { outcomes, looked: lookedOf(detectors, outcomes) };
    }
    return before.looked;
  };
}

/** Whether nobody found anything, for the same reasons. */
function isAlike(before: readonly Outcome[], now: readonly Outcome[]): boolean {
  return before.length === now.length && now.every((outcome, at) => isSame(before[at], outcome));
}

function isSame(before: Outcome | undefined, now: Outcome): boolean {
  if (before?.detector !== now.detector) return false;
  if (before.kind === 'skipped' && now.kind === 'skipped') {
    const { missing } = before;
    return missing.length === now.missing.length && now.missing.every((kind, at) => kind === missing[at]);
  }
  return before.kind === now.kind && (now.kind === 'clear' || now.kind === 'off');
}

function lookedOf(detectors: readonly Detector[], outcomes: readonly Outcome[]): Looked {
  const checked = checkedOf(outcomes);
  const ofTraces = (detector: Detector) => Number(subjectOf(detector) === 'trace');
  return {
    checked,
    findings: outcomes.flatMap((outcome) => (outcome.kind === 'found' ? outcome.findings : [])),
    detectorFacts: {
      descriptive: new Set(detectors.filter((detector) => detector.descriptive).map(({ id }) => id)),
      ofLogs: new Set(detectors.filter((detector) => subjectOf(detector) === 'logs').map(({ id }) => id)),
      cleared: detectors
        .filter(({ id }) => checked.clear.includes(id))
        .sort((a, b) => ofTraces(b) - ofTraces(a))
        .map(({ id, clear }) => ({ kind: id, why: clear })),
    },
  };
}

export function brokenGaps({ broken }: Checked): Gap[] {
  return broken.map(({ detector, message }) => ({
    source: detector,
    problem: `this detector broke: ${message}`,
    consequence: 'what it looks for was not looked for',
  }));
}
