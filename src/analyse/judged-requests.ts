/** Judges each request of a time window on its own, and lists what healthy requests show as well. */
import { logEvidence } from '#analyse/log-evidence.ts';
import type { Look } from '#analyse/look.ts';
import { requestDetectors } from '#detect/request-registry.ts';
import { publishedBy } from '#detect/signs/messages/deliveries.ts';
import { judge } from '#diagnose/judge.ts';
import { isBetterTogether } from '#diagnose/rules/seen-by-many.ts';
import { type HealthyRequest, type JudgedRequest, kindKey } from '#diagnose/window/request-causes.ts';
import { saysOfProcess } from '#model/instruments/process-lines.ts';
import { isOfForeignInstance, NEARBY_US } from '#model/logs/log-correlation.ts';
import { compareNs, epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { requestKind } from '#model/requests/affected-requests.ts';
import { type Baselines, baselines } from '#model/requests/baseline.ts';
import type { PublishedElsewhere } from '#model/requests/linked-messages.ts';
import { fullTraceId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';

export type JudgedRequests = Readonly<{
  requests: readonly JudgedRequest[];
  healthy: readonly HealthyRequest[];
}>;

/** All lists in order of time. `chosen`: further requests, which a search chose because they failed or were slow. */
type Both = Readonly<{
  requests: readonly Trace[];
  healthyRequests: readonly Trace[];
  chosen: readonly Trace[];
  logs: readonly LogLine[];
}>;

export type RequestJudge = (both: Both) => JudgedRequests;

/** On each side. With 100 requests, a share is known within 10 percentage points; more would delay the answer. */
const MOST_JUDGED = 100;

type Usual = Readonly<{ healthy: number; usual(): Baselines; published(): PublishedElsewhere }>;

/** Judged beside so many lines of its own and so many healthy requests. */
type Known = Readonly<{ lines: number; healthy: number; judged: JudgedRequest }>;

/** Reads each request once for the same evidence, however often the window is judged. */
export function requestJudge(look: Look): RequestJudge {
  const judgedBefore = new WeakMap<Trace, Known>();
  const foundBefore = new WeakMap<Trace, HealthyRequest>();
  const judgedOf = (trace: Trace, logs: readonly LogLine[], { healthy, usual, published }: Usual): JudgedRequest => {
    const before = judgedBefore.get(trace);
    if (before?.lines === logs.length && before.healthy === healthy) return before.judged;
    const baseline = usual().of(trace);
    const lines = logEvidence(logs.length > 0 ? logs : undefined, undefined);
    const { findings, ran } = look(requestDetectors, {
      trace,
      ...lines,
      ...(baseline && { baseline }),
      ...(trace.repairs.foreignLink > 0 && { published: published() }),
    });
    const own = findings.filter((finding) => !isBetterTogether(finding));
    const judged = { trace, judgement: judge(trace, own, ran) };
    judgedBefore.set(trace, { lines: logs.length, healthy, judged });
    return judged;
  };
  const foundIn = (trace: Trace): HealthyRequest => {
    const before = foundBefore.get(trace);
    if (before !== undefined) return before;
    const found = new Set(look(requestDetectors, { trace }).findings.map(kindKey));
    const healthy = { kind: requestKind(trace), found };
    foundBefore.set(trace, healthy);
    return healthy;
  };

  return ({ requests, healthyRequests, chosen, logs }) => {
    const linesOf = Map.groupBy(
      logs.filter(({ traceId }) => traceId !== ''),
      ({ traceId }) => fullTraceId(traceId),
    );
    const ofProcesses = logs.filter(({ traceId, line }) => traceId === '' && saysOfProcess(line));
    // Beside healthy requests, how often a cause shows counts, and a search would raise it.
    const more = healthyRequests.length > 0 ? [] : chosen;
    const all = [...requests, ...more];
    const traced = new Set(all.flatMap(({ services }) => services));
    let sent: PublishedElsewhere | undefined;
    let baseline: Baselines | undefined;
    const usual: Usual = {
      healthy: healthyRequests.length,
      usual: () => (baseline ??= baselines(healthyRequests)),
      published: () => (sent ??= publishedBy(all)),
    };
    return {
      requests: [...evenly(requests), ...evenly(more)].map((trace) => {
        const own = linesOf.get(fullTraceId(trace.traceId)) ?? [];
        return judgedOf(trace, inOrder([...own, ...linesAt(trace, ofProcesses, traced)]), usual);
      }),
      healthy: evenly(healthyRequests).map(foundIn),
    };
  };
}

/**
 * Lines that the processes of a request wrote about themselves while it ran, and those of stores and machines, which
 * send no spans.
 */
function linesAt(trace: Trace, lines: readonly LogLine[], traced: ReadonlySet<string>): readonly LogLine[] {
  const services = new Set(trace.services);
  const mayBeOf = ({ service }: LogLine) => services.has(service) || !traced.has(service);
  const [fromUs, toUs] = [trace.startEpochUs, trace.startEpochUs + trace.durationUs];
  return lines.filter((line) => {
    const us = epochUsOf(line);
    return us >= fromUs - NEARBY_US && us <= toUs + NEARBY_US && mayBeOf(line) && !isOfForeignInstance(trace, line);
  });
}

function inOrder(lines: readonly LogLine[]): readonly LogLine[] {
  return lines.toSorted((a, b) => compareNs(a.timeNs, b.timeNs));
}

/** From the whole time. */
function evenly(traces: readonly Trace[]): readonly Trace[] {
  if (traces.length <= MOST_JUDGED) return traces;
  const step = traces.length / MOST_JUDGED;
  return Array.from({ length: MOST_JUDGED }, (_, at) => traces[Math.floor(at * step)]).filter(
    (trace) => trace !== undefined,
  );
}
