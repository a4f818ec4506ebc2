import { memoize } from '#core/memoize.ts';
import type { Detector, Threshold } from '#detect/detector.ts';
import type { Checked } from '#model/finding/analysis.ts';
import type { Evidence, EvidenceKind } from '#model/finding/evidence.ts';
import type { Facts, Finding, SpanSighting, Words } from '#model/finding/finding.ts';
import { quotedLine } from '#model/logs/log-message.ts';
import { redact } from '#model/redaction/redaction.ts';

/** Every detector ends in exactly one of these, so that "nothing found" never hides "not examined". */
export type Outcome = Readonly<{ detector: string }> &
  Readonly<
    | { kind: 'found'; findings: readonly Finding[] }
    | { kind: 'clear' }
    | { kind: 'skipped'; missing: readonly EvidenceKind[] }
    | { kind: 'broken'; error: unknown }
    | { kind: 'off' }
  >;

/** Configured values by threshold name. A threshold without a value has its default. */
export type ThresholdValues = Readonly<Record<string, number>>;

/** One outcome for each detector. `off` lists the ids of detectors that are switched off. */
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
    const prepared = preparedOf(detector);
    const access = prepared.accessTo(kinds);
    if ('kind' in access) return access;
    let view = views.get(access.view);
    if (view === undefined) {
      view = onlyThese(evidence, access.reads);
      views.set(access.view, view);
    }
    return examine(detector, prepared, view, thresholds[detector.id]);
  });
}

export function runDetector(detector: Detector, evidence: Partial<Evidence>, values?: ThresholdValues): Outcome {
  const prepared = preparedOf(detector);
  const access = prepared.accessTo(kindsIn(evidence));
  return 'kind' in access ? access : examine(detector, prepared, onlyThese(evidence, access.reads), values);
}

/** What is the same in all traces of a file. One look-up for each trace: a file may hold thousands. */
type Prepared = Readonly<{
  clear: Outcome;
  thresholdsFor(values: ThresholdValues): Readonly<Record<string, number>>;
  wordsFor(facts: Facts): Words;
  accessTo(kinds: string): Access;
}>;

const preparedOf = memoize(
  (detector: Detector): Prepared => ({
    clear: { detector: detector.id, kind: 'clear' },
    thresholdsFor: memoize((values) => thresholdsOf(detector, values)),
    wordsFor: wordsOf(detector),
    accessTo: accessOf(detector),
  }),
);

function examine(
  detector: Detector,
  { clear, thresholdsFor, wordsFor }: Prepared,
  evidence: Evidence,
  values: ThresholdValues = NO_VALUES,
): Outcome {
  const { id, runbook } = detector;
  try {
    const sightings = detector.detect(evidence, thresholdsFor(values));
    if (sightings.length === 0) return clear;
    const findings = sightings.map((reported) => {
      const sighting: SpanSighting = withMessages({ ...WITHOUT_SPANS, ...reported });
      const { facts, service, operation, wastedUs } = sighting;
      const words = wordsFor({ ...facts, service, operation, wastedMs: Math.round(wastedUs / 1000) });
      return { ...sighting, ...words, detector: id, runbook };
    });
    return { detector: id, kind: 'found', findings };
  } catch (error) {
    // One broken detector must not lose the findings of the others.
    return { detector: id, kind: 'broken', error };
  }
}

/** Detectors read whole lines, because fields have the numbers. People read the message of a structured line. */
function withMessages(sighting: SpanSighting): SpanSighting {
  const { evidence = [], facts } = sighting;
  const rows = new Map<Facts[string], string>();
  for (const { kind, text } of evidence) {
    const message = kind === 'log' ? quotedLine(text) : text;
    if (message !== text) rows.set(text, message);
  }
  if (rows.size === 0) return sighting;
  return {
    ...sighting,
    facts: Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, rows.get(value) ?? value])),
    evidence: evidence.map((item) => ({ ...item, text: rows.get(item.text) ?? item.text })),
  };
}

/** The defaults of a sighting from logs, metrics or the platform. */
const WITHOUT_SPANS = { operation: '', spans: [], wastedUs: 0 } as const;

const NO_VALUES: ThresholdValues = {};
const NONE: readonly EvidenceKind[] = [];

/** Reuses the words of the last sighting if the facts are the same: many traces of a file fail in the same way. */
function wordsOf(detector: Detector): Prepared['wordsFor'] {
  let before: Readonly<{ facts: Facts; words: Words }> | undefined;
  return (facts) => {
    if (before === undefined || !isAlike(before.facts, facts))
      before = { facts, words: detector.say(withoutSecrets(facts)) };
    return before.words;
  };
}

/** Each fact is redacted by itself: between the other words of a sentence, a secret may no longer be recognised. */
function withoutSecrets(facts: Facts): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, typeof value === 'string' ? redact(value) : value]),
  );
}

function isAlike(one: Facts, other: Facts): boolean {
  for (const name in other) if (one[name] !== other[name]) return false;
  for (const name in one) if (!(name in other)) return false;
  return true;
}

/** The available kinds of evidence as one text, which is the same for all traces of a file. */
function kindsIn(evidence: Partial<Evidence>): string {
  let kinds = '';
  for (const [kind, value] of Object.entries(evidence)) if (value !== undefined) kinds += `${kind} `;
  return kinds;
}

/** The kinds of evidence that a detector reads, or why it is skipped. Detectors that read the same kinds share one view. */
type Access = Extract<Outcome, { kind: 'skipped' }> | Readonly<{ reads: readonly EvidenceKind[]; view: string }>;

/** By the available kinds of evidence. */
function accessOf(detector: Detector): Prepared['accessTo'] {
  const known = new Map<string, Access>();
  return (kinds) => {
    const found = known.get(kinds);
    if (found !== undefined) return found;
    const access = accessAmong(detector, new Set(kinds.split(' ')));
    known.set(kinds, access);
    return access;
  };
}

function accessAmong({ id, needs, needsOneOf = NONE, uses = NONE }: Detector, kinds: ReadonlySet<string>): Access {
  const isMissing = (kind: EvidenceKind) => !kinds.has(kind);
  const lacksAll = needsOneOf.length > 0 && needsOneOf.every(isMissing);
  const missing = [...needs.filter(isMissing), ...(lacksAll ? needsOneOf : [])];
  if (missing.length > 0) return { detector: id, kind: 'skipped', missing };
  const reads = [...new Set([...needs, ...needsOneOf, ...uses])].filter((kind) => kinds.has(kind)).sort();
  return { reads, view: reads.join(' ') };
}

/** The view of a detector. The cast is safe, because `accessAmong` skips a detector whose needs are missing. */
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

/** The configured values, and the defaults of the others. */
export function thresholdsOf<Name extends string>(
  { thresholds }: Readonly<{ thresholds: Readonly<Record<Name, Threshold>> }>,
  values: ThresholdValues = NO_VALUES,
): Readonly<Record<Name, number>> {
  const entries = Object.entries<Threshold>(thresholds);
  return Object.fromEntries(entries.map(([name, { default: value }]) => [name, values[name] ?? value])) as Record<
    Name,
    number
  >;
}
