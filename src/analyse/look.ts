/**
 * Runs all detectors and shares their results. Most traces of a file have the same findings and gaps. Such traces share
 * everything that does not depend on details, so that derived results are computed once.
 */
import type { SessionSettings } from '#analyse/session.ts';
import { type Detector, subjectOf } from '#detect/detector.ts';
import { knownDetectors } from '#detect/known.ts';
import { checkedOf, type Outcome, runDetectors } from '#detect/run.ts';
import type { RunDetectors } from '#diagnose/finding-kinds.ts';
import { type MostFindings, mostFindings } from '#diagnose/most-findings.ts';
import type { Checked } from '#model/finding/analysis.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Gap } from '#model/finding/gap.ts';
import { countText } from '#model/text/count-text.ts';

export type Looked = Readonly<{
  checked: Checked;
  findings: readonly Finding[];
  ran: RunDetectors;
  /** Detectors that failed, and findings beyond the limit. */
  gaps: readonly Gap[];
}>;

export type Look = (detectors: readonly Detector[], evidence: Partial<Evidence>) => Looked;

type Known = Omit<Looked, 'findings' | 'gaps'> & Readonly<{ outcomes: readonly Outcome[] }>;

/** The number of distinct results that are kept; the oldest is dropped. */
const MOST_KNOWN = 16;

export function lookWith({ thresholds, off }: Pick<SessionSettings, 'thresholds' | 'off'>): Look {
  const known: Known[] = [];
  return (detectors, evidence) => {
    const outcomes = runDetectors(detectors, evidence, thresholds, off);
    let shared = known.find((before) => endedAlike(before.outcomes, outcomes));
    if (shared === undefined) {
      shared = { outcomes, ...sharedOf(detectors, outcomes) };
      if (known.push(shared) > MOST_KNOWN) known.shift();
    }
    const { checked, ran } = shared;
    const found = outcomes.flatMap((outcome) => (outcome.kind === 'found' ? outcome.findings : []));
    const { findings, cut } = mostFindings(found, evidence.window?.service ?? '');
    return { checked, ran, findings, gaps: [...cut.map(cutGap), ...brokenGaps(checked)] };
  };
}

function endedAlike(before: readonly Outcome[], now: readonly Outcome[]): boolean {
  return before.length === now.length && now.every((outcome, at) => isSame(before[at], outcome));
}

/** Whatever the findings. An error has its own text. */
function isSame(before: Outcome | undefined, now: Outcome): boolean {
  if (before?.detector !== now.detector) return false;
  if (before.kind === 'skipped' && now.kind === 'skipped') {
    const { missing } = before;
    return missing.length === now.missing.length && now.missing.every((kind, at) => kind === missing[at]);
  }
  return before.kind === now.kind && now.kind !== 'broken';
}

function sharedOf(detectors: readonly Detector[], outcomes: readonly Outcome[]): Omit<Known, 'outcomes'> {
  const checked = checkedOf(outcomes);
  const ofTraces = (detector: Detector) => Number(subjectOf(detector) === 'trace');
  return {
    checked,
    ran: {
      ...knownDetectors(detectors),
      cleared: detectors
        // That no time or number stands out names no cause that would be ruled out.
        .filter(({ id, role }) => checked.clear.includes(id) && role !== 'description')
        .sort((a, b) => ofTraces(b) - ofTraces(a))
        .map(({ id, clear }) => ({ kind: id, service: '', why: clear })),
    },
  };
}

function cutGap({ detector, found, kept }: MostFindings['cut'][number]): Gap {
  return {
    source: detector,
    problem: `found ${countText(found)} times`,
    consequence: `only the ${kept} most important ones are reported and judged`,
  };
}

function brokenGaps({ broken }: Checked): Gap[] {
  return broken.map(({ detector, message }) => ({
    source: detector,
    problem: `this detector failed: ${message}`,
    consequence: 'its problem was not checked',
  }));
}
