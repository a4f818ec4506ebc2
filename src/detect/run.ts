import { memoize } from '#core/memoize.ts';
import type { Detector } from '#detect/detector.ts';
import type { Checked } from '#model/finding/analysis.ts';
import type { Evidence, EvidenceKind } from '#model/finding/evidence.ts';
import type { Facts, Finding, SpanSighting, Words } from '#model/finding/finding.ts';

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
  const kinds = kindsIn(evidence);
  const views = new Map<string, Evidence>();
  return detectors.map((detector) => {
    if (off.includes(detector.id)) return { detector: detector.id, kind: 'off' };
    const sight = sightOf(detector)(kinds);
    if ('kind' in sight) return sight;
    let view = views.get(sight.view);
    if (view === undefined) {
      view = onlyThese(evidence, sight.reads);
      views.set(sight.view, view);
    }
    return look(detector, view, thresholds[detector.id]);
  });
}

export function runDetector(detector: Detector, evidence: Partial<Evidence>, values?: ThresholdValues): Outcome {
  const sight = sightOf(detector)(kindsIn(evidence));
  return 'kind' in sight ? sight : look(detector, onlyThese(evidence, sight.reads), values);
}

function look(detector: Detector, evidence: Evidence, values: ThresholdValues = NO_VALUES): Outcome {
  const { id, runbook } = detector;
  try {
    const sightings = detector.detect(evidence, thresholdsOf(detector, values));
    if (sightings.length === 0) return clearOf(detector);
    const findings = sightings.map((reported) => {
      const sighting: SpanSighting = { ...WITHOUT_SPANS, ...reported };
      const { facts, service, operation, wastedUs } = sighting;
      const words = wordsOf(detector)({ ...facts, service, operation, wastedMs: Math.round(wastedUs / 1000) });
      return { ...sighting, ...words, detector: id, runbook };
    });
    return { detector: id, kind: 'found', findings };
  } catch (error) {
    // One broken detector must not cost the responder the others.
    return { detector: id, kind: 'broken', error };
  }
}

/** The defaults of a sighting from logs, metrics or the platform. */
const WITHOUT_SPANS = { operation: '', spans: [], wastedUs: 0 } as const;

const NO_VALUES: ThresholdValues = {};
const NONE: readonly EvidenceKind[] = [];

/** Of the same facts as before the same words: many traces of a file fail in one and the same way. */
const wordsOf = memoize((detector: Detector) => {
  let before: Readonly<{ facts: Facts; words: Words }> | undefined;
  return (facts: Facts): Words => {
    if (before === undefined || !isAlike(before.facts, facts)) before = { facts, words: detector.say(facts) };
    return before.words;
  };
});

function isAlike(one: Facts, other: Facts): boolean {
  for (const name in other) if (one[name] !== other[name]) return false;
  for (const name in one) if (!(name in other)) return false;
  return true;
}

const clearOf = memoize(({ id }: Detector): Outcome => ({ detector: id, kind: 'clear' }));

/** The kinds of evidence that there are, as one text: the same for all traces of a file. */
function kindsIn(evidence: Partial<Evidence>): string {
  let kinds = '';
  for (const [kind, value] of Object.entries(evidence)) if (value !== undefined) kinds += `${kind} `;
  return kinds;
}

/** What a detector sees of such evidence; those that see the same share it, by the name of that view. */
type Sight = Extract<Outcome, { kind: 'skipped' }> | Readonly<{ reads: readonly EvidenceKind[]; view: string }>;

/** By detector, and then by the kinds of evidence that there are: worked out once for thousands of traces. */
const sightOf = memoize((detector: Detector) => {
  const known = new Map<string, Sight>();
  return (kinds: string): Sight => {
    const found = known.get(kinds);
    if (found !== undefined) return found;
    const sight = sightAmong(detector, new Set(kinds.split(' ')));
    known.set(kinds, sight);
    return sight;
  };
});

function sightAmong({ id, needs, needsOneOf = NONE, uses = NONE }: Detector, kinds: ReadonlySet<string>): Sight {
  const isMissing = (kind: EvidenceKind) => !kinds.has(kind);
  const lacksAll = needsOneOf.length > 0 && needsOneOf.every(isMissing);
  const missing = [...needs.filter(isMissing), ...(lacksAll ? needsOneOf : [])];
  if (missing.length > 0) return { detector: id, kind: 'skipped', missing };
  const reads = [...new Set([...needs, ...needsOneOf, ...uses])].filter((kind) => kinds.has(kind)).sort();
  return { reads, view: reads.join(' ') };
}

/** All that its detector needs is among it. */
function onlyThese(evidence: Partial<Evidence>, kinds: readonly EvidenceKind[]): Evidence {
  return Object.fromEntries(kinds.map((kind) => [kind, evidence[kind]])) as Evidence;
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
