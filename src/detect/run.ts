import type { Detector } from '#detect/detector.ts';
import type { Checked } from '#model/analysis.ts';
import type { Evidence, EvidenceKind } from '#model/evidence.ts';
import type { Finding } from '#model/finding.ts';

/** Every detector ends in exactly one of these, so that "nothing found" never hides "could not look". */
export type Outcome = Readonly<{ detector: string }> &
  Readonly<
    | { kind: 'found'; findings: readonly Finding[] }
    | { kind: 'clear' }
    | { kind: 'skipped'; missing: readonly EvidenceKind[] }
    | { kind: 'broken'; error: unknown }
    | { kind: 'off' }
  >;

/** By the threshold's name; what is missing has its default. */
export type ThresholdValues = Readonly<Record<string, number>>;

/** Of all of them; those that are switched off do not look. */
export function runDetectors(
  detectors: readonly Detector[],
  evidence: Partial<Evidence>,
  thresholds: Readonly<Record<string, ThresholdValues>> = {},
  off: readonly string[] = [],
): Outcome[] {
  return detectors.map((detector) =>
    off.includes(detector.id)
      ? { detector: detector.id, kind: 'off' }
      : runDetector(detector, evidence, thresholds[detector.id]),
  );
}

export function runDetector(detector: Detector, evidence: Partial<Evidence>, values: ThresholdValues = {}): Outcome {
  const { id, needs, needsOneOf = [], uses = [] } = detector;
  const isMissing = (kind: EvidenceKind) => evidence[kind] === undefined;
  const missing = [...needs.filter(isMissing), ...(needsOneOf.every(isMissing) ? needsOneOf : [])];
  if (missing.length > 0) return { detector: id, kind: 'skipped', missing };

  const declared = Object.fromEntries(
    [...needs, ...needsOneOf, ...uses]
      .filter((kind) => evidence[kind] !== undefined)
      .map((kind) => [kind, evidence[kind]]),
  );
  try {
    const findings = detector.detect(declared as Evidence, withDefaults(detector, values)).map((sighting) => ({
      ...sighting,
      ...detector.say({
        ...sighting.facts,
        service: sighting.service,
        operation: sighting.operation,
        wastedMs: Math.round(sighting.wastedUs / 1000),
      }),
      detector: id,
      runbook: detector.runbook,
    }));
    return findings.length === 0 ? { detector: id, kind: 'clear' } : { detector: id, kind: 'found', findings };
  } catch (error) {
    // One broken detector must not cost the responder the others.
    return { detector: id, kind: 'broken', error };
  }
}

export function checkedOf(outcomes: readonly Outcome[]): Checked {
  const of = (kind: Outcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind);
  return {
    found: of('found').map(({ detector }) => detector),
    clear: of('clear').map(({ detector }) => detector),
    off: of('off').map(({ detector }) => detector),
    skipped: outcomes.flatMap((outcome) =>
      outcome.kind === 'skipped' ? [{ detector: outcome.detector, missing: outcome.missing }] : [],
    ),
    broken: outcomes.flatMap((outcome) =>
      outcome.kind === 'broken' ? [{ detector: outcome.detector, message: String(outcome.error) }] : [],
    ),
  };
}

function withDefaults({ thresholds }: Detector, values: ThresholdValues): Record<string, number> {
  return Object.fromEntries(
    Object.entries(thresholds).map(([name, { default: value }]) => [name, values[name] ?? value]),
  );
}
