/**
 * The verdict that most traces of one alert agree on, each judged on its own. Traces agree where the same kind of cause
 * sits in the same service; the words of two verdicts differ with every duration.
 */
import { isAboutTrace } from '#diagnose/finding-kinds.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis } from '#model/finding/diagnosis.ts';

export type JudgedTrace = Readonly<{
  traceId: string;
  durationUs: number;
  diagnosis: Pick<Diagnosis, 'kind' | 'service' | 'confidence' | 'couldBe'> | undefined;
}>;

/** `isUnnamed`: nothing recorded in any of them names the cause. */
type Agreement = Readonly<{ kind: string; service: string; isUnnamed: boolean; traceIds: readonly string[] }>;

export type SharedVerdict = Readonly<{
  /** Undefined where no trace shows anything wrong. */
  shared: Agreement | undefined;
  /** The verdicts of the other traces, most frequent first. */
  others: readonly Agreement[];
  healthy: readonly string[];
  /** The trace that shows it best. */
  representative: string;
}>;

/** The order of the traces does not matter. Undefined where there are none. */
export function sharedVerdict(traces: readonly JudgedTrace[], detectors: Detectors): SharedVerdict | undefined {
  const groups = Map.groupBy(traces, (trace) => causeOf(trace, detectors));
  const healthy = (groups.get(HEALTHY) ?? []).toSorted(byStrength);
  groups.delete(HEALTHY);
  const ranked = [...groups]
    .map(([cause, members]) => ({ cause, members: members.toSorted(byStrength) }))
    .sort(byAgreement)
    .map(({ members }) => members);
  const [best, ...others] = ranked;
  const representative = best?.[0] ?? healthy[0];
  if (representative === undefined) return undefined;
  return {
    shared: best && agreementOf(best),
    others: others.map(agreementOf),
    healthy: healthy.map(({ traceId }) => traceId),
    representative: representative.traceId,
  };
}

const HEALTHY = '';

function causeOf({ diagnosis }: JudgedTrace, detectors: Detectors): string {
  // A hole in a trace or a wrong clock raises no alert.
  return diagnosis === undefined || isAboutTrace(diagnosis.kind, detectors)
    ? HEALTHY
    : `${diagnosis.kind}\n${diagnosis.service}`;
}

/** By the number of traces, then by confidence, then by name. */
type Group = Readonly<{ cause: string; members: readonly JudgedTrace[] }>;

function byAgreement(a: Group, b: Group): number {
  return b.members.length - a.members.length || sureness(b.members) - sureness(a.members) || byText(a.cause, b.cause);
}

function sureness(traces: readonly JudgedTrace[]): number {
  return traces.reduce((sum, { diagnosis }) => sum + (diagnosis?.confidence ?? 0), 0);
}

/** The most certain first; of equally certain ones the longest, because it shows most. */
function byStrength(a: JudgedTrace, b: JudgedTrace): number {
  return (
    (b.diagnosis?.confidence ?? 0) - (a.diagnosis?.confidence ?? 0) ||
    b.durationUs - a.durationUs ||
    byText(a.traceId, b.traceId)
  );
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function agreementOf(traces: readonly JudgedTrace[]): Agreement {
  const diagnosis = traces[0]?.diagnosis;
  return {
    kind: diagnosis?.kind ?? '',
    service: diagnosis?.service ?? '',
    isUnnamed: traces.every(({ diagnosis: of }) => (of?.couldBe ?? []).length > 0),
    traceIds: traces.map(({ traceId }) => traceId),
  };
}
