/**
 * What single requests say, where all of them together say nothing: half of the requests take a hundred times as long,
 * and no median moves. The verdict of most of them stays, unsure, so that a wider look loses nothing. Where too few of
 * them differ from the healthy ones, there is no verdict, and what they show by themselves is named with its reach; so it
 * is beside an unsure verdict on all of them.
 */
import { LATE_SHARE, lateAgainst } from '#diagnose/window/late-requests.ts';
import { type HealthyRequest, type JudgedRequest, kindKey } from '#diagnose/window/request-causes.ts';
import { riseInNats } from '#diagnose/window/samples.ts';
import { AT_MOST } from '#diagnose/window/window-confidence.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

export type KeptVerdict = Readonly<{ judgement: Judgement; shownBy: Trace | undefined }>;

type Judged = Readonly<{ requests: readonly JudgedRequest[]; healthy: readonly HealthyRequest[] }>;

const FEWEST_LATE = 3;
/** Seven to one. */
const NEWS_NATS = 2;

export function keptVerdict(
  together: Judgement,
  { requests, healthy }: Judged,
  healthyTraces: readonly Trace[],
): KeptVerdict {
  const nothing = { judgement: together, shownBy: undefined };
  const { diagnosis: known } = together;
  if (requests.length === 0 || (known !== undefined && known.status !== 'inconclusive')) return nothing;
  const named = (why: string) => {
    return { judgement: withNamed(together, { requests, healthy }, why), shownBy: undefined };
  };
  if (known !== undefined)
    return healthy.length > 0 ? named('all requests together differ in something else') : nothing;
  const few = named('too few to differ from healthy ones');
  const isLate = lateAgainst(healthyTraces);
  const suffering = requests.filter(({ trace, judgement: { diagnosis, symptom, findings } }) => {
    if (diagnosis === undefined) return false;
    if (healthy.length === 0 || symptom.kind === 'failed' || (findings[0]?.lateUs ?? 0) > 0) return true;
    return isLate(trace) === true;
  });
  const [most] = grouped(suffering);
  if (most === undefined) return few;
  if (healthy.length > 0 && suffering.length < Math.max(FEWEST_LATE, LATE_SHARE * requests.length)) return few;
  const [key, own] = most;
  const before = healthy.filter(({ found }) => found.has(key)).length;
  if (healthy.length > 0 && riseInNats([before, healthy.length], [own.length, requests.length]) < NEWS_NATS) return few;
  const reach = { requests: own.length, of: requests.length, healthy: before, ofHealthy: healthy.length };
  const [best] = own.toSorted(
    (a, b) => b.trace.durationUs - a.trace.durationUs || (a.trace.traceId < b.trace.traceId ? -1 : 1),
  );
  const { diagnosis, findings } = best?.judgement ?? {};
  if (best === undefined || diagnosis === undefined || findings === undefined) return nothing;
  const told = findings.map((finding, at) =>
    at === 0
      ? { ...toldBy(best.trace, finding, `${own.length} of ${requests.length} requests show it`), reach }
      : toldBy(best.trace, finding, ''),
  );
  const keys = new Set(told.map(kindKey));
  return {
    judgement: {
      ...together,
      findings: [...told, ...together.findings.filter((finding) => !keys.has(kindKey(finding)))],
      diagnosis: {
        ...diagnosis,
        confidence: Math.min(diagnosis.confidence, AT_MOST),
        status: 'inconclusive',
        statusReason: 'single requests show it, and all of them together show no difference',
      },
    },
    shownBy: best.trace,
  };
}

/** The requests whose first finding is the same; most first. */
function grouped(
  requests: readonly JudgedRequest[],
): readonly (readonly [key: string, own: readonly JudgedRequest[]])[] {
  return [...Map.groupBy(requests, firstKey)].toSorted(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1));
}

function firstKey({ judgement: { findings } }: JudgedRequest): string {
  const [first] = findings;
  return first === undefined ? '' : kindKey(first);
}

/** Further ones help nobody who has been told that nothing is wrong. */
const MOST_NAMED = 3;

/** What single requests are sure of, and no healthy one shows. It is no verdict on the window. */
function withNamed(together: Judgement, { requests, healthy }: Judged, why: string): Judgement {
  const known = new Set(together.findings.map(kindKey));
  const isSure = ({ judgement: { diagnosis } }: JudgedRequest) =>
    diagnosis !== undefined && diagnosis.status !== 'inconclusive';
  const named = grouped(requests.filter(isSure)).flatMap(([key, own]): readonly JudgedFinding[] => {
    const [sure] = own;
    const [first] = sure?.judgement.findings ?? [];
    if (sure === undefined || first === undefined || known.has(key)) return [];
    if (healthy.some(({ found }) => found.has(key))) return [];
    const reach = { requests: own.length, of: requests.length, healthy: 0, ofHealthy: healthy.length };
    const said = `${own.length} of ${requests.length} requests show it`;
    const told = toldBy(sure.trace, first, said);
    return [
      {
        ...told,
        reach,
        share: 0,
        confidence: 0,
        severity: 'low',
        whyNotFirst: `${said}: ${why}`,
      },
    ];
  });
  return named.length === 0
    ? together
    : { ...together, findings: [...together.findings, ...named.slice(0, MOST_NAMED)] };
}

/** A window has no spans: they are in the request that shows it. */
function toldBy(trace: Trace, finding: JudgedFinding, said: string): JudgedFinding {
  const [span] = finding.spans;
  const ref = span === undefined ? '' : trace.spanId(span);
  const shown = said === '' ? [] : [{ kind: 'span', ref, text: `${said}, as trace ${trace.traceId} does` } as const];
  const evidence = [...(finding.evidence ?? []), ...shown];
  return { ...finding, spans: [], confidence: Math.min(finding.confidence, AT_MOST), evidence };
}
