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

export function runDetector(
  detector: Detector,
  evidence: Partial<Evidence>,
  values: ThresholdValues = NO_VALUES,
): Outcome {
  const { id, needs, needsOneOf = NONE, uses = NONE } = detector;
  const missing = missingOf(evidence, needs, needsOneOf);
  if (missing.length > 0) return { detector: id, kind: 'skipped', missing };
  try {
    const declared = onlyThese(evidence, [needs, needsOneOf, uses]);
    const sightings = detector.detect(declared as Evidence, thresholdsOf(detector, values));
    if (sightings.length === 0) return { detector: id, kind: 'clear' };
    const findings = sightings.map((sighting) => ({
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
    return { detector: id, kind: 'found', findings };
  } catch (error) {
    // One broken detector must not cost the responder the others.
    return { detector: id, kind: 'broken', error };
  }
}

const NO_VALUES: ThresholdValues = {};
const NONE: readonly EvidenceKind[] = [];

function missingOf(
  evidence: Partial<Evidence>,
  needs: readonly EvidenceKind[],
  needsOneOf: readonly EvidenceKind[],
): readonly EvidenceKind[] {
  const isMissing = (kind: EvidenceKind) => evidence[kind] === undefined;
  const lacksAll = needsOneOf.length > 0 && needsOneOf.every(isMissing);
  if (!lacksAll && !needs.some(isMissing)) return NONE;
  return [...needs.filter(isMissing), ...(lacksAll ? needsOneOf : [])];
}

function onlyThese(evidence: Partial<Evidence>, kinds: readonly (readonly EvidenceKind[])[]): Partial<Evidence> {
  const declared: { [Kind in EvidenceKind]?: unknown } = {};
  for (const some of kinds) for (const kind of some) if (evidence[kind] !== undefined) declared[kind] = evidence[kind];
  return declared as Partial<Evidence>;
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

/** By detector, and then by the values that are set: the same for thousands of traces. */
const KNOWN_THRESHOLDS = new WeakMap<Detector, WeakMap<ThresholdValues, Readonly<Record<string, number>>>>();

function thresholdsOf(detector: Detector, values: ThresholdValues): Readonly<Record<string, number>> {
  const known = KNOWN_THRESHOLDS.get(detector)?.get(values);
  if (known !== undefined) return known;
  const made = withDefaults(detector, values);
  const ofDetector = KNOWN_THRESHOLDS.get(detector) ?? new WeakMap<ThresholdValues, Readonly<Record<string, number>>>();
  KNOWN_THRESHOLDS.set(detector, ofDetector.set(values, made));
  return made;
}

function withDefaults({ thresholds }: Detector, values: ThresholdValues): Record<string, number> {
  return Object.fromEntries(
    Object.entries(thresholds).map(([name, { default: value }]) => [name, values[name] ?? value]),
  );
}
